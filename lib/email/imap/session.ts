import type { MailboxObject } from 'imapflow';
import { TransportError } from '../../errors';
import { Delivery, type DeliverySurroundings } from './delivery';
import { highestUid, searchUids, withinUids, type MailboxFilter } from './search';
import type { MailboxFacts, MessageCandidate, WatchCursor } from './watch';

const DEFAULT_REFRESH = 40_000;
const DEFAULT_POLL = 30_000;
const DEFAULT_RECONCILE = 300_000;
/** IDLEs that a server may end at once, one after the other, before it is polled instead. */
const IDLE_PATIENCE = 5;
/** Messages asked about at once in a first pass. */
const CANDIDATES = 500;

/** The pass over what a mailbox holds already: at the start, or after the server numbered it anew. */
interface FirstPass {
	filter: MailboxFilter;
	/** Messages received before are passed over. */
	since: Date | null;
}

/** What a watcher does with one connection: find its place, deliver what is new, wait, compare, and again. */
export class WatchSession {
	readonly #is: DeliverySurroundings;
	readonly #delivery: Delivery;
	readonly #onReady: () => void;
	#uidValidity = '';
	#lastUid = 0;
	#highestModseq: string | null = null;
	/** The last UID that was written down, null when none was. */
	#saved: number | null = null;
	#savedAt = 0;

	/** @param onReady called once the session is up to date for the first time */
	constructor(surroundings: DeliverySurroundings, onReady: () => void) {
		this.#is = surroundings;
		this.#delivery = new Delivery(surroundings);
		this.#onReady = onReady;
	}

	/**
	 * Watches until the connection is gone.
	 *
	 * @throws TransportError why it is gone
	 */
	async run(): Promise<never> {
		const { connection, settings, report } = this.#is;
		const refresh = settings.refreshInterval ?? DEFAULT_REFRESH;
		const poll = settings.pollInterval ?? DEFAULT_POLL;
		const reconcile = settings.reconcileInterval ?? DEFAULT_RECONCILE;
		let idles = connection.capabilities.has('IDLE');
		let patience = IDLE_PATIENCE;
		connection.keepAlive(refresh);
		await this.#findPlace();
		let compared = performance.now();
		await this.#scan();
		this.#onReady();
		this.#is.handlers.onReconciled?.();
		for (;;) {
			connection.throwIfLost();
			if (connection.changed) {
				await this.#scan();
				continue;
			}
			report({ kind: 'watching', mode: idles ? 'idle' : 'poll' });
			const started = performance.now();
			const { commands } = connection;
			const left = Math.max(0, reconcile - (started - compared));
			const end = idles ? await connection.idle(Math.min(refresh, left)) : await connection.wait(Math.min(poll, left));
			if (end === 'woken') continue;
			if (end === 'refused') idles = false;
			if (end === 'ended') {
				const atOnce = connection.commands === commands && performance.now() - started < 1_000;
				patience = atOnce ? patience - 1 : IDLE_PATIENCE;
				if (patience <= 0) idles = false;
				continue;
			}
			if (performance.now() - compared >= reconcile) {
				await this.#reopen();
				compared = performance.now();
				await this.#scan();
				this.#is.handlers.onReconciled?.();
			} else {
				await connection.probe();
			}
		}
	}

