/** One hand-over of a mail: over the transport, its fallback, or into the sandbox. Records nothing but `transmitting`. */
import { createHash } from 'node:crypto';
import { normalAddress } from '../../address';
import type { EmailAddress } from '../../email/message';
import { type OutgoingMail, recipientsOf } from '../../email/outgoingMail';
import type { OutgoingEnvelope, Transmission } from '../../email/smtp/connection';
import { isConfigurationError } from '../../email/smtp/smtpError';
import { writeVerp } from '../../email/verp';
import { LedgerError, TransportError } from '../../errors';
import type { JsonObject, Millis, SandboxMark, SendRecord, Store } from '../../store/store';
import { messageIdentityOf } from './messageIdentity';
import { judgeRefusal } from './refusal';
import { type SandboxDecision, markRedirected, sandboxDecision } from './sandbox';
import type { SendRequest, SendSession, SendTransport } from './sendRequest';

/** What became of it, and where. */
export interface DeliveryAttempt {
	transmission: Transmission;
	/** Name of the transport, null when none was reached. */
	provider: string | null;
	sandbox: SandboxMark | null;
	/** For the history. */
	detail: JsonObject;
}

/** How long before a provider forgets its idempotency key a repeat stops being safe: clocks differ, and a try takes time. */
const KEY_MARGIN: Millis = 3_600_000;

type Batch = readonly [SendRecord, ...SendRecord[]];

/**
 * Which records go together: each by itself over a transport that has an envelope, all in one where the provider makes
 * the header from the recipients it is given.
 */
export function batchesOf(transport: SendTransport, request: SendRequest, records: readonly SendRecord[]): Batch[] {
	if (transport.together !== true) return records.map((record) => [record]);
	const addressed = new Set([...request.draft.to, ...request.draft.cc].map(({ address }) => normalAddress(address)));
	// Blind copies that go by themselves, after the others had theirs, must not see each other.
	const visible = records.some(({ recipient }) => addressed.has(normalAddress(recipient)));
	const batches = new Map<string, [SendRecord, ...SendRecord[]]>();
	for (const record of records) {
		const { kind } = sandboxDecision(request.sandbox, record.recipient);
		const name = kind === 'capture' || !visible ? record.id : kind;
		const batch = batches.get(name);
		if (batch) batch.push(record);
		else batches.set(name, [record]);
	}
	return [...batches.values()];
}

/**
 * @param records one batch of {@link batchesOf}, all of one lease
 * @param message the composed bytes
 * @returns one result per record, in their order
 * @throws whatever is neither the transport's nor the ledger's refusal
 */
export async function attemptDelivery(
	store: Store,
	transport: SendTransport,
	request: SendRequest,
	records: Batch,
	message: Buffer,
): Promise<DeliveryAttempt[]> {
	const start = starter(store, request.scope, records);
	const forAll = (result: DeliveryAttempt) => records.map(() => result);
	if (sandboxDecision(request.sandbox, records[0].recipient).kind === 'capture') {
		return forAll(await capture(store, request, start, message));
	}
	const unanswered = await unansweredBy(store, request.scope, records);
	if (unanswered !== null && !isRepeatable(transport, unanswered, records[0])) {
		return forAll(await doubt(start.begin, unanswered));
	}
	const first = await attempt(transport, request, records, message, start);
	const { fallback } = transport;
	// What may have arrived over the first transport must not go out over another.
	const judge = (transmission: Transmission) => standingOf(transmission, request, records[0]);
	if (!fallback || unanswered !== null || start.refused) return forAll(first);
	if (!mayFallBack(judge(first.transmission), start.begun)) return forAll(first);
	const results: DeliveryAttempt[] = [];
	for (const batch of batchesOf(fallback, request, records)) {
		const own = starter(store, request.scope, batch, start.begun);
		const second = await attempt(fallback, request, batch, message, own);
		const detail = { ...second.detail, insteadOf: first.provider, cause: causeOf(first) };
		results.push(...batch.map(() => (judge(second.transmission).sentNothing ? first : { ...second, detail })));
	}
	return results;
}

async function attempt(
	transport: SendTransport,
	request: SendRequest,
	records: Batch,
	message: Buffer,
	start: Starter,
): Promise<DeliveryAttempt> {
	const decision = sandboxDecision(request.sandbox, records[0].recipient);
	const mail = mailOf(request, records, message, decision);
	const transmission = await transmit(transport, envelopeOf(request, records[0], decision), mail, start.begin);
	return {
		transmission,
		provider: transport.name,
		sandbox: decision.kind === 'redirect' ? 'redirected' : null,
		detail: transmission.outcome === 'repeatable' ? { unanswered: transport.name } : {},
	};
}

interface Starter {
	/** True once `transmitting` is written. */
	begun: boolean;
	/** True when the ledger did not let it begin. */
	refused: boolean;
	begin: () => Promise<void>;
}

/** Writes `transmitting` before the first byte of the body, once. */
function starter(store: Store, scope: string, records: Batch, begun = false): Starter {
	const [{ id, fence }] = records;
	const state: Starter = {
		begun,
		refused: false,
		begin: async () => {
			if (state.begun) return;
			try {
				const ids = records.map((record) => record.id);
				const changed = await store.sends.transition(scope, { ids, fence, to: 'transmitting' });
				if (changed.length < records.length) {
					throw new LedgerError('Another process took over this send', {
						code: 'IN_PROGRESS',
						retryable: true,
						record: { sendId: id, fence },
					});
				}
				state.begun = true;
			} catch (error) {
				state.refused = true;
				throw error;
			}
		},
	};
	return state;
}

