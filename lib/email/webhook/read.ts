import { createHash } from 'node:crypto';
import { EVENT_SCHEMA } from '../event';
import type { CanonicalMessage, Defect } from '../message';
import type { EventItem, MessageItem, ProviderEvent, ProviderMessage, WebhookItem } from './items';
import { PROVIDERS, type ProviderId } from './providers';
import { WebhookRefusal } from './refusal';
import type { WebhookRequest } from './request';
import { UNSIGNED_SCHEMES } from './schemes';
import type { Verification } from './verify';

/**
 * The mails and events in a verified request, one item each, in the order of the batch. What a provider's adapter does
 * not know becomes an event of type `other`. Throws `WEBHOOK_MALFORMED` or `WEBHOOK_CONTENT_TYPE` when the body is not
 * what the provider sends at all. A subscription message of SNS (`verification.confirmation`) has no items.
 */
export function readWebhook(provider: ProviderId, request: WebhookRequest, verification: Verification): WebhookItem[] {
	if (verification.confirmation !== undefined) return [];
	const receivedAt = new Date(request.now ?? Date.now()).toISOString();
	return readItems(provider, request).map((item) =>
		item.kind === 'message' ? messageItem(provider, item) : eventItem(provider, item, verification, receivedAt),
	);
}

function readItems(provider: ProviderId, request: WebhookRequest): ReturnType<(typeof PROVIDERS)[ProviderId]> {
	if (request.rawBody.length === 0 && request.form === undefined) {
		throw new WebhookRefusal('WEBHOOK_MALFORMED', 'The body is empty.');
	}
	return PROVIDERS[provider](request);
}

function messageItem(provider: string, item: ProviderMessage): MessageItem {
	const recipients = item.envelope.rcptTo.toSorted().join('\0').toLowerCase();
	const id = item.eventId ?? `sha256:${sha256(item.raw, recipients)}`;
	return { ...item, provider, dedupKey: `${provider}:${id}`, defects: defectsOf(item) };
}

function defectsOf(item: ProviderMessage): Defect[] {
	const defects: Defect[] = item.assembled
		? [
				{
					code: 'assembled-from-provider-fields',
					message: 'The provider sent no raw message; this one was put together from its fields.',
				},
			]
		: [];
	if (item.remote.length > 0) {
		const what = item.remote
			.map(({ kind, filename, id, url }) => `${kind} ${filename ?? id ?? url ?? ''}`.trim())
			.join(', ');
		defects.push({ code: 'content-not-included', message: `The provider keeps part of the message itself: ${what}.` });
	}
	return defects;
}

function eventItem(provider: string, item: ProviderEvent, verification: Verification, receivedAt: string): EventItem {
	const raw = Buffer.from(JSON.stringify(item.payload));
	const { type, occurredAt, eventId, providerMessageId, messageId, recipient, bounce, providerType, payload } = item;
	return {
		kind: 'event',
		event: {
			schema: EVENT_SCHEMA,
			type,
			occurredAt,
			receivedAt,
			provider,
			providerEventId: eventId,
			providerMessageId,
			messageId,
			recipient,
			...(bounce && { bounce }),
			signature: { scheme: verification.scheme, keyId: verification.keyId, verified: !isUnsigned(verification.scheme) },
			dedupKey: `${provider}:${eventId ?? `sha256:${sha256(raw)}`}`,
		},
		providerType,
		payload,
		raw,
	};
}

function isUnsigned(scheme: Verification['scheme']): boolean {
	return (UNSIGNED_SCHEMES as readonly string[]).includes(scheme);
}

function sha256(...parts: ReadonlyArray<Buffer | string>): string {
	const hash = createHash('sha256');
	for (const part of parts) hash.update(part);
	return hash.digest('hex');
}

/**
 * Completes a parsed message with what only the webhook knew: source, envelope, the provider's verdicts where the
 * message itself has none that were trusted, and the defects.
 */
export function completeMessage(parsed: CanonicalMessage, item: MessageItem, receivedAt: string): CanonicalMessage {
	const { envelope, authentication, spam } = item;
	return {
		...parsed,
		source: { ...parsed.source, kind: 'webhook', provider: item.provider, eventId: item.eventId, receivedAt },
		envelope: {
			mailFrom: envelope.mailFrom ?? parsed.envelope.mailFrom,
			rcptTo: envelope.rcptTo.length > 0 ? envelope.rcptTo : parsed.envelope.rcptTo,
		},
		authentication:
			parsed.authentication.source === 'none' && authentication !== null ? authentication : parsed.authentication,
		...(spam === null ? {} : { spam }),
		defects: [...parsed.defects, ...item.defects],
	};
}
