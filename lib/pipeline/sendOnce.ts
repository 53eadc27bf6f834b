/** The send ledger at work (docs/architecture.md): a durable record first, then at most one transmission per recipient. */
import { composeMessage, fingerprintOf, fixParts } from '../email/smtp/compose';
import { LedgerError } from '../errors';
import type { Store } from '../store/store';
import { sendAdmitted } from './sendAdmitted';
import { WITHOUT_LIMITS } from './sendLimits';
import { type RecipientOutcome, outcomeOf } from './sendOutcome';
import { type SendOptions, type SendRequest, type SendTransport, defaultBackoff } from './sendRequest';
import { transmitAll } from './transmit';

/**
 * Sends each recipient's copy effectively once: reserve, lease, transmit, record the outcome.
 *
 * @returns one outcome per recipient, in the order of the draft
 * @throws LedgerError `IDEMPOTENCY_CONFLICT` the key was used for other content; nothing is sent
 * @throws TransportError the server's settings are wrong (password, certificate, host); the records stay `deferred`
 * @throws InputError the draft cannot be sent as it is
 * @throws StoreError the ledger cannot be written; nothing is sent, or `SEND_OUTCOME_UNRECORDED` tells otherwise
 */
export async function sendOnce(
	store: Store,
	transport: SendTransport,
	request: SendRequest,
	options: SendOptions = {},
): Promise<RecipientOutcome[]> {
	const { draft, scope } = request;
	const proposed = fixParts(draft.from);
	// Composing checks the draft: what cannot be composed leaves no record.
	await composeMessage(draft, proposed);
	const recipients = [...new Set([...draft.to, ...draft.cc, ...draft.bcc].map(({ address }) => address))];
	const reservation = await store.sends.reserve({
		scope,
		sender: draft.from.address.toLowerCase(),
		key: request.key,
		fingerprint: fingerprintOf(draft),
		recipients,
		messageId: proposed.messageId,
		fixed: { date: proposed.date, boundary: proposed.boundary },
		stream: request.stream ?? null,
		template: request.template ?? null,
		templateVersion: request.templateVersion ?? null,
		correlationId: request.correlationId ?? null,
		threadId: request.threadId ?? null,
		tags: request.tags ?? [],
		metadata: request.metadata ?? {},
		expiresAt: request.expiresAt ?? null,
	});
	const [first] = reservation.sends;
	if (reservation.outcome === 'conflict' || !first) {
		throw new LedgerError('This idempotency key was already used for a mail with other content', {
			code: 'IDEMPOTENCY_CONFLICT',
			hint: 'Use another key for another mail, or the same content for a repeat.',
			record: { key: request.key, sendId: first?.id ?? null, messageId: first?.messageId ?? null },
		});
	}

	const ttl = options.leaseTtl ?? 120_000;
	const backoff = options.backoff ?? defaultBackoff;
	const known = await sendAdmitted(store, request, reservation.sends, ttl, options.policy ?? WITHOUT_LIMITS, (leased) =>
		transmitAll(store, transport, request, leased, ttl, backoff),
	);
	const current = await store.sends.group(scope, first.sender, request.key);
	return current.map((record) => known.get(record.id) ?? outcomeOf(record, true));
}
