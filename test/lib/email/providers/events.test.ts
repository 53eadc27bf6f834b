import { describe, expect, it } from 'vitest';
import type { EventItem, MessageItem } from '../../../../lib/email/webhook/items';
import type { ProviderId } from '../../../../lib/email/providers/webhookRegistry';
import { readWebhook } from '../../../../lib/email/webhook/read';
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

function events(provider: ProviderId, body: unknown): EventItem[] {
	return readWebhook(provider, post(JSON.stringify(body), {}), VERIFIED) as EventItem[];
}

const only = (provider: ProviderId, body: unknown): EventItem['event'] => {
	const items = events(provider, body);
	expect(items).toHaveLength(1);
	return items[0]!.event;
};

const ses = (message: unknown): unknown => ({ Type: 'Notification', MessageId: 'm', Message: JSON.stringify(message) });

describe('what a provider calls its events, and what they are here', () => {
	it.each<[ProviderId, unknown, string]>([
		['postmark', { RecordType: 'Delivery', Recipient: 'a@b.example' }, 'delivered'],
		['postmark', { RecordType: 'Bounce', Type: 'AutoResponder', ID: 1 }, 'other'],
		['postmark', { RecordType: 'SpamComplaint', Type: 'SpamComplaint', ID: 1 }, 'complained'],
		[
			'postmark',
			{ RecordType: 'SubscriptionChange', SuppressSending: true, SuppressionReason: 'ManualSuppression' },
			'unsubscribed',
		],
		[
			'postmark',
			{ RecordType: 'SubscriptionChange', SuppressSending: true, SuppressionReason: 'HardBounce' },
			'suppressed',
		],
		['postmark', { RecordType: 'SubscriptionChange', SuppressSending: false }, 'other'],
		['mailgun', { 'event-data': { event: 'failed', severity: 'temporary', reason: 'generic' } }, 'deferred'],
		['mailgun', { 'event-data': { event: 'failed', severity: 'permanent', reason: 'suppress-bounce' } }, 'suppressed'],
		['mailgun', { 'event-data': { event: 'stored' } }, 'other'],
		['sendgrid', [{ event: 'group_unsubscribe' }], 'unsubscribed'],
		['sendgrid', [{ event: 'group_resubscribe' }], 'other'],
		['sendgrid', [{ event: 'dropped', reason: 'Bounced Address' }], 'suppressed'],
		[
			'ses',
			ses({ notificationType: 'Complaint', complaint: { complainedRecipients: [{ emailAddress: 'a@b.example' }] } }),
			'complained',
		],
		[
			'ses',
			ses({
				eventType: 'DeliveryDelay',
				deliveryDelay: { delayType: 'MailboxFull', delayedRecipients: [{ emailAddress: 'a@b.example' }] },
			}),
			'deferred',
		],
		[
			'ses',
			{
				Type: 'Notification',
				MessageId: 'm',
				Message: 'Successfully validated SNS topic for Amazon SES event publishing.',
			},
			'other',
		],
		['sparkpost', [{ msys: { message_event: { type: 'bounce', bounce_class: '90' } } }], 'unsubscribed'],
		['sparkpost', [{ msys: { message_event: { type: 'bounce', bounce_class: '60' } } }], 'other'],
		['sparkpost', [{ msys: { track_event: { type: 'amp_click' } } }], 'clicked'],
		['mailjet', { event: 'bounce', error: 'greylisted', hard_bounce: false }, 'deferred'],
		['mailtrap', { events: [{ event: 'soft bounce' }] }, 'deferred'],
		['brevo', { event: 'unique_opened' }, 'opened'],
		['mailersend', { type: 'activity.spam_complaint', data: {} }, 'complained'],
		['postal', { event: 'MessageHeld', payload: {} }, 'suppressed'],
		['resend', { type: 'email.delivery_delayed', data: {} }, 'deferred'],
		['agentmail', { event_type: 'message.delivered', delivery: { recipients: ['a@b.example'] } }, 'delivered'],
		['generic', { event: 'Email.Delivered' }, 'delivered'],
		['generic', { type: 'email:hard-bounce' }, 'bounced'],
	])('%s %j: %s', (provider, body, type) => {
		expect(only(provider, body).type).toBe(type);
	});
});

