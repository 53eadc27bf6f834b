import { describe, expect, expectTypeOf, it } from 'vitest';
import type { DeliveryEvent } from '../../../../lib/email/event';
import type { CanonicalMessage } from '../../../../lib/email/message';
import { parseMessage } from '../../../../lib/email/parse/parseMessage';
import { EMAIL_EVENT_JSON_SCHEMA } from '../../../../lib/email/schema/eventSchema';
import { EMAIL_MESSAGE_JSON_SCHEMA } from '../../../../lib/email/schema/messageSchema';
import { violations, type JsonSchema } from '../../../../lib/email/schema/violations';

/** The type a schema describes. */
type Described<S> = S extends { const: infer C }
	? C
	: S extends { enum: ReadonlyArray<infer E> }
		? E
		: S extends { anyOf: ReadonlyArray<infer A> }
			? Described<A>
			: S extends { type: infer T }
				? OfType<T extends ReadonlyArray<infer U> ? U : T, S>
				: never;
type OfType<T, S> = T extends 'string'
	? string
	: T extends 'number' | 'integer'
		? number
		: T extends 'boolean'
			? boolean
			: T extends 'null'
				? null
				: T extends 'array'
					? S extends { items: infer I }
						? Described<I>[]
						: never
					: T extends 'object'
						? ObjectOf<S>
						: never;
type ObjectOf<S> = S extends { properties: infer P; required: ReadonlyArray<infer R> }
	? { [K in keyof P as K extends R ? K : never]: Described<P[K]> } & {
			[K in keyof P as K extends R ? never : K]?: Described<P[K]>;
		}
	: S extends { additionalProperties: infer A }
		? Record<string, Described<A>>
		: never;
/** Every field, optional ones too, so that one that is missing in the schema shows. */
type AllFields<T> = { [K in keyof T]-?: K };

const MIME = Buffer.from(
	[
		'From: Ann <ann@example.net>',
		'To: Team: bob@example.com, eve@example.com;',
		'Subject: =?utf-8?q?Gr=C3=BC=C3=9Fe?=',
		'Date: Wed, 04 Mar 2026 05:06:07 +0100',
		'Message-ID: <m1@example.net>',
		'MIME-Version: 1.0',
		'Content-Type: multipart/mixed; boundary=b',
		'',
		'--b',
		'Content-Type: text/plain',
		'',
		'hello',
		'--b',
		'Content-Type: text/plain; name=a.txt',
		'Content-Disposition: attachment; filename=a.txt',
		'',
		'attached',
		'--b--',
		'',
	].join('\r\n'),
);

const EVENT: DeliveryEvent = {
	schema: 'email.event/1',
	type: 'bounced',
	occurredAt: null,
	receivedAt: '2026-03-04T05:06:07.000Z',
	provider: 'generic',
	providerEventId: null,
	providerMessageId: null,
	messageId: null,
	recipient: 'bob@example.org',
	bounce: { type: 'hard', reason: 'user-unknown', status: '5.1.1', replyCode: '550', diagnostic: null },
	signature: { scheme: 'generic', keyId: 'current', verified: true },
	dedupKey: 'generic:1',
	raw: { ref: null, sha256: 'a'.repeat(64), size: 0 },
};

describe('the schemas', () => {
	it('say what the types say', () => {
		type Message = Described<typeof EMAIL_MESSAGE_JSON_SCHEMA>;
		expectTypeOf<Message>().toExtend<CanonicalMessage>();
		expectTypeOf<CanonicalMessage>().toExtend<Message>();
		expectTypeOf<AllFields<Message>>().toExtend<AllFields<CanonicalMessage>>();
		type Event = Described<typeof EMAIL_EVENT_JSON_SCHEMA>;
		expectTypeOf<Event>().toExtend<DeliveryEvent>();
		expectTypeOf<DeliveryEvent>().toExtend<Event>();
		expectTypeOf<AllFields<Event>>().toExtend<AllFields<DeliveryEvent>>();
	});

	it('accept what the parser makes, and an event', async () => {
		expect(violations(EMAIL_MESSAGE_JSON_SCHEMA, await parseMessage(MIME))).toEqual([]);
		expect(violations(EMAIL_MESSAGE_JSON_SCHEMA, await parseMessage(Buffer.alloc(0)))).toEqual([]);
		expect(violations(EMAIL_EVENT_JSON_SCHEMA, EVENT)).toEqual([]);
	});

	it('allow what is added later', () => {
		expect(violations(EMAIL_EVENT_JSON_SCHEMA, { ...EVENT, campaign: 'x' })).toEqual([]);
	});
});

describe('violations', () => {
	it.each<[string, unknown, string, string]>([
		['another version', { ...EVENT, schema: 'email.event/2' }, '/schema', 'const'],
		['an unknown type', { ...EVENT, type: 'exploded' }, '/type', 'enum'],
		['a missing field', { ...EVENT, dedupKey: undefined }, '/dedupKey', 'required'],
		['a wrong type', { ...EVENT, recipient: 7 }, '/recipient', 'type'],
		['an empty key', { ...EVENT, dedupKey: '' }, '/dedupKey', 'minLength'],
		['a local time', { ...EVENT, receivedAt: '2026-03-04T05:06:07+01:00' }, '/receivedAt', 'format'],
		['a hash in capitals', { ...EVENT, raw: { ...EVENT.raw, sha256: 'A'.repeat(64) } }, '/raw/sha256', 'pattern'],
		['a negative size', { ...EVENT, raw: { ...EVENT.raw, size: -1 } }, '/raw/size', 'minimum'],
		['a part of a byte', { ...EVENT, raw: { ...EVENT.raw, size: 1.5 } }, '/raw/size', 'type'],
		['a list', [EVENT], '', 'type'],
		['null', null, '', 'type'],
	])('finds %s', (_, value, pointer, keyword) => {
		const found = violations(EMAIL_EVENT_JSON_SCHEMA, JSON.parse(JSON.stringify(value)));
		expect(found).toEqual([{ pointer, keyword }]);
	});

	it('looks into lists, alternatives and the values of free names', async () => {
		const message = await parseMessage(MIME);
		const find = (changed: object): unknown => violations(EMAIL_MESSAGE_JSON_SCHEMA, { ...message, ...changed });
		expect(find({ attachments: [{ ...message.attachments[0], index: '0' }] })).toEqual([
			{ pointer: '/attachments/0/index', keyword: 'type' },
		]);
		expect(find({ headers: { 'a/b~c': 'not a list' } })).toEqual([{ pointer: '/headers/a~1b~0c', keyword: 'type' }]);
		expect(find({ from: { name: 'x' } })).toEqual([{ pointer: '/from/address', keyword: 'required' }]);
		expect(find({ from: 'x' })).toEqual([{ pointer: '/from', keyword: 'anyOf' }]);
		expect(find({ from: null })).toEqual([]);
	});

	it('does not find inherited names', () => {
		const schema: JsonSchema = { type: 'object', required: ['toString'], properties: {} };
		expect(violations(schema, {})).toEqual([{ pointer: '/toString', keyword: 'required' }]);
		expect(violations(schema, JSON.parse('{"constructor": 1, "toString": 1}'))).toEqual([]);
	});
});
