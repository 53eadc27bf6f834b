import { PipelineError } from '../../errors';

/** How much doubt makes a message poison; see `refused`. */
const POISON = 12;
/** How often the connection may break at the same place of a message before it is poison. */
const LOSSES = 5;
/** How often the connection may break when a message alone is asked what it is. */
const IDENTIFYING_LOSSES = 2;
/** A server that falls silent costs a whole time-out each time, and one that says BYE means it. */
const LOSS_WEIGHTS: Readonly<Record<string, number>> = { IMAP_TIMEOUT: 3, IMAP_PROTOCOL_ERROR: 2 };

/** Whether other messages could be fetched at the moment; `nobody`: there is no other one. */
export type Others = 'all' | 'some' | 'none' | 'nobody';

/** What outlives a connection: which messages failed before. */
export class FailureMemory {
	/** Up to this UID one message is fetched at a time: the connection broke while a window with it was fetched. */
	cautiousThrough = 0;
	/** Messages dealt with so far. */
	done = 0;
	/** The connection broke while a message was fetched: more time for a command would not have helped. */
	lostInFetch = false;
	/** The server gives no parts of messages (BODY[]<0.n>), only all of one. */
	wholeOnly = false;
	readonly #doubts = new Map<number, number>();
	readonly #attempts = new Map<number, number>();
	readonly #losses = new Map<number, { offset: number; count: number; error: unknown }>();
	readonly #poison = new Set<number>();
	readonly #unidentified = new Map<number, number>();
	#lostIdentifying: readonly [first: number, last: number] | null = null;

	/**
	 * The server answered without the message. It counts against the message only when others could be fetched at that very
	 * moment, and little when some of them could not: then the server may refuse at random.
	 *
	 * @returns true when that is enough to set the message aside
	 */
	refused(uid: number, others: Others): boolean {
		const weight = others === 'all' ? 3 : others === 'some' ? 1 : 0;
		const doubt = (this.#doubts.get(uid) ?? 0) + weight;
		this.#doubts.set(uid, doubt);
		this.#attempts.set(uid, (this.#attempts.get(uid) ?? 0) + 1);
		return doubt >= POISON;
	}

	/** How often the server has answered without the message. */
	attempt(uid: number): number {
		return this.#attempts.get(uid) ?? 0;
	}

	/** The connection broke after that many bytes of the message; a network breaks elsewhere each time, a server crash does not. */
	lost(uid: number, offset: number, error: unknown): void {
		const before = this.#losses.get(uid);
		const said = error instanceof PipelineError ? error : null;
		const weight = said?.record?.status === 'BYE' ? 2 : (LOSS_WEIGHTS[said?.code ?? ''] ?? 1);
		this.#losses.set(uid, { offset, error, count: weight + (before?.offset === offset ? before.count : 0) });
		this.lostInFetch = true;
	}

	/** The connection broke while these were fetched together. */
	lostTogether(uids: readonly number[]): void {
		this.cautiousThrough = uids.at(-1) ?? 0;
		this.lostInFetch = true;
	}

	/** The connection broke while these were asked what they are: next time each is asked by itself. */
	lostIdentifying(uids: readonly number[]): void {
		const [first = 0] = uids;
		this.#lostIdentifying = [first, uids.at(-1) ?? first];
		if (uids.length === 1) this.#unidentified.set(first, (this.#unidentified.get(first) ?? 0) + 1);
	}

	/** True when some of these broke the connection before. */
	identifiesSingly(uids: readonly number[]): boolean {
		const lost = this.#lostIdentifying;
		return lost !== null && uids.some((uid) => uid >= lost[0] && uid <= lost[1]);
	}

	/** True when the server cannot even say what the message is: its delivery decides. */
	unidentifiable(uid: number): boolean {
		return (this.#unidentified.get(uid) ?? 0) >= IDENTIFYING_LOSSES;
	}

	/** True when the message is tried by itself, after its first failure. */
	suspects(uid: number): boolean {
		return this.wholeOnly || uid <= this.cautiousThrough || this.#doubts.has(uid) || this.#losses.has(uid);
	}

	/** True when the message proves nothing about others: it has failed itself. */
	failed(uid: number): boolean {
		return this.#poison.has(uid) || this.#doubts.has(uid) || this.#losses.has(uid);
	}

	/** @returns how the connection broke last, when it broke at this message again and again; else null */
	breaking(uid: number): { error: unknown } | null {
		const losses = this.#losses.get(uid);
		return losses !== undefined && losses.count >= LOSSES ? losses : null;
	}

	/** The message was set aside. */
	setAside(uid: number): void {
		this.#poison.add(uid);
	}

	settled(uid: number): void {
		this.done++;
		this.#doubts.delete(uid);
		this.#attempts.delete(uid);
		this.#losses.delete(uid);
	}
}