describe('bounces', () => {
	it.each<[ProviderId, unknown, { type: string | null; reason: string | null }]>([
		// The provider calls it permanent, the reply says that the mailbox is full: the address is not lost.
		[
			'mailgun',
			{
				'event-data': {
					event: 'failed',
					severity: 'permanent',
					reason: 'generic',
					'delivery-status': { code: 552, message: '5.2.2 mailbox full' },
				},
			},
			{ type: 'soft', reason: 'mailbox-full' },
		],
		[
			'postmark',
			{ RecordType: 'Bounce', Type: 'HardBounce', Details: 'smtp;550 5.1.1 unknown' },
			{ type: 'hard', reason: 'user-unknown' },
		],
		[
			'postmark',
			{ RecordType: 'Bounce', Type: 'SpamNotification', Details: 'smtp;550 5.7.1 spam' },
			{ type: 'soft', reason: 'spam-detected' },
		],
		[
			'sendgrid',
			[{ event: 'bounce', type: 'blocked', reason: '552 5.2.2 over quota', status: '5.2.2' }],
			{ type: 'soft', reason: 'mailbox-full' },
		],
		[
			'sendgrid',
			[{ event: 'bounce', type: 'bounce', bounce_classification: 'Reputation' }],
			{ type: 'soft', reason: 'bad-reputation' },
		],
		['sendgrid', [{ event: 'bounce', type: 'bounce' }], { type: 'hard', reason: null }],
		[
			'ses',
			ses({
				eventType: 'Bounce',
				bounce: {
					bounceType: 'Transient',
					bounceSubType: 'MailboxFull',
					bouncedRecipients: [{ emailAddress: 'a@b.example' }],
				},
			}),
			{ type: 'soft', reason: 'mailbox-full' },
		],
		[
			'ses',
			ses({
				eventType: 'Bounce',
				bounce: {
					bounceType: 'Permanent',
					bounceSubType: 'SomethingNew',
					bouncedRecipients: [{ emailAddress: 'a@b.example' }],
				},
			}),
			{ type: 'hard', reason: null },
		],
		[
			'sparkpost',
			[{ msys: { message_event: { type: 'bounce', bounce_class: '22' } } }],
			{ type: 'soft', reason: 'mailbox-full' },
		],
		[
			'mailjet',
			{ event: 'bounce', error: 'no mail host', hard_bounce: true },
			{ type: 'hard', reason: 'host-unknown' },
		],
		[
			'brevo',
			{ event: 'soft_bounce', reason: '421 4.4.2 timeout' },
			{ type: 'soft', reason: expect.any(String) as string },
		],
		['generic', { event: 'bounced', bounce_type: 'Permanent' }, { type: 'hard', reason: null }],
	])('%s %j', (provider, body, bounce) => {
		expect(only(provider, body).bounce).toMatchObject(bounce);
	});
});

describe('identity of events', () => {
	it('has the same key again, another for another event, and none from the position in a batch with ids', () => {
		const [a, b] = events('sendgrid', [
			{ event: 'open', sg_event_id: '1' },
			{ event: 'open', sg_event_id: '2' },
		]);
		const [again] = events('sendgrid', [{ event: 'open', sg_event_id: '2' }]);
		expect(again!.event.dedupKey).toBe(b!.event.dedupKey);
		expect(a!.event.dedupKey).not.toBe(b!.event.dedupKey);
	});

	it('falls back to the hash of the event alone', () => {
		const open = { event: 'open', email: 'a@b.example', time: 1 };
		const [first] = events('mailjet', [open, { ...open, time: 2 }]);
		expect(first!.event.dedupKey).toBe(only('mailjet', open).dedupKey);
		expect(first!.event.dedupKey).toMatch(/^mailjet:sha256:[0-9a-f]{64}$/);
	});

	it('does not take one mail to two recipients for a repetition', () => {
		const mail = (rcpt_to: string): MessageItem => {
			const body = JSON.stringify([
				{
					msys: {
						relay_message: { content: { email_rfc822: 'Subject: x\r\n\r\ny' }, rcpt_to, msg_from: 'ann@example.net' },
					},
				},
			]);
			return readWebhook('sparkpost', post(body, {}), VERIFIED)[0] as MessageItem;
		};
		expect(mail('a@example.com').dedupKey).toBe(mail('A@example.com').dedupKey);
		expect(mail('a@example.com').dedupKey).not.toBe(mail('b@example.com').dedupKey);
	});

	it('does not take the events of one mail for one event', () => {
		const keys = [
			only('generic', { id: 'mail-1', event: 'delivered', timestamp: 1 }),
			only('generic', { id: 'mail-1', event: 'opened', timestamp: 2 }),
			only('generic', { id: 'mail-1', event: 'opened', timestamp: 3 }),
			only('forward-email', { email_id: 'mail-1', recipient: 'a@b.example', bounce: { action: 'defer' } }),
			only('forward-email', { email_id: 'mail-1', recipient: 'a@b.example', bounce: { action: 'reject' } }),
			only('forward-email', { email_id: 'mail-1', recipient: 'c@b.example', bounce: { action: 'reject' } }),
		].map(({ dedupKey }) => dedupKey);
		expect(new Set(keys).size).toBe(keys.length);
		expect(only('generic', { id: 'mail-1', event: 'opened', timestamp: 3 }).dedupKey).toBe(keys[2]);
	});

	it('says that nothing was signed when nothing was', () => {
		expect(only('postmark', { RecordType: 'Delivery' }).signature).toEqual({
			scheme: 'basic',
			keyId: 'current',
			checkedBy: 'secret',
			verified: false,
		});
	});

	it('makes no item of a subscription message or a ping', () => {
		const confirmation = {
			kind: 'subscribe',
			subscribeUrl: 'https://sns.eu-west-1.amazonaws.com/',
			topicArn: 'arn',
		} as const;
		expect(readWebhook('ses', post('{}', {}), { ...VERIFIED, confirmation })).toEqual([]);
		expect(events('sparkpost', [{ msys: {} }])).toEqual([]);
	});
});

