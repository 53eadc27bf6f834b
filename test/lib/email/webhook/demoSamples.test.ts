import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { WEBHOOK_SAMPLES } from '../../../../demo/provider-samples.mts';
import {
	keyPairIn,
	keyTypeOf,
	SIGNABLE_PROVIDERS,
	signedSample,
	type SampleKey,
} from '../../../../demo/provider-signature.mts';
import { type WebhookProvider, WEBHOOK_PROVIDERS } from '../../../../lib/email/webhook/catalog';
import { checkWebhookConfig } from '../../../../lib/email/webhook/config';
import { readWebhook } from '../../../../lib/email/webhook/read';
import type { WebhookConfig } from '../../../../lib/email/webhook/signature';
import { verifyWebhook } from '../../../../lib/email/webhook/verify';

const URL = 'https://n8n.example.com/webhook/1/mail';
const SECRET = `whsec_${Buffer.alloc(24, 7).toString('base64')}`;
const folder = mkdtempSync(join(tmpdir(), 'webhook-keys-'));
afterAll(() => rmSync(folder, { recursive: true }));

const cases = WEBHOOK_PROVIDERS.filter(({ id }) => SIGNABLE_PROVIDERS.includes(id)).flatMap((provider) =>
	WEBHOOK_SAMPLES[provider.id]!.map((sample) => ({ id: provider.id, provider, name: sample.name, sample })),
);

describe("the demo's samples, verified by the scheme the catalog names", () => {
	it('leave out nothing but what only Amazon can sign', () => {
		expect(WEBHOOK_PROVIDERS.map(({ id }) => id).filter((id) => !SIGNABLE_PROVIDERS.includes(id))).toEqual(['ses']);
	});

	it.each(cases)('$id $name', async ({ id, provider, sample }) => {
		const { config, key } = setUp(id, provider);
		checkWebhookConfig(config);
		const { headers, body, url } = await signedSample(id, sample, URL, key);
		const request = { method: 'POST', url, headers, rawBody: body, remoteAddress: '192.0.2.7' };
		const verification = await verifyWebhook(request, config);
		expect(verification).toMatchObject({ verified: true, bodyAuthenticated: provider.authenticatesBody });
		expect(readWebhook(id, request, verification).length).toBeGreaterThan(0);
		const altered = { ...request, rawBody: Buffer.concat([body, Buffer.from(' ')]) };
		if (provider.authenticatesBody) await expect(verifyWebhook(altered, config)).rejects.toMatchObject({ status: 401 });
	});
});

function setUp(id: string, { scheme, queryParameter }: WebhookProvider): { config: WebhookConfig; key: SampleKey } {
	const type = keyTypeOf(id);
	const secret = scheme === 'basic' ? 'user:password' : SECRET;
	const pair = type === null ? null : keyPairIn(join(folder, `${id}.pem`), type);
	return {
		key: pair?.privateKey ?? secret,
		config: {
			scheme,
			keys: { current: pair?.publicKey ?? secret },
			...(queryParameter !== undefined && { queryParameter }),
		},
	};
}
