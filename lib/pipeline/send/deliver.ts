/** From a leased send record to its outcome: at most one transmission, and never an unrecorded one. */
import { REASONS } from '../../email/bounce/reasons';
import type { Verdict } from '../../email/bounce/verdict';
import { composeMessage } from '../../email/smtp/compose';
import type { SmtpReply } from '../../email/smtp/connection';
import { isConfigurationError } from '../../email/smtp/smtpError';
import { PipelineError, StoreError, type TransportError } from '../../errors';
import type { JsonObject, Millis, SendPatch, SendRecord, SendState, Store } from '../../store/store';
import { messageIdentityOf } from './messageIdentity';
import { type DeliveryAttempt, batchesOf, attemptDelivery } from './attemptDelivery';
import { judgeRefusal } from './refusal';
import { type RecipientOutcome, outcomeOf } from './sendOutcome';
import type { SendRequest, SendTransport } from './sendRequest';
import { decide } from '../delivery/authority';
import { suppressByPolicy } from '../delivery/suppress';
import { equalJitter, pause } from '../../retry';

/**
 * Transmits to each leased record, one after the other over one session, and records what became of it.
 * @param composed the message, when it was composed for these very records
 * @throws TransportError when the server's settings are wrong; what was not begun is given back
 */
export async function deliverAll(
	store: Store,
	transport: SendTransport,
	request: SendRequest,
	leased: SendRecord[],
	ttl: Millis,
	backoff: (attempts: number) => Millis,
	composed: Buffer | null = null,
): Promise<RecipientOutcome[]> {
	const [first] = leased;
	if (!first) return [];
	const fence = first.fence;
	const open = new Set(leased.map(({ id }) => id));
	const untouched = new Set(open);
	const renewal = setInterval(() => {
		// A lost lease shows at the next transition, whose fence then no longer fits.
		store.sends.renew(request.scope, [...open], fence, ttl).catch(() => undefined);
	}, ttl / 3);
	try {
		const message = composed ?? (await composeMessage(request.draft, messageIdentityOf(first), request.dkim));
		const outcomes: RecipientOutcome[] = [];
		for (const batch of batchesOf(transport, request, leased)) {
			for (const { id } of batch) untouched.delete(id);
			const results = await attemptDelivery(store, transport, request, batch, message);
			const failures: unknown[] = [];
			for (const [index, record] of batch.entries()) {
				const result = results[index];
				if (!result) continue;
				try {
					outcomes.push(await conclude(store, request, record, result, backoff));
				} catch (error) {
					// Each of the others has an outcome as well, which must not go unrecorded.
					failures.push(error);
				}
				open.delete(record.id);
			}
			if (failures.length > 0) throw failures[0];
		}
		return outcomes;
	} catch (error) {
		await giveBack(store, request.scope, [...untouched], fence, error);
		throw error;
	} finally {
		clearInterval(renewal);
	}
}

async function conclude(
	store: Store,
	request: SendRequest,
	record: SendRecord,
	{ transmission, provider, sandbox, detail: about }: DeliveryAttempt,
	backoff: (attempts: number) => Millis,
): Promise<RecipientOutcome> {
	const delay = backoff(record.attempts + 1);
	const write = async (to: SendState, patch: SendPatch, detail: JsonObject = {}) =>
		await recordOutcome(store, request.scope, record, to, { ...patch, provider, sandbox }, { ...about, ...detail });

	switch (transmission.outcome) {
		case 'accepted':
			return await write('accepted', {
				...patchOf(transmission.reply),
				reason: null,
				providerMessageId: transmission.serverMessageId,
			});
		case 'refused': {
			const { reply, stage, error } = transmission;
			if (isConfigurationError(error)) {
				await write('deferred', { ...patchOf(reply), delay: 0, reason: error.code }, { stage });
				throw error;
			}
			const verdict = judgeRefusal(transmission, request, record);
			const patch = { ...patchOf(reply), reason: verdict.reason };
			const said = { stage, fault: verdict.fault };
			const outcome = verdict.final
				? await write('failed', patch, said)
				: await write('deferred', { ...patch, delay: Math.max(delay, transmission.retryAfter ?? 0) }, said);
			if (verdict.final && stage === 'RCPT TO' && sandbox === null)
				await suppressRefused(store, request, record, verdict);
			return { ...outcome, error: refusedError(error, reply, verdict) };
		}
		case 'not-sent': {
			const { error, reply } = transmission;
			const wrongSettings = isConfigurationError(error);
			// What the server said stays; that it is no verdict, the reason tells.
			const patch = { response: error.message, ...(reply ? patchOf(reply) : {}), reason: error.code };
			const outcome = await write('deferred', { ...patch, delay: wrongSettings ? 0 : delay });
			if (wrongSettings) throw error;
			return { ...outcome, error: describe(error) };
		}
		case 'unsendable': {
			const { error } = transmission;
			const outcome = await write('failed', { reason: error.code, response: error.message });
			return { ...outcome, error: describe(error) };
		}
		case 'repeatable': {
			const { error } = transmission;
			const outcome = await write('deferred', { delay, reason: error.code, response: error.message });
			return { ...outcome, error: describe(error) };
		}
		case 'in-doubt': {
			const { error } = transmission;
			const outcome = await write('in_doubt', { reason: error.code, response: error.message });
			return { ...outcome, error: describe(error) };
		}
	}
}

