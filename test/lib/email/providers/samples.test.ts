import { describe, expect, it } from 'vitest';
import { WEBHOOK_SAMPLES, type WebhookSample } from '../../../../demo/provider-samples.mts';
import { parseMessage } from '../../../../lib/email/parse/parseMessage';
import { WEBHOOK_PROVIDERS } from '../../../../lib/email/webhook/catalog';
import type { EventItem, MessageItem, WebhookItem } from '../../../../lib/email/webhook/items';
import { PROVIDERS, type ProviderId } from '../../../../lib/email/providers/webhookRegistry';
import { completeMessage, parseOptionsOf, readWebhook } from '../../../../lib/email/webhook/read';
import type { WebhookRequest } from '../../../../lib/email/webhook/request';
import type { Verification } from '../../../../lib/email/webhook/verify';
import { post } from '../webhook/signers';

const VERIFIED: Verification = {
	verified: true,
	scheme: 'svix',
	keyId: 'current',
	timestamp: null,
	replayKey: 'r',
	bodyAuthenticated: true,
};
const NOW = Date.parse('2026-03-04T05:06:10Z');

async function requestOf({ body }: WebhookSample): Promise<WebhookRequest> {
	if ('json' in body) return { ...post(JSON.stringify(body.json), { 'svix-id': 'msg_1' }), now: NOW };
	if ('form' in body) {
		return {
			...post(new URLSearchParams(body.form).toString(), { 'content-type': 'application/x-www-form-urlencoded' }),
			now: NOW,
		};
	}
	const form = new FormData();
	for (const part of body.multipart) {
		if ('value' in part) form.append(part.name, part.value);
		else form.append(part.name, new Blob([part.content], { type: part.type }), part.filename);
	}
	const response = new Response(form);
	return {
		...post(Buffer.from(await response.arrayBuffer()), { 'content-type': response.headers.get('content-type')! }),
		now: NOW,
	};
}

async function read(provider: string, name: WebhookSample['name']): Promise<WebhookItem[]> {
	const sample = WEBHOOK_SAMPLES[provider]!.find((candidate) => candidate.name === name)!;
	return readWebhook(provider as ProviderId, await requestOf(sample), VERIFIED);
}

const named = (name: WebhookSample['name']): string[] =>
	Object.entries(WEBHOOK_SAMPLES).flatMap(([provider, samples]) =>
		samples.some((sample) => sample.name === name) ? [provider] : [],
	);

describe('inbound mail, as MIME', () => {
	it.each(named('inbound'))('%s', async (provider) => {
		const [item, ...rest] = (await read(provider, 'inbound')) as MessageItem[];
		expect(rest).toEqual([]);
		expect(item).toMatchObject({
			kind: 'message',
			provider,
			assembled: false,
			remote: [],
			defects: [],
			envelope: { mailFrom: 'ann@example.net', rcptTo: ['support+4711@example.com'] },
		});
		const message = completeMessage(await parseMessage(item!.raw, parseOptionsOf(item!, 'now')), item!);
		expect(message).toMatchObject({
			subject: 'Where is my order?',
			messageId: 'demo-1@example.net',
			source: { kind: 'webhook', provider, receivedAt: 'now' },
		});
		expect(message.text.trim()).toBe('Order 4711 has not arrived.');
	});
});

describe('the SMTP client, for SPF', () => {
	it.each<[string, WebhookSample['name']]>([
		['cloudmailin', 'inbound-fields'],
		['forward-email', 'inbound'],
		['sendgrid', 'inbound'],
	])('is what %s tells', async (provider, name) => {
		const [item] = (await read(provider, name)) as MessageItem[];
		expect(item!.envelope).toMatchObject({ clientIp: '192.0.2.1' });
		const { envelope } = await parseMessage(item!.raw, parseOptionsOf(item!, 'now'));
		expect(envelope).toEqual(item!.envelope);
	});
});

