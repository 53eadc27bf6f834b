import { createCipheriv, createDecipheriv, createHmac, hkdfSync, randomBytes } from 'node:crypto';
import { StoreError } from '../errors';
import type { Database } from './database';
import type { Db } from './dialect';
import type { EncryptionKey } from './store';
import { storedKey } from './storedText';
import { foldAddress } from './subjects';

const IV_BYTES = 12;
const TAG_BYTES = 16;
const KEY_BYTES = 32;
/** Row of `settings` that holds the secret of the address hashes. */
const HASH_SECRET = 'address_hash_secret';
/** Rows of `settings` that hold a scope's own secrets: purpose and scope follow. */
const SCOPE_SECRET = 'scope_secret';
const SCOPE_PURPOSES = ['reply-token', 'login'] as const;

/** A key encrypted under a master key; null keyId means that no master key was set. */
export interface WrappedKey {
	keyId: string | null;
	/** base64: iv, ciphertext, tag; or the key itself. */
	wrapped: string;
}

/** Keyed hashes of addresses: equal for spellings that differ in case only, and useless outside their scope. */
export interface AddressHasher {
	one(scope: string, address: string): Promise<string>;
	all(scope: string, addresses: readonly string[]): Promise<string[]>;
}

/**
 * The master keys, and what is derived from them. Each scope has a random salt in the database: without its row no key
 * of that scope can be derived any more, which is how a tenant is erased at once.
 */
export class Keyring implements AddressHasher {
	readonly #masters: Map<string, Buffer>;
	#newest: string | null;
	#hashSecret: Promise<Buffer> | null = null;

	constructor(
		private readonly database: Database,
		keys: readonly EncryptionKey[] = [],
	) {
		this.#masters = new Map(keys.map((key) => [key.id, decodeSecret(key)]));
		this.#newest = keys[0]?.id ?? null;
	}

	/**
	 * Goes over to the keys of a credential that was changed: new content is encrypted under the first of them, and what
	 * this keyring knew before it can still read.
	 * @throws StoreError `STORE_KEY_INVALID`
	 */
	rotate(keys: readonly EncryptionKey[]): void {
		const decoded = keys.map((key) => [key.id, decodeSecret(key)] as const);
		for (const [id, secret] of decoded) this.#masters.set(id, secret);
		this.#newest = keys[0]?.id ?? this.#newest;
	}

