import type { ProviderEvent, ProviderMessage } from './items';

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