describe('inbound mail, from fields', () => {
	const bodiesElsewhere = ['resend', 'mailtrap'];

	it.each(named('inbound-fields'))('%s', async (provider) => {
		const [item, ...rest] = (await read(provider, 'inbound-fields')) as MessageItem[];
		expect(rest).toEqual([]);
		expect(item).toMatchObject({ kind: 'message', assembled: true });
		if (provider !== 'generic') expect(item!.envelope.rcptTo).toEqual(['support+4711@example.com']);
		const message = completeMessage(await parseMessage(item!.raw, parseOptionsOf(item!, 'now')), item!);
		expect(message).toMatchObject({
			subject: 'Where is my order?',
			from: { address: 'ann@example.net' },
			to: [{ address: 'support+4711@example.com' }],
		});
		expect(message.defects.map(({ code }) => code)).toContain('assembled-from-provider-fields');
		if (provider !== 'mailtrap') {
			expect(message.messageId).toBe('demo-1@example.net');
			if (provider !== 'generic') expect(message.date).toBe('2026-03-04T05:06:07.000Z');
		}
		if (bodiesElsewhere.includes(provider)) {
			expect(item!.remote).toMatchObject([{ kind: 'raw', id: expect.any(String) as string }, ...item!.remote.slice(1)]);
			expect(message.defects.map(({ code }) => code)).toContain('content-not-included');
			return;
		}
		expect(message.text.trim()).toBe('Order 4711 has not arrived.');
		expect(message.html).toContain('<b>not</b>');
		const attached = message.attachments.filter(({ filename }) => filename === 'order.txt');
		const remote = item!.remote.filter(({ kind }) => kind === 'attachment');
		expect(attached.length + remote.length).toBeGreaterThan(0);
		for (const { size } of attached) expect(size).toBe(4);
	});
});

describe("the provider's verdicts", () => {
	it.each([
		['generic', 'inbound', { spf: 'pass', dkim: ['pass'], dmarc: null }, 0.1],
		['ses', 'inbound', { spf: 'pass', dkim: ['neutral'], dmarc: 'fail' }, null],
		['mailgun', 'inbound', { spf: 'pass', dkim: ['pass'], dmarc: null }, -0.1],
		['mandrill', 'inbound', { spf: 'pass', dkim: ['pass'], dmarc: null }, 0.2],
		['sendgrid', 'inbound', { spf: 'pass', dkim: ['pass'], dmarc: null }, 0.011],
		['sendgrid', 'inbound-fields', { spf: 'softfail', dkim: ['pass', 'fail'], dmarc: null }, undefined],
		['postmark', 'inbound', { spf: 'pass', dkim: [], dmarc: null }, -0.1],
		['forward-email', 'inbound', { spf: 'pass', dkim: ['pass'], dmarc: 'pass' }, undefined],
		['cloudmailin', 'inbound-fields', { spf: 'pass', dkim: [], dmarc: null }, undefined],
		['improvmx', 'inbound-fields', { spf: 'pass', dkim: [], dmarc: null }, undefined],
		['mailersend', 'inbound', { spf: 'pass', dkim: ['pass'], dmarc: null }, undefined],
	] as const)('%s %s', async (provider, name, expected, score) => {
		const [item] = (await read(provider, name)) as MessageItem[];
		const { spf, dkim, dmarc, source } = item!.authentication!;
		expect({ spf: spf?.result ?? null, dkim: dkim.map(({ result }) => result), dmarc: dmarc?.result ?? null }).toEqual(
			expected,
		);
		expect(source).toBe('provider');
		expect(item!.spam?.score).toBe(score);
	});
});

describe('delivery events', () => {
	it.each(named('events'))('%s', async (provider) => {
		const items = (await read(provider, 'events')) as EventItem[];
		const bounce = items.find(({ event }) => event.type === 'bounced')!;
		expect(bounce.event).toMatchObject({
			schema: 'email.event/1',
			provider,
			occurredAt: expect.stringMatching(/^2026-03-04T05:06:07\.\d{3}Z$/) as string,
			receivedAt: '2026-03-04T05:06:10.000Z',
			recipient: 'bob@example.org',
			signature: { scheme: 'svix', keyId: 'current', verified: true },
		});
		if (provider === 'resend') expect(bounce.event.bounce).toMatchObject({ type: 'soft', reason: 'sender-suppressed' });
		else expect(bounce.event.bounce).toMatchObject({ type: 'hard', reason: 'user-unknown', status: '5.1.1' });
		if (items.length > 1) for (const item of items) expect(JSON.parse(item.raw.toString())).toEqual(item.payload);
		expect(new Set(items.map(({ event }) => event.dedupKey)).size).toBe(items.length);
	});

	it.each<[string, string[]]>([
		['generic', ['delivered', 'bounced', 'other']],
		['sendgrid', ['accepted', 'bounced']],
		['mailjet', ['delivered', 'bounced']],
		['mailtrap', ['delivered', 'bounced']],
		['sparkpost', ['bounced']],
		['ses', ['bounced', 'bounced']],
		['agentmail', ['bounced', 'bounced']],
	])('%s: one item per event and recipient', async (provider, types) => {
		expect(((await read(provider, 'events')) as EventItem[]).map(({ event }) => event.type)).toEqual(types);
	});

	it.each(['generic', 'ses', 'sendgrid', 'mailgun', 'postal', 'brevo'])(
		'%s: carries the Message-ID of the mail',
		async (provider) => {
			const items = (await read(provider, 'events')) as EventItem[];
			expect(items.filter(({ event }) => event.type === 'bounced').map(({ event }) => event.messageId)).toContain(
				'out-1@example.com',
			);
		},
	);
});

