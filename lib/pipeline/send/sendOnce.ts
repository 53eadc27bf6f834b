/** The send ledger at work (docs/architecture.md): a durable record first, then at most one transmission per recipient. */
import { normalAddress } from '../../address';
import type { EmailAddress } from '../../email/message';
import { type Draft, type FixedParts, composeMessage, fixParts } from '../../email/smtp/compose';
import { withWireAddresses } from '../../email/smtp/wireAddress';
import { writeVerp } from '../../email/verp';
import { PENDING } from '../../store/sendStates';
import type { Millis, NewSend, Reservation, Store } from '../../store/store';
import { messageIdentityOf } from './messageIdentity';
import { keepContent } from './keptContent';
import { settleOtherContent } from './otherContent';
import { sandboxKey } from './sandbox';
import { sendAdmitted } from './sendAdmitted';
import { WITHOUT_LIMITS, termsOf } from './sendLimits';
import { type RecipientOutcome, outcomeOf } from './sendOutcome';
import {
	type SendOptions,
	type SendRequest,
	type SendTransport,
	defaultBackoff,
	fingerprintOfSend,
} from './sendRequest';
import { deliverAll } from './deliver';

/**
 * Sends each recipient's copy effectively once: reserve, lease, transmit, record the outcome.
 *
 * @returns one outcome per recipient, in the order of the draft
 * @throws LedgerError `IDEMPOTENCY_CONFLICT` the key was used for other content, which was not sent yet or which may not
 *   answer for it; nothing is sent
 * @throws TransportError the server's settings are wrong (password, certificate, host); the records stay `deferred`
 * @throws InputError the draft cannot be sent as it is
 * @throws StoreError the ledger cannot be written; nothing is sent, or `SEND_OUTCOME_UNRECORDED` tells otherwise
 */
export async function sendOnce(
	store: Store,
	transport: SendTransport,
	asked: SendRequest,
	options: SendOptions = {},
): Promise<RecipientOutcome[]> {
	const { scope } = asked;
	const draft = eachOnce(withWireAddresses(asked.draft), asked.caseSensitive === true);
	const everybody = [...draft.to, ...draft.cc, ...draft.bcc];
	const request = { ...asked, draft, key: sandboxKey(asked.key, asked.sandbox, everybody) };
	if (request.verp === true) writeVerp(request.mailFrom ?? draft.from.address, 'f'.repeat(32));
	const proposed = await propose(store, request, options);
	// Composing checks the draft: what cannot be composed leaves no record.
	const composed = await composeMessage(draft, proposed, request.dkim);
	const recipients = everybody.map(({ address }) => address);
	const ttl = options.leaseTtl ?? 120_000;
	const policy = options.policy ?? WITHOUT_LIMITS;
	const contentRef = await contentToKeep(store, request, proposed.messageId, options);
	const reserved = newSendOf(request, proposed, { recipients, contentRef });
	const reservation = await store.sends.reserve(reserved, { ttl, terms: termsOf(request, policy) });
	if (contentRef !== null && reservation.outcome !== 'created') await store.archive.purge(scope, contentRef);
	const settled =
		reservation.outcome === 'conflict' || reservation.sends.length === 0
			? await settleOtherContent(store, request, reservation, options)
			: { request, sends: reservation.sends, first: false };
	if ('known' in settled) return settled.known;
	// A content that replaces the first has fixed parts of its own.
	const asComposed = reservation.outcome !== 'conflict';
	return await sendReserved(store, transport, settled.request, {
		reservation: { ...reservation, sends: settled.sends },
		ttl,
		options,
		composed: asComposed && settled.sends[0]?.messageId === proposed.messageId ? composed : null,
		first: settled.first,
	});
}

interface Reserved {
	reservation: Reservation;
	ttl: Millis;
	options: SendOptions;
	/** The message, when it was composed for this very reservation. */
	composed: Buffer | null;
	/** What goes out is the first content, not what was asked for. */
	first: boolean;
}

