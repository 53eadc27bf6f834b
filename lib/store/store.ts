/**
 * What must not be lost or done twice, behind one interface. Two drivers (SQLite, Postgres) keep it; the store knows
 * nothing of email or n8n: it sees keys, states and bytes.
 *
 * - Everything belongs to a scope (a tenant); nothing is ever found across scopes.
 * - Every claim and transition is one atomic statement, compare-and-set on (key, state, fence).
 * - Time is the database's. Times are milliseconds since 1970 (`Millis`), durations are milliseconds.
 * - Every method may throw StoreError; `retryable` says whether the same call may succeed later.
 */
import type { Readable } from 'node:stream';

export type Millis = number;
export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
export type JsonObject = { [key: string]: Json };

export interface Store {
	readonly driver: 'sqlite' | 'postgres';
	readonly archive: Archive;
	readonly leases: LeaseStore;
	readonly mailboxes: MailboxStore;
	readonly ingestion: IngestionStore;
	readonly replay: ReplayStore;
	readonly threads: ThreadStore;
	readonly sends: SendStore;
	readonly suppressions: SuppressionStore;
	readonly limits: LimitStore;
	readonly deadLetters: DeadLetterStore;
	readonly maintenance: MaintenanceStore;
	/** What is there: driver, server version, schema version, size. */
	describe(): Promise<StoreDescription>;
	close(): Promise<void>;
}

export interface StoreDescription {
	driver: 'sqlite' | 'postgres';
	serverVersion: string;
	schemaVersion: string;
	/** File or database, without credentials. */
	location: string;
}

// ---------------------------------------------------------------------------------------------------------- archive

/** How much of a raw message is kept: all of it, the header section, or just its hash and size. */
export type ArchiveMode = 'full' | 'headers' | 'hash';

export interface ArchiveEntry {
	/** `sha256:<hex>`, to be opened in the same scope. */
	ref: string;
	sha256: string;
	/** Of the raw bytes, whatever part of them is kept. */
	size: number;
	mode: ArchiveMode;
	storedAt: Millis;
	/** Set once the content was purged or erased; the tombstone stays. */
	purgedAt: Millis | null;
}

/** The raw messages: content-addressed, deduplicated, compressed, encrypted when a key is set. */
export interface Archive {
	/**
	 * Stores the bytes once per scope and hash; the same bytes again change nothing, unless they were purged or the mode
	 * keeps more than before.
	 */
	put(scope: string, content: Buffer | Readable, options?: { mode?: ArchiveMode }): Promise<ArchiveEntry>;
	/**
	 * The bytes as a stream, hash-checked at the end. Of an entry in mode `headers` it is the header section.
	 * @throws StoreError `ARCHIVE_NOT_FOUND`, `ARCHIVE_PURGED`, `ARCHIVE_CONTENT_NOT_KEPT`, `ARCHIVE_KEY_MISSING`, `ARCHIVE_CORRUPT`
	 */
	open(scope: string, ref: string): Promise<Readable>;
	stat(scope: string, ref: string): Promise<ArchiveEntry | null>;
	/** Removes the content, keeps the tombstone; a reader that has begun ends in `ARCHIVE_PURGED`, never in garbage. */
	purge(scope: string, ref: string): Promise<boolean>;
}

// ----------------------------------------------------------------------------------------------------------- leases

/** A named right to act, held by one owner until it expires. The fence grows with each new holder. */
export interface Lease {
	name: string;
	owner: string;
	fence: number;
	expiresAt: Millis;
}

export interface LeaseStore {
	/** Takes the lease when it is free, expired or already ours; null while another owner holds it. */
	acquire(name: string, owner: string, ttl: Millis): Promise<Lease | null>;
	/** The lease with a new expiry, or null when it was lost. */
	renew(lease: Lease, ttl: Millis): Promise<Lease | null>;
	release(lease: Lease): Promise<void>;
}

// -------------------------------------------------------------------------------------------------------- mailboxes

export interface MailboxKey {
	scope: string;
	/** Identity of the account: user, host and port. */
	account: string;
	mailbox: string;
}

export interface MailboxCursor extends MailboxKey {
	/** Decimal string: UIDVALIDITY is 32 bit unsigned, HIGHESTMODSEQ 63 bit. */
	uidValidity: string;
	/** Every UID up to and including this one has been recorded. */
	lastUid: number;
	highestModseq: string | null;
	updatedAt: Millis;
}