	/** Asks for the cursor and compares it with the mailbox; a mailbox without a place in it gets its first pass. */
	async #findPlace(): Promise<void> {
		const { connection, settings, handlers } = this.#is;
		const mailbox = await connection.select(settings.mailbox);
		const facts = factsOf(mailbox);
		this.#uidValidity = facts.uidValidity;
		this.#highestModseq = mailbox.highestModseq === undefined ? null : String(mailbox.highestModseq);
		const stored = await this.#delivery.untilHandled(() => handlers.cursor());
		if (stored === null) {
			const baseline = await this.#delivery.untilHandled(async () => handlers.onBaseline?.(facts));
			const start = settings.start ?? { from: 'new' };
			if (start.from === 'new' && baseline) {
				return this.#firstPass(facts, { filter: { since: baseline.since }, since: baseline.since });
			}
			if (start.from === 'unseen') return this.#firstPass(facts, { filter: { seen: false }, since: null });
			if (start.from === 'since') return this.#firstPass(facts, { filter: { since: start.date }, since: start.date });
			return this.#advance(start.from === 'new' ? await this.#lastUidOf(facts) : 0);
		}
		if (stored.uidValidity !== facts.uidValidity) {
			const change = { ...facts, previous: stored };
			const { since } = await this.#delivery.untilHandled(() => handlers.onUidValidityChange(change));
			return this.#firstPass(facts, { filter: since === null ? {} : { since }, since });
		}
		this.#lastUid = stored.lastUid;
		this.#saved = stored.lastUid;
	}

	/** A server need not tell UIDNEXT (RFC 3501); then the newest message's UID is as good. */
	async #lastUidOf(facts: MailboxFacts): Promise<number> {
		return facts.uidNext > 0 ? facts.uidNext - 1 : await highestUid(this.#is.connection);
	}

	async #firstPass(facts: MailboxFacts, pass: FirstPass): Promise<void> {
		const { connection, settings } = this.#is;
		const last = await this.#lastUidOf(facts);
		if (last > 0) {
			const filter: MailboxFilter = { ...pass.filter, ...(settings.filter ? { or: [settings.filter] } : {}) };
			const found = await searchUids(connection, withinUids(filter, 1, last));
			for (let index = 0; index < found.length; index += CANDIDATES) {
				const unknown = await this.#unknown(found.slice(index, index + CANDIDATES), pass);
				await this.#delivery.deliverAll(unknown, facts.uidValidity, () => Promise.resolve());
			}
		}
		await this.#advance(last);
	}

	/** Those of the messages that were received late enough and not delivered before. */
	async #unknown(uids: number[], pass: FirstPass): Promise<number[]> {
		const { connection, handlers } = this.#is;
		if (pass.since === null && handlers.isKnown === undefined) return uids;
		const query = { uid: true, internalDate: true, size: true, headers: ['message-id'] };
		const rows = await connection.run((client) => client.fetchAll(uids.join(','), query, { uid: true }));
		const candidates = rows
			.map((row): MessageCandidate => {
				const header = /^message-id:\s*(?:<([^>]*)>|(\S+))/im.exec(row.headers?.toString('latin1') ?? '');
				const messageId = header?.[1] ?? header?.[2] ?? null;
				const internalDate = row.internalDate === undefined ? null : new Date(row.internalDate);
				return { uid: row.uid, uidValidity: this.#uidValidity, messageId, internalDate, size: row.size ?? 0 };
			})
			.filter(({ internalDate }) => pass.since === null || internalDate === null || internalDate >= pass.since);
		if (candidates.length === 0) return [];
		const known = await this.#delivery.untilHandled(async () => handlers.isKnown?.(candidates) ?? new Set<number>());
		return candidates
			.map(({ uid }) => uid)
			.filter((uid) => !known.has(uid))
			.sort((a, b) => a - b);
	}

	/** Delivers everything behind the cursor that matches. */
	async #scan(): Promise<void> {
		const { connection, settings } = this.#is;
		connection.changed = false;
		const { filter } = settings;
		const from = this.#lastUid + 1;
		// With a filter, what does not match has to be passed over as well: up to the newest message before the search.
		const through = filter === undefined ? '*' : await highestUid(connection, from);
		if (through !== '*' && through < from) return;
		// `n:*` always includes the newest message, also when its UID is smaller than n (RFC 9051 section 6.4.8).
		const found = await searchUids(connection, withinUids(filter ?? {}, from, through));
		const uids = found.filter((uid) => uid >= from);
		try {
			await this.#delivery.deliverAll(uids, this.#uidValidity, (uid, pausing) => this.#advance(uid, pausing));
		} catch (error) {
			// What was delivered before the connection broke need not come again.
			await this.#save().catch(() => undefined);
			throw error;
		}
		if (through !== '*') await this.#advance(through);
	}

	/** Opens the mailbox again: the one thing after which every server tells its true state. */
	async #reopen(): Promise<void> {
		const { connection, settings } = this.#is;
		const facts = factsOf(await connection.select(settings.mailbox));
		if (facts.uidValidity === this.#uidValidity) return;
		throw new TransportError('The mail server has numbered the mailbox anew.', {
			code: 'IMAP_UIDVALIDITY_CHANGED',
			retryable: true,
			record: { uidValidity: facts.uidValidity },
		});
	}

	/** Moves the cursor; writes it down at once, or while a backlog runs once a second: a repetition does no harm. */
	async #advance(uid: number, now = true): Promise<void> {
		if (uid < this.#lastUid) return;
		this.#lastUid = uid;
		if (now || performance.now() - this.#savedAt > 1_000) await this.#save();
	}

	async #save(): Promise<void> {
		if (this.#saved === this.#lastUid) return;
		const lastUid = this.#lastUid;
		const cursor: WatchCursor = { uidValidity: this.#uidValidity, lastUid, highestModseq: this.#highestModseq };
		await this.#delivery.untilHandled(() => this.#is.handlers.onCursor(cursor), true);
		this.#saved = lastUid;
		this.#savedAt = performance.now();
	}
}

/** Servers before IMAP4rev1 need not tell UIDNEXT. */
type SelectedMailbox = Pick<MailboxObject, 'uidValidity' | 'exists'> & { uidNext?: number };

function factsOf({ uidValidity, uidNext, exists }: SelectedMailbox): MailboxFacts {
	return { uidValidity: String(uidValidity), uidNext: uidNext ?? 0, exists };
}
