import { MESSAGE_SCHEMA } from '../message';

const TEXT = { type: 'string' } as const;
const TEXT_OR_NULL = { type: ['string', 'null'] } as const;
const FLAG = { type: 'boolean' } as const;
const FLAG_OR_NULL = { type: ['boolean', 'null'] } as const;
const COUNT = { type: 'integer', minimum: 0 } as const;
const TEXTS = { type: 'array', items: TEXT } as const;
/** ISO 8601, UTC. */
const TIME_OR_NULL = { type: ['string', 'null'], format: 'date-time' } as const;
const SHA256 = { type: 'string', pattern: '^[0-9a-f]{64}$' } as const;
const RESULT = { enum: ['pass', 'fail', 'softfail', 'neutral', 'none', 'temperror', 'permerror', 'policy'] } as const;
const NULL = { type: 'null' } as const;

const ADDRESS = {
	type: 'object',
	required: ['name', 'address'],
	properties: { name: TEXT, address: TEXT, group: TEXT },
} as const;
const ADDRESSES = { type: 'array', items: ADDRESS } as const;
const ADDRESS_OR_NULL = { anyOf: [ADDRESS, NULL] } as const;

export const RAW_POINTER = {
	type: 'object',
	required: ['ref', 'sha256', 'size'],
	properties: { ref: TEXT_OR_NULL, sha256: SHA256, size: COUNT },
} as const;

const SOURCE = {
	type: 'object',
	required: ['kind', 'account', 'mailbox', 'uidValidity', 'uid', 'flags', 'provider', 'eventId', 'receivedAt'],
	properties: {
		kind: { enum: ['imap', 'webhook', 'manual'] },
		account: TEXT_OR_NULL,
		mailbox: TEXT_OR_NULL,
		uidValidity: TEXT_OR_NULL,
		uid: { type: ['integer', 'null'], minimum: 0 },
		flags: TEXTS,
		provider: TEXT_OR_NULL,
		eventId: TEXT_OR_NULL,
		receivedAt: TIME_OR_NULL,
		gmailThreadId: TEXT_OR_NULL,
	},
} as const;

const FORWARDED = {
	type: 'object',
	required: ['from', 'to', 'date', 'subject', 'messageId', 'text'],
	properties: {
		from: ADDRESS_OR_NULL,
		to: ADDRESSES,
		date: TEXT_OR_NULL,
		subject: TEXT_OR_NULL,
		messageId: TEXT_OR_NULL,
		text: TEXT,
	},
} as const;

const ATTACHMENT = {
	type: 'object',
	required: [
		...(['index', 'filename', 'contentType', 'detectedType', 'size', 'sha256'] as const),
		...(['disposition', 'contentId', 'inline', 'verdict', 'reasons', 'binary'] as const),
	],
	properties: {
		index: COUNT,
		filename: TEXT_OR_NULL,
		contentType: TEXT,
		detectedType: TEXT_OR_NULL,
		size: COUNT,
		sha256: SHA256,
		disposition: { enum: ['attachment', 'inline', null] },
		contentId: TEXT_OR_NULL,
		inline: FLAG,
		verdict: { enum: ['accepted', 'stripped', 'quarantined'] },
		reasons: TEXTS,
		binary: TEXT_OR_NULL,
	},
} as const;

/** A check of our own says more than one that was told to us. */
const CHECK = { result: RESULT, domain: TEXT_OR_NULL, aligned: FLAG, reason: TEXT } as const;

const AUTHENTICATION = {
	type: 'object',
	required: ['spf', 'dkim', 'dmarc', 'arc', 'aligned', 'source'],
	properties: {
		spf: { anyOf: [{ type: 'object', required: ['result', 'domain'], properties: CHECK }, NULL] },
		dkim: {
			type: 'array',
			items: {
				type: 'object',
				required: ['result', 'domain', 'selector'],
				properties: { ...CHECK, selector: TEXT_OR_NULL },
			},
		},
		dmarc: {
			anyOf: [
				{
					type: 'object',
					required: ['result', 'domain', 'policy'],
					properties: { result: RESULT, domain: TEXT_OR_NULL, policy: TEXT_OR_NULL, reason: TEXT },
				},
				NULL,
			],
		},
		arc: {
			anyOf: [
				{
					type: 'object',
					required: ['result'],
					properties: { result: RESULT, domain: TEXT_OR_NULL, instance: COUNT, reason: TEXT },
				},
				NULL,
			],
		},
		aligned: FLAG_OR_NULL,
		author: {
			type: 'object',
			required: ['domain', 'ambiguity'],
			properties: { domain: TEXT_OR_NULL, ambiguity: TEXT_OR_NULL },
		},
		source: { enum: ['authentication-results', 'verified', 'provider', 'none'] },
		client: {
			anyOf: [
				{
					type: 'object',
					required: ['ip', 'helo', 'mailFrom', 'from'],
					properties: {
						ip: TEXT,
						helo: TEXT_OR_NULL,
						mailFrom: TEXT_OR_NULL,
						from: { enum: ['envelope', 'received'] },
					},
				},
				NULL,
			],
		},
	},
} as const;

const SANITIZED = {
	type: 'object',
	required: ['removed', 'remoteContent'],
	properties: {
		removed: {
			type: 'array',
			items: { type: 'object', required: ['what', 'count'], properties: { what: TEXT, count: COUNT } },
		},
		remoteContent: {
			type: 'array',
			items: { type: 'object', required: ['kind', 'url'], properties: { kind: TEXT, url: TEXT } },
		},
	},
} as const;

