import type { ProviderEvent, ProviderItem, ProviderMessage } from './items';
import { isRecord, type JsonRecord } from './json';

/** A message with nothing but what the adapter states. */
export function message(known: Pick<ProviderMessage, 'raw' | 'envelope'> & Partial<ProviderMessage>): ProviderMessage {
	return {
		kind: 'message',
		eventId: null,
		assembled: false,
		authentication: null,
		spam: null,
		remote: [],
		details: {},
		...known,
	};
}

/** An event with nothing but what the adapter states. */
export function event(known: Pick<ProviderEvent, 'type' | 'payload'> & Partial<ProviderEvent>): ProviderEvent {
	return {
		kind: 'event',
		eventId: null,
		providerType: null,
		occurredAt: null,
		providerMessageId: null,
		messageId: null,
		recipient: null,
		...known,
	};
}

/** One item per entry of a batch; an entry that is no object passes as it is. A body that is no list is its only entry. */
export function fromBatch(body: unknown, read: (entry: JsonRecord) => ProviderItem): ProviderItem[] {
	const entries = Array.isArray(body) ? (body as unknown[]) : [body];
	return entries.map((entry) => (isRecord(entry) ? read(entry) : event({ type: 'other', payload: entry })));
}
