/** Which reports are of one happening: some providers repeat an event under another id, or an id under another event. */
import { createHash } from 'node:crypto';
import type { DeliveryEventType } from '../event';
import type { ProviderEvent } from './items';
import { isRecord } from './json';

/**
 * What can happen to one copy of a mail many times within one second: two links clicked, a second try deferred. There the
 * rest of the report (URL, client, attempt) belongs to what happened.
 */
const REPEATABLE: ReadonlySet<DeliveryEventType> = new Set(['opened', 'clicked', 'deferred', 'other']);

/** Names under which providers write the id of the report, or count its deliveries; no part of what happened. */
const OF_THE_REPORT = /^(?:(?:sg_|webhook_)?event_?id|uuid|delivery_?attempt|retry_?count|webhook_?id|sg_message_id)$/i;

export interface EventIdentity {
	/** Same key, same happening. */
	key: string;
	/** The id of the report, where `key` is not made of it: the same report may come with other content. */
	reportKey: string | null;
}

/**
 * The key is of what happened: the provider's id of the mail (or its Message-ID), type, recipient and time. Where a
 * provider does not tell these it is the provider's id of the event, else a hash of the report.
 *
 * @param raw the bytes of the report, for one in which the adapter found nothing
 */
export function identityOf(provider: string, event: ProviderEvent, raw: Buffer): EventIdentity {
	const { eventId, type, providerType, providerMessageId, messageId, recipient, occurredAt, payload } = event;
	const reportKey = eventId === null ? null : `${provider}:${eventId}`;
	const mail = providerMessageId ?? messageId;
	if (mail === null || occurredAt === null) {
		return { key: reportKey ?? `${provider}:sha256:${sha256(contentOf(payload) ?? raw)}`, reportKey: null };
	}
	const facts = [mail, type, providerType, recipient?.toLowerCase() ?? null, occurredAt];
	const rest = REPEATABLE.has(type) ? [happeningIn(payload, eventId)] : [];
	return { key: `${provider}:sha256:${sha256(JSON.stringify([...facts, ...rest]))}`, reportKey };
}

/** The event by itself, so that it is the same alone and in a batch; null where the adapter found nothing in the body. */
function contentOf(payload: unknown): string | null {
	return isRecord(payload) && Object.keys(payload).length === 0 ? null : JSON.stringify(payload);
}

/** The report without what names the report itself, its entries in one order. */
function happeningIn(value: unknown, eventId: string | null): unknown {
	if (Array.isArray(value)) return (value as unknown[]).map((entry) => happeningIn(entry, eventId));
	if (!isRecord(value)) return value;
	return Object.entries(value)
		.filter(([name, entry]) => !OF_THE_REPORT.test(name) && (eventId === null || entry !== eventId))
		.toSorted(([a], [b]) => (a < b ? -1 : 1))
		.map(([name, entry]) => [name, happeningIn(entry, eventId)]);
}

function sha256(content: Buffer | string): string {
	return createHash('sha256').update(content).digest('hex');
}
