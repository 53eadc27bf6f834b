import { SqlPauses } from './admission/pauses';
import { SqlArchive } from './archive/archive';
import type { Database } from './database';
import { SqlDeadLetters } from './deadLetters';
import { SqlEndpoints } from './endpoints';
import { SqlIdentities } from './identities';
import { SqlIngestion } from './ingestion';
import { Keyring } from './keyring';
import { SqlLeases } from './leases';
import { SqlLimits } from './limits';
import { SqlMailboxes } from './mailboxes';
import { SqlMaintenance } from './maintenance/maintenance';
import { schemaVersion } from './migrate';
import { SqlReplay } from './replay';
import { SqlSends } from './sends/sends';
import { SqlStatistics } from './statistics';
import type { SecretStore, Store, StoreDescription, StoreOptions } from './store';
import { SqlSuppressions } from './suppressions';
import { SqlThreads } from './threads/threads';

/** The whole contract over one connected database, whichever driver it has. */
export class SqlStore implements Store {
	readonly driver: 'sqlite' | 'postgres';
	readonly archive: SqlArchive;
	readonly leases: SqlLeases;
	readonly mailboxes: SqlMailboxes;
	readonly identities: SqlIdentities;
	readonly ingestion: SqlIngestion;
	readonly replay: SqlReplay;
	readonly endpoints: SqlEndpoints;
	readonly threads: SqlThreads;
	readonly sends: SqlSends;
	readonly suppressions: SqlSuppressions;
	readonly limits: SqlLimits;
	readonly pauses: SqlPauses;
	readonly statistics: SqlStatistics;
	readonly deadLetters: SqlDeadLetters;
	readonly maintenance: SqlMaintenance;
	readonly secrets: SecretStore;
	#closed: Promise<void> | null = null;
	#unflushed: Store | null = null;

	constructor(
		private readonly database: Database,
		private readonly options: StoreOptions,
		private readonly release: () => Promise<void>,
		private readonly keyring = new Keyring(database, options.encryptionKeys),
	) {
		this.driver = database.dialect.driver;
		this.archive = new SqlArchive(database, keyring);
		this.leases = new SqlLeases(database);
		this.mailboxes = new SqlMailboxes(database);
		this.identities = new SqlIdentities(database, keyring);
		this.ingestion = new SqlIngestion(database, keyring);
		this.replay = new SqlReplay(database);
		this.endpoints = new SqlEndpoints(database);
		this.threads = new SqlThreads(database);
		this.sends = new SqlSends(database, keyring);
		this.suppressions = new SqlSuppressions(database, keyring, options.keepSuppressedAddresses ?? false);
		this.limits = new SqlLimits(database);
		this.pauses = new SqlPauses(database);
		this.statistics = new SqlStatistics(database);
		this.deadLetters = new SqlDeadLetters(database, keyring);
		this.secrets = { get: (scope, name) => keyring.secretOf(scope, name) };
		this.maintenance = new SqlMaintenance(database, keyring, this.leases, this.archive);
	}

	get unflushed(): Store {
		return (this.#unflushed ??= new SqlStore(
			this.database.withoutFlush(),
			this.options,
			() => this.close(),
			this.keyring,
		));
	}

	flush(): Promise<void> {
		return this.database.flush();
	}

	async describe(): Promise<StoreDescription> {
		const { dialect } = this.database;
		return {
			driver: dialect.driver,
			serverVersion: await this.database.read((db) => dialect.serverVersion(db)),
			schemaVersion: await schemaVersion(this.database),
			location: dialect.location,
			size: await this.database.read((db) => dialect.size(db)),
		};
	}

	/** Closing twice is closing once. */
	close(): Promise<void> {
		return (this.#closed ??= this.release());
	}
}
