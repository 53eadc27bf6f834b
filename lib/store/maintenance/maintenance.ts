import { randomUUID } from 'node:crypto';
import type { SqlArchive } from '../archive/archive';
import type { Database } from '../database';
import type { Keyring } from '../keyring';
import type { ErasureReport, LeaseStore, MaintenanceStore, Millis, PurgeReport, Retention } from '../store';
import type { Tables } from '../tables';
import { eraseAddress } from './eraseAddress';
import { eraseScope } from './eraseScope';
import { purge } from './purge';

const LEASE = 'maintenance:purge';
/** Rows or objects removed in one transaction, so that others are never kept waiting for long. */
const BATCH = 100;

type WrappedObject = Pick<Tables['archive_objects'], 'scope' | 'sha256' | 'key_id' | 'wrapped_key'>;

export class SqlMaintenance implements MaintenanceStore {
	constructor(
		private readonly database: Database,
		private readonly keyring: Keyring,
		private readonly leases: LeaseStore,
		private readonly archive: SqlArchive,
	) {}

	purge(retention: Retention, options: { batch?: number } = {}): Promise<PurgeReport> {
		return purge(this.database, retention, options.batch ?? BATCH);
	}

	schedule(retention: Retention, every: Millis, onError: (error: unknown) => void): () => void {
		const owner = randomUUID();
		const turn = async (): Promise<void> => {
			// Kept until it lapses, so that the next turn of any process comes `every` ms later.
			if (await this.leases.acquire(LEASE, owner, every)) await this.purge(retention);
		};
		const run = (): void => void turn().catch(onError);
		run();
		const timer = setInterval(run, every).unref();
		return () => clearInterval(timer);
	}

	eraseAddress(scope: string, address: string): Promise<ErasureReport> {
		return eraseAddress(this.database, this.keyring, scope, address);
	}

	eraseScope(scope: string): Promise<number> {
		return eraseScope(this.database, scope, BATCH);
	}

	/** What cannot be read is left as it is, and told at the end. */
	async rewrapKeys(): Promise<number> {
		const newest = this.keyring.newestKeyId;
		if (newest === null) return 0;
		// The secret of the address hashes follows when it is next read.
		await this.keyring.one('', '');
		let changed = 0;
		const failures: unknown[] = [];
		for (let after = { scope: '', sha256: '' }; ;) {
			const rows = await this.#wrappedByOthers(newest, after);
			const last = rows.at(-1);
			if (last === undefined) break;
			for (const row of rows) {
				try {
					changed += await this.#rewrap(row);
				} catch (error) {
					failures.push(error);
				}
			}
			after = last;
		}
		if (failures.length > 0) throw failures[0];
		return changed;
	}

	#wrappedByOthers(newest: string, after: { scope: string; sha256: string }): Promise<WrappedObject[]> {
		return this.database.read((db) =>
			db
				.selectFrom('archive_objects')
				.select(['scope', 'sha256', 'key_id', 'wrapped_key'])
				.where((e) => e.or([e('key_id', '!=', newest), e('key_id', 'is', null)]))
				.where('codec', 'is not', null)
				.where('purged_at', 'is', null)
				.where('scope', '>=', after.scope)
				.where((e) =>
					e.or([e('scope', '>', after.scope), e.and([e('scope', '=', after.scope), e('sha256', '>', after.sha256)])]),
				)
				.orderBy('scope')
				.orderBy('sha256')
				.limit(BATCH)
				.execute(),
		);
	}

	/** Changes only the wrapping: the content stays as it was encrypted. What is in the clear is encrypted. @returns objects changed */
	async #rewrap({ scope, sha256, key_id: keyId, wrapped_key: wrapped }: WrappedObject): Promise<number> {
		if (keyId === null || wrapped === null) return (await this.archive.encrypt(scope, sha256)) ? 1 : 0;
		const fresh = await this.keyring.rewrap(scope, { keyId, wrapped });
		const updated = await this.database.write((db) =>
			db
				.updateTable('archive_objects')
				.set({ key_id: fresh.keyId, wrapped_key: fresh.wrapped })
				.where('scope', '=', scope)
				.where('sha256', '=', sha256)
				.where('wrapped_key', '=', wrapped)
				.returning('sha256')
				.execute(),
		);
		return updated.length;
	}
}