export interface MailboxStore {
	cursor(key: MailboxKey): Promise<MailboxCursor | null>;
	/** Writes the cursor if the lease still holds; never moves `lastUid` back within one UIDVALIDITY. @returns false when the fence is stale */
	saveCursor(cursor: Omit<MailboxCursor, 'updatedAt'>, lease: Lease): Promise<boolean>;
	/** What a person wants to see of a mailbox: connection state, last event, backlog. Last writer wins. */
	saveStatus(key: MailboxKey, status: JsonObject): Promise<void>;
	statuses(scope: string): Promise<Array<MailboxKey & { status: JsonObject; updatedAt: Millis }>>;
}

// -------------------------------------------------------------------------------------------------------- ingestion

/** Stages only ever move to the right; `dead` ends a record that could not be processed. */
export const INGESTION_STAGES = [
	'received',
	'emitted',
	'parsed',
	'classified',
	'matched',
	'confirmed',
	'dead',
] as const;
export type IngestionStage = (typeof INGESTION_STAGES)[number];

export interface NewIngestion {
	scope: string;
	/** Unique in the scope, e.g. `imap:account:mailbox:uidvalidity:uid` or `webhook:event id`. */
	key: string;
	/** Groups the records of one watched mailbox or endpoint. */
	feed: string;
	rawRef: string | null;
	/** Identity of the content across feeds (Message-ID and content hash); null when there is none. */
	contentKey: string | null;
	/** What the emitted item needs besides the raw bytes. */
	metadata: JsonObject;
	/** Addresses the record is about, kept as keyed hashes only: how `eraseAddress` finds it. Never read back. */
	subjects?: string[];
}

export interface IngestionRecord extends Omit<NewIngestion, 'subjects'> {
	/** Grows in the order of recording. */
	id: number;
	stage: IngestionStage;
	/** How often it has been emitted. */
	attempt: number;
	/** Members of one execution share a batch id; null until the first emit. */
	batch: string | null;
	/** Process that emitted it last. */
	emitter: string | null;
	emittedAt: Millis | null;
	error: string | null;
	createdAt: Millis;
	updatedAt: Millis;
}

export interface IngestionStore {
	/** Records once per (scope, key). `duplicateOf`: an earlier record of the scope with the same content key, from another key. */
	record(
		entry: NewIngestion,
	): Promise<{ record: IngestionRecord; created: boolean; duplicateOf: IngestionRecord | null }>;
	get(scope: string, key: string): Promise<IngestionRecord | null>;
	/** Marks the records emitted as one batch, counting the attempt; only those still `received`, or `emitted` in the attempt given, change. */
	emit(scope: string, keys: string[], batch: string, emitter: string, attempt?: number): Promise<IngestionRecord[]>;
	/** Moves the stage to the right; a stage already passed is left. @returns false when there is no such record */
	advance(scope: string, key: string, stage: IngestionStage, error?: string): Promise<boolean>;
	/** Puts an emitted record back to `received` so that it is emitted again. */
	requeue(scope: string, key: string): Promise<boolean>;
	/** Records of a feed in the given stages, oldest first. */
	list(
		scope: string,
		feed: string,
		stages: readonly IngestionStage[],
		limit: number,
		afterId?: number,
	): Promise<IngestionRecord[]>;
	count(scope: string, feed: string, stages: readonly IngestionStage[]): Promise<number>;
	/** True when a record of the scope carries this content key. */
	knowsContent(scope: string, contentKey: string): Promise<boolean>;
}

// ------------------------------------------------------------------------------------------------ webhook replay keys

export type ReplayClaim =
	| { state: 'claimed'; fence: number; expiresAt: Millis }
	/** Another request with this key is under way. */
	| { state: 'in-progress'; retryAfter: Millis }
	| { state: 'done'; confirmedAt: Millis };

export interface ReplayStore {
	/** Takes the key for `lease` ms; a lapsed lease can be taken again, a confirmed key not before `ttl` is over. */
	claim(scope: string, key: string, times: { lease: Millis; ttl: Millis }): Promise<ReplayClaim>;
	confirm(scope: string, key: string, fence: number): Promise<boolean>;
	/** Gives a claim back so that the next attempt goes through at once. */
	release(scope: string, key: string, fence: number): Promise<void>;
}

// ---------------------------------------------------------------------------------------------------------- threads

