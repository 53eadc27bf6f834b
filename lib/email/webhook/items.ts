import type { DeliveryEvent, DeliveryEventType } from '../event';
import type { Authentication, CanonicalMessage, Defect, Envelope } from '../message';
import type { JsonRecord } from './json';
import type { WebhookRequest } from './request';

export type Bounce = NonNullable<DeliveryEvent['bounce']>;
export type Spam = NonNullable<CanonicalMessage['spam']>;

/** Content the provider keeps and only points to. Nothing here is fetched by us. */
export interface RemoteContent {
	kind: 'raw' | 'attachment';
	/** Where it lies: an https or s3 URL, or the provider's id for its API. */
	url: string | null;
	id: string | null;
	filename: string | null;
}

/** An inbound mail as a provider handed it over. */
export interface ProviderMessage {
	kind: 'message';
	/** The provider's id of this delivery, the same at every repetition; null when it gives none. */
	eventId: string | null;
	/** The message in MIME: as it came, or assembled from the provider's fields. */
	raw: Buffer;
	assembled: boolean;
	envelope: Envelope;
	/** The provider's own verdicts; null when it gives none. */
	authentication: Authentication | null;
	spam: Spam | null;
	/** What is missing in `raw`. */
	remote: RemoteContent[];
	/** Their fields that have no place in a message (tags, extracted replies, ids); no bodies, no attachments. */
	details: JsonRecord;
}

/** A delivery event as a provider reported it. */
export interface ProviderEvent {
	kind: 'event';
	eventId: string | null;
	type: DeliveryEventType;
	/** The provider's own name of the event. */
	providerType: string | null;
	/** ISO 8601, UTC. */
	occurredAt: string | null;
	/** The provider's id of the mail. */
	providerMessageId: string | null;
	/** RFC 5322 Message-ID without angle brackets. */
	messageId: string | null;
	recipient: string | null;
	bounce?: Bounce;
	/** The event as the provider wrote it. */
	payload: unknown;
}

export type ProviderItem = ProviderMessage | ProviderEvent;

/** Turns the body of a verified request into items. Throws WebhookRefusal for a body that cannot be read at all. */
export type ReadProvider = (request: WebhookRequest) => ProviderItem[];

/** A message to archive and parse. */
export interface MessageItem extends ProviderMessage {
	provider: string;
	/** Same key, same delivery: the provider's event id, else a hash of message and recipients. */
	dedupKey: string;
	/** To add to those of the parser. */
	defects: Defect[];
}

/** An event to record; `raw` holds the bytes to archive. */
export interface EventItem {
	kind: 'event';
	event: Omit<DeliveryEvent, 'raw'>;
	/** Known again by this as well as by `event.dedupKey`; null where there is no other key. */
	reportKey: string | null;
	providerType: string | null;
	payload: unknown;
	/** The body of the request as it was signed; where it was a batch, this event alone. */
	raw: Buffer;
}

export type WebhookItem = MessageItem | EventItem;
