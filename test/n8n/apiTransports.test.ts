import { randomUUID } from 'node:crypto';
import type { INode } from 'n8n-workflow';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ApiProviderName } from '../../lib/email/api/provider';
import { type StandIn, startStandIn } from '../lib/email/api/standIns';
import { type N8nClient, type SavedCredential, outputsOf, sharedN8n } from './driver/start.ts';
import { packageName } from './singleNode';

/** What the credential calls the parts of the account, and the id that the provider answers with. */
const PROVIDERS: Record<ApiProviderName, { account: (standIn: StandIn) => Record<string, unknown>; id: RegExp }> = {
	resend: { account: ({ account }) => ({ apiKey: account.apiKey }), id: /^[0-9a-f-]{36}$/ },
	ses: {
		account: ({ account }) => ({
			accessKeyId: account.accessKeyId,
			secretAccessKey: account.apiKey,
			awsRegion: account.region,
		}),
		id: /^0100[0-9a-f-]{36}-000000$/,
	},
	postmark: { account: ({ account }) => ({ serverToken: account.apiKey }), id: /^[0-9a-f-]{36}$/ },
	mailgun: { account: ({ account }) => ({ apiKey: account.apiKey, domain: account.domain }), id: /^\S+@\S+$/ },
	sendgrid: { account: ({ account }) => ({ apiKey: account.apiKey }), id: /^[0-9a-f-]{22}$/ },
};
const names = Object.keys(PROVIDERS) as ApiProviderName[];

interface Send {
	state: string;
	provider: string;
	providerMessageId: string;
	replayed: boolean;
}

describe('the HTTP APIs in a real n8n', () => {
	let client: N8nClient;
	let url: string;
	let workflowId: string;
	const standIns = new Map<ApiProviderName, StandIn>();
	const credentials = new Map<ApiProviderName, SavedCredential>();
	const path = randomUUID();

	beforeAll(async () => {
		({ client, url } = await sharedN8n());
		for (const name of names) {
			const standIn = await startStandIn(name);
			standIns.set(name, standIn);
			credentials.set(
				name,
				await client.createCredential(`${name} ${path}`, 'emailProviderApi', {
					provider: name,
					endpoint: standIn.account.endpoint,
					...PROVIDERS[name].account(standIn),
				}),
			);
		}
		const place = (name: string, x: number, y = 0) => ({
			id: randomUUID(),
			name,
			typeVersion: 1,
			position: [x, y] as [number, number],
		});
		const node = (name: ApiProviderName, index: number): INode => {
			const { id, name: saved } = credentials.get(name)!;
			return {
				...place(name, 200, index * 100),
				type: `${packageName}.idempotentSend`,
				parameters: {
					operation: 'send',
					transport: 'api',
					fromEmail: 'shop@example.com',
					toEmail: 'ann@example.com',
					subject: 'Your order',
					emailFormat: 'text',
					text: 'It has left our house.',
					eventId: '={{ $json.body.order }}',
				},
				credentials: { emailProviderApi: { id, name: saved } },
			};
		};
		const workflow = await client.createWorkflow({
			name: `APIs ${path}`,
			nodes: [
				{
					...place('Hook', 0),
					type: 'n8n-nodes-base.webhook',
					typeVersion: 2,
					parameters: { path, httpMethod: 'POST', responseMode: 'onReceived' },
					webhookId: path,
				},
				...names.map(node),
			],
			connections: { Hook: { main: [names.map((name) => ({ node: name, type: 'main', index: 0 }))] } },
		});
		workflowId = workflow.id;
		await client.activate(workflowId);
	});
	afterAll(async () => {
		await client.deleteWorkflow(workflowId);
		for (const standIn of standIns.values()) await standIn.stop();
	});

	/** @returns what each node said of its send, and on which output */
	async function fire(order: string, executions: number): Promise<Map<ApiProviderName, Send & { output: number }>> {
		await fetch(`${url}/webhook/${path}`, {
			method: 'POST',
			body: JSON.stringify({ order }),
			headers: { 'content-type': 'application/json' },
		});
		const all = await client.waitForExecutions(workflowId, executions);
		const latest = all.toSorted((a, b) => Number(b.id) - Number(a.id))[0]!;
		expect(latest.status).toBe('success');
		return new Map(
			names.map((name) => {
				const outputs = outputsOf(latest, name);
				const output = outputs.findIndex((items) => items.length > 0);
				return [name, { ...(outputs[output]?.[0]?.json.send as unknown as Send), output }];
			}),
		);
	}

	it('take each mail once, and their ids are kept', async () => {
		const order = randomUUID();
		const first = await fire(order, 1);
		const second = await fire(order, 2);
		for (const name of names) {
			const { taken, requests } = standIns.get(name)!;
			expect(taken, name).toHaveLength(1);
			expect(requests, name).toHaveLength(1);
			expect(taken[0]!.recipients, name).toEqual(['ann@example.com']);
			const sent = first.get(name)!;
			expect(sent, name).toMatchObject({ output: 0, state: 'accepted', replayed: false });
			expect(sent.providerMessageId, name).toMatch(PROVIDERS[name].id);
			const { provider, providerMessageId } = sent;
			const repeat = { output: 1, state: 'accepted', replayed: true, provider, providerMessageId };
			expect(second.get(name), name).toMatchObject(repeat);
		}
		// The others have no key of their own.
		expect(standIns.get('resend')!.requests[0]!.headers['idempotency-key']).toMatch(/^[0-9a-f]{64}$/);
	});
});
