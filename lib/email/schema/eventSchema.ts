import { EVENT_SCHEMA } from '../event';
import { RAW_POINTER } from './messageSchema';

const TEXT = { type: 'string' } as const;
const TEXT_OR_NULL = { type: ['string', 'null'] } as const;

/**
 * JSON Schema (draft-07) of the delivery event. Fields are only ever added within /1, so unknown ones are allowed.
 * A test holds it against the type in event.ts.
 */
export const EMAIL_EVENT_JSON_SCHEMA = {
	$schema: 'http://json-schema.org/draft-07/schema#',
	$id: 'urn:n8n-nodes-email-pipeline:email.event:1',
	title: 'Delivery event',
	type: 'object',
	required: [
		...(['schema', 'type', 'occurredAt', 'receivedAt', 'provider', 'providerEventId', 'providerMessageId'] as const),
		...(['messageId', 'recipient', 'signature', 'dedupKey', 'raw'] as const),
	],
	properties: {
		schema: { const: EVENT_SCHEMA },
		type: {
			enum: [
				...(['accepted', 'delivered', 'deferred', 'bounced', 'complained', 'unsubscribed'] as const),
				...(['opened', 'clicked', 'failed', 'suppressed', 'other'] as const),
			],
		},
		occurredAt: { type: ['string', 'null'], format: 'date-time' },
		receivedAt: { type: 'string', format: 'date-time' },
		provider: TEXT,
		providerEventId: TEXT_OR_NULL,
		providerMessageId: TEXT_OR_NULL,
		messageId: TEXT_OR_NULL,
		recipient: TEXT_OR_NULL,
		bounce: {
			type: 'object',
			required: ['type', 'reason', 'status', 'replyCode', 'diagnostic'],
			properties: {
				type: { enum: ['hard', 'soft', null] },
				reason: TEXT_OR_NULL,
				status: TEXT_OR_NULL,
				replyCode: TEXT_OR_NULL,
				diagnostic: TEXT_OR_NULL,
			},
		},
		signature: {
			type: 'object',
			required: ['scheme', 'keyId', 'verified'],
			properties: {
				scheme: TEXT,
				keyId: { enum: ['current', 'previous', null] },
				verified: { type: 'boolean' },
				allowed: { type: 'boolean' },
				checkedBy: { enum: ['signature', 'signed-token', 'secret', 'address'] },
			},
		},
		dedupKey: { type: 'string', minLength: 1 },
		raw: RAW_POINTER,
	},
} as const;
