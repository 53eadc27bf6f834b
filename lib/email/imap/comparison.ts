import type { Delivery, DeliverySurroundings } from './delivery';
import { FailureMemory } from './failureMemory';
import { IDENTITY_BYTES, identityOf, isCutShort } from './messageIdentity';
import { combined, presentUids, searchUids } from './search';
import type { ImapConnection } from './connection';
import { UidSet } from './uidSet';
import type { MessageCandidate } from './watch';

/** Messages looked at together: a server that ignores partial FETCH sends each as a whole. */
const PAGE = 50;
/** Most header sections are shorter; of the others the rest is fetched. */
const HEAD_BYTES = 8 * 1024;
/** Known UIDs whose mail is looked at in a comparison: the highest, and as many of the others in turn. */
const SAMPLE = 10;

/** What a pass takes for new. */
export interface NewnessRule {
	/** Messages received before are passed over. */
	since: Date | null;
	/** UIDs that lie in the mailbox now. */
	present: UidSet;
}

/**
 * Compares the UIDs that were dealt with to those that lie in the mailbox: a UID is an address. One may become visible
 * after a higher one (nextcloud/mail #13590), UIDNEXT may go back (chatmail/core #2188), and a UID may be given again.
 */
export class Comparison {
	readonly #is: DeliverySurroundings;
	readonly #delivery: Delivery;
	/** UIDs that were delivered or passed over and lay in the mailbox at the last comparison; null: none was made yet. */
	#dealtWith: UidSet | null = null;
	#uidValidity = '';
	#epoch = 0;
	#since: Date | null = null;
	#saved = '';
	#sampledThrough = 0;
	#sampledAt: string | null = null;

	constructor(surroundings: DeliverySurroundings, delivery: Delivery) {
		this.#is = surroundings;
		this.#delivery = delivery;
	}

	/** False where nobody remembers UIDs: then only those behind the cursor are looked at. */
	get possible(): boolean {
		return this.#is.handlers.window !== undefined;
	}

	/** Reads what an earlier session knew of this numbering. */
	async begin(uidValidity: string): Promise<void> {
		this.#uidValidity = uidValidity;
		const { handlers } = this.#is;
		if (handlers.window === undefined) return;
		const known = await this.#delivery.untilHandled(async () => handlers.window?.());
		this.#since = known?.since ?? null;
		const window = known?.window ?? null;
		if (window?.uidValidity !== uidValidity) return;
		this.#epoch = window.epoch;
		this.#dealtWith = UidSet.decode(window.uids);
		this.#saved = window.uids;
	}

	/** Everything up to `lastUid` that lies there, or lay there when `present` was asked for, counts as dealt with. */
	async settle(lastUid: number, present?: UidSet): Promise<void> {
		if (!this.possible) return;
		this.#dealtWith = (present ?? (await presentUids(this.#is.connection))).upTo(lastUid);
		await this.#save();
	}

	/** UIDs mean other mails than before: nothing counts as dealt with. */
	async renumbered(since: Date | null): Promise<void> {
		if (!this.possible) return;
		this.#since = since;
		this.#epoch++;
		this.#dealtWith = UidSet.empty();
		await this.#save();
	}

	note(uid: number): void {
		this.#dealtWith?.add(uid);
	}

