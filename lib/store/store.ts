/**
 * What must not be lost or done twice, behind one interface. Two drivers (SQLite, Postgres) keep it; the store knows
 * nothing of email or n8n: it sees keys, states and bytes.
 *
 * - Everything belongs to a scope (a tenant); nothing is ever found across scopes.
 * - Every claim and transition is one atomic statement, compare-and-set on (key, state, fence).
 * - Time is the database's. Times are milliseconds since 1970 (`Millis`), durations are milliseconds.
 * - Every method may throw StoreError; `retryable` says whether the same call may succeed later.
 */
import type { PauseStore } from './contract/admission';
import type { Archive } from './contract/archive';
import type { DeadLetterStore } from './contract/deadLetters';
import type { EndpointStore } from './contract/endpoints';
import type { IdentityStore } from './contract/identities';
import type { IngestionStore } from './contract/ingestion';
import type { LeaseStore } from './contract/leases';
import type { LimitStore } from './contract/limits';
import type { MailboxStore } from './contract/mailboxes';
import type { MaintenanceStore } from './contract/maintenance';
import type { ReplayStore } from './contract/replay';
import type { SecretStore } from './contract/secrets';
import type { SendStore } from './contract/sends';
import type { StatisticsStore } from './contract/statistics';
import type { SuppressionStore } from './contract/suppressions';
import type { ThreadStore } from './contract/threads';

export * from './contract/admission';
export * from './contract/archive';
export * from './contract/deadLetters';
export * from './contract/endpoints';
export * from './contract/identities';
export * from './contract/ingestion';
export * from './contract/leases';
export * from './contract/limits';
export * from './contract/mailboxes';
export * from './contract/maintenance';
export * from './contract/options';
export * from './contract/replay';
export * from './contract/secrets';
export * from './contract/sends';
export * from './contract/statistics';
export * from './contract/suppressions';
export * from './contract/threads';
export * from './contract/values';

export interface Store {
	readonly driver: 'sqlite' | 'postgres';
	readonly archive: Archive;
	readonly leases: LeaseStore;
	readonly mailboxes: MailboxStore;
	readonly identities: IdentityStore;
	readonly ingestion: IngestionStore;
	readonly replay: ReplayStore;
	readonly endpoints: EndpointStore;
	readonly threads: ThreadStore;
	readonly sends: SendStore;
	readonly suppressions: SuppressionStore;
	readonly limits: LimitStore;
	readonly pauses: PauseStore;
	readonly statistics: StatisticsStore;
	readonly deadLetters: DeadLetterStore;
	readonly maintenance: MaintenanceStore;
	readonly secrets: SecretStore;
	/**
	 * The same store for steps of several writes: each returns when it is committed, which outlives this process, and is on
	 * the disk, which outlives a power cut, after `flush`.
	 */
	readonly unflushed: Store;
	/** Settles when everything committed before is on the disk. */
	flush(): Promise<void>;
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
	/** Bytes on disk, indexes included. */
	size: number;
}
