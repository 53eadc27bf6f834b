/**
 * What each provider posts, written after its documentation: an inbound mail where it has them, and delivery events.
 * `npm run demo:webhook` sends them signed, and the tests read them.
 */
export interface WebhookSample {
	name: 'inbound' | 'inbound-fields' | 'events';
	/** The page the field names follow. */
	documentation: string;
	body: { json: unknown } | { form: Record<string, string> } | { multipart: MultipartField[] };
}

export type MultipartField =
	{ name: string; value: string } | { name: string; filename: string; type: string; content: string };

export const MIME = [
	'Return-Path: <ann@example.net>',
	'From: Ann Example <ann@example.net>',
	'To: Support <support+4711@example.com>',
	'Subject: Where is my order?',
	'Message-ID: <demo-1@example.net>',
	'Date: Wed, 04 Mar 2026 05:06:07 +0000',
	'MIME-Version: 1.0',
	'Content-Type: text/plain; charset=utf-8',
	'',
	'Order 4711 has not arrived.',
	'',
].join('\r\n');

const base64 = (text: string): string => Buffer.from(text).toString('base64');
const HTML = '<p>Order 4711 has <b>not</b> arrived.</p>';
const TEXT = 'Order 4711 has not arrived.\n';
const AT = 1772600767;
const REPLY = '550 5.1.1 <bob@example.org>: Recipient address rejected: User unknown';

const mailHeaders = [
	['From', 'Ann Example <ann@example.net>'],
	['To', 'Support <support+4711@example.com>'],
	['Subject', 'Where is my order?'],
	['Message-ID', '<demo-1@example.net>'],
	['Date', 'Wed, 04 Mar 2026 05:06:07 +0000'],
	['Content-Type', 'multipart/alternative; boundary="theirs"'],
] as const;
const headerObject = Object.fromEntries(mailHeaders);