export interface ThreadLink {
	/** Key of a record or an index entry, e.g. `mid:<id>`, `biz:ticket:42`. */
	key: string;
	/** Why it links, e.g. `in-reply-to`; handed back in `matched`. */
	evidence: string;
	/**
	 * What a key nobody knows yet does: `placeholder` makes an empty record that is filled later, `index` files the
	 * key for this thread, `none` only looks up.
	 */
	unknown: 'placeholder' | 'index' | 'none';
	/** True joins two existing threads over this link; false only when no other link has found a thread. */
	merges: boolean;
	/** Needs no participant to vouch for it, e.g. a signed address of our own. */
	trusted?: boolean;
}

export interface ThreadEntry {
	/** Key of the record itself. */
	key: string;
	/** Tells a repeat from another message under the same key. */
	contentHash: string | null;
	/** Strongest first; the first that is a record becomes the parent. */
	links: ThreadLink[];
	/** When the message was sent, for order and time windows. */
	at: Millis | null;
	/** Compared and kept in lower case. */
	participants: string[];
	/** When set, a link counts only if one of the thread's participants is among these or the link is `trusted`. */
	requireParticipant?: boolean;
	metadata?: JsonObject;
}

export interface ThreadAssignment {
	threadId: string;
	isNew: boolean;
	/** The same key and content had been assigned before: the answer of then, through merges. */
	repeated: boolean;
	/** From 1, by `at`, then by arrival. */
	position: number;
	parentKey: string | null;
	/** The links that found something, strongest first. */
	matched: Array<{ key: string; evidence: string }>;
	/** Threads that this entry showed to be the same one; they live on as aliases. */
	merged: string[];
	/** A link was found but refused because no participant vouched for it. */
	suspect: boolean;
	messageCount: number;
	lastAt: Millis | null;
	participants: string[];
	/** Business ids and user data linked to the thread. */
	data: JsonObject;
}

export interface ThreadView {
	threadId: string;
	aliases: string[];
	messageCount: number;
	createdAt: Millis;
	lastAt: Millis | null;
	participants: string[];
	keys: string[];
	data: JsonObject;
}

export interface ThreadStore {
	/** One atomic step: look up every link, join what belongs together, file the entry. Order of arrival never matters. */
	assign(scope: string, entry: ThreadEntry): Promise<ThreadAssignment>;
	/** The canonical id after merges; null when there is no such thread in the scope. */
	resolve(scope: string, threadId: string): Promise<string | null>;
	get(scope: string, threadId: string): Promise<ThreadView | null>;
	find(scope: string, key: string): Promise<ThreadView | null>;
	/** Files another key for the thread and merges `data` into its data. */
	link(scope: string, threadId: string, keys: string[], data?: JsonObject): Promise<ThreadView>;
	merge(scope: string, into: string, other: string): Promise<ThreadView>;
	/** Moves the record of `key` into a new thread of its own. */
	split(scope: string, key: string): Promise<ThreadView>;
	forget(scope: string, threadId: string): Promise<boolean>;
}

// ------------------------------------------------------------------------------------------------------------ sends

/** DESIGN.md, "The send ledger". */
export const SEND_STATES = [
	'reserved',
	'leased',
	'transmitting',
	'accepted',
	'delivered',
	'bounced',
	'complained',
	'deferred',
	'failed',
	'in_doubt',
	'needs_review',
	'suppressed',
	'canceled',
	'expired',
] as const;
export type SendState = (typeof SEND_STATES)[number];

export interface NewSend {
	scope: string;
	/** Identity the mail is sent as, e.g. the from address. */
	sender: string;
	key: string;
	/** sha256 over the canonical envelope and content. */
	fingerprint: string;
	recipients: string[];
	/** Fixed now, so that every transmission has the same bytes. */
	messageId: string;
	/** Date, boundary and what else composing needs to be repeated byte for byte. */
	fixed: JsonObject;
	stream: string | null;
	template: string | null;
	templateVersion: string | null;
	correlationId: string | null;
	threadId: string | null;
	tags: string[];
	metadata: JsonObject;
	/** After this the send is `expired` instead of transmitted. */
	expiresAt: Millis | null;
}

/** One recipient of a send. All recipients of one key share `groupId`, `messageId` and `fixed`. */
export interface SendRecord extends Omit<NewSend, 'recipients'> {
	id: string;
	groupId: string;
	recipient: string;
	state: SendState;
	fence: number;
	leaseUntil: Millis | null;
	notBefore: Millis | null;
	/** Transmissions begun. */
	attempts: number;
	providerMessageId: string | null;
	/** Last SMTP or API response, one line. */
	response: string | null;
	replyCode: string | null;
	status: string | null;
	/** Normalised reason of the last failure. */
	reason: string | null;
	createdAt: Millis;
	updatedAt: Millis;
	acceptedAt: Millis | null;
}

