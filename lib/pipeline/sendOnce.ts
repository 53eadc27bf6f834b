/** The send ledger at work (docs/architecture.md): a durable record first, then at most one transmission per recipient. */
import { composeMessage, fingerprintOf, fixParts } from '../email/smtp/compose';
import { LedgerError } from '../errors';
import type { SendRecord, Store } from '../store/store';
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

	const suppressed = await suppress(store, request, reservation.sends);
	const ttl = options.leaseTtl ?? 120_000;
	const leased = await store.sends.lease(scope, first.groupId, ttl);
	const transmitted = await transmitAll(store, transport, request, leased, ttl, options.backoff ?? defaultBackoff);

	const known = new Map<string, RecipientOutcome>();
	for (const outcome of [...suppressed, ...transmitted]) known.set(outcome.record.id, outcome);
	const current = await store.sends.group(scope, first.sender, request.key);
	return current.map((record) => known.get(record.id) ?? outcomeOf(record, true));
}

async function suppress(store: Store, request: SendRequest, sends: SendRecord[]): Promise<RecipientOutcome[]> {
	const waiting = sends.filter(({ state }) => state === 'reserved' || state === 'deferred');
	if (waiting.length === 0) return [];
	const hits = await store.suppressions.check(
		request.scope,
		waiting.map(({ recipient }) => recipient),
		request.stream ?? null,
	);
	const outcomes: RecipientOutcome[] = [];
	for (const hit of hits) {
		const ids = waiting.filter(({ recipient }) => sameAddress(recipient, hit.address)).map(({ id }) => id);
		const changed = await store.sends.transition(request.scope, {
			ids,
			fence: null,
			to: 'suppressed',
			patch: { reason: hit.reason },
			detail: { suppression: hit.id, source: hit.source },
		});
		outcomes.push(...changed.map((record) => outcomeOf(record, false)));
	}
	return outcomes;
}

function sameAddress(a: string, b: string): boolean {
	return a.toLowerCase() === b.toLowerCase();
}