	/** Those of the range that do not match were passed over for good. */
	async notePassedOver(from: number, through: number): Promise<void> {
		if (this.#dealtWith === null) return;
		for (const uid of await searchUids(this.#is.connection, { uid: `${from}:${through}` })) this.note(uid);
	}

	/**
	 * Delivers what lies in the mailbox up to `lastUid` and was not dealt with.
	 *
	 * @param onRenumbered called when a known UID holds another mail; gives since when mail counts as new
	 */
	async compare(lastUid: number, onRenumbered: () => Promise<{ since: Date | null }>): Promise<void> {
		if (!this.possible) return;
		if (this.#dealtWith === null) return this.settle(lastUid);
		const { connection, settings } = this.#is;
		const present = await presentUids(connection);
		if (await this.#strangersAmong(present)) {
			await this.renumbered((await onRenumbered()).since);
		}
		const unknown = present.without(this.#dealtWith, lastUid);
		const rule = { since: this.#since, present };
		for (let index = 0; index < unknown.length; index += PAGE) {
			const page = unknown.slice(index, index + PAGE);
			const filter = settings.filter && combined({ uid: page.join(',') }, settings.filter);
			const matching = filter === undefined ? page : await searchUids(connection, filter);
			await this.deliverUnknown(matching, rule);
			for (const uid of page) this.note(uid);
		}
		// A server that shows fewer than it counts has not told all.
		const told = present.size >= (connection.mailbox?.exists ?? 0);
		if (told) this.#dealtWith = present.upTo(lastUid);
		await this.#save();
	}

	/** Delivers those of the messages that were received late enough and not delivered before. */
	async deliverUnknown(uids: readonly number[], rule: NewnessRule): Promise<void> {
		for (let index = 0; index < uids.length; index += PAGE) {
			const unknown = await this.#unknownAmong(uids.slice(index, index + PAGE), rule);
			await this.#delivery.deliverAll(unknown, this.#uidValidity, (uid) => {
				this.note(uid);
				return Promise.resolve();
			});
		}
	}

	async #unknownAmong(uids: readonly number[], { since, present }: NewnessRule): Promise<readonly number[]> {
		const { connection, handlers } = this.#is;
		if (since === null && handlers.isKnown === undefined) return uids;
		const candidates = (await identify(connection, uids, this.#uidValidity, this.#is.memory)).filter(
			({ internalDate }) => since === null || internalDate === null || internalDate.getTime() >= secondOf(since),
		);
		if (candidates.length === 0) return [];
		const isHeld = (uid: number) => present.has(uid);
		const known = await this.#delivery.untilHandled(
			async () => handlers.isKnown?.(candidates, isHeld) ?? new Set<number>(),
		);
		return candidates
			.map(({ uid }) => uid)
			.filter((uid) => !known.has(uid))
			.sort((a, b) => a - b);
	}

	/** Looks at some of the known UIDs: the highest are the first that a server which went back gives again. */
	async #strangersAmong(present: UidSet): Promise<boolean> {
		const { connection, handlers } = this.#is;
		const dealtWith = this.#dealtWith;
		if (handlers.strangers === undefined || dealtWith === null) return false;
		// Nothing was put into the mailbox meanwhile (RFC 7162 section 3.1.2).
		const modseq = connection.mailbox?.highestModseq;
		const state = modseq === undefined ? null : `${modseq} ${present.encode()}`;
		if (state !== null && state === this.#sampledAt) return false;
		const inTurn = dealtWith.following(this.#sampledThrough, SAMPLE);
		this.#sampledThrough = inTurn.length < SAMPLE ? 0 : (inTurn.at(-1) ?? 0);
		const uids = [...new Set([...dealtWith.highest(SAMPLE), ...inTurn])].filter((uid) => present.has(uid));
		if (uids.length === 0) return false;
		const found = await identify(connection, uids, this.#uidValidity, this.#is.memory);
		const strangers = await this.#delivery.untilHandled(async () => handlers.strangers?.(found) ?? new Set<number>());
		this.#sampledAt = state;
		return strangers.size > 0;
	}

	async #save(): Promise<void> {
		const { handlers } = this.#is;
		const uids = this.#dealtWith?.encode() ?? '';
		const window = { uidValidity: this.#uidValidity, epoch: this.#epoch, uids };
		if (this.#saved === uids && uids !== '') return;
		await this.#delivery.untilHandled(async () => handlers.onWindow?.(window));
		this.#saved = uids;
	}
}

/**
 * What makes each message what it is. One that is gone is missing; one that the server does not give, while it gives
 * others, or at which it breaks off each time, has no identity.
 *
 * @throws TransportError when it gives none, or the connection is lost
 */
export async function identify(
	connection: ImapConnection,
	uids: readonly number[],
	uidValidity: string,
	memory = new FailureMemory(),
): Promise<MessageCandidate[]> {
	const asked = uids.filter((uid) => !memory.unidentifiable(uid));
	const given = await identifiedTogether(connection, asked, uidValidity, memory);
	const { found, refused } = given ?? (await identifiedSingly(connection, asked, uidValidity, memory));
	const unknown = { uidValidity, messageId: null, identity: null, internalDate: null };
	const without = [...refused, ...uids.filter((uid) => memory.unidentifiable(uid))];
	return [...found, ...without.map((uid) => ({ uid, ...unknown }))];
}

interface Identified {
	found: MessageCandidate[];
	refused: number[];
}

/** @returns null when each is to be asked by itself */
async function identifiedTogether(
	connection: ImapConnection,
	uids: readonly number[],
	uidValidity: string,
	memory: FailureMemory,
): Promise<Identified | null> {
	if (uids.length === 0) return { found: [], refused: [] };
	if (memory.identifiesSingly(uids)) return null;
	try {
		return { found: await identified(connection, uids, uidValidity), refused: [] };
	} catch (error) {
		if (connection.failure !== null) memory.lostIdentifying(uids);
		if (connection.failure !== null || uids.length === 1) throw error;
		return null;
	}
}

async function identifiedSingly(
	connection: ImapConnection,
	uids: readonly number[],
	uidValidity: string,
	memory: FailureMemory,
): Promise<Identified> {
	const all: Identified = { found: [], refused: [] };
	let refusal: unknown = null;
	for (const uid of uids) {
		const one = await identified(connection, [uid], uidValidity).catch((reason: unknown) => {
			if (connection.failure !== null) {
				memory.lostIdentifying([uid]);
				throw reason;
			}
			refusal = reason;
			all.refused.push(uid);
			return [];
		});
		all.found.push(...one);
	}
	if (all.found.length === 0 && all.refused.length > 0) throw refusal;
	return all;
}

async function identified(
	connection: ImapConnection,
	uids: readonly number[],
	uidValidity: string,
	maxLength = HEAD_BYTES,
): Promise<MessageCandidate[]> {
	const query = { uid: true, internalDate: true, source: { start: 0, maxLength } };
	const rows = await connection.run((client) => client.fetchAll(uids.join(','), query, { uid: true }));
	const wanted = new Set(uids);
	const found: MessageCandidate[] = [];
	const longer: number[] = [];
	for (const { uid, source, internalDate } of rows) {
		if (!wanted.delete(uid) || !Buffer.isBuffer(source)) continue;
		if (source.length >= maxLength && maxLength < IDENTITY_BYTES && isCutShort(source)) {
			longer.push(uid);
			continue;
		}
		const date = dateOf(internalDate);
		found.push({ uid, uidValidity, internalDate: date, ...identityOf(source, date) });
	}
	for (const uid of longer) found.push(...(await identified(connection, [uid], uidValidity, IDENTITY_BYTES)));
	return found;
}

/** INTERNALDATE counts in whole seconds. */
function secondOf(date: Date): number {
	return Math.floor(date.getTime() / 1_000) * 1_000;
}

/** INTERNALDATE; null when the server tells none, or one that is no date. */
export function dateOf(internalDate: Date | string | undefined): Date | null {
	const date = internalDate === undefined ? null : new Date(internalDate);
	return date === null || Number.isNaN(date.getTime()) ? null : date;
}