async function transmit(
	transport: SendTransport,
	envelope: OutgoingEnvelope,
	mail: OutgoingMail,
	begin: () => Promise<void>,
): Promise<Transmission> {
	let session: SendSession;
	try {
		session = await transport.session();
	} catch (error) {
		if (!(error instanceof TransportError)) throw error;
		return { outcome: 'not-sent', error };
	}
	return await session.transmit(envelope, mail.raw, begin, mail);
}

async function capture(
	store: Store,
	{ scope }: SendRequest,
	{ begin }: { begin: () => Promise<void> },
	message: Buffer,
): Promise<DeliveryAttempt> {
	const { ref } = await store.archive.put(scope, message);
	await begin();
	const text = `Captured by the sandbox, not mailed: ${ref}`;
	const reply = { replyCode: '', status: null, text };
	const transmission: Transmission = { outcome: 'accepted', reply, serverMessageId: null };
	return { transmission, provider: null, sandbox: 'captured', detail: { raw: ref } };
}

/** It was handed to a provider that did not answer; whether it was taken can no longer be found out by asking again. */
async function doubt(begin: () => Promise<void>, provider: string): Promise<DeliveryAttempt> {
	await begin();
	const error = new TransportError(`${provider} did not answer an earlier attempt, and a repeat is no longer safe`, {
		code: 'API_KEY_LAPSED',
		hint: 'Look for the mail at the provider, then resolve the send in the Email Ledger.',
		record: { provider },
	});
	return { transmission: { outcome: 'in-doubt', error }, provider, sandbox: null, detail: {} };
}

/** The provider that an earlier attempt to any of them had no answer from. */
async function unansweredBy(store: Store, scope: string, records: readonly SendRecord[]): Promise<string | null> {
	for (const { id, attempts } of records) {
		if (attempts === 0) continue;
		for (const { detail } of await store.sends.history(scope, id)) {
			if (typeof detail.unanswered === 'string') return detail.unanswered;
		}
	}
	return null;
}

function isRepeatable(transport: SendTransport, unanswered: string, record: SendRecord): boolean {
	const age = Date.now() - Date.parse(messageIdentityOf(record).date);
	return transport.name === unanswered && age < (transport.keyLifetime ?? 0) - KEY_MARGIN;
}

/** What is known of the mail after an attempt, and of the transport's standing. */
interface Standing {
	sentNothing: boolean;
	/** It said in so many words that it takes nothing from this account or sender. */
	refusesUs: boolean;
}

function standingOf(transmission: Transmission, request: SendRequest, record: SendRecord): Standing {
	switch (transmission.outcome) {
		case 'not-sent':
		case 'unsendable':
			return { sentNothing: true, refusesUs: false };
		case 'refused': {
			const { fault, final } = judgeRefusal(transmission, request, record);
			const refusesUs = isConfigurationError(transmission.error) || fault === 'sender';
			return { sentNothing: refusesUs || !final, refusesUs };
		}
		default:
			return { sentNothing: false, refusesUs: false };
	}
}

/**
 * Whether another transport may take over. Once a body has left, an explicit refusal for now is left to a later attempt,
 * unless it says that this account sends nothing at present.
 */
function mayFallBack({ sentNothing, refusesUs }: Standing, begun: boolean): boolean {
	return sentNothing && (!begun || refusesUs);
}

function causeOf({ transmission }: DeliveryAttempt): string {
	return 'error' in transmission ? transmission.error.code : transmission.outcome;
}

function envelopeOf(request: SendRequest, record: SendRecord, decision: SandboxDecision): OutgoingEnvelope {
	const mailFrom = request.mailFrom ?? request.draft.from.address;
	return {
		mailFrom: request.verp === true && mailFrom !== '' ? writeVerp(mailFrom, record.id) : mailFrom,
		rcptTo: decision.kind === 'redirect' ? decision.to : record.recipient,
	};
}

function mailOf(request: SendRequest, records: Batch, message: Buffer, decision: SandboxDecision): OutgoingMail {
	const { draft } = request;
	const recipients = records.map(({ recipient }) => recipient);
	const personOf = (address: string) => normalAddress(address, request.caseSensitive === true);
	// As it was written when the record was made: a repeat may spell it in another way.
	const spelled = new Map(recipients.map((recipient) => [personOf(recipient), recipient]));
	const mine = (list: EmailAddress[]) =>
		list.flatMap(({ name, address }) => {
			const recipient = spelled.get(personOf(address));
			return recipient === undefined ? [] : [{ name, address: recipient }];
		});
	const to = mine(draft.to);
	const cc = mine(draft.cc);
	const addressed =
		decision.kind === 'redirect'
			? { to: [{ name: '', address: decision.to }], cc: [], bcc: [] }
			: to.length > 0
				? { to, cc, bcc: mine(draft.bcc) }
				: cc.length > 0
					? { to: cc, cc: [], bcc: mine(draft.bcc) }
					: { to: mine(draft.bcc), cc: [], bcc: [] };
	const marks = decision.kind === 'redirect' ? recipients : [];
	const key = JSON.stringify([records[0].groupId, recipients.sort(), recipientsOf(addressed).sort()]);
	return {
		...addressed,
		raw: marks.length > 0 ? markRedirected(message, marks) : message,
		redirectedFrom: marks,
		draft,
		fixed: messageIdentityOf(records[0]),
		idempotencyKey: createHash('sha256').update(key).digest('hex'),
		tags: request.tags ?? [],
		metadata: {},
		stream: request.stream ?? null,
	};
}
