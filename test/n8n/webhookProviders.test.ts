/** Every provider's documented requests, signed as that provider signs, at a trigger of its own: one workflow for all. */
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WEBHOOK_SAMPLES } from '../../demo/provider-samples.mts';
import {
	keyPairIn,
	keyTypeOf,
	SIGNABLE_PROVIDERS,
	signedSample,
	type SampleKey,
} from '../../demo/provider-signature.mts';
import { WEBHOOK_PROVIDERS, WEBHOOK_SCHEMES } from '../../lib/email/webhook/catalog';
import { readWebhook } from '../../lib/email/webhook/read';
import { type N8nClient, outputsOf, sharedN8n, type WorkflowFile } from './driver/start.ts';
import { activateNew } from './mailWorkflow';

const SECRET = `whsec_${Buffer.alloc(24, 9).toString('base64')}`;
const providers = WEBHOOK_PROVIDERS.filter(({ id }) => SIGNABLE_PROVIDERS.includes(id));
const VERIFIED = { verified: true, keyId: null, timestamp: null, replayKey: '', bodyAuthenticated: true } as const;
type Provider = (typeof providers)[number];

let folder: string;
let client: N8nClient;
let workflowId: string;
const addresses = new Map<string, string>();
const keys = new Map<string, SampleKey>();

/** What the user enters in the credential, and what the provider signs with. */
function credentialOf({ id, scheme }: Provider): Record<string, string> {
	const type = keyTypeOf(id);
	if (type !== null) {
		const { privateKey, publicKey } = keyPairIn(join(folder, `${id}.pem`), type);
		keys.set(id, privateKey);
		return { kind: 'publicKey', publicKey };
	}
	if (scheme === 'basic') {
		keys.set(id, 'hook:pass:word');
		return { kind: 'basic', user: 'hook', password: 'pass:word' };
	}
	keys.set(id, SECRET);
	return scheme === 'token' ? { kind: 'token', token: SECRET } : { kind: 'secret', secret: SECRET };
}

async function triggerOf(provider: Provider, url: string): Promise<WorkflowFile['nodes'][number]> {
	const { id, displayName, scheme } = provider;
	const takesKey = WEBHOOK_SCHEMES.find((one) => one.id === scheme)?.key !== null;
	const data = credentialOf(provider);
	const saved = takesKey ? await client.createCredential(`Webhook of ${displayName}`, 'webhookSigningApi', data) : null;
	const webhookId = randomUUID();
	addresses.set(id, `${url}/webhook/${webhookId}/email`);
	return {
		id: randomUUID(),
		name: displayName,
		type: 'n8n-nodes-email-pipeline.emailWebhookTrigger',
		typeVersion: 1,
		position: [0, 0],
		parameters: { provider: id, options: { binaryData: true } },
		...(saved && { credentials: { webhookSigningApi: { id: saved.id, name: saved.name } } }),
		webhookId,
	};
}

async function post(provider: Provider, name: string, key = keys.get(provider.id)!) {
	const sample = WEBHOOK_SAMPLES[provider.id]!.find((one) => one.name === name)!;
	const signed = await signedSample(provider.id, sample, addresses.get(provider.id)!, key);
	const { url, headers, body } = signed;
	const response = await fetch(url, { method: 'POST', headers, body: new Uint8Array(body) });
	return { status: response.status, signed };
}

describe('the providers in a real n8n', () => {
	beforeAll(async () => {
		folder = await mkdtemp(join(tmpdir(), 'webhook-keys-'));
		const n8n = await sharedN8n();
		client = n8n.client;
		const nodes: WorkflowFile['nodes'] = [];
		for (const provider of providers) nodes.push(await triggerOf(provider, n8n.url));
		({ id: workflowId } = await activateNew(client, { name: 'webhook: every provider', nodes, connections: {} }));
	});
	afterAll(async () => {
		await client.deleteWorkflow(workflowId);
		await rm(folder, { recursive: true });
	});

	it('hands out the mails and events of each, and refuses each with another key', async () => {
		const expected = new Map<string, Set<string>>();
		for (const provider of providers) {
			for (const { name } of WEBHOOK_SAMPLES[provider.id]!) {
				const { status, signed } = await post(provider, name);
				expect([provider.id, name, status]).toEqual([provider.id, name, 200]);
				const items = readWebhook(
					provider.id,
					{ ...signed, method: 'POST', rawBody: signed.body, remoteAddress: '127.0.0.1' },
					{ ...VERIFIED, scheme: provider.scheme },
				);
				const known = expected.get(provider.displayName) ?? new Set();
				expected.set(provider.displayName, known);
				for (const item of items) known.add(item.kind === 'event' ? item.event.dedupKey : item.dedupKey);
			}
			if (provider.scheme === 'ip' || keyTypeOf(provider.id) !== null) continue;
			const { name } = WEBHOOK_SAMPLES[provider.id]![0]!;
			expect((await post(provider, name, `whsec_${Buffer.alloc(24, 1).toString('base64')}`)).status).toBe(401);
		}
		// Two samples may tell of one mail, as MIME and by fields.
		const counted = new Map([...expected].map(([name, known]) => [name, known.size]));
		const seen = async (): Promise<Map<string, number>> => {
			const ended = await client.executions({ workflowId, status: ['success'] });
			const counts = new Map<string, number>();
			for (const run of await Promise.all(ended.map(({ id }) => client.execution(id)))) {
				for (const { displayName } of providers) {
					if (run.data.resultData.runData[displayName] === undefined) continue;
					const items = outputsOf(run, displayName).flat();
					for (const { json } of items) expect(json.schema).toMatch(/^email\.(received|event)\/1$/);
					counts.set(displayName, (counts.get(displayName) ?? 0) + items.length);
				}
			}
			return counts;
		};
		await expect.poll(seen, { timeout: 60_000, interval: 500 }).toEqual(counted);
	});
});