async function sendReserved(
	store: Store,
	transport: SendTransport,
	request: SendRequest,
	{ reservation, ttl, options, composed, first }: Reserved,
): Promise<RecipientOutcome[]> {
	const backoff = options.backoff ?? defaultBackoff;
	const policy = options.policy ?? WITHOUT_LIMITS;
	const { scope } = request;
	const known = await sendAdmitted(store, request, reservation, ttl, policy, (leased) =>
		deliverAll(store, transport, request, leased, ttl, backoff, composed),
	);
	const [record] = reservation.sends;
	// What this call did nothing about may have changed since.
	const current =
		record === undefined || reservation.sends.every(({ id }) => known.has(id))
			? reservation.sends
			: await store.sends.group(scope, record.sender, request.key);
	const outcomes = current.map((send) => known.get(send.id) ?? outcomeOf(send, true));
	if (record && record.contentRef !== null && !outcomes.some(({ record: { state } }) => PENDING.includes(state))) {
		await store.sends.releaseContent(scope, record.groupId);
	}
	const content: Pick<RecipientOutcome, 'contentDiffers' | 'content'> = first
		? { contentDiffers: true, content: request.draft }
		: {};
	return outcomes.map((outcome) => ({ ...outcome, ...content }));
}

/** Before the record, so that no record waits for a content that a crash kept from being there. */
async function contentToKeep(
	store: Store,
	request: SendRequest,
	messageId: string,
	{ whenContentDiffers }: SendOptions,
): Promise<string | null> {
	if (whenContentDiffers !== 'first') return null;
	const known = await store.sends.group(request.scope, senderOf(request.draft), request.key);
	return known.length > 0 ? null : await keepContent(store, request, messageId);
}

function newSendOf(
	request: SendRequest,
	{ messageId, date, boundary, replyTo }: FixedParts,
	{ recipients, contentRef }: Pick<NewSend, 'recipients' | 'contentRef'>,
): NewSend {
	return {
		scope: request.scope,
		sender: senderOf(request.draft),
		key: request.key,
		fingerprint: fingerprintOfSend(request),
		recipients,
		messageId,
		fixed: { date, boundary, ...(replyTo === undefined ? {} : { replyTo }) },
		stream: request.stream ?? null,
		template: request.template ?? null,
		templateVersion: request.templateVersion ?? null,
		correlationId: request.correlationId ?? null,
		threadId: request.threadId ?? null,
		tags: request.tags ?? [],
		metadata: request.metadata ?? {},
		expiresAt: request.expiresAt ?? null,
		contentRef,
	};
}

/** The fixed parts of a new send; a known one keeps its own, so that no token is made for a mail that never goes out. */
async function propose(
	store: Store,
	{ scope, draft, key, replyToken, threadId }: SendRequest,
	{ replyAddress }: SendOptions,
): Promise<FixedParts> {
	const fixed = fixParts(draft.from);
	if (!replyToken || !replyAddress) return fixed;
	const [known] = await store.sends.group(scope, senderOf(draft), key);
	if (known) return messageIdentityOf(known);
	const about = { messageId: fixed.messageId, threadId: threadId ?? null };
	return { ...fixed, replyTo: await replyAddress(store, scope, replyToken, about) };
}

/** Nobody gets two copies because his address is written in two ways: the first place that names him counts. */
function eachOnce(draft: Draft, caseSensitive: boolean): Draft {
	const seen = new Set<string>();
	const fresh = (list: EmailAddress[]) =>
		list.filter(({ address }) => {
			const person = normalAddress(address, caseSensitive);
			return !seen.has(person) && seen.add(person);
		});
	return { ...draft, to: fresh(draft.to), cc: fresh(draft.cc), bcc: fresh(draft.bcc) };
}

function senderOf({ from }: SendRequest['draft']): string {
	return from.address.toLowerCase();
}
