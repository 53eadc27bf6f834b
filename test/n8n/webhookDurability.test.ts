/**
 * Events sent several times each, at once and out of order, by a sender that tries again until it is answered 2xx, while
 * n8n is killed twice. WEBHOOK_DURABILITY_EVENTS sets how many, 30 unless told otherwise, and WEBHOOK_DURABILITY_ROUNDS
 * how often n8n is killed twice, each time in another order; once unless told otherwise.
 */
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type TestN8n, type WorkflowFile, startN8n } from './driver/start.ts';
import { activateNew } from './mailWorkflow';
import { signedHeaders } from './signedRequest';

const EVENTS = Number(process.env.WEBHOOK_DURABILITY_EVENTS ?? 30);
const ROUNDS = Array.from({ length: Number(process.env.WEBHOOK_DURABILITY_ROUNDS ?? 1) }, (_, round) => round);
/** Two restarts after a crash, on a machine that may have other work. */
const PATIENCE = 600_000;
/** Requests under way at once. */
const WIDTH = 8;
const secret = 'a secret of the sender';

let n8n: TestN8n;
let workflowId: string;
let address: string;

/** The same sequence at every run: a failure can be repeated. */
function* randoms(seed: number): Generator<number, never> {
	for (let state = seed; ;) {
		state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
		yield state / 2 ** 32;
	}
}

/** Each event one to five times, in no order. */
function shuffledCopies(name: string, seed = 7): string[] {
	const random = randoms(seed);
	const next = () => random.next().value;
	const copies = Array.from({ length: EVENTS }, (_, index) => `${name}-${index}-`).flatMap((id) =>
		Array.from({ length: 1 + Math.floor(next() * 5) }, () => id),
	);
	return copies
		.map((id) => ({ id, order: next() }))
		.sort((a, b) => a.order - b.order)
		.map(({ id }) => id);
}

/**
 * What n8n itself answers, with 200 and to any request, from the moment it listens until its database is migrated: no
 * node is loaded yet. Operators keep senders away from it by the readiness check (docs/nodes/email-webhook-trigger.md).
 */
const STARTING = 'n8n is starting up. Please wait';

/** Null when the webhook did not answer. */
async function post(id: string): Promise<{ status: number; retryAfter: number } | null> {
	const body = JSON.stringify({ event: 'delivered', event_id: id, recipient: 'ann@example.test' });
	try {
		const response = await fetch(address, {
			method: 'POST',
			body,
			headers: signedHeaders(secret, body),
		});
		if ((await response.text()) === STARTING) return null;
		return { status: response.status, retryAfter: Number(response.headers.get('retry-after') ?? 0) };
	} catch {
		return null;
	}
}

interface Sender {
	/** Called with each id whose request begins. */
	watch: ((id: string) => void) | null;
	/** The requests under way; several may be for one id. */
	underWay: Set<{ id: string }>;
	/** Every status that was answered. */
	statuses: Set<number>;
	answered: number;
	done: Promise<void>;
}

/** Sends every copy until it is answered 2xx, `WIDTH` at a time. */
function send(copies: readonly string[]): Sender {
	const waiting = [...copies];
	const sender: Sender = {
		watch: null,
		underWay: new Set(),
		statuses: new Set(),
		answered: 0,
		done: Promise.resolve(),
	};
	const attempt = async (id: string): Promise<Awaited<ReturnType<typeof post>>> => {
		const request = { id };
		sender.underWay.add(request);
		sender.watch?.(id);
		const answer = await post(id);
		sender.underWay.delete(request);
		if (answer !== null) sender.statuses.add(answer.status);
		return answer;
	};
	const untilTaken = async (id: string): Promise<void> => {
		for (;;) {
			const answer = await attempt(id);
			if (answer?.status === 200) break;
			// As a sender does it; a shorter wait than it was told, so that a claim is asked for while it is held, too.
			await delay(answer?.status === 503 ? Math.min(answer.retryAfter * 1000, 500) : 250);
		}
		sender.answered += 1;
	};
	const lane = async (): Promise<void> => {
		for (let id = waiting.shift(); id !== undefined; id = waiting.shift()) await untilTaken(id);
	};
	sender.done = Promise.all(Array.from({ length: WIDTH }, lane)).then(() => undefined);
	return sender;
}

