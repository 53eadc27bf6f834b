import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import type { IConnections, INode, INodeExecutionData, INodePropertyOptions } from 'n8n-workflow';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Store, openStore } from '../../lib/store';
import { hasMailServers } from '../servers/available';
import { type Dovecot, startDovecot } from '../servers/mail/dovecot';
import { type Postfix, startPostfix } from '../servers/mail/postfix';
import { type Execution, type N8nClient, type SavedCredential, outputsOf, sharedN8n } from './driver/start.ts';
import { smtpCredential } from './mailWorkflow';

const support = 'support@example.test';
const customer = 'customer@example.test';
/** Other files use the same store. */
const scope = `ledger-${randomUUID()}`;

let client: N8nClient;
let store: Store;
const workflows: string[] = [];

type Step = Pick<INode, 'name' | 'parameters' | 'credentials'> & { type: string };

/** Runs one item through the nodes, one after the other, errors going to the error output. */
function runThrough(item: Record<string, unknown>, ...steps: Step[]): Promise<Execution> {
	return run(item, steps, ({ length }) => length - 1);
}

/** Runs the same item through each of the nodes. */
function runEach(item: Record<string, unknown>, steps: Step[]): Promise<Execution> {
	return run(item, steps, () => 1);
}

/** @param before index of the node that the next one is connected to, given those before it */
async function run(
	item: Record<string, unknown>,
	steps: Step[],
	before: (nodes: INode[]) => number,
): Promise<Execution> {
	const nodes: INode[] = [
		{ name: 'Start', type: 'n8n-nodes-base.manualTrigger', typeVersion: 1, parameters: {} },
		{
			name: 'Item',
			type: 'n8n-nodes-base.set',
			typeVersion: 3.4,
			parameters: { mode: 'raw', jsonOutput: JSON.stringify(item) },
		},
		...steps.map((step) => ({
			...step,
			type: `n8n-nodes-email-pipeline.${step.type}`,
			typeVersion: 1,
			onError: 'continueErrorOutput' as const,
		})),
	].map((node, index) => ({ id: randomUUID(), position: [index * 200, 0] as [number, number], ...node }));
	const connections: IConnections = {};
	for (const [index, { name }] of nodes.entries()) {
		if (index === 0) continue;
		const source = nodes[index === 1 ? 0 : before(nodes.slice(0, index))]!.name;
		connections[source] ??= { main: [[]] };
		connections[source].main![0]!.push({ node: name, type: 'main', index: 0 });
	}
	const { id } = await client.createWorkflow({ name: `ledger ${randomUUID()}`, nodes, connections });
	workflows.push(id);
	const { executionId } = await client.run(id, 'Start');
	const execution = await client.waitForExecution(executionId);
	expect(execution.status).toBe('success');
	return execution;
}

function ledger(
	resource: string,
	operation: string,
	parameters: INode['parameters'] = {},
	options: INode['parameters'] = {},
): Step {
	return {
		name: 'Ledger',
		type: 'emailLedger',
		parameters: { resource, operation, ...parameters, options: { scope, ...options } },
	};
}

/** The items of the ledger's own output, after a check that none went to the error output. */
async function ask(step: Step, item: Record<string, unknown> = {}): Promise<INodeExecutionData[]> {
	const [items, failed] = outputsOf(await runThrough(item, step), 'Ledger');
	expect(failed ?? []).toEqual([]);
	for (const { pairedItem } of items!) expect(pairedItem).toEqual({ item: 0 });
	return items!;
}

/** What these say about an item without a file or a domain. */
const EXPECTED: Record<string, string> = {
	'deliverability checkDomain': 'INPUT_DOMAIN_INVALID',
	'deliverability readReport': 'INPUT_BINARY_MISSING',
	'suppression importCsv': 'INPUT_BINARY_MISSING',
};

const picked = (mode: string, value: string) => ({ __rl: true, mode, value });