describe.each(WEBHOOK_PROVIDERS.map(({ id }) => [id] as const))('%s', (provider) => {
	const unknown = provider === 'mandrill' ? null : { json: { event: 'moon_phase', type: 'moon.phase', n: 1 } };

	if (unknown !== null)
		it('passes on what it does not know, whole', () => {
			const items = readWebhook(
				provider,
				{ ...post(JSON.stringify(unknown.json), {}), now: NOW },
				VERIFIED,
			) as EventItem[];
			expect(items).toHaveLength(1);
			expect(items[0]).toMatchObject({ kind: 'event', event: { type: 'other', provider } });
			expect(items[0]!.payload).toEqual(unknown.json);
		});

	it.each([
		'null',
		'[]',
		'[null]',
		'{}',
		'7',
		'"text"',
		'[[]]',
		'{"msys":null,"items":[null],"events":[null],"event-data":7,"data":[],"Message":"{}","from":7,"headers":[7,[null],{"name":{}}]}',
	])('survives %s', (body) => {
		if (provider === 'mandrill') {
			const form = post(new URLSearchParams({ mandrill_events: body }).toString(), {
				'content-type': 'application/x-www-form-urlencoded',
			});
			expect(readWebhook(provider, form, VERIFIED)).toBeInstanceOf(Array);
		} else {
			expect(readWebhook(provider, post(body, {}), VERIFIED)).toBeInstanceOf(Array);
		}
	});

	it('refuses a body that is not JSON without quoting it, and an empty one', () => {
		for (const body of ['{"password":"hunter2"', '']) {
			const caught = ((): unknown => {
				try {
					return readWebhook(
						provider,
						post(body, provider === 'mandrill' ? { 'content-type': 'text/plain' } : {}),
						VERIFIED,
					);
				} catch (error) {
					return error;
				}
			})();
			expect(caught).toMatchObject({ status: expect.any(Number) as number });
			expect(String(caught)).not.toContain('hunter2');
		}
	});
});

describe('the catalog', () => {
	it('names every adapter, and each has samples', () => {
		expect(WEBHOOK_PROVIDERS.map(({ id }) => id).toSorted()).toEqual(Object.keys(PROVIDERS).toSorted());
		expect(Object.keys(WEBHOOK_SAMPLES).toSorted()).toEqual(Object.keys(PROVIDERS).toSorted());
	});
});

describe('the SMTP client', () => {
	const envelope = { from: 'ann@example.com', to: 'in@example.net', recipients: ['in@example.net'] };

	it('is told by CloudMailin', () => {
		const json = {
			headers: { subject: 's' },
			plain: 't',
			envelope: { ...envelope, remote_ip: '192.0.2.7', helo_domain: 'mx.example.com' },
		};
		const request = post(JSON.stringify(json), { 'content-type': 'application/json' });
		const [item] = readWebhook('cloudmailin', { ...request, now: NOW }, VERIFIED) as MessageItem[];
		expect(item?.envelope).toMatchObject({ clientIp: '192.0.2.7', helo: 'mx.example.com' });
	});

	it.each([
		['192.0.2.8', { mailFrom: 'ann@example.com', rcptTo: ['in@example.net'], clientIp: '192.0.2.8' }],
		['unknown', { mailFrom: 'ann@example.com', rcptTo: ['in@example.net'] }],
	])('is told by SendGrid: %s', async (ip, expected) => {
		const form = new FormData();
		form.append('email', 'Subject: s\r\n\r\nt');
		form.append('envelope', JSON.stringify({ from: 'ann@example.com', to: ['in@example.net'] }));
		form.append('sender_ip', ip);
		const response = new Response(form);
		const request = post(Buffer.from(await response.arrayBuffer()), {
			'content-type': response.headers.get('content-type')!,
		});
		const [item] = readWebhook('sendgrid', { ...request, now: NOW }, VERIFIED) as MessageItem[];
		expect(item?.envelope).toEqual(expected);
	});
});
