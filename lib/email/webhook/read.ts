import { createHash } from 'node:crypto';
import { EVENT_SCHEMA, type SignatureOutcome } from '../event';
import type { CanonicalMessage, Defect } from '../message';
import { heldToAuthor } from '../parse/authenticationResults';
import { NO_AUTHOR } from '../parse/author';
import type { ParseOptions } from '../parse/options';
import type { EventItem, MessageItem, ProviderEvent, ProviderMessage, WebhookItem } from './items';
import { identityOf } from './eventIdentity';
import { PROVIDERS, type ProviderId } from '../providers/webhookRegistry';
import { WebhookRefusal } from './refusal';
import type { WebhookRequest } from './request';
import type { Verification } from './verify';

/**
 * The mails and events in a verified request, one item each, in the order of the batch. What a provider's adapter does
 * not know becomes an event of type `other`. Throws `WEBHOOK_MALFORMED` or `WEBHOOK_CONTENT_TYPE` when the body is not
 * what the provider sends at all. A subscription message of SNS (`verification.confirmation`) has no items.
 */
export function readWebhook(provider: ProviderId, request: WebhookRequest, verification: Verification): WebhookItem[] {
	if (verification.confirmation !== undefined) return [];
	const receivedAt = new Date(request.now ?? Date.now()).toISOString();
	const items = readItems(provider, request);
	// Of a single event the bytes that were signed are kept; of a batch each event by itself.
	const whole = items.length === 1 ? request.rawBody : null;
	return items.map((item) =>
		item.kind === 'message'
			? messageItem(provider, item)
			: eventItem(provider, item, whole ?? Buffer.from(JSON.stringify(item.payload)), verification, receivedAt),
	);
}

function readItems(provider: ProviderId, request: WebhookRequest): ReturnType<(typeof PROVIDERS)[ProviderId]> {
	if (request.rawBody.length === 0) {
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

function eventItem(
	provider: string,
	item: ProviderEvent,
	raw: Buffer,
	verification: Verification,
	receivedAt: string,
): EventItem {
	const { type, occurredAt, eventId, providerMessageId, messageId, recipient, bounce, providerType, payload } = item;
	const { key, reportKey } = identityOf(provider, item, raw);
	return {
		kind: 'event',
		reportKey,
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
			signature: signatureOf(verification),
			dedupKey: key,
		},
		providerType,
		payload,
		raw,
	};
}

/** `verified` as ever; `checkedBy` says what it was that was checked. */
function signatureOf({ scheme, keyId, bodyAuthenticated }: Verification): SignatureOutcome {
	const checkedBy =
		scheme === 'ip'
			? 'address'
			: scheme === 'basic' || scheme === 'token'
				? 'secret'
				: bodyAuthenticated
					? 'signature'
					: 'signed-token';
	return { scheme, keyId, verified: checkedBy === 'signature' || checkedBy === 'signed-token', checkedBy };
}

function sha256(...parts: ReadonlyArray<Buffer | string>): string {
	const hash = createHash('sha256');
	for (const part of parts) hash.update(part);
	return hash.digest('hex');
}

/** What the webhook knows of a message before it is parsed: to hand to `parseMessage`. */
export function parseOptionsOf(
	item: MessageItem,
	receivedAt: string,
): Required<Pick<ParseOptions, 'source' | 'envelope'>> {
	const { provider, eventId, envelope } = item;
	return { source: { kind: 'webhook', provider, eventId, receivedAt }, envelope };
}

/**
 * Adds to a parsed message what only the webhook knew: the provider's verdicts, where the message has none that were
 * trusted or verified, and the defects.
 */
export function completeMessage(
	parsed: CanonicalMessage,
	item: Pick<MessageItem, 'authentication' | 'spam' | 'defects'>,
): CanonicalMessage {
	const { authentication, spam, defects } = item;
	return {
		...parsed,
		authentication:
			parsed.authentication.source === 'none' && authentication !== null
				? heldToAuthor(authentication, parsed.authentication.author ?? NO_AUTHOR)
				: parsed.authentication,
		...(spam === null ? {} : { spam }),
		defects: [...parsed.defects, ...defects],
	};
}