describe('generic', () => {
	const mail = (body: unknown): MessageItem =>
		readWebhook('generic', post(JSON.stringify(body), { 'x-webhook-id': 'req-1' }), VERIFIED)[0] as MessageItem;

	it('finds the mail where it stands, or one or two objects further in', () => {
		const fields = { from: 'ann@example.net', to: 'bob@example.com', subject: 'Hi', text: 'hello' };
		for (const body of [
			fields,
			{ data: fields },
			{ payload: { email: fields } },
			{ email: fields },
			{ items: [fields] },
			[fields],
		]) {
			expect(mail(body).raw.toString()).toContain('Subject: Hi\r\n');
		}
	});

	it('takes raw MIME as text or base64', () => {
		const mime = 'From: ann@example.net\r\nSubject: Hi\r\n\r\nhello\r\n';
		for (const raw of [mime, Buffer.from(mime).toString('base64')])
			expect(mail({ raw_email: raw }).raw.toString()).toBe(mime);
	});

	it('takes message/rfc822 as it is, bytes and all', () => {
		const bytes = Buffer.from('Subject: Grüße\r\n\r\nä', 'latin1');
		const [item] = readWebhook(
			'generic',
			post(bytes, { 'content-type': 'message/rfc822', 'webhook-id': 'm1' }),
			VERIFIED,
		) as MessageItem[];
		expect(item).toMatchObject({ assembled: false, eventId: 'm1', dedupKey: 'generic:m1' });
		expect(item!.raw.equals(bytes)).toBe(true);
	});

	it('takes the id of the event, else that of the request, numbered in a batch', () => {
		expect(mail({ id: 'e1', from: 'a@b.example', text: 'x' }).eventId).toBe('e1');
		expect(mail({ from: 'a@b.example', text: 'x' }).eventId).toBe('req-1');
		const batch = readWebhook(
			'generic',
			post(JSON.stringify([{ event: 'open' }, { event: 'open' }]), { 'x-webhook-id': 'req-1' }),
			VERIFIED,
		) as EventItem[];
		expect(batch.map(({ event }) => event.providerEventId)).toEqual(['req-1:0', 'req-1:1']);
	});

	it('reads a form of the same names, with its files', () => {
		const form = {
			fields: [
				{ name: 'from', value: 'ann@example.net' },
				{ name: 'subject', value: 'Hi' },
				{ name: 'text', value: 'hello' },
			],
			files: [{ name: 'f', filename: 'a.txt', contentType: 'text/plain', content: Buffer.from('file content') }],
		};
		const [item] = readWebhook('generic', multipartPost(form), VERIFIED) as MessageItem[];
		const raw = item!.raw.toString();
		expect(raw).toContain('Subject: Hi');
		expect(raw).toContain(Buffer.from('file content').toString('base64'));
	});
});