const EXTRACTED = {
	type: 'object',
	required: [],
	properties: {
		code: {
			anyOf: [
				{
					type: 'object',
					required: ['value', 'phrase', 'language', 'source', 'line'],
					properties: {
						value: TEXT,
						phrase: TEXT,
						language: TEXT,
						source: { enum: ['subject', 'text', 'html'] },
						line: TEXT,
					},
				},
				NULL,
			],
		},
		link: {
			anyOf: [
				{
					type: 'object',
					required: ['url', 'purpose', 'phrase', 'language', 'source', 'label'],
					properties: {
						url: TEXT,
						purpose: { enum: ['verify', 'reset-password', 'sign-in'] },
						phrase: TEXT,
						language: TEXT,
						source: { enum: ['text', 'html'] },
						label: TEXT_OR_NULL,
					},
				},
				NULL,
			],
		},
		values: { type: 'object', additionalProperties: TEXTS },
		problems: {
			type: 'array',
			items: {
				type: 'object',
				required: ['name', 'code', 'message'],
				properties: { name: TEXT, code: TEXT, message: TEXT },
			},
		},
		plusAddresses: {
			type: 'array',
			items: {
				type: 'object',
				required: ['address', 'alias', 'tag', 'parts'],
				properties: { address: TEXT, alias: TEXT, tag: TEXT, parts: TEXTS },
			},
		},
		unsubscribe: {
			anyOf: [
				{
					type: 'object',
					required: ['oneClick', 'urls', 'emails'],
					properties: {
						oneClick: {
							anyOf: [{ type: 'object', required: ['url', 'signed'], properties: { url: TEXT, signed: FLAG } }, NULL],
						},
						urls: TEXTS,
						emails: {
							type: 'array',
							items: {
								type: 'object',
								required: ['address', 'subject', 'body'],
								properties: { address: TEXT, subject: TEXT_OR_NULL, body: TEXT_OR_NULL },
							},
						},
					},
				},
				NULL,
			],
		},
	},
} as const;

/**
 * JSON Schema (draft-07) of the canonical message. Fields are only ever added within /1, so unknown ones are allowed.
 * A test holds it against the type in message.ts.
 */
export const EMAIL_MESSAGE_JSON_SCHEMA = {
	$schema: 'http://json-schema.org/draft-07/schema#',
	$id: 'urn:n8n-nodes-email-pipeline:email.message:1',
	title: 'Canonical message',
	type: 'object',
	required: [
		...([
			'schema',
			'id',
			'source',
			'raw',
			'envelope',
			'messageId',
			'inReplyTo',
			'references',
			'date',
			'subject',
		] as const),
		...([
			'from',
			'sender',
			'replyTo',
			'to',
			'cc',
			'bcc',
			'text',
			'textSource',
			'html',
			'reply',
			'attachments',
		] as const),
		...(['headers', 'automation', 'authentication', 'routing', 'defects'] as const),
	],
	properties: {
		schema: { const: MESSAGE_SCHEMA },
		id: { type: 'string', minLength: 1 },
		source: SOURCE,
		raw: RAW_POINTER,
		envelope: {
			type: 'object',
			required: ['mailFrom', 'rcptTo'],
			properties: { mailFrom: TEXT_OR_NULL, rcptTo: TEXTS, clientIp: TEXT_OR_NULL, helo: TEXT_OR_NULL },
		},
		messageId: TEXT_OR_NULL,
		inReplyTo: TEXTS,
		references: TEXTS,
		date: TIME_OR_NULL,
		subject: TEXT,
		from: ADDRESS_OR_NULL,
		sender: ADDRESS_OR_NULL,
		replyTo: ADDRESSES,
		to: ADDRESSES,
		cc: ADDRESSES,
		bcc: ADDRESSES,
		text: TEXT,
		textSource: { enum: ['text', 'html', null] },
		html: TEXT_OR_NULL,
		markdown: TEXT,
		reply: {
			type: 'object',
			required: ['text', 'quoted', 'signature'],
			properties: { text: TEXT, quoted: TEXT, signature: TEXT },
		},
		forwarded: FORWARDED,
		attachments: { type: 'array', items: ATTACHMENT },
		headers: { type: 'object', additionalProperties: TEXTS },
		automation: {
			type: 'object',
			required: ['kind', 'evidence'],
			properties: {
				kind: { enum: ['none', 'auto-reply', 'auto-generated', 'list', 'bulk', 'bounce'] },
				evidence: TEXTS,
			},
		},
		authentication: AUTHENTICATION,
		routing: {
			type: 'object',
			required: ['alias', 'plusTag'],
			properties: { alias: TEXT_OR_NULL, plusTag: TEXT_OR_NULL },
		},
		spam: {
			type: 'object',
			required: ['score', 'flagged', 'source'],
			properties: { score: { type: ['number', 'null'] }, flagged: FLAG_OR_NULL, source: TEXT },
		},
		sanitized: SANITIZED,
		extracted: EXTRACTED,
		senderGate: {
			type: 'object',
			required: ['passed', 'reasons'],
			properties: { passed: FLAG, reasons: TEXTS },
		},
		quarantine: { type: 'object', required: ['reasons'], properties: { reasons: TEXTS } },
		defects: {
			type: 'array',
			items: { type: 'object', required: ['code', 'message'], properties: { code: TEXT, message: TEXT, where: TEXT } },
		},
	},
} as const;