export const WEBHOOK_SAMPLES: Record<string, WebhookSample[]> = {
	generic: [
		{
			name: 'inbound',
			documentation: 'lib/email/providers/generic/webhook.ts',
			body: {
				json: {
					id: 'evt_1',
					event: 'email.received',
					data: {
						raw_mime: MIME,
						envelope: { from: 'ann@example.net', to: ['support+4711@example.com'] },
						spf: 'pass',
						dkim: 'pass',
						spam_score: 0.1,
					},
				},
			},
		},
		{
			name: 'inbound-fields',
			documentation: 'lib/email/providers/generic/webhook.ts',
			body: {
				json: {
					event_id: 'evt_2',
					type: 'message.received',
					message: {
						from: { name: 'Ann Example', email: 'ann@example.net' },
						to: [{ name: 'Support', email: 'support+4711@example.com' }],
						subject: 'Where is my order?',
						messageId: '<demo-1@example.net>',
						inReplyTo: '<demo-0@example.com>',
						references: ['<demo-0@example.com>'],
						text: TEXT,
						html: HTML,
						attachments: [
							{ filename: 'order.txt', contentType: 'text/plain', content: base64('4711') },
							{ filename: 'big.zip', url: 'https://files.example.com/big.zip' },
						],
					},
				},
			},
		},
		{
			name: 'events',
			documentation: 'lib/email/providers/generic/webhook.ts',
			body: {
				json: [
					{
						id: 'e1',
						event: 'email.delivered',
						email: 'bob@example.org',
						timestamp: AT,
						message_id: '<out-1@example.com>',
					},
					{
						id: 'e2',
						type: 'hard_bounce',
						data: { recipient: 'bob@example.org', reason: REPLY, messageId: '<out-1@example.com>' },
						created_at: '2026-03-04T05:06:07Z',
					},
					{ id: 'e3', type: 'contact.moon_phase' },
				],
			},
		},
	],
	agentmail: [
		{
			name: 'inbound-fields',
			documentation: 'https://docs.agentmail.to/api-reference/webhooks/events/message-received',
			body: {
				json: {
					type: 'event',
					event_type: 'message.received',
					event_id: 'evt_123abc',
					message: {
						inbox_id: 'support+4711@example.com',
						thread_id: 'thd_789ghi',
						message_id: '<demo-1@example.net>',
						labels: ['received'],
						timestamp: '2026-03-04T05:06:07Z',
						from: 'Ann Example <ann@example.net>',
						to: ['Support <support+4711@example.com>'],
						subject: 'Where is my order?',
						text: TEXT,
						html: HTML,
						attachments: [{ attachment_id: 'att_1', filename: 'order.pdf', size: 4, content_type: 'application/pdf' }],
						in_reply_to: '<demo-0@example.com>',
						references: ['<demo-0@example.com>'],
					},
				},
			},
		},
		{
			name: 'events',
			documentation: 'https://docs.agentmail.to/api-reference/webhooks/events/message-bounced',
			body: {
				json: {
					type: 'event',
					event_type: 'message.bounced',
					event_id: 'evt_9',
					bounce: {
						inbox_id: 'support@example.com',
						thread_id: 'thd_1',
						message_id: '<out-1@example.com>',
						timestamp: '2026-03-04T05:06:07Z',
						type: 'Permanent',
						sub_type: 'General',
						recipients: [
							{ address: 'bob@example.org', status: '5.1.1' },
							{ address: 'eve@example.org', status: '5.1.1' },
						],
					},
				},
			},
		},
	],
	ses: [
		{
			name: 'inbound',
			documentation: 'https://docs.aws.amazon.com/ses/latest/dg/receiving-email-notifications-contents.html',
			body: {
				json: sns({
					notificationType: 'Received',
					receipt: {
						timestamp: '2026-03-04T05:06:07.000Z',
						recipients: ['support+4711@example.com'],
						spamVerdict: { status: 'PASS' },
						virusVerdict: { status: 'PASS' },
						spfVerdict: { status: 'PASS' },
						dkimVerdict: { status: 'GRAY' },
						dmarcVerdict: { status: 'FAIL' },
						dmarcPolicy: 'REJECT',
						action: { type: 'SNS', topicArn: 'arn:aws:sns:eu-west-1:123456789012:ses-events', encoding: 'BASE64' },
					},
					mail: {
						timestamp: '2026-03-04T05:06:07.000Z',
						source: 'ann@example.net',
						messageId: 'd6iitobk75ur44p8kdnnp7g2n800',
						destination: ['support+4711@example.com'],
						headers: mailHeaders.map(([name, value]) => ({ name, value })),
					},
					content: base64(MIME),
				}),
			},
		},
		{
			name: 'events',
			documentation: 'https://docs.aws.amazon.com/ses/latest/dg/event-publishing-retrieving-sns-examples.html',
			body: {
				json: sns({
					eventType: 'Bounce',
					bounce: {
						bounceType: 'Permanent',
						bounceSubType: 'General',
						bouncedRecipients: [
							{ emailAddress: 'bob@example.org', action: 'failed', status: '5.1.1', diagnosticCode: `smtp; ${REPLY}` },
							{ emailAddress: 'eve@example.org' },
						],
						timestamp: '2026-03-04T05:06:07.000Z',
						feedbackId: '01000157c44f053b-61b59c11-9236-11e6-8f96-7be8aexample-000000',
						reportingMTA: 'dsn; mta.example.com',
					},
					mail: {
						timestamp: '2026-03-04T05:06:00.000Z',
						messageId: '01000157c44f053b',
						source: 'shop@example.com',
						destination: ['bob@example.org', 'eve@example.org'],
						commonHeaders: { messageId: '<out-1@example.com>' },
					},
				}),
			},
		},
	],
	brevo: [
		{
			name: 'inbound-fields',
			documentation: 'https://developers.brevo.com/docs/inbound-parse-webhooks',
			body: {
				json: {
					items: [
						{
							Uuid: ['9a6a3f0e-4f5e-4c5a-9d0b-1f9a3c1e7b11'],
							MessageId: '<demo-1@example.net>',
							InReplyTo: null,
							From: { Name: 'Ann Example', Address: 'ann@example.net' },
							To: [{ Name: 'Support', Address: 'support+4711@example.com' }],
							Recipients: ['support+4711@example.com'],
							Cc: [],
							ReplyTo: null,
							SentAtDate: 'Wed, 04 Mar 2026 05:06:07 +0000',
							Subject: 'Where is my order?',
							RawHtmlBody: HTML,
							RawTextBody: TEXT,
							ExtractedMarkdownMessage: TEXT,
							SpamScore: 0.2,
							Attachments: [
								{
									Name: 'order.pdf',
									ContentType: 'application/pdf',
									ContentLength: 4,
									ContentID: 'x',
									DownloadToken: 'eyJmb2xkZXIi',
								},
							],
							Headers: {
								...headerObject,
								'Return-Path': '<ann@example.net>',
								'Delivered-To': 'support+4711@example.com',
							},
						},
					],
				},
			},
		},
		{
			name: 'events',
			documentation: 'https://developers.brevo.com/docs/transactional-webhooks',
			body: {
				json: {
					event: 'hard_bounce',
					email: 'bob@example.org',
					id: 26224,
					date: '2026-03-04 06:06:07',
					ts: AT,
					'message-id': '<out-1@example.com>',
					ts_event: AT,
					ts_epoch: AT * 1000,
					subject: 'Your order',
					reason: REPLY,
					tags: ['order'],
				},
			},
		},
	],
	cloudmailin: [
		{
			name: 'inbound-fields',
			documentation: 'https://docs.cloudmailin.com/http_post_formats/json_normalized/',
			body: {
				json: {
					headers: {
						from: 'Ann Example <ann@example.net>',
						to: 'Support <support+4711@example.com>',
						subject: 'Where is my order?',
						message_id: '<demo-1@example.net>',
						date: 'Wed, 04 Mar 2026 05:06:07 +0000',
						received: ['by 10.0.0.1', 'by 10.0.0.2'],
					},
					envelope: {
						to: 'support+4711@example.com',
						recipients: ['support+4711@example.com'],
						from: 'ann@example.net',
						helo_domain: 'mx.example.net',
						remote_ip: '192.0.2.1',
						spf: { result: 'pass', domain: 'example.net' },
						tls: true,
					},
					plain: TEXT,
					html: HTML,
					reply_plain: TEXT,
					attachments: [
						{
							content: base64('4711'),
							file_name: 'order.txt',
							content_type: 'text/plain',
							size: 4,
							disposition: 'attachment',
							content_id: null,
						},
						{ url: 'https://bucket.example.com/big.zip', file_name: 'big.zip', content_type: 'application/zip' },
					],
				},
			},
		},
		{
			name: 'inbound',
			documentation: 'https://docs.cloudmailin.com/http_post_formats/multipart_raw/',
			body: {
				multipart: [
					{ name: 'envelope[to]', value: 'support+4711@example.com' },
					{ name: 'envelope[recipients][]', value: 'support+4711@example.com' },
					{ name: 'envelope[from]', value: 'ann@example.net' },
					{ name: 'envelope[spf][result]', value: 'pass' },
					{ name: 'envelope[spf][domain]', value: 'example.net' },
					{ name: 'message', value: MIME },
				],
			},
		},
	],
	'forward-email': [
		{
			name: 'inbound',
			documentation: 'https://forwardemail.net/faq#do-you-support-webhooks',
			body: {
				json: {
					attachments: [],
					headers: mailHeaders.map(([name, value]) => `${name}: ${value}`).join('\r\n'),
					recipients: ['support+4711@example.com'],
					session: {
						recipient: 'support+4711@example.com',
						remoteAddress: '192.0.2.1',
						sender: 'ann@example.net',
						envelope: {
							mailFrom: { address: 'ann@example.net', args: {} },
							rcptTo: [{ address: 'support+4711@example.com' }],
						},
					},
					raw: MIME,
					text: TEXT,
					subject: 'Where is my order?',
					from: { value: [{ address: 'ann@example.net', name: 'Ann Example' }], text: 'Ann Example <ann@example.net>' },
					messageId: '<demo-1@example.net>',
					spf: { domain: 'example.net', status: { result: 'pass' } },
					dkim: { results: [{ signingDomain: 'example.net', selector: 's1', status: { result: 'pass' } }] },
					dmarc: { status: { result: 'pass' }, policy: 'reject' },
				},
			},
		},
		{
			name: 'events',
			documentation: 'https://forwardemail.net/faq#do-you-support-bounce-webhooks',
			body: {
				json: {
					email_id: '65f0',
					list_id: null,
					recipient: 'bob@example.org',
					message: REPLY,
					response: REPLY,
					response_code: 550,
					bounce: { action: 'reject', category: 'recipient', status: '5.1.1', code: 550, message: REPLY },
					headers: {},
					bounced_at: '2026-03-04T05:06:07.000Z',
				},
			},
		},
	],
	improvmx: [
		{
			name: 'inbound-fields',
			documentation: 'https://improvmx.com/guides/webhooks/',
			body: {
				json: {
					headers: {
						'Received-SPF': ['pass (improvmx.com: domain of example.net designates 192.0.2.1 as permitted sender)'],
						'Delivered-To': 'support+4711@example.com',
						Received: ['from a by b', 'from c by d'],
					},
					to: [{ name: 'Support', email: 'support+4711@example.com' }],
					from: { name: 'Ann Example', email: 'ann@example.net' },
					subject: 'Where is my order?',
					'message-id': '<demo-1@example.net>',
					date: 'Wed, 04 Mar 2026 05:06:07 +0000',
					'return-path': { name: '', email: 'ann@example.net' },
					timestamp: AT,
					text: TEXT,
					html: HTML,
					inlines: [{ type: 'image/png', name: 'logo.png', content: base64('png'), cid: 'logo', encoding: 'base64' }],
					attachments: [{ type: 'text/plain', name: 'order.txt', content: base64('4711'), encoding: 'base64' }],
				},
			},
		},
	],
	mailersend: [
		{
			name: 'inbound',
			documentation: 'https://developers.mailersend.com/api/v1/inbound.html',
			body: {
				json: {
					type: 'inbound.message',
					inbound_id: 'pxkjn41jeyz5q6y8',
					url: 'https://n8n.example.com/webhook',
					created_at: '2026-03-04T05:06:07.000000Z',
					data: {
						object: 'message',
						id: '61a7468b0c0e4d1f9c2b3a4d',
						recipients: {
							rcptTo: [{ email: 'support+4711@example.com' }],
							to: {
								raw: 'Support <support+4711@example.com>',
								data: [{ name: 'Support', email: 'support+4711@example.com' }],
							},
						},
						from: { name: 'Ann Example', email: 'ann@example.net', raw: 'Ann Example <ann@example.net>' },
						sender: { email: 'ann@example.net' },
						subject: 'Where is my order?',
						date: 'Wed, 04 Mar 2026 05:06:07 +0000',
						headers: { From: 'Ann Example <ann@example.net>' },
						text: TEXT,
						html: HTML,
						raw: MIME,
						attachments: [],
						spf_check: { code: '+', value: null },
						dkim_check: true,
					},
				},
			},
		},
		{
			name: 'events',
			documentation: 'https://developers.mailersend.com/api/v1/webhooks.html',
			body: {
				json: {
					type: 'activity.hard_bounced',
					domain_id: 'yv69oxl5kl785kw2',
					created_at: '2026-03-04T05:06:07.000000Z',
					webhook_id: '2351ndgwr4zqx8ko',
					data: {
						object: 'activity',
						id: '62f114f8165fe0d8db0288e5',
						type: 'hard_bounced',
						created_at: '2026-03-04T05:06:07.000000Z',
						email: {
							object: 'email',
							id: '62f114f7165fe0d8db0288e2',
							from: 'shop@example.com',
							subject: 'Your order',
							status: 'rejected',
							message: { object: 'message', id: '62fb66bef54a112e920b5493' },
							recipient: { object: 'recipient', email: 'bob@example.org' },
						},
						morph: { object: 'recipient_bounce', reason: REPLY },
					},
				},
			},
		},
	],
	mailgun: [
		{
			name: 'inbound',
			documentation: 'https://documentation.mailgun.com/docs/mailgun/user-manual/receive-forward-store/receive-http',
			body: {
				form: {
					recipient: 'support+4711@example.com',
					sender: 'ann@example.net',
					from: 'Ann Example <ann@example.net>',
					subject: 'Where is my order?',
					'message-headers': JSON.stringify([
						['X-Mailgun-Spf', 'Pass'],
						['X-Mailgun-Dkim-Check-Result', 'Pass'],
						['X-Mailgun-Sflag', 'No'],
						['X-Mailgun-Sscore', '-0.1'],
						...mailHeaders,
					]),
					'body-mime': MIME,
				},
			},
		},
		{
			name: 'inbound-fields',
			documentation: 'https://documentation.mailgun.com/docs/mailgun/user-manual/receive-forward-store/receive-http',
			body: {
				multipart: [
					{ name: 'recipient', value: 'support+4711@example.com' },
					{ name: 'sender', value: 'ann@example.net' },
					{ name: 'from', value: 'Ann Example <ann@example.net>' },
					{ name: 'subject', value: 'Where is my order?' },
					{ name: 'body-plain', value: TEXT },
					{ name: 'body-html', value: HTML },
					{ name: 'stripped-text', value: TEXT },
					{ name: 'message-headers', value: JSON.stringify(mailHeaders) },
					{ name: 'attachment-count', value: '2' },
					{ name: 'content-id-map', value: JSON.stringify({ '<logo>': 'attachment-1' }) },
					{ name: 'attachment-1', filename: 'logo.png', type: 'image/png', content: 'png' },
					{ name: 'attachment-2', filename: 'order.txt', type: 'text/plain', content: '4711' },
				],
			},
		},
		{
			name: 'events',
			documentation: 'https://documentation.mailgun.com/docs/mailgun/user-manual/webhooks/webhook-payloads',
			body: {
				json: {
					'event-data': {
						event: 'failed',
						id: 'G9Bn5sl1TC6nu79C8C0bwg',
						timestamp: AT + 0.009,
						severity: 'permanent',
						reason: 'bounce',
						recipient: 'bob@example.org',
						'log-level': 'error',
						'delivery-status': {
							code: 550,
							'enhanced-code': '5.1.1',
							message: REPLY,
							description: '',
							'attempt-no': 1,
						},
						message: {
							headers: {
								to: 'bob@example.org',
								'message-id': 'out-1@example.com',
								from: 'shop@example.com',
								subject: 'Your order',
							},
							attachments: [],
							size: 111,
						},
						tags: ['order'],
						'user-variables': {},
					},
				},
			},
		},
	],
	mailjet: [
		{
			name: 'inbound-fields',
			documentation: 'https://dev.mailjet.com/email/guides/parse-api/',
			body: {
				json: {
					Sender: 'ann@example.net',
					Recipient: 'support+4711@example.com',
					Date: '20260304T050607',
					From: 'Ann Example <ann@example.net>',
					Subject: 'Where is my order?',
					Headers: { ...headerObject, Received: ['from a by b', 'from c by d'] },
					Parts: [
						{ Headers: { 'Content-Type': 'text/plain; charset="UTF-8"' }, ContentRef: 'Text-part' },
						{ Headers: { 'Content-Type': 'text/html; charset="UTF-8"' }, ContentRef: 'Html-part' },
						{
							Headers: {
								'Content-Type': 'text/plain; name="order.txt"',
								'Content-Disposition': 'attachment; filename="order.txt"',
							},
							ContentRef: 'Attachment1',
						},
					],
					'Text-part': TEXT,
					'Html-part': HTML,
					SpamAssassinScore: '0.602',
					Attachment1: base64('4711'),
				},
			},
		},
		{
			name: 'events',
			documentation: 'https://dev.mailjet.com/email/guides/webhooks/',
			body: {
				json: [
					{
						event: 'sent',
						time: AT,
						MessageID: 19421777835146490,
						Message_GUID: '1ab23cd4',
						email: 'bob@example.org',
						mj_campaign_id: 7257,
						smtp_reply: '250 2.0.0 OK',
					},
					{
						event: 'bounce',
						time: AT,
						MessageID: 13792286917004336,
						email: 'bob@example.org',
						blocked: true,
						hard_bounce: true,
						error_related_to: 'recipient',
						error: 'user unknown',
						comment: REPLY,
					},
				],
			},
		},
	],
	mailtrap: [
		{
			name: 'events',
			documentation: 'https://docs.mailtrap.io/email-api-smtp/advanced/webhooks',
			body: {
				json: {
					events: [
						{
							event: 'delivery',
							message_id: '1df37d17-0286-4d8b-8edf-bc4ec5be86e6',
							sending_stream: 'transactional',
							email: 'bob@example.org',
							timestamp: AT,
							event_id: 'bede7236-2284-43d6-a953-1fdcafd0fdbc',
						},
						{
							event: 'bounce',
							message_id: '1df37d17-0286-4d8b-8edf-bc4ec5be86e6',
							sending_stream: 'transactional',
							email: 'bob@example.org',
							timestamp: AT,
							event_id: 'bede7236-2284-43d6-a953-1fdcafd0fdbd',
							response: REPLY,
							response_code: 550,
							bounce_category: 'bad_mailbox',
						},
					],
				},
			},
		},
		{
			name: 'inbound-fields',
			documentation: 'https://docs.mailtrap.io/developers/inbound/messages',
			body: {
				json: {
					events: [
						{
							event: 'inbound.message_received',
							event_id: 'ev1',
							timestamp: AT * 1000,
							inbox_id: 7,
							message_id: 'm1',
							from: 'ann@example.net',
							to: ['support+4711@example.com'],
							subject: 'Where is my order?',
						},
					],
				},
			},
		},
	],
	mandrill: [
		{
			name: 'inbound',
			documentation: 'https://mailchimp.com/developer/transactional/docs/webhooks/#inbound-webhook-format',
			body: {
				form: {
					mandrill_events: JSON.stringify([
						{
							event: 'inbound',
							_id: 'in1',
							ts: AT,
							msg: {
								raw_msg: MIME,
								headers: headerObject,
								text: TEXT,
								from_email: 'ann@example.net',
								from_name: 'Ann Example',
								to: [['support+4711@example.com', null]],
								email: 'support+4711@example.com',
								subject: 'Where is my order?',
								tags: [],
								sender: 'ann@example.net',
								spam_report: { score: 0.2, matched_rules: [] },
								spf: { result: 'pass', detail: 'sender SPF authorized' },
								dkim: { signed: true, valid: true },
							},
						},
					]),
				},
			},
		},
		{
			name: 'events',
			documentation: 'https://mailchimp.com/developer/transactional/docs/webhooks/#message-event-webhook-format',
			body: {
				form: {
					mandrill_events: JSON.stringify([
						{
							event: 'hard_bounce',
							_id: 'exampleaaa',
							ts: AT,
							msg: {
								ts: AT,
								subject: 'Your order',
								email: 'bob@example.org',
								sender: 'shop@example.com',
								tags: [],
								metadata: {},
								_id: 'exampleaaa',
								state: 'bounced',
								bounce_description: 'bad_mailbox',
								bgtools_code: 10,
								diag: `smtp;${REPLY}`,
							},
						},
					]),
				},
			},
		},
	],
	postal: [
		{
			name: 'inbound',
			documentation: 'https://docs.postalserver.io/developer/http-payloads',
			body: {
				json: {
					id: 12345,
					message: base64(MIME),
					base64: true,
					size: MIME.length,
					rcpt_to: 'support+4711@example.com',
					mail_from: 'ann@example.net',
				},
			},
		},
		{
			name: 'inbound-fields',
			documentation: 'https://docs.postalserver.io/developer/http-payloads',
			body: {
				json: {
					id: 12346,
					rcpt_to: 'support+4711@example.com',
					mail_from: 'ann@example.net',
					token: 'rtmuzogUauKN',
					subject: 'Where is my order?',
					message_id: 'demo-1@example.net',
					timestamp: AT,
					size: '481',
					spam_status: 'NotSpam',
					bounce: false,
					received_with_ssl: true,
					to: 'Support <support+4711@example.com>',
					cc: null,
					from: 'Ann Example <ann@example.net>',
					date: 'Wed, 04 Mar 2026 05:06:07 +0000',
					in_reply_to: null,
					references: null,
					plain_body: TEXT,
					html_body: HTML,
					auto_submitted: null,
					attachment_quantity: 1,
					attachments: [
						{ filename: 'order.txt', content_type: 'text/plain', size: 4, hash: 'x', data: base64('4711') },
					],
				},
			},
		},
		{
			name: 'events',
			documentation: 'https://docs.postalserver.io/developer/webhooks',
			body: {
				json: {
					event: 'MessageDeliveryFailed',
					timestamp: AT,
					payload: {
						status: 'HardFail',
						details: 'Permanent SMTP delivery error',
						output: REPLY,
						time: 0.22,
						sent_with_ssl: true,
						timestamp: AT + 0.17,
						message: {
							id: 12345,
							token: 'abcdef123',
							direction: 'outgoing',
							message_id: 'out-1@example.com',
							to: 'bob@example.org',
							from: 'shop@example.com',
							subject: 'Your order',
							timestamp: AT,
							spam_status: 'NotSpam',
							tag: 'order',
						},
					},
					uuid: '46a2be09-5321-4b4c-9a2c-1b2b3c4d5e6f',
				},
			},
		},
	],
	postmark: [
		{
			name: 'inbound',
			documentation: 'https://postmarkapp.com/developer/webhooks/inbound-webhook',
			body: { json: { ...postmarkInbound(), RawEmail: MIME } },
		},
		{
			name: 'inbound-fields',
			documentation: 'https://postmarkapp.com/developer/webhooks/inbound-webhook',
			body: { json: postmarkInbound() },
		},
		{
			name: 'events',
			documentation: 'https://postmarkapp.com/developer/webhooks/bounce-webhook',
			body: {
				json: {
					RecordType: 'Bounce',
					ID: 42,
					Type: 'HardBounce',
					TypeCode: 1,
					Name: 'Hard bounce',
					Tag: 'order',
					MessageID: '883953f4-6105-42a2-a16a-77a8eac79483',
					Metadata: {},
					ServerID: 23,
					MessageStream: 'outbound',
					Description: 'The server was unable to deliver your message (ex: unknown user, mailbox not found).',
					Details: `smtp;${REPLY}`,
					Email: 'bob@example.org',
					From: 'shop@example.com',
					BouncedAt: '2026-03-04T05:06:07.0000000Z',
					DumpAvailable: true,
					Inactive: true,
					CanActivate: true,
					Subject: 'Your order',
				},
			},
		},
	],
	resend: [
		{
			name: 'inbound-fields',
			documentation: 'https://resend.com/docs/webhooks/emails/received',
			body: {
				json: {
					type: 'email.received',
					created_at: '2026-03-04T05:06:07.000Z',
					data: {
						email_id: '56761188-7520-42d8-8898-ff6fc54ce618',
						created_at: '2026-03-04T05:06:07.000Z',
						from: 'Ann Example <ann@example.net>',
						to: ['support+4711@example.com'],
						bcc: [],
						cc: [],
						message_id: '<demo-1@example.net>',
						subject: 'Where is my order?',
						attachments: [
							{
								id: '2a0c9ce0',
								filename: 'order.pdf',
								content_type: 'application/pdf',
								content_disposition: 'attachment',
								content_id: null,
							},
						],
					},
				},
			},
		},
		{
			name: 'events',
			documentation: 'https://resend.com/docs/webhooks/emails/bounced',
			body: {
				json: {
					type: 'email.bounced',
					created_at: '2026-03-04T05:06:07.000Z',
					data: {
						broadcast_id: null,
						created_at: '2026-03-04T05:06:00.000Z',
						email_id: '56761188-7520-42d8-8898-ff6fc54ce618',
						from: 'Shop <shop@example.com>',
						to: ['bob@example.org'],
						subject: 'Your order',
						bounce: {
							message:
								"The recipient's email address is on the suppression list because it has a recent history of producing hard bounces.",
							subType: 'Suppressed',
							type: 'Permanent',
						},
					},
				},
			},
		},
	],
	sendgrid: [
		{
			name: 'inbound',
			documentation:
				'https://www.twilio.com/docs/sendgrid/for-developers/parsing-email/setting-up-the-inbound-parse-webhook',
			body: {
				multipart: [
					{ name: 'email', value: MIME },
					{ name: 'dkim', value: '{@example.net : pass}' },
					{ name: 'to', value: 'Support <support+4711@example.com>' },
					{ name: 'from', value: 'Ann Example <ann@example.net>' },
					{ name: 'sender_ip', value: '192.0.2.1' },
					{ name: 'envelope', value: '{"to":["support+4711@example.com"],"from":"ann@example.net"}' },
					{ name: 'subject', value: 'Where is my order?' },
					{ name: 'spam_score', value: '0.011' },
					{ name: 'charsets', value: '{"to":"UTF-8","subject":"UTF-8","from":"UTF-8"}' },
					{ name: 'SPF', value: 'pass' },
				],
			},
		},
		{
			name: 'inbound-fields',
			documentation:
				'https://www.twilio.com/docs/sendgrid/for-developers/parsing-email/setting-up-the-inbound-parse-webhook',
			body: {
				multipart: [
					{ name: 'headers', value: mailHeaders.map(([name, value]) => `${name}: ${value}\n`).join('') },
					{ name: 'dkim', value: '{@example.net : pass, @lists.example.org : fail}' },
					{ name: 'to', value: 'Support <support+4711@example.com>' },
					{ name: 'html', value: HTML },
					{ name: 'from', value: 'Ann Example <ann@example.net>' },
					{ name: 'text', value: TEXT },
					{ name: 'envelope', value: '{"to":["support+4711@example.com"],"from":"ann@example.net"}' },
					{ name: 'attachments', value: '1' },
					{ name: 'subject', value: 'Where is my order?' },
					{
						name: 'attachment-info',
						value: '{"attachment1":{"filename":"order.txt","name":"order.txt","type":"text/plain"}}',
					},
					{ name: 'charsets', value: '{"to":"UTF-8","html":"UTF-8","subject":"UTF-8","from":"UTF-8","text":"UTF-8"}' },
					{ name: 'SPF', value: 'softfail' },
					{ name: 'attachment1', filename: 'order.txt', type: 'text/plain', content: '4711' },
				],
			},
		},
		{
			name: 'events',
			documentation: 'https://www.twilio.com/docs/sendgrid/for-developers/tracking-events/event',
			body: {
				json: [
					{
						email: 'bob@example.org',
						timestamp: AT,
						'smtp-id': '<out-1@example.com>',
						event: 'processed',
						category: ['order'],
						sg_event_id: 'rbtnWrG1DVDGGGFHFyun0A==',
						sg_message_id: '14c5d75ce93.dfd.64b469.filter0001.16648.5515E0B88.0',
					},
					{
						email: 'bob@example.org',
						timestamp: AT,
						'smtp-id': '<out-1@example.com>',
						bounce_classification: 'Invalid Address',
						event: 'bounce',
						type: 'bounce',
						sg_event_id: '6g4ZI7SA-xmRDv57GoPIPw==',
						sg_message_id: '14c5d75ce93.dfd.64b469.filter0001.16648.5515E0B88.0',
						reason: REPLY,
						status: '5.1.1',
					},
				],
			},
		},
	],
	sparkpost: [
		{
			name: 'inbound',
			documentation: 'https://developers.sparkpost.com/api/relay-webhooks/',
			body: {
				json: [
					{
						msys: {
							relay_message: {
								content: {
									email_rfc822: base64(MIME),
									email_rfc822_is_base64: true,
									headers: mailHeaders.map(([name, value]) => ({ [name]: value })),
									html: HTML,
									subject: 'Where is my order?',
									text: TEXT,
									to: ['support+4711@example.com'],
								},
								customer_id: '1337',
								friendly_from: 'ann@example.net',
								msg_from: 'ann@example.net',
								rcpt_to: 'support+4711@example.com',
								webhook_id: '4839201967643219',
							},
						},
					},
				],
			},
		},
		{
			name: 'events',
			documentation: 'https://support.sparkpost.com/docs/tech-resources/webhook-event-reference',
			body: {
				json: [
					{ msys: {} },
					{
						msys: {
							message_event: {
								type: 'bounce',
								bounce_class: '10',
								campaign_id: 'order',
								customer_id: '1',
								error_code: '550',
								event_id: '92356927693813856',
								message_id: '000443ee14578172be22',
								raw_rcpt_to: 'bob@example.org',
								rcpt_to: 'bob@example.org',
								raw_reason: REPLY,
								reason: '550 5.1.1 User unknown',
								timestamp: String(AT),
								transmission_id: '65832150921904138',
							},
						},
					},
				],
			},
		},
	],
};