/** An address the server says will never work gets no more mail; the refusal itself is recorded already. */
async function suppressRefused(
	store: Store,
	{ scope, stream }: SendRequest,
	record: SendRecord,
	{ reason, suppress }: Verdict,
): Promise<void> {
	await suppressByPolicy(store, scope, decide({ kind: 'own-session' }), {
		address: record.recipient,
		kind: 'bounce',
		reason,
		suppress,
		stream: stream ?? null,
		source: `send:${record.id}`,
	});
}

/** The outcome is a fact by now: the write is tried again before it is given up, and giving up is never silent. */
async function recordOutcome(
	store: Store,
	scope: string,
	record: SendRecord,
	to: SendState,
	patch: SendPatch,
	detail: JsonObject,
): Promise<RecipientOutcome> {
	for (let attempt = 1; ; attempt++) {
		try {
			const [changed] = await store.sends.transition(scope, {
				ids: [record.id],
				fence: record.fence,
				to,
				patch,
				detail,
			});
			if (changed) return outcomeOf(changed, false);
			// The lease lapsed meanwhile. What the server said is evidence all the same, and evidence needs no fence.
			const [resolved] = await store.sends.transition(scope, { ids: [record.id], fence: null, to, patch, detail });
			if (resolved) return outcomeOf(resolved, false);
			const stored = await store.sends.get(scope, record.id);
			// A provider's event was quicker than we are: it is our transmission all the same.
			return outcomeOf(stored ?? record, false);
		} catch (error) {
			if (!(error instanceof StoreError) || !error.retryable || attempt === 4) {
				throw new StoreError(`The mail reached the state “${to}”, but the ledger could not record it`, {
					code: 'SEND_OUTCOME_UNRECORDED',
					hint: 'The record will show as in doubt; resolve it before anything is sent again.',
					record: { sendId: record.id, messageId: record.messageId },
					cause: error,
				});
			}
			await pause(equalJitter(attempt, { first: 200, longest: 2_000 }));
		}
	}
}

/** Lets go of records that no byte was sent for, so that the next try need not wait for the lease to lapse. */
async function giveBack(store: Store, scope: string, ids: string[], fence: number, error: unknown): Promise<void> {
	if (ids.length === 0) return;
	const reason = error instanceof PipelineError ? error.code : 'UNEXPECTED';
	await store.sends
		.transition(scope, { ids, fence, to: 'deferred', patch: { delay: 0, reason } })
		// The first error is the one to report; the lease lapses by itself.
		.catch(() => undefined);
}

/** A permanent refusal that ends nothing says what would: what a person has to mend on the sending side. */
function refusedError(error: TransportError, { text }: SmtpReply, { fault, reason, final }: Verdict) {
	if (error.retryable || final || (fault !== 'sender' && fault !== 'unknown')) return describe(error);
	const { sentence, advice } = REASONS[reason];
	const said = text.slice(0, 300);
	return fault === 'sender'
		? {
				code: 'SEND_SENDER_REFUSED',
				message: `${sentence} It said: ${said}`,
				hint: `${advice} The email waits meanwhile.`,
			}
		: {
				code: 'SEND_REFUSED_UNKNOWN',
				message: `The server refused this email and gave no reason that is known. It said: ${said}`,
				hint: 'It is tried again, until it expires (Options → Retries). Read what the server said; cancel the email in the Email Ledger if it is of no use.',
			};
}

function patchOf(reply: SmtpReply): SendPatch {
	return { response: reply.text, replyCode: reply.replyCode || null, status: reply.status };
}

function describe(error: PipelineError): RecipientOutcome['error'] {
	return { code: error.code, message: error.message, hint: error.hint };
}
