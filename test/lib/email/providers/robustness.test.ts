import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { WEBHOOK_SAMPLES } from '../../../../demo/provider-samples.mts';
import type { EventItem, MessageItem, WebhookItem } from '../../../../lib/email/webhook/items';
import { PROVIDERS, type ProviderId } from '../../../../lib/email/providers/webhookRegistry';
import { readWebhook } from '../../../../lib/email/webhook/read';
import { WebhookRefusal } from '../../../../lib/email/webhook/refusal';
import type { WebhookRequest } from '../../../../lib/email/webhook/request';
import type { Verification } from '../../../../lib/email/webhook/verify';
import { multipartPost, post } from '../webhook/signers';

const VERIFIED: Verification = {
	verified: true,
	scheme: 'basic',
	keyId: 'current',
	timestamp: null,
	replayKey: 'r',
	bodyAuthenticated: false,
};
const providers = Object.keys(PROVIDERS) as ProviderId[];

/** Items, or a refusal with a status: nothing else may come out, whatever went in. */
function readOrRefuse(provider: ProviderId, request: WebhookRequest): WebhookItem[] | WebhookRefusal {
	try {
		return readWebhook(provider, request, VERIFIED);
	} catch (error) {
		if (error instanceof WebhookRefusal) return error;
		throw error;
	}
}

/** A value with one of its nodes, chosen by `at`, replaced. */
function replaced(value: unknown, at: number, by: unknown): unknown {
	let index = 0;
	const walk = (node: unknown): unknown => {
		index += 1;
		if (index - 1 === at) return by;
		if (Array.isArray(node)) return node.map(walk);
		if (typeof node === 'object' && node !== null)
			return Object.fromEntries(Object.entries(node).map(([name, inner]) => [name, walk(inner)]));
		return node;
	};
	return walk(value);
}

/** An empty batch, and an empty msys of SparkPost, rightly give nothing. */
function isEmpty(value: unknown): boolean {
	return typeof value === 'object' && value !== null && Object.keys(value).length === 0;
}

function nodes(value: unknown): number {
	if (typeof value !== 'object' || value === null) return 1;
	return Object.values(value).reduce((sum: number, inner) => sum + nodes(inner), 1);
}

describe.each(providers)('%s', (provider) => {
	const request = (json: unknown): WebhookRequest => post(JSON.stringify(json), {});

	it('gives items or a refusal for any JSON', () => {
		fc.assert(
			fc.property(fc.jsonValue(), (json) => void readOrRefuse(provider, request(json))),
			{ numRuns: 100 },
		);
	});

	it('gives items or a refusal for any form', () => {
		const names = [
			'envelope',
			'headers',
			'from',
			'recipient',
			'email',
			'charsets',
			'dkim',
			'attachment-info',
			'content-id-map',
			'message-headers',
			'mandrill_events',
			'headers[constructor]',
			'envelope[__proto__]',
			'attachments',
			'constructor',
		];
		const field = fc.record({ name: fc.constantFrom(...names), value: fc.oneof(fc.string(), fc.json()) });
		const file = fc.record({
			name: fc.constantFrom('attachment1', 'message', 'constructor'),
			filename: fc.constant(null),
			contentType: fc.constant(null),
			content: fc.constant(Buffer.from('x')),
		});
		fc.assert(
			fc.property(
				fc.array(field),
				fc.array(file),
				(fields, files) => void readOrRefuse(provider, multipartPost({ fields, files })),
			),
			{ numRuns: 100 },
		);
	});

	const samples = WEBHOOK_SAMPLES[provider]!.flatMap(({ body }) => ('json' in body ? [body.json] : []));
	const odd = [
		null,
		7,
		-1e300,
		'',
		'\u0000\ud800',
		true,
		[],
		{},
		[null],
		{ length: 3 },
		['__proto__'],
		'x'.repeat(5000),
		'99999999999999999999',
	];

	if (samples.length > 0)
		it('survives every node of its samples replaced by something odd, and loses no item', () => {
			for (const sample of samples) {
				const whole = (readOrRefuse(provider, request(sample)) as WebhookItem[]).length;
				for (let at = 1; at < nodes(sample); at += 1) {
					for (const by of odd) {
						const items = readOrRefuse(provider, request(replaced(sample, at, by)));
						if (whole === 1 && !isEmpty(by)) expect(items, `node ${at}`).not.toEqual([]);
					}
				}
			}
		});
});

describe('bodies that cost more than they weigh', () => {
	it.each([
		['nested deeply', '['.repeat(100_000) + ']'.repeat(100_000)],
		['many parts', `[${'[],'.repeat(300_000)}[]]`],
	])('%s: refused', (_, body) => {
		for (const provider of providers.filter((id) => id !== 'mandrill')) {
			expect(readOrRefuse(provider, post(body, {}))).toMatchObject({ status: 400, code: 'WEBHOOK_MALFORMED' });
		}
	});
});

describe('what must not be lost', () => {
	it.each(providers.filter((id) => id !== 'mandrill'))(
		'%s: keeps a body that it cannot make anything of, and its identity',
		(provider) => {
			const [a, b] = ['7', '"text"'].map((body) => readWebhook(provider, post(body, {}), VERIFIED)) as EventItem[][];
			expect(a!.map(({ event, raw }) => [event.type, raw.toString()])).toEqual([['other', '7']]);
			expect(b!.map(({ event, raw }) => [event.type, raw.toString()])).toEqual([['other', '"text"']]);
			expect(a![0]!.event.dedupKey).not.toBe(b![0]!.event.dedupKey);
		},
	);

	it('keeps all digits of an id that is larger than a number can hold', () => {
		const [item] = readWebhook(
			'mailjet',
			post('{"event":"sent","MessageID":576460754655154659,"time":1772600767}', {}),
			VERIFIED,
		) as EventItem[];
		expect(item!.event.providerMessageId).toBe('576460754655154659');
		expect(item!.event.occurredAt).toBe('2026-03-04T05:06:07.000Z');
	});

	it.each<[ProviderId, unknown]>([
		[
			'sparkpost',
			[{ msys: { relay_message: { content: { email_rfc822: 'x' }, msg_from: '', rcpt_to: 'a@example.com' } } }],
		],
		['postal', { id: 1, message: 'eA==', base64: true, rcpt_to: 'a@example.com', mail_from: '' }],
		[
			'mailersend',
			{
				type: 'inbound.message',
				data: { raw: 'x', sender: { email: '' }, recipients: { rcptTo: [{ email: 'a@example.com' }] } },
			},
		],
		['cloudmailin', { headers: {}, envelope: { from: '<>', to: 'a@example.com' } }],
		['generic', { raw: 'Subject: x\n\n', envelope: { from: '', to: ['a@example.com'] } }],
	])('%s: tells the null return path of a bounce from an unknown sender', (provider, body) => {
		const [item] = readWebhook(provider, post(JSON.stringify(body), {}), VERIFIED) as MessageItem[];
		expect(item!.envelope).toEqual({ mailFrom: '', rcptTo: ['a@example.com'] });
	});
});