function sns(message: unknown): Record<string, string> {
	return {
		Type: 'Notification',
		MessageId: '22b80b92-fdea-4c2c-8f9d-bdfb0c7bf324',
		TopicArn: 'arn:aws:sns:eu-west-1:123456789012:ses-events',
		Message: JSON.stringify(message),
		Timestamp: '2026-03-04T05:06:08.000Z',
	};
}

function postmarkInbound(): Record<string, unknown> {
	return {
		FromName: 'Ann Example',
		MessageStream: 'inbound',
		From: 'ann@example.net',
		FromFull: { Email: 'ann@example.net', Name: 'Ann Example', MailboxHash: '' },
		To: '"Support" <support+4711@example.com>',
		ToFull: [{ Email: 'support+4711@example.com', Name: 'Support', MailboxHash: '4711' }],
		Cc: '',
		CcFull: [],
		Bcc: '',
		BccFull: [],
		OriginalRecipient: 'support+4711@example.com',
		Subject: 'Where is my order?',
		MessageID: '73e6d360-66eb-11e1-8e72-a8904824019b',
		ReplyTo: '',
		MailboxHash: '4711',
		Date: 'Wed, 4 Mar 2026 05:06:07 +0000',
		TextBody: TEXT,
		HtmlBody: HTML,
		StrippedTextReply: '',
		Tag: '',
		Headers: [
			{ Name: 'X-Spam-Status', Value: 'No' },
			{ Name: 'X-Spam-Score', Value: '-0.1' },
			{
				Name: 'Received-SPF',
				Value:
					'Pass (sender SPF authorized) identity=mailfrom; client-ip=192.0.2.1; helo=mx.example.net; envelope-from=ann@example.net; receiver=support@example.com',
			},
			{ Name: 'Message-ID', Value: '<demo-1@example.net>' },
		],
		Attachments: [
			{ Name: 'order.txt', Content: base64('4711'), ContentType: 'text/plain', ContentLength: 4, ContentID: '' },
		],
	};
}
