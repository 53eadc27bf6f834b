/** Brings what came back to the send that it is about: its state, its history, and whether the address is suppressed. */
import type { BouncedRecipient, Classification } from '../../email/bounce/classification';
import { isReason, verdictOf, verdictOfBounce } from '../../email/bounce/verdict';
import type { DeliveryEvent } from '../../email/event';
import { tokensIn } from '../../email/thread/replyToken';
import { readVerp } from '../../email/verp';
import type { JsonObject, SendState, Store } from '../../store/store';
import { type Evidence, type Grounds, type Permit, decide } from './authority';
import { type FoundSend, type SendClues, type SendMatch, findSend } from './findSend';
import { moveSend } from './moveSend';
import {
	type AddedSuppression,
	DEFAULT_POLICY,
	type Offence,
	type SuppressionPolicy,
	suppressByPolicy,
} from './suppress';

/** A notice as it arrived. */
export interface Notice {
	/** What tells it from other notices: its reference in the archive, or a hash of its bytes. */
	source: string;
	/** Addresses it was sent to, which tell what a variable return path carries. */
	recipients: string[];
}

export interface LedgerSend {
	sendId: string;
	key: string;
	recipient: string;
	/** State now. */
	state: SendState;
	/** Whether this notice changed the state. */
	changed: boolean;
	matchedBy: SendMatch;
}

/** A send that may be meant, but nothing shows it: shown to people, and otherwise left alone. */
export type UnmatchedNotice = Pick<LedgerSend, 'sendId' | 'key' | 'recipient' | 'state' | 'matchedBy'> & {
	/** Why it changes nothing (lib/pipeline/authority.ts). */
	grounds: Grounds;
};

/** What was done; the same notice again gives its sends with `changed: false` and suppresses nothing. */
export interface LedgerUpdate {
	sends: LedgerSend[];
	suppressed: AddedSuppression[];
	/** Absent where there is none. */
	unmatched?: UnmatchedNotice[];
}

/** One thing that happened to one recipient's copy. */
interface Happening {
	/** Name in the send's history. */
	name: string;
	source: string;
	clues: SendClues;
	/** State it brings, where an edge leads there (store/sendStates.ts). */
	to: SendState | null;
	/** What came back; only with `to` bounced. */
	failure: { reason: string | null; status: string | null; replyCode: string | null; diagnostic: string | null } | null;
	detail: JsonObject;
	/** Without `address` and `stream`, which are the send's. */
	offence: Pick<Offence, 'kind' | 'reason' | 'suppress'> | null;
	/** Suppressed although no send is known, where the evidence allows that; null when none is named. */
	address: string | null;
	/** What it is worth, once it is known which send it names. */
	evidence: (found: FoundSend | null) => Evidence;
}

/** Feedback that is no complaint of a recipient: RFC 6591, RFC 6430, RFC 5965 section 7.3. */
const NO_COMPLAINT = new Set(['auth-failure', 'not-spam', 'virus']);
const OPT_OUT = new Set(['opt-out', 'opt-out-list']);

/**
 * Applies a bounce, delay, complaint or delivery report to the ledger. Anybody can write one: it changes what
 * lib/pipeline/authority.ts lets it change, and is shown as unmatched otherwise.
 *
 * @throws StoreError nothing is lost: the same notice may be applied again, and does what is left to do
 */
export async function applyClassification(
	store: Store,
	scope: string,
	classification: Classification,
	notice: Notice,
	policy: SuppressionPolicy = DEFAULT_POLICY,
): Promise<LedgerUpdate> {
	return await applyAll(store, scope, happeningsOf(classification, notice), policy);
}

/**
 * Applies a provider's delivery event to the ledger. A signed event suppresses by the policy also where no send is
 * known, such as for mail that other programs send through the provider.
 *
 * @param options `allowUnproven`: the user takes events whose caller was checked by its address alone, or by nothing
 *
 * @throws StoreError the same event may be applied again
 */
export async function applyDeliveryEvent(
	store: Store,
	scope: string,
	event: DeliveryEvent,
	policy: SuppressionPolicy = DEFAULT_POLICY,
	options: { allowUnproven?: boolean } = {},
): Promise<LedgerUpdate> {
	return await applyAll(store, scope, [happeningOf(event, options.allowUnproven === true)], policy);
}