export interface SendEvent {
	id: number;
	sendId: string;
	/** State after the event, or the name of a provider event that changed nothing. */
	type: string;
	from: SendState | null;
	to: SendState | null;
	at: Millis;
	detail: JsonObject;
}

export type Reservation =
	| { outcome: 'created'; sends: SendRecord[] }
	/** The key is known with this fingerprint. */
	| { outcome: 'existing'; sends: SendRecord[] }
	/** The key is known with another fingerprint. */
	| { outcome: 'conflict'; sends: SendRecord[] };

export interface SendPatch {
	notBefore?: Millis | null;
	providerMessageId?: string | null;
	response?: string | null;
	replyCode?: string | null;
	status?: string | null;
	reason?: string | null;
}

export interface SendFilter {
	states?: SendState[];
	recipient?: string;
	messageId?: string;
	providerMessageId?: string;
	correlationId?: string;
	threadId?: string;
	key?: string;
	since?: Millis;
}

export interface SendStore {
	/** Makes the records before anything is sent, all recipients or none. */
	reserve(send: NewSend): Promise<Reservation>;
	/**
	 * Leases those records of the group that may be sent now: reserved, deferred and due, or leased and lapsed.
	 * A lapsed `transmitting` becomes `in_doubt` instead. One fence for all of them; empty when there is none.
	 */
	lease(scope: string, groupId: string, ttl: Millis): Promise<SendRecord[]>;
	renew(scope: string, ids: string[], fence: number, ttl: Millis): Promise<boolean>;
	/**
	 * Compare-and-set along the edges of the state machine: changes those of `ids` whose fence is `fence` (null: any,
	 * for events from outside) and whose state has an edge to `to`, and appends the history in the same transaction.
	 * @returns the records that changed
	 */
	transition(
		scope: string,
		change: { ids: string[]; fence: number | null; to: SendState; patch?: SendPatch; detail?: JsonObject },
	): Promise<SendRecord[]>;
	/** Appends to the history without changing the state. */
	note(scope: string, sendId: string, type: string, detail: JsonObject): Promise<void>;
	get(scope: string, id: string): Promise<SendRecord | null>;
	group(scope: string, sender: string, key: string): Promise<SendRecord[]>;
	search(scope: string, filter: SendFilter, page: { limit: number; before?: string }): Promise<SendRecord[]>;
	history(scope: string, sendId: string): Promise<SendEvent[]>;
	/** Turns lapsed leases back to `reserved` and lapsed transmissions to `in_doubt`; done by `lease` for its own group too. */
	sweep(scope: string): Promise<{ reserved: number; inDoubt: number; expired: number }>;
}

// ----------------------------------------------------------------------------------------------------- suppressions

export interface NewSuppression {
	scope: string;
	address: string;
	/** null suppresses in every stream of the scope. */
	stream: string | null;
	reason: string;
	/** Event or person that caused it. */
	source: string;
	/** null never expires. */
	expiresAt: Millis | null;
}

export interface Suppression extends NewSuppression {
	id: string;
	/** Keyed hash of the address, which is all that is indexed. */
	addressHash: string;
	createdAt: Millis;
}

export interface SuppressionStore {
	add(entry: NewSuppression): Promise<Suppression>;
	/** Live suppressions among the addresses, for the stream or for all. */
	check(scope: string, addresses: string[], stream: string | null): Promise<Suppression[]>;
	remove(scope: string, address: string, stream: string | null): Promise<number>;
	list(scope: string, page: { limit: number; after?: string }): Promise<Suppression[]>;
}

// ----------------------------------------------------------------------------------------------------------- limits

export type LimitVerdict = { allowed: true } | { allowed: false; retryAt: Millis };

export interface LimitStore {
	/** Token bucket: refills `ratePerSecond`, holds at most `burst`. */
	take(
		scope: string,
		bucket: string,
		limit: { ratePerSecond: number; burst: number },
		tokens?: number,
	): Promise<LimitVerdict>;
	/** At most `limit` in each window of `window` ms (sliding). */
	count(scope: string, quota: string, limit: { limit: number; window: Millis }): Promise<LimitVerdict>;
	/** Circuit breaker: closed, open until `retryAt`, then one probe at a time. */
	pass(scope: string, breaker: string): Promise<LimitVerdict>;
	report(
		scope: string,
		breaker: string,
		success: boolean,
		policy: { threshold: number; openFor: Millis },
	): Promise<void>;
}

