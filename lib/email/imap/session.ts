import type { MailboxObject } from 'imapflow';
import { TransportError } from '../../errors';
import { Delivery, type DeliverySurroundings } from './delivery';
import { Comparison } from './comparison';
import { combined, highestUid, presentUids, searchUids, withinUids, type MailboxFilter } from './search';
import type { UidSet } from './uidSet';
import type { MailboxFacts, WatchCursor } from './watch';

const DEFAULT_REFRESH = 40_000;
const DEFAULT_POLL = 30_000;
const DEFAULT_RECONCILE = 300_000;
/** IDLEs that a server may end at once, one after the other, before it is polled instead. */
const IDLE_PATIENCE = 5;
/** Milliseconds at least between two comparisons when a server tells of mail that is not behind the cursor. */
const COMPARE_AGAIN = 5_000;

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
	readonly #comparison: Comparison;
	readonly #onReady: () => void;
	#uidValidity = '';
	#lastUid = 0;
	#highestModseq: string | null = null;
	/** The last UID that was written down, null when none was. */
	#saved: number | null = null;
	#savedAt = 0;
	#comparedAt = 0;

	/** @param onReady called once the session is up to date for the first time */
	constructor(surroundings: DeliverySurroundings, onReady: () => void) {
		this.#is = surroundings;
		this.#delivery = new Delivery(surroundings);
		this.#comparison = new Comparison(surroundings, this.#delivery);
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
		await this.#scan();
		await this.#compare();
		this.#onReady();
		for (;;) {
			connection.throwIfLost();
			if (connection.changed) {
				const found = await this.#scan();
				// There is more than before, and it is not behind the cursor.
				if (found === 0 && performance.now() - this.#comparedAt > COMPARE_AGAIN) await this.#compare();
				continue;
			}
			report({ kind: 'watching', mode: idles ? 'idle' : 'poll' });
			const started = performance.now();
			const { commands } = connection;
			const left = Math.max(0, reconcile - (started - this.#comparedAt));
			const end = idles ? await connection.idle(Math.min(refresh, left)) : await connection.wait(Math.min(poll, left));
			if (end === 'woken') continue;
			if (end === 'refused') idles = false;
			if (end === 'ended') {
				const atOnce = connection.commands === commands && performance.now() - started < 1_000;
				patience = atOnce ? patience - 1 : IDLE_PATIENCE;
				if (patience <= 0) idles = false;
				continue;
			}
			if (performance.now() - this.#comparedAt >= reconcile) {
				await this.#reopen();
				await this.#scan();
				await this.#compare();
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
		await this.#comparison.begin(facts.uidValidity);
		const stored = await this.#delivery.untilHandled(() => handlers.cursor());
		if (stored === null) return this.#beginHere(facts);
		if (stored.uidValidity !== facts.uidValidity) {
			const change = { ...facts, previous: stored };
			const { since } = await this.#renumbered(change);
			return this.#firstPass(facts, { filter: since === null ? {} : { since }, since });
		}
		this.#lastUid = stored.lastUid;
		this.#saved = stored.lastUid;
		await this.#followBack(facts);
	}

	async #beginHere(facts: MailboxFacts): Promise<void> {
		const { settings, handlers } = this.#is;
		const start = settings.start ?? { from: 'new' };
		const baseline = await this.#delivery.untilHandled(async () => handlers.onBaseline?.(facts));
		const moved = baseline !== undefined && 'moved' in baseline;
		if (baseline !== undefined && (moved || start.from === 'new')) {
			const { since } = baseline;
			return this.#firstPass(facts, { filter: since === null ? {} : { since }, since });
		}
		if (start.from === 'unseen') return this.#firstPass(facts, { filter: { seen: false }, since: null });
		if (start.from === 'since') return this.#firstPass(facts, { filter: { since: start.date }, since: start.date });
		if (start.from === 'everything') return this.#firstPass(facts, { filter: {}, since: null });
		return this.#settle(await this.#lastUidOf(facts));
	}

	/** UIDNEXT never goes back by RFC 9051 (2.3.1.1), and does: UIDs from there on will mean other mails. */
	async #followBack(facts: MailboxFacts): Promise<void> {
		if (facts.uidNext <= 0 || facts.uidNext > this.#lastUid) return;
		const previous = this.#cursor();
		this.#lastUid = facts.uidNext - 1;
		const { since } = await this.#renumbered({ ...facts, previous });
		await this.#comparison.renumbered(since);
		await this.#delivery.untilHandled(() => this.#is.handlers.onCursor({ ...this.#cursor(), rewound: true }));
		this.#saved = this.#lastUid;
	}

	#renumbered(change: MailboxFacts & { previous: WatchCursor }): Promise<{ since: Date | null }> {
		return this.#delivery.untilHandled(() => this.#is.handlers.onUidValidityChange(change));
	}

	/** Delivers what lies there up to the cursor and was not dealt with. */
	async #compare(): Promise<void> {
		const { connection, handlers } = this.#is;
		this.#comparedAt = performance.now();
		await this.#comparison.compare(this.#lastUid, () => {
			const { exists = 0, uidNext = 0 } = connection.mailbox ?? {};
			return this.#renumbered({ uidValidity: this.#uidValidity, exists, uidNext, previous: this.#cursor() });
		});
		handlers.onReconciled?.();
	}

	/** From here on: what lies there was dealt with. */
	async #settle(lastUid: number, present?: UidSet): Promise<void> {
		await this.#comparison.settle(lastUid, present);
		await this.#advance(lastUid);
	}

	/** A server need not tell UIDNEXT (RFC 3501); then the newest message's UID is as good. */
	async #lastUidOf(facts: MailboxFacts): Promise<number> {
		return facts.uidNext > 0 ? facts.uidNext - 1 : await highestUid(this.#is.connection);
	}

	async #firstPass(facts: MailboxFacts, pass: FirstPass): Promise<void> {
		const { connection, settings } = this.#is;
		const last = await this.#lastUidOf(facts);
		const present = await presentUids(connection);
		if (last > 0) {
			const filter = combined(pass.filter, settings.filter ?? {});
			const found = await searchUids(connection, withinUids(filter, 1, last));
			await this.#comparison.deliverUnknown(found, { since: pass.since, present });
		}
		await this.#settle(last, present);
	}

	/** Delivers everything behind the cursor that matches. @returns how many there were */
	async #scan(): Promise<number> {
		const { connection, settings } = this.#is;
		connection.changed = false;
		const { filter } = settings;
		const from = this.#lastUid + 1;
		// With a filter, what does not match has to be passed over as well: up to the newest message before the search.
		const through = filter === undefined ? '*' : await highestUid(connection, from);
		if (through !== '*' && through < from) return 0;
		// `n:*` always includes the newest message, also when its UID is smaller than n (RFC 9051 section 6.4.8).
		const found = await searchUids(connection, withinUids(filter ?? {}, from, through));
		const uids = found.filter((uid) => uid >= from);
		try {
			await this.#delivery.deliverAll(uids, this.#uidValidity, (uid, pausing) => {
				this.#comparison.note(uid);
				return this.#advance(uid, pausing);
			});
		} catch (error) {
			// What was delivered before the connection broke need not come again.
			await this.#save().catch(() => undefined);
			throw error;
		}
		if (through !== '*') {
			await this.#comparison.notePassedOver(from, through);
			await this.#advance(through);
		}
		return uids.length;
	}

	/** Opens the mailbox again: the one thing after which every server tells its true state. */
	async #reopen(): Promise<void> {
		const { connection, settings } = this.#is;
		const facts = factsOf(await connection.select(settings.mailbox));
		if (facts.uidValidity === this.#uidValidity) return this.#followBack(facts);
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

	#cursor(): WatchCursor {
		return { uidValidity: this.#uidValidity, lastUid: this.#lastUid, highestModseq: this.#highestModseq };
	}

	async #save(): Promise<void> {
		if (this.#saved === this.#lastUid) return;
		const cursor = this.#cursor();
		await this.#delivery.untilHandled(() => this.#is.handlers.onCursor(cursor), true);
		this.#saved = cursor.lastUid;
		this.#savedAt = performance.now();
	}
}

/** Servers before IMAP4rev1 need not tell UIDNEXT. */
type SelectedMailbox = Pick<MailboxObject, 'uidValidity' | 'exists'> & { uidNext?: number };

function factsOf({ uidValidity, uidNext, exists }: SelectedMailbox): MailboxFacts {
	return { uidValidity: String(uidValidity), uidNext: uidNext ?? 0, exists };
}