/** Kills n8n. @returns the ids of every request and execution that this can have cut off */
async function killUnder(sender: Sender): Promise<string[]> {
	const cut = new Set<string>();
	sender.watch = (id) => cut.add(id);
	for (const { id } of sender.underWay) cut.add(id);
	await n8n.kill();
	sender.watch = null;
	return [...cut, ...unconfirmed()];
}

/** Ids of the events whose execution had not ended, or not been seen to end, when n8n was killed: those run again. */
function unconfirmed(): string[] {
	const store = new DatabaseSync(join(n8n.userFolder, '.n8n', 'email-pipeline', 'store.sqlite'), { readOnly: true });
	try {
		const rows = store.prepare("select metadata from ingestion where stage <> 'confirmed'").all();
		return rows.map(({ metadata }) => (JSON.parse(String(metadata)) as { providerEventId: string }).providerEventId);
	} finally {
		store.close();
	}
}

/** How many executions carry each event, by n8n's own database. */
function executionsByEvent(name: string): Map<string, number> {
	const database = new DatabaseSync(join(n8n.userFolder, '.n8n', 'database.sqlite'), { readOnly: true });
	try {
		const rows = database
			.prepare(
				'select d.data from execution_entity e join execution_data d on d.executionId = e.id where e.workflowId = ?',
			)
			.all(workflowId);
		const counts = new Map<string, number>();
		for (const { data } of rows) {
			const ids = new Set(String(data).match(new RegExp(`\\b${name}-\\d+-`, 'g')) ?? []);
			for (const id of ids) counts.set(id, (counts.get(id) ?? 0) + 1);
		}
		return counts;
	} finally {
		database.close();
	}
}

const allIds = (copies: readonly string[]) => [...new Set(copies)].sort();
const repeated = (counts: Map<string, number>) => [...counts].filter(([, count]) => count > 1).map(([id]) => id);

describe('the Email Webhook Trigger under a sender that repeats', () => {
	beforeAll(async () => {
		n8n = await startN8n();
		const { id, name } = await n8n.client.createCredential('Sender', 'webhookSigningApi', { kind: 'secret', secret });
		const webhookId = randomUUID();
		const workflow: WorkflowFile = {
			name: 'webhook: durability',
			nodes: [
				{
					id: randomUUID(),
					name: 'Email Webhook Trigger',
					type: 'n8n-nodes-email-pipeline.emailWebhookTrigger',
					typeVersion: 1,
					position: [0, 0],
					parameters: { provider: 'generic', options: { binaryData: true } },
					credentials: { webhookSigningApi: { id, name } },
					webhookId,
				},
			],
			connections: {},
		};
		address = `${n8n.url}/webhook/${webhookId}/email`;
		({ id: workflowId } = await activateNew(n8n.client, workflow));
	});
	afterAll(() => n8n.dispose());

	it('runs exactly once for each event', { timeout: PATIENCE }, async () => {
		const copies = shuffledCopies('calm');
		const sender = send(copies);
		await sender.done;
		await expect
			.poll(() => [...executionsByEvent('calm').keys()].sort(), { timeout: PATIENCE, interval: 200 })
			.toEqual(allIds(copies));
		const counts = executionsByEvent('calm');
		expect(repeated(counts)).toEqual([]);
		expect([...sender.statuses].filter((status) => status !== 200 && status !== 503)).toEqual([]);
	});

	it.each(ROUNDS)(
		'loses none when n8n is killed twice, and repeats none whose execution had ended (round %i)',
		{ timeout: PATIENCE },
		async (round) => {
			const name = `killed-${round}`;
			const copies = shuffledCopies(name, 7 + round);
			const sender = send(copies);
			const cut: string[] = [];
			for (const share of [0.25, 0.6]) {
				const due = Math.ceil(copies.length * share);
				await expect.poll(() => sender.answered, { timeout: PATIENCE, interval: 5 }).toBeGreaterThan(due);
				cut.push(...(await killUnder(sender)));
				await n8n.restart();
			}
			await sender.done;
			expect(cut).not.toEqual([]);
			await expect
				.poll(() => [...executionsByEvent(name).keys()].sort(), { timeout: PATIENCE, interval: 200 })
				.toEqual(allIds(copies));
			expect(repeated(executionsByEvent(name)).filter((id) => !cut.includes(id))).toEqual([]);
		},
	);
});