describe.skipIf(!hasMailServers)('Email Ledger', () => {
	let dovecot: Dovecot;
	let postfix: Postfix;
	let smtp: SavedCredential;

	beforeAll(async () => {
		const n8n = await sharedN8n();
		client = n8n.client;
		store = await openStore({
			driver: 'sqlite',
			file: join(n8n.userFolder, '.n8n', 'email-pipeline', 'store.sqlite'),
			linger: 0,
		});
		dovecot = await startDovecot({ users: { [support]: 'secret', [customer]: 'secret' } });
		postfix = await startPostfix({ lmtpPort: dovecot.lmtpPort, authPort: dovecot.authPort, requireAuth: true });
		smtp = await client.createCredential(`smtp ${randomUUID()}`, 'smtpServerApi', smtpCredential(postfix));
	});
	afterAll(async () => {
		for (const id of workflows) await client.deleteWorkflow(id);
		await store.close();
		await postfix.stop();
		await dovecot.stop();
	});

	/** Sends through Idempotent Send; gives its outputs. */
	async function send(eventId: string): Promise<INodeExecutionData[][]> {
		const execution = await runThrough(
			{},
			{
				name: 'Send',
				type: 'idempotentSend',
				parameters: {
					operation: 'send',
					fromEmail: support,
					toEmail: customer,
					subject: 'Your order',
					text: 'It has shipped.',
					eventId,
					options: { scope, template: 'shipped', correlationId: 'order-7' },
				},
				credentials: { smtpServerApi: { id: smtp.id, name: smtp.name } },
			},
		);
		return outputsOf(execution, 'Send');
	}

	it('does what its fields offer, and its pickers need no credential', async () => {
		const { properties } = (await client.nodeTypes()).find(({ name }) => name.endsWith('.emailLedger'))!;
		const email = 'nobody@example.test';
		const unknown = {
			send: picked('id', 'x'),
			letter: picked('id', 'x'),
			feed: picked('name', 'x'),
			key: 'x',
			ref: 'x',
			which: 'one',
			targetName: 'x',
			erasedEmail: email,
			domain: 'x',
		};
		const steps = properties
			.filter(({ name }) => name === 'operation')
			.flatMap(({ options, displayOptions }) =>
				(options as INodePropertyOptions[]).map(({ value }) => {
					const [resource] = displayOptions!.show!.resource as string[];
					return { ...ledger(resource!, String(value), { ...unknown, email }), name: `${resource!} ${value}` };
				}),
			)
			// n8n runs no workflow in which a node lacks a credential, as this one does without a mailbox; and it adds an
			// operation of its own, “Custom API Call”, to a node that takes an OAuth2 credential.
			.filter(({ name }) => name !== 'send resolveBySentFolder' && !name.endsWith('__CUSTOM_API_CALL__'));
		expect(steps).toHaveLength(35);
		const execution = await runEach({}, steps);
		for (const { name } of steps) {
			const outputs = outputsOf(execution, name);
			expect(outputs, name).not.toEqual([]);
			const codes = (outputs[1] ?? []).map(({ json }) => (json.error as { code: string }).code);
			expect(
				codes.length === 0 || codes.join() === (EXPECTED[name] ?? 'LEDGER_NOT_FOUND'),
				`${name}: ${codes.join()}`,
			).toBe(true);
		}
		const lists = properties.flatMap(({ modes = [] }) => modes.filter(({ type }) => type === 'list'));
		expect(lists).toHaveLength(4);
		for (const { typeOptions } of lists) expect(typeOptions?.skipCredentialsCheckInRLC).toBe(true);

		expect(await ask(ledger('control', 'list'))).toEqual([]);
		await ask(ledger('suppression', 'remove', { email }));
		const { id } = (await ask(ledger('deadLetter', 'list')))[0]!.json;
		await ask(ledger('deadLetter', 'discard', { letter: picked('id', id as string) }));
	});

	it('suppresses an address, shows why nothing goes out, and allows it again', async () => {
		const email = { email: `Carla <${customer}>` };
		expect(await ask(ledger('suppression', 'check', email))).toMatchObject([
			{ json: { email: customer, suppressed: false, suppressions: [] } },
		]);
		const added = await ask(
			ledger('suppression', 'add', { ...email, reason: 'unsubscribed' }, { source: 'ticket 4711' }),
		);
		expect(added).toMatchObject([{ json: { email: customer, reason: 'unsubscribed', stream: null, expiresAt: null } }]);

		const [, , , rejected] = await send('first');
		expect(rejected![0]!.json.send).toMatchObject({
			state: 'suppressed',
			error: { code: 'SEND_SUPPRESSED', hint: 'Reason: unsubscribed' },
		});
		expect(await ask(ledger('suppression', 'list', { returnAll: true }))).toMatchObject([
			{ json: { email: 'c***@example.test', reason: 'unsubscribed', source: 'ticket 4711' } },
		]);

		expect(await ask(ledger('suppression', 'remove', email))).toMatchObject([
			{ json: { email: customer, removed: true, suppressed: false } },
		]);
		expect(await ask(ledger('suppression', 'list'))).toEqual([]);
		const [sent] = await send('second');
		expect(sent![0]!.json.send).toMatchObject({ state: 'accepted' });
	});

	it('finds sends, and tells what happened to them', async () => {
		const [sent] = await send('third');
		const { key, messageId } = sent![0]!.json.send as { key: string; messageId: string };
		const [found, ...others] = await ask(
			ledger('send', 'search', {
				filters: { messageId: `<${messageId}>`, states: ['accepted', 'delivered'], since: '2026-01-01T00:00:00' },
			}),
		);
		expect(others).toEqual([]);
		expect(found!.json).toMatchObject({ key, recipient: customer, state: 'accepted', correlationId: 'order-7' });

		const id = picked('id', found!.json.id as string);
		const [timeline] = await ask(ledger('send', 'getTimeline', { send: id }));
		expect((timeline!.json.timeline as Array<{ to: string }>).map(({ to }) => to)).toEqual([
			'reserved',
			'leased',
			'transmitting',
			'accepted',
		]);
		const byKey = await ask(ledger('send', 'get', { send: picked('key', '={{ $json.key }}') }), { key });
		expect(byKey).toMatchObject([{ json: { id: found!.json.id } }]);
		expect(await ask(ledger('send', 'search', { limit: 1 }))).toHaveLength(1);

		const [overview] = await ask(ledger('statistics', 'getOverview'));
		expect(overview!.json).toMatchObject({
			sends: { byTemplate: [{ name: 'shipped', total: 3 }] },
			deadLetters: { waiting: 0 },
		});
	});

	it('resolves a send in doubt, with who decided and why', async () => {
		const reservation = await store.sends.reserve({
			scope,
			sender: support,
			key: 'doubtful',
			fingerprint: 'f',
			recipients: [customer],
			messageId: 'doubtful@example.test',
			fixed: {},
			stream: null,
			template: null,
			templateVersion: null,
			correlationId: null,
			threadId: null,
			tags: [],
			metadata: {},
			expiresAt: null,
		});
		const [leased] = await store.sends.lease(scope, reservation.sends[0]!.groupId, 60_000);
		for (const to of ['transmitting', 'in_doubt'] as const) {
			await store.sends.transition(scope, { ids: [leased!.id], fence: leased!.fence, to });
		}
		const doubtful = { send: picked('key', 'doubtful') };
		expect(
			await ask(ledger('send', 'resolve', { ...doubtful, resolution: 'accepted' }, { note: 'seen' })),
		).toMatchObject([{ json: { state: 'accepted', changed: true } }]);
		const last = (await store.sends.history(scope, leased!.id)).at(-1);
		expect(last).toMatchObject({ to: 'accepted', detail: { note: 'seen' } });
		expect(last!.detail.by).toMatch(/^workflow \S+, execution \d+$/);
	});

	it('keeps what failed, and replays it as the trigger emitted it', async () => {
		const raw = Buffer.from(`From: ${customer}\r\nSubject: Help\r\nMessage-ID: <dead@example.test>\r\n\r\nPlease`);
		const { ref, sha256, size } = await store.archive.put(scope, raw);
		const item = { schema: 'email.received/1', event: 'message.received', raw: { ref, sha256, size } };

		const [letter] = await ask(ledger('deadLetter', 'add'), { ...item, error: { code: 'SOME_CODE', message: 'x y' } });
		expect(letter!.json).toMatchObject({ reason: 'SOME_CODE', message: 'x y', state: 'waiting', item });
		const id = letter!.json.id as string;
		expect(await ask(ledger('deadLetter', 'list'))).toMatchObject([{ json: { id } }]);

		const replay = ledger('deadLetter', 'replay', { letter: picked('id', id) });
		const parse = { name: 'Parse', type: 'mimeParse', parameters: { options: { scope } } };
		const execution = await runThrough({}, replay, parse);
		const [replayed] = outputsOf(execution, 'Ledger');
		expect(replayed![0]!.json).toEqual({ ...item, replay: { deadLetterId: id, reason: 'SOME_CODE', repeated: false } });
		const [parsed] = outputsOf(execution, 'Parse');
		expect(parsed![0]!.json).toMatchObject({ subject: 'Help', messageId: 'dead@example.test' });

		expect(await ask(ledger('deadLetter', 'list'))).toEqual([]);
		const [again] = await ask(replay);
		expect(again!.json.replay).toMatchObject({ repeated: true });

		const [file] = await ask(ledger('archive', 'getRaw', { ref: '={{ $json.raw.ref }}' }), item);
		expect(file!.json).toMatchObject({ ref, size: raw.length });
		expect(file!.binary!.data).toMatchObject({ mimeType: 'message/rfc822', fileExtension: 'eml' });
	});

	it.each<[string, Step, string]>([
		['a send that is not there', ledger('send', 'get', { send: picked('id', 'x') }), 'LEDGER_NOT_FOUND'],
		['no send at all', ledger('send', 'get', { send: picked('id', '={{ $json.nothing }}') }), 'INPUT_MISSING'],
		[
			'a dead letter that is not there',
			ledger('deadLetter', 'replay', { letter: picked('id', 'x') }),
			'LEDGER_NOT_FOUND',
		],
		['an address that is none', ledger('suppression', 'add', { email: 'nobody' }), 'INPUT_ADDRESS_INVALID'],
		['a date that is none', ledger('statistics', 'getOverview', { since: 'soon' }), 'INPUT_DATE_INVALID'],
		['a mail that is not in the archive', ledger('archive', 'getRaw', { ref: 'sha256:0' }), 'LEDGER_NOT_FOUND'],
	])('says what is wrong with %s, and keeps the item', async (_what, step, code) => {
		const [items, failed] = outputsOf(await runThrough({ order: 7 }, step), 'Ledger');
		expect(items).toEqual([]);
		expect(failed).toMatchObject([{ json: { order: 7, error: { code } } }]);
		const { hint, message } = failed![0]!.json.error as { hint: string; message: string };
		expect(hint).toMatch(/\w+ \w+/);
		expect(message).toMatch(/\w+ \w+/);
	});
});
