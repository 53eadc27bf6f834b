/** A key that is known with other content: a text that is made anew on each run, or a key used for two mails. */
import { normalAddress } from '../../address';
import { LedgerError } from '../../errors';
import type { Reservation, SendRecord, Store } from '../../store/store';
import { messageIdentityOf } from './messageIdentity';
import { keptContent } from './keptContent';
import { type RecipientOutcome, outcomeOf } from './sendOutcome';
import { type SendOptions, type SendRequest, fingerprintOfSend } from './sendRequest';

/** What goes out under the key after all, or what came of it. */
export type OtherContent =
	| { known: RecipientOutcome[] }
	/** `first`: the request is with the first content, not that which was asked for. */
	| { request: SendRequest; sends: SendRecord[]; first: boolean };

/** States in which nobody holds the send and it may go out. */
const WAITING: ReadonlySet<SendRecord['state']> = new Set(['reserved', 'deferred']);
const HELD: ReadonlySet<SendRecord['state']> = new Set(['leased', 'transmitting']);

/**
 * By `whenContentDiffers`.
 * @throws LedgerError `IDEMPOTENCY_CONFLICT`
 */
export async function settleOtherContent(
	store: Store,
	request: SendRequest,
	{ sends }: Reservation,
	options: SendOptions,
): Promise<OtherContent> {
	switch (options.whenContentDiffers) {
		case 'first':
			return await firstContent(store, request, sends);
		case 'newest':
			return await newestContent(store, request, sends, options);
		default:
			throw conflict(request, sends, 'error');
	}
}

async function firstContent(store: Store, request: SendRequest, sends: SendRecord[]): Promise<OtherContent> {
	const [record] = sends;
	const kept = record ? await keptContent(store, record) : null;
	if (kept) return { request: { ...request, ...kept }, sends, first: true };
	if (sends.length === 0 || sends.some(({ state }) => WAITING.has(state))) throw conflict(request, sends, 'first');
	return { known: sends.map((record) => ({ ...outcomeOf(record, true), contentDiffers: true })) };
}

/** Whoever replaces it at the same moment with another text is one of several whose text may be the newest. */
async function newestContent(
	store: Store,
	request: SendRequest,
	sends: SendRecord[],
	options: SendOptions,
): Promise<OtherContent> {
	const fingerprint = fingerprintOfSend(request);
	for (let known = sends; ;) {
		const [first] = known;
		if (!first || !samePeople(request, known)) throw conflict(request, known, 'newest');
		const fixed = await newFixedParts(store, request, first, options);
		const change = { groupId: first.groupId, from: first.fingerprint, fingerprint, fixed };
		const { replaced, sends: current } = await store.sends.replaceContent(request.scope, change);
		if (replaced || current[0]?.fingerprint === fingerprint) return { request, sends: current, first: false };
		if (current[0]?.fingerprint === first.fingerprint) throw conflict(request, current, 'newest');
		known = current;
	}
}

function samePeople({ draft, caseSensitive }: SendRequest, sends: readonly SendRecord[]): boolean {
	const person = (address: string) => normalAddress(address, caseSensitive === true);
	const asked = new Set([...draft.to, ...draft.cc, ...draft.bcc].map(({ address }) => person(address)));
	return asked.size === sends.length && sends.every(({ recipient }) => asked.has(person(recipient)));
}

/** Date, boundary and Message-ID stay; where an answer goes to is the newest's. */
async function newFixedParts(
	store: Store,
	{ scope, replyToken, threadId }: SendRequest,
	record: SendRecord,
	{ replyAddress }: SendOptions,
): Promise<Record<string, string>> {
	const { date, boundary, messageId } = messageIdentityOf(record);
	if (!replyToken || !replyAddress) return { date, boundary };
	const about = { messageId, threadId: record.threadId ?? threadId ?? null };
	return { date, boundary, replyTo: await replyAddress(store, scope, replyToken, about) };
}

function conflict(
	{ key }: SendRequest,
	sends: readonly SendRecord[],
	asked: NonNullable<SendOptions['whenContentDiffers']>,
): LedgerError {
	const [first] = sends;
	return new LedgerError('This idempotency key was already used for a mail with other content', {
		code: 'IDEMPOTENCY_CONFLICT',
		hint: `${standingOf(sends, asked)} For another email, set another Business Event ID (or Options → Idempotency Key).${asked === 'error' ? MADE_ANEW : ''}`,
		record: { key, sendId: first?.id ?? null, messageId: first?.messageId ?? null },
	});
}

const MADE_ANEW =
	' Where the text is made anew on each run, choose in Options → When Content Differs whether the first or the newest content goes out.';

function standingOf(sends: readonly SendRecord[], asked: NonNullable<SendOptions['whenContentDiffers']>): string {
	if (sends.some(({ state }) => HELD.has(state))) return 'The first email is being sent right now.';
	if (sends.some(({ state }) => WAITING.has(state))) {
		const waits = 'The first email still waits for its turn';
		const resend = 'Send it with the content it had, or cancel it in the Email Ledger.';
		if (asked === 'first') return `${waits}, and its content was not kept. ${resend}`;
		if (asked === 'newest') return `${waits}, but it has other recipients or may have left in part. ${resend}`;
		return `${waits}. ${resend}`;
	}
	return 'The first email is over and done with.';
}
