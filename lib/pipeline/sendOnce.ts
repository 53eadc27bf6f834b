/** The send ledger at work (docs/architecture.md): a durable record first, then at most one transmission per recipient. */
import { normalAddress } from '../address';
import type { EmailAddress } from '../email/message';
import { type Draft, type FixedParts, composeMessage, fingerprintOf, fixParts } from '../email/smtp/compose';
import { withWireAddresses } from '../email/smtp/wireAddress';
import { writeVerp } from '../email/verp';
import { LedgerError } from '../errors';
import type { NewSend, Store } from '../store/store';
import { fixedPartsOf } from './fixedParts';
import { sandboxKey } from './sandbox';
import { sendAdmitted } from './sendAdmitted';
import { WITHOUT_LIMITS, termsOf } from './sendLimits';
import { type RecipientOutcome, outcomeOf } from './sendOutcome';
import { type SendOptions, type SendRequest, type SendTransport, defaultBackoff } from './sendRequest';
import { transmitAll } from './transmit';

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
	const reserved: NewSend = {
		scope,
		sender: senderOf(draft),
		key: request.key,
		fingerprint: fingerprintOf(draft, envelopeOf(request)),
		recipients,
		messageId: proposed.messageId,
		fixed: {
			date: proposed.date,
			boundary: proposed.boundary,
			...(proposed.replyTo === undefined ? {} : { replyTo: proposed.replyTo }),
		},
		stream: request.stream ?? null,
		template: request.template ?? null,
		templateVersion: request.templateVersion ?? null,
		correlationId: request.correlationId ?? null,
		threadId: request.threadId ?? null,
		tags: request.tags ?? [],
		metadata: request.metadata ?? {},
		expiresAt: request.expiresAt ?? null,
	};
	const reservation = await store.sends.reserve(reserved, { ttl, terms: termsOf(request, policy) });
	const [first] = reservation.sends;
	if (reservation.outcome === 'conflict' || !first) {
		const waits = reservation.sends.some(({ state }) => state === 'reserved' || state === 'deferred');
		if (options.whenContentDiffers === 'first' && first && !waits) {
			return reservation.sends.map((record) => ({ ...outcomeOf(record, true), contentDiffers: true }));
		}
		throw new LedgerError('This idempotency key was already used for a mail with other content', {
			code: 'IDEMPOTENCY_CONFLICT',
			hint: waits
				? 'The first email still waits for its turn. Send it with the content it had, or cancel it in the Email Ledger. For another email, set another Business Event ID (or Options → Idempotency Key).'
				: 'For another email, set another Business Event ID (or Options → Idempotency Key). Where the text is made anew on each run, see Options → When Content Differs.',
			record: { key: request.key, sendId: first?.id ?? null, messageId: first?.messageId ?? null },
		});
	}

	const backoff = options.backoff ?? defaultBackoff;
	const ours = first.messageId === proposed.messageId ? composed : null;
	const known = await sendAdmitted(store, request, reservation, ttl, policy, (leased) =>
		transmitAll(store, transport, request, leased, ttl, backoff, ours),
	);
	// What this call did nothing about may have changed since.
	const current = reservation.sends.every(({ id }) => known.has(id))
		? reservation.sends
		: await store.sends.group(scope, first.sender, request.key);
	return current.map((record) => known.get(record.id) ?? outcomeOf(record, true));
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
	if (known) return fixedPartsOf(known);
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

/** What the receiver would notice and the draft does not tell. */
function envelopeOf({ mailFrom, verp, replyToken }: SendRequest): Record<string, string | boolean> {
	return {
		...(mailFrom === undefined ? {} : { mailFrom: mailFrom.toLowerCase() }),
		...(verp === true ? { verp } : {}),
		...(replyToken ? { replyToken: replyToken.toLowerCase() } : {}),
	};
}

function senderOf({ from }: SendRequest['draft']): string {
	return from.address.toLowerCase();
}