async function applyAll(
	store: Store,
	scope: string,
	happenings: Happening[],
	policy: SuppressionPolicy,
): Promise<LedgerUpdate> {
	const update: LedgerUpdate = { sends: [], suppressed: [] };
	const unmatched: UnmatchedNotice[] = [];
	for (const happening of happenings) {
		const found = await findSend(store, scope, happening.clues);
		const permit = decide(happening.evidence(found));
		if (found !== null && permit.moves) {
			const { send, added } = await apply(store, scope, happening, found, permit, policy);
			update.sends.push(send);
			if (added) update.suppressed.push(added);
			continue;
		}
		if (found !== null) unmatched.push(unmatchedNotice(found, permit));
		const added = await suppressUnknown(store, scope, happening, permit, policy);
		if (added) update.suppressed.push(added);
	}
	return unmatched.length === 0 ? update : { ...update, unmatched };
}

function unmatchedNotice({ send, matchedBy }: FoundSend, { grounds }: Permit): UnmatchedNotice {
	const { id, key, recipient, state } = send;
	return { sendId: id, key, recipient, state, matchedBy, grounds };
}

/** State, then suppression, then the line in the history that says it is all done: a crash in between is made good. */
async function apply(
	store: Store,
	scope: string,
	{ name, source, to, failure, detail, offence }: Happening,
	{ send, matchedBy, names }: FoundSend,
	permit: Permit,
	policy: SuppressionPolicy,
): Promise<{ send: LedgerSend; added: AddedSuppression | null }> {
	const shown = { sendId: send.id, key: send.key, recipient: send.recipient, matchedBy };
	const history = await store.sends.history(scope, send.id);
	if (history.some((event) => event.type === name && event.detail.source === source)) {
		return { send: { ...shown, state: send.state, changed: false }, added: null };
	}
	const patch = failure && {
		reason: failure.reason,
		status: failure.status,
		replyCode: failure.replyCode,
		response: failure.diagnostic?.replace(/\s+/g, ' ').trim() ?? null,
	};
	const [moved] =
		to === null
			? []
			: await moveSend(store, scope, permit, {
					ids: [send.id],
					fence: null,
					to,
					...(patch && { patch }),
					detail: { ...detail, cause: name, source },
				});
	const added =
		offence &&
		(await suppressByPolicy(
			store,
			scope,
			permit,
			{
				...offence,
				// The address that we wrote to exists; what it forwards to does not.
				suppress: names === 'other' && offence.suppress === 'always' ? 'repeated' : offence.suppress,
				address: send.recipient,
				stream: send.stream,
				source,
			},
			policy,
		));
	await store.sends.note(scope, send.id, name, { ...detail, source, matchedBy, suppressed: added !== null });
	return { send: { ...shown, state: moved?.state ?? send.state, changed: moved !== undefined }, added };
}

async function suppressUnknown(
	store: Store,
	scope: string,
	{ address, offence, source }: Happening,
	permit: Permit,
	policy: SuppressionPolicy,
): Promise<AddedSuppression | null> {
	if (address === null || offence === null) return null;
	return await suppressByPolicy(store, scope, permit, { ...offence, address, stream: null, source }, policy);
}

function happeningsOf(classification: Classification, notice: Notice): Happening[] {
	const { kind, recipients, original } = classification;
	if (kind === 'human') return [];
	const verp = readVerp([...notice.recipients, ...(original?.headers['return-path'] ?? []).map(bareAddress)]);
	const named = (recipient: BouncedRecipient | null): string[] => {
		const addresses = [recipient?.originalAddress ?? null, recipient?.address ?? null].filter((one) => one !== null);
		if (addresses.length > 0) return addresses;
		if (verp.addresses.length > 0) return verp.addresses;
		return original?.to.length === 1 ? original.to : [];
	};
	const references = [...verp.words, ...customHeaderValues(original?.headers ?? {})];
	const ids = original?.messageId ? [original.messageId] : [];
	const tokens = tokensIn({ to: [], cc: [], envelope: { mailFrom: null, rcptTo: notice.recipients } });
	const evidence = (found: FoundSend | null): Evidence => ({ kind: 'report', found });
	// A complaint may hide the recipient, and a notice may name none: the mail's id is enough.
	const all = recipients.length > 0 ? recipients : kind === 'auto-reply' ? [] : [null];
	return all.flatMap((recipient) => {
		const happened = kind === 'complaint' ? feedback(classification) : report(kind, recipient);
		const clues = {
			ids,
			references,
			tokens,
			addresses: named(recipient),
		};
		return happened === null ? [] : [{ ...happened, source: notice.source, clues, address: null, evidence }];
	});
}