// ------------------------------------------------------------------------------------------------------ dead letters

export interface NewDeadLetter {
	scope: string;
	/** Unique in the scope: the same failure twice is one letter with two attempts. */
	key: string;
	feed: string;
	reason: string;
	message: string;
	rawRef: string | null;
	/** What a replay emits. */
	item: JsonObject;
	/** As in NewIngestion. */
	subjects?: string[];
}

export interface DeadLetter extends Omit<NewDeadLetter, 'subjects'> {
	id: string;
	attempts: number;
	state: 'waiting' | 'replayed' | 'discarded';
	createdAt: Millis;
	updatedAt: Millis;
}

export interface DeadLetterStore {
	add(letter: NewDeadLetter): Promise<DeadLetter>;
	get(scope: string, id: string): Promise<DeadLetter | null>;
	list(
		scope: string,
		filter: { state?: DeadLetter['state']; feed?: string },
		page: { limit: number; after?: string },
	): Promise<DeadLetter[]>;
	/** Compare-and-set from `waiting`. */
	settle(scope: string, id: string, state: 'replayed' | 'discarded'): Promise<boolean>;
	count(scope: string, state: DeadLetter['state']): Promise<number>;
}

// ------------------------------------------------------------------------------------------------------ maintenance

/** How long records are kept once they have come to rest, in ms. A kind that is not named is kept for ever. */
export interface Retention {
	/** Content of raw messages, by when it was stored; the tombstone stays. Never of a message still under way. */
	archive?: Millis;
	/** Ingestion records that are confirmed or dead. */
	ingestion?: Millis;
	/** Threads without a new message for so long. */
	threads?: Millis;
	/** Sends that are over, with their history. Their idempotency keys are free again after that. */
	sends?: Millis;
	/** Dead letters that were replayed or discarded. */
	deadLetters?: Millis;
}

/** Records removed, by kind. */
export interface PurgeReport {
	archive: number;
	ingestion: number;
	threads: number;
	sends: number;
	deadLetters: number;
	/** Suppressions, replay keys, quota uses and broken-off uploads that had expired. */
	expired: number;
}

/** What an erasure went through, by kind. */
export interface ErasureReport {
	/** Raw messages whose content was removed. */
	archive: number;
	/** Ingestion records that were emptied. */
	ingestion: number;
	/** Threads that no longer name the address. */
	threads: number;
	/** Sends that no longer name the address; those not yet begun were canceled. */
	sends: number;
	/** Suppressions that live on as a hash only. */
	suppressions: number;
	/** Dead letters that were emptied. */
	deadLetters: number;
}

export interface MaintenanceStore {
	/** Removes what is older than its retention, and whatever has expired, in small batches. */
	purge(retention: Retention, options?: { batch?: number }): Promise<PurgeReport>;
	/**
	 * Purges now and then every `every` ms; of all processes on the store one does it each time.
	 * @returns ends it
	 */
	schedule(retention: Retention, every: Millis, onError: (error: unknown) => void): () => void;
	/** Erases one address from all records of the scope. Found are those filed with `subjects`, sends and participants. */
	eraseAddress(scope: string, address: string): Promise<ErasureReport>;
	/** Erases a tenant: first its key, which makes every copy of its encrypted mail unreadable, then every record. */
	eraseScope(scope: string): Promise<number>;
	/** Puts all content under the newest master key, so that the others can be retired. @returns objects changed */
	rewrapKeys(): Promise<number>;
}

// ------------------------------------------------------------------------------------------------------------- open

/** Master keys for what is kept, newest first; the id is stored beside what it encrypted. */
export interface EncryptionKey {
	id: string;
	/** 32 bytes, base64 or hex. */
	secret: string;
}

export type StoreOptions = (
	| { driver: 'sqlite'; file: string }
	| {
			driver: 'postgres';
			url: string;
			/** Default `email_pipeline`. */
			schema?: string;
			ssl?: { mode: 'disable' | 'require' | 'verify-full'; ca?: string };
			poolSize?: number;
			statementTimeout?: Millis;
	  }
) & {
	encryptionKeys?: EncryptionKey[];
	/**
	 * Keeps suppressed addresses in the clear, so that `suppressions.list` shows them. Otherwise it shows a mask
	 * (`j***@example.com`); looking up an address works either way.
	 */
	keepSuppressedAddresses?: boolean;
	/** How long the connection stays open after the last `close`, in ms. Default 30 s; 0 closes at once. */
	linger?: Millis;
};