	/** True when these keys are what followed on this keyring's: they name its newest as a previous one. */
	isFollowedBy([, ...previous]: readonly EncryptionKey[]): boolean {
		const newest = this.#newest === null ? undefined : this.#masters.get(this.#newest);
		return previous.some((key) => key.id === this.#newest && newest?.equals(decodeSecret(key)) === true);
	}

	get newestKeyId(): string | null {
		return this.#newest;
	}

	/** A fresh key for one object, and the form in which it is stored; null when no master key is set. */
	async seal(scope: string): Promise<{ key: Buffer; stored: WrappedKey } | null> {
		if (this.#newest === null) return null;
		const key = randomBytes(KEY_BYTES);
		return { key, stored: { keyId: this.#newest, wrapped: await this.#wrap(scope, this.#newest, key) } };
	}

	/** @throws StoreError `ARCHIVE_KEY_MISSING` when the master key is not set, is another one, or the scope was erased */
	async unseal(scope: string, stored: WrappedKey & { keyId: string }): Promise<Buffer> {
		const master = this.#masters.get(stored.keyId);
		if (master === undefined) throw keyMissing(scope, stored.keyId, 'is not among the keys of this store');
		const salt = await this.#salt(scope, false);
		if (salt === null) throw keyMissing(scope, stored.keyId, 'cannot be derived for this scope, which was erased');
		try {
			return unwrap(deriveKey(master, salt, scope), stored.wrapped);
		} catch (cause) {
			throw keyMissing(scope, stored.keyId, 'is not the key this was encrypted with', cause);
		}
	}

	/** The same object key under the newest master key. */
	async rewrap(scope: string, stored: WrappedKey & { keyId: string }): Promise<WrappedKey> {
		const key = await this.unseal(scope, stored);
		const keyId = this.#newest ?? stored.keyId;
		return { keyId, wrapped: await this.#wrap(scope, keyId, key) };
	}

	async one(scope: string, address: string): Promise<string> {
		const secret = await (this.#hashSecret ??= this.#loadSecret(HASH_SECRET, 'The address hashes').catch(
			(error: unknown) => {
				this.#hashSecret = null;
				throw error;
			},
		));
		return createHmac('sha256', secret)
			.update(`${scope}\0${foldAddress(storedKey(address))}`)
			.digest('hex');
	}

	async all(scope: string, addresses: readonly string[]): Promise<string[]> {
		const hashes = await Promise.all([...new Set(addresses)].map((address) => this.one(scope, address)));
		return [...new Set(hashes)];
	}

	async #wrap(scope: string, keyId: string, key: Buffer): Promise<string> {
		const master = this.#masters.get(keyId);
		const salt = await this.#salt(scope, true);
		if (master === undefined || salt === null) throw keyMissing(scope, keyId, 'is not among the keys of this store');
		return wrap(deriveKey(master, salt, scope), key);
	}

	/** Read anew each time: another process may have erased the scope. */
	async #salt(scope: string, make: boolean): Promise<Buffer | null> {
		for (;;) {
			const row = await this.database.read((db) =>
				db.selectFrom('scope_keys').select('salt').where('scope', '=', scope).executeTakeFirst(),
			);
			if (row) return Buffer.from(row.salt, 'base64');
			if (!make) return null;
			await this.database.write((db) =>
				db
					.insertInto('scope_keys')
					.values({ scope, salt: randomBytes(KEY_BYTES).toString('base64') })
					.onConflict((conflict) => conflict.doNothing())
					.execute(),
			);
		}
	}

	/** A random secret of the scope, made by whoever asks first. Read anew each time: the scope may have been erased. */
	async secretOf(scope: string, purpose: (typeof SCOPE_PURPOSES)[number]): Promise<Buffer> {
		return this.#loadSecret(scopeSecretName(scope, purpose), 'The reply tokens');
	}

	/**
	 * The secret outlives every rotation, because what was made with it is out in the world. It is kept under the newest
	 * master key, and in the clear as long as there is none.
	 */
	async #loadSecret(name: string, what: string): Promise<Buffer> {
		const find = (db: Db) => db.selectFrom('settings').select('value').where('name', '=', name).executeTakeFirst();
		const readSecret = (row: { value: string }): { secret: Buffer; keyId: string | null } => {
			const stored = JSON.parse(row.value) as WrappedKey;
			return { secret: this.#openSecret(stored, what), keyId: stored.keyId };
		};
		const present = await this.database.read(find);
		const read = present && readSecret(present);
		if (read?.keyId === this.#newest) return read.secret;
		return this.database.transaction([name], async (trx) => {
			const row = await find(trx);
			const { secret, keyId } = row ? readSecret(row) : { secret: randomBytes(KEY_BYTES), keyId: undefined };
			if (keyId === this.#newest) return secret;
			const master = this.#newest === null ? null : (this.#masters.get(this.#newest) ?? null);
			const value = JSON.stringify({
				keyId: this.#newest,
				wrapped: master === null ? secret.toString('base64') : wrap(deriveKey(master, Buffer.alloc(0), ''), secret),
			} satisfies WrappedKey);
			await trx
				.insertInto('settings')
				.values({ name, value })
				.onConflict((conflict) => conflict.column('name').doUpdateSet({ value }))
				.execute();
			return secret;
		});
	}

	#openSecret(stored: WrappedKey, what: string): Buffer {
		if (stored.keyId === null) return Buffer.from(stored.wrapped, 'base64');
		const master = this.#masters.get(stored.keyId);
		const failed = (cause?: unknown): StoreError =>
			new StoreError(`${what} of this store need the encryption key "${stored.keyId ?? ''}".`, {
				code: 'STORE_KEY_MISSING',
				hint: 'Set that key again, beside the newer one, in the Email Pipeline Store credential.',
				record: { keyId: stored.keyId },
				cause,
			});
		if (master === undefined) throw failed();
		try {
			return unwrap(deriveKey(master, Buffer.alloc(0), ''), stored.wrapped);
		} catch (cause) {
			throw failed(cause);
		}
	}
}

function scopeSecretName(scope: string, purpose: string): string {
	return `${SCOPE_SECRET}:${purpose}:${scope}`;
}

/** Rows of `settings` that go with the scope. */
export function scopeSecretNames(scope: string): string[] {
	return SCOPE_PURPOSES.map((purpose) => scopeSecretName(scope, purpose));
}

function keyMissing(scope: string, keyId: string, what: string, cause?: unknown): StoreError {
	return new StoreError(`The encryption key "${keyId}" ${what}.`, {
		code: 'ARCHIVE_KEY_MISSING',
		hint: 'Set the key with this id in the Email Pipeline Store credential, as it was when the message was stored.',
		record: { scope, keyId },
		cause,
	});
}

/** @throws StoreError `STORE_KEY_INVALID` unless the secret is 32 bytes in base64 or hex */
function decodeSecret({ id, secret }: EncryptionKey): Buffer {
	const text = secret.trim();
	const bytes = /^[0-9a-f]{64}$/i.test(text) ? Buffer.from(text, 'hex') : Buffer.from(text, 'base64');
	if (bytes.length === KEY_BYTES && id !== '') return bytes;
	throw new StoreError(`The encryption key "${id}" is not ${KEY_BYTES} bytes in base64 or hex, or has no id.`, {
		code: 'STORE_KEY_INVALID',
		hint: 'Make one with `openssl rand -base64 32`.',
		record: { keyId: id },
	});
}

/** HKDF-SHA256 (RFC 5869): one key-encryption key per scope. */
function deriveKey(master: Buffer, salt: Buffer, scope: string): Buffer {
	return Buffer.from(hkdfSync('sha256', master, salt, `email-pipeline/store/1:${scope}`, KEY_BYTES));
}

function wrap(kek: Buffer, key: Buffer): string {
	const iv = randomBytes(IV_BYTES);
	const cipher = createCipheriv('aes-256-gcm', kek, iv);
	return Buffer.concat([iv, cipher.update(key), cipher.final(), cipher.getAuthTag()]).toString('base64');
}

function unwrap(kek: Buffer, wrapped: string): Buffer {
	const bytes = Buffer.from(wrapped, 'base64');
	const decipher = createDecipheriv('aes-256-gcm', kek, bytes.subarray(0, IV_BYTES));
	decipher.setAuthTag(bytes.subarray(-TAG_BYTES));
	return Buffer.concat([decipher.update(bytes.subarray(IV_BYTES, -TAG_BYTES)), decipher.final()]);
}