type Meaning = Omit<Happening, 'source' | 'clues' | 'address' | 'evidence'>;

function feedback({ feedbackType }: Classification): Meaning {
	const base = { failure: null, detail: { feedbackType } };
	if (NO_COMPLAINT.has(feedbackType ?? '')) return { ...base, name: 'feedback_notice', to: null, offence: null };
	if (OPT_OUT.has(feedbackType ?? '')) return { ...base, ...unsubscription('unsubscribe_notice') };
	return { ...base, ...complaint('complaint_notice') };
}

/** RFC 3464 section 2.3.3: what each action means for the send. */
function report(kind: Classification['kind'], recipient: BouncedRecipient | null): Meaning | null {
	const action = recipient?.action ?? (kind === 'delay' ? 'delayed' : kind === 'bounce' ? 'failed' : null);
	const { reason = null, status = null, replyCode = null, diagnostic = null } = recipient ?? {};
	const detail = { action, reason, status, replyCode };
	switch (action) {
		case 'failed':
			return {
				name: 'bounce_notice',
				to: 'bounced',
				failure: { reason, status, replyCode, diagnostic },
				detail: { ...detail, bounceType: recipient?.bounceType ?? null },
				offence: { kind: 'bounce', reason, suppress: verdictOf(reason).suppress },
			};
		case 'delayed':
			return { name: 'delay_notice', to: null, failure: null, detail, offence: null };
		case 'delivered':
			return { name: 'delivery_notice', to: 'delivered', failure: null, detail, offence: null };
		case 'relayed':
		case 'expanded':
			return { name: 'relay_notice', to: null, failure: null, detail, offence: null };
		case null:
			return null;
	}
}

function happeningOf(event: DeliveryEvent, allowed: boolean): Happening {
	const { provider, type, bounce, recipient, occurredAt } = event;
	return {
		...meaningOf(event),
		source: event.dedupKey,
		clues: {
			ids: [event.messageId, event.providerMessageId].filter((id) => id !== null),
			references: [],
			addresses: recipient === null ? [] : [recipient],
		},
		detail: { provider, type, occurredAt, reason: bounce?.reason ?? null, status: bounce?.status ?? null },
		address: recipient,
		evidence: (found) => ({ kind: 'event', signature: event.signature, allowed, found }),
	};
}

function meaningOf({ type, bounce }: DeliveryEvent): Omit<Meaning, 'detail'> {
	const name = `${type}_event`;
	const nothing = { name, to: null, failure: null, offence: null };
	switch (type) {
		case 'accepted':
		case 'delivered':
			return { ...nothing, to: type };
		case 'bounced':
		case 'failed':
		case 'suppressed': {
			// The provider took the mail over and gave it up: for the send that is a bounce, whatever it is called.
			const told = bounce?.reason ?? null;
			const reason = isReason(told) ? told : type === 'suppressed' ? 'sender-suppressed' : null;
			const { status = null, replyCode = null, diagnostic = null } = bounce ?? {};
			return {
				name,
				to: 'bounced',
				failure: { reason, status, replyCode, diagnostic },
				offence: {
					kind: 'bounce',
					reason,
					suppress: verdictOfBounce({ type: bounce?.type ?? null, reason }).suppress,
				},
			};
		}
		case 'complained':
			return { failure: null, ...complaint(name) };
		case 'unsubscribed':
			return { failure: null, ...unsubscription(name) };
		case 'deferred':
		case 'opened':
		case 'clicked':
		case 'other':
			return nothing;
	}
}

function complaint(name: string): Pick<Meaning, 'name' | 'to' | 'offence'> {
	return { name, to: 'complained', offence: { kind: 'complaint', reason: 'complaint', suppress: 'always' } };
}

function unsubscription(name: string): Pick<Meaning, 'name' | 'to' | 'offence'> {
	return { name, to: null, offence: { kind: 'unsubscribe', reason: null, suppress: 'always' } };
}

/** Values of X- headers and Feedback-ID, the lowest first: what the sender set stands below what servers added. */
function customHeaderValues(headers: Record<string, string[]>): string[] {
	return Object.entries(headers)
		.filter(([name]) => /^x-|^feedback-id$/.test(name))
		.reverse()
		.flatMap(([, values]) => values.map((value) => value.trim()))
		.filter((value) => /^\S{1,255}$/.test(value));
}

function bareAddress(value: string): string {
	return value.replace(/^<|>$/g, '');
}
