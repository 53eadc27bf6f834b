import { resolve } from 'node:path';
import type { Database } from './database';
import { Keyring } from './keyring';
import { migrate } from './migrate';
import { openPostgres } from './postgres/open';
import { openSqlite } from './sqlite/open';
import { SqlStore } from './sqlStore';
import type { Store, StoreOptions } from './store';

/** How long a connection outlives its last user, in ms: n8n opens the store for every node it runs. */
const DEFAULT_LINGER = 30_000;

/** One connected and migrated database of this process, and how many stores use it. */
interface Shared {
	database: Promise<Database>;
	/** By their keys: what they have unlocked serves every store that knows those. */
	keyrings: Map<string, Keyring>;
	users: number;
	closing: NodeJS.Timeout | null;
}

const open = new Map<string, Shared>();

/**
 * Opens the store, creating or migrating it when needed. Stores of one process on the same file or database share its
 * connections; the last `close` ends them, after `linger` ms.
 * @throws StoreError `STORE_*`, see the drivers' open and `migrate`
 */
export async function openStore(options: StoreOptions): Promise<Store> {
	const place = placeOf(options);
	let shared = open.get(place);
	if (shared === undefined) {
		shared = { database: connect(options), keyrings: new Map<string, Keyring>(), users: 0, closing: null };
		open.set(place, shared);
	}
	const { database } = shared;
	shared.users++;
	if (shared.closing) clearTimeout(shared.closing);
	shared.closing = null;
	try {
		const connected = await database;
		const { linger = DEFAULT_LINGER } = options;
		return new SqlStore(
			connected,
			options,
			() => release(place, shared, linger),
			keyringOf(shared, connected, options),
		);
	} catch (error) {
		// A failed opening, or a key that is none: the next caller tries anew.
		await release(place, shared, 0).catch(() => undefined);
		throw error;
	}
}

function keyringOf({ keyrings }: Shared, database: Database, { encryptionKeys = [] }: StoreOptions): Keyring {
	const name = JSON.stringify(encryptionKeys);
	const known = keyrings.get(name);
	if (known) return known;
	const keyring = new Keyring(database, encryptionKeys);
	// Stores that are open, such as a trigger's, go over to the new key with the first that brings it.
	for (const other of keyrings.values()) if (other.isFollowedBy(encryptionKeys)) other.rotate(encryptionKeys);
	keyrings.set(name, keyring);
	return keyring;
}

async function connect(options: StoreOptions): Promise<Database> {
	const database = await (options.driver === 'sqlite' ? openSqlite(resolve(options.file)) : openPostgres(options));
	try {
		await migrate(database);
		return database;
	} catch (error) {
		await database.close();
		throw error;
	}
}

async function release(place: string, shared: Shared, linger: number): Promise<void> {
	shared.users--;
	if (shared.users > 0) return;
	const end = async (): Promise<void> => {
		if (open.get(place) === shared) open.delete(place);
		await (await shared.database).close();
	};
	if (linger <= 0) return end();
	shared.closing = setTimeout(() => void end().catch(() => undefined), linger).unref();
}

/** Everything that makes two stores different connections; never shown. */
function placeOf(options: StoreOptions): string {
	if (options.driver === 'sqlite') return `sqlite:${resolve(options.file)}`;
	const { url, schema, ssl, poolSize, statementTimeout } = options;
	return `postgres:${JSON.stringify([url, schema, ssl, poolSize, statementTimeout])}`;
}
