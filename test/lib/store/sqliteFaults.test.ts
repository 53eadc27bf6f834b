import { execFileSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { buffer } from 'node:stream/consumers';
import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { type EncryptionKey, type Store, openStore } from '../../../lib/store';
import { Worker } from './processes/workers';

const folder = mkdtempSync(join(tmpdir(), 'store-faults-'));
afterAll(() => rmSync(folder, { recursive: true }));

const root = process.getuid?.() === 0;
const NOBODY = 65_534;
let files = 0;
const freshFile = (): string => join(folder, `store-${++files}.sqlite`);
const open = (file: string, encryptionKeys?: EncryptionKey[]): Promise<Store> =>
	openStore({ driver: 'sqlite', file, linger: 0, encryptionKeys });
const claim = (store: Store, key: string) => store.replay.claim('s', key, { lease: 60_000, ttl: 60_000 });

describe('opening', () => {
	it('leaves a file that is no database as it is', async () => {
		const file = freshFile();
		const bytes = randomBytes(20_000);
		writeFileSync(file, bytes);
		await expect(open(file)).rejects.toMatchObject({ code: 'STORE_CORRUPT', retryable: false, record: { file } });
		expect(readFileSync(file).equals(bytes)).toBe(true);
	});

	it('leaves a database of another program as it is', async () => {
		const file = freshFile();
		const other = new DatabaseSync(file);
		other.exec('create table workflow_entity (id integer)');
		other.close();
		await expect(open(file)).rejects.toMatchObject({ code: 'STORE_NOT_OURS' });
		const again = new DatabaseSync(file);
		expect(again.prepare('select name from sqlite_master').all()).toEqual([{ name: 'workflow_entity' }]);
		again.close();
	});

	it('refuses a schema newer than it knows', async () => {
		const file = freshFile();
		await (await open(file)).close();
		const newer = new DatabaseSync(file);
		newer.exec("insert into migrations values ('9999-of-tomorrow', 1)");
		newer.close();
		await expect(open(file)).rejects.toMatchObject({
			code: 'STORE_SCHEMA_NEWER',
			message: expect.stringContaining('9999-of-tomorrow') as string,
		});
	});

	it('makes the folder, and keeps the file to its owner', async () => {
		const file = join(folder, 'a', 'b', 'store.sqlite');
		await (await open(file)).close();
		expect(statSync(file).mode & 0o077).toBe(0);
		expect(statSync(join(folder, 'a', 'b')).mode & 0o077).toBe(0);
	});

	it('says so when the place is a folder, or below a file', async () => {
		const file = freshFile();
		mkdirSync(file);
		await expect(open(file)).rejects.toMatchObject({ code: 'STORE_CANNOT_OPEN' });
		const plain = freshFile();
		writeFileSync(plain, '');
		await expect(open(join(plain, 'store.sqlite'))).rejects.toMatchObject({ code: 'STORE_CANNOT_OPEN' });
	});

	it('says so when it may not write there', async () => {
		const place = join(folder, 'forbidden');
		mkdirSync(place);
		chmodSync(folder, 0o755);
		chmodSync(place, 0o555);
		const file = join(place, 'store.sqlite');
		// Root may write everywhere, so it has somebody else try.
		const worker = new Worker(
			{ task: 'open', store: { driver: 'sqlite', file }, scope: 's' },
			root ? NOBODY : undefined,
		);
		await worker.report(({ kind }) => kind === 'ready');
		worker.go();
		await worker.gone;
		expect(worker.reports.at(-1)).toMatchObject({
			kind: 'failed',
			code: 'STORE_READ_ONLY',
			message: expect.stringContaining(file) as string,
		});
		expect(existsSync(file)).toBe(false);
	});

	it.each([
		['without SQLite', undefined],
		['whose SQLite is too old', { StatementSync: { prototype: {} } }],
	])('names the Postgres credential on a Node %s', async (_, module) => {
		vi.spyOn(process, 'getBuiltinModule').mockReturnValueOnce(module);
		await expect(open(freshFile())).rejects.toMatchObject({
			code: 'STORE_SQLITE_UNAVAILABLE',
			hint: expect.stringContaining('PipelineStoreApi') as string,
		});
	});

	it('tries anew after a failure', async () => {
		const file = freshFile();
		mkdirSync(file);
		await expect(open(file)).rejects.toMatchObject({ code: 'STORE_CANNOT_OPEN' });
		rmSync(file, { recursive: true });
		await (await open(file)).close();
	});

	it('shares one connection, which outlives its last user for a while', async () => {
		const file = freshFile();
		const first = await openStore({ driver: 'sqlite', file, linger: 60_000 });
		await claim(first, 'a');
		await first.close();
		expect(existsSync(`${file}-wal`)).toBe(true);
		const second = await openStore({ driver: 'sqlite', file, linger: 0 });
		expect(await claim(second, 'a')).toMatchObject({ state: 'in-progress' });
		await second.close();
		// SQLite removes the log when the last connection ends.
		expect(existsSync(`${file}-wal`)).toBe(false);
	});
});

describe('working', () => {
	it('waits for another process without stopping the event loop', async () => {
		const file = freshFile();
		const store = await open(file);
		const other = new DatabaseSync(file);
		other.exec('begin immediate');
		let turns = 0;
		// Only a running event loop gets to the end of the other transaction.
		const timer = setInterval(() => {
			if (++turns === 20) other.exec('commit');
		}, 5);
		expect(await claim(store, 'a')).toMatchObject({ state: 'claimed' });
		expect(turns).toBeGreaterThanOrEqual(20);
		clearInterval(timer);
		other.close();
		await store.close();
	});

	it('reads while another process writes', async () => {
		const file = freshFile();
		const store = await open(file);
		const other = new DatabaseSync(file);
		other.exec("begin immediate; insert into settings values ('x', 'y')");
		expect(await store.sends.search('s', {}, { limit: 1 })).toEqual([]);
		other.exec('rollback');
		other.close();
		await store.close();
	});

	it('says when the file is damaged, and leaves the rest of it alone', async () => {
		const file = freshFile();
		const store = await open(file);
		for (let index = 0; index < 50; index++) await claim(store, `key-${index}-${'x'.repeat(1_000)}`);
		await store.close();
		const bytes = readFileSync(file);
		// Every page but the first, which holds the header and the schema.
		bytes.fill(0xaa, 4_096 * 2);
		writeFileSync(file, bytes);
		const damaged = async (): Promise<void> => {
			const again = await open(file);
			try {
				for (let index = 0; index < 50; index++) await claim(again, `key-${index}-${'x'.repeat(1_000)}`);
			} finally {
				await again.close();
			}
		};
		await expect(damaged()).rejects.toMatchObject({ code: 'STORE_CORRUPT', retryable: false });
		expect(statSync(file).size).toBe(bytes.length);
	});

	it.runIf(root)('says when the disk is full, loses nothing, and goes on when there is room', async () => {
		const disk = join(folder, 'disk');
		mkdirSync(disk);
		execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=3m', 'tmpfs', disk]);
		try {
			const store = await open(join(disk, 'store.sqlite'));
			const ballast = join(disk, 'ballast');
			const confirmed: string[] = [];
			const fill = async (): Promise<void> => {
				for (;;) confirmed.push((await store.archive.put('s', randomBytes(200_000))).ref);
			};
			writeFileSync(ballast, Buffer.alloc(500_000));
			await expect(fill()).rejects.toMatchObject({ code: 'STORE_FULL', retryable: true });
			expect(confirmed.length).toBeGreaterThan(0);
			for (const ref of confirmed) expect((await buffer(await store.archive.open('s', ref))).length).toBe(200_000);
			rmSync(ballast);
			expect(await claim(store, 'room again')).toMatchObject({ state: 'claimed' });
			await store.close();
		} finally {
			execFileSync('umount', ['-l', disk]);
		}
	});
});

describe('the archive', () => {
	it.each([
		['in the clear', undefined],
		['encrypted', [{ id: 'k', secret: randomBytes(32).toString('hex') }]],
	])('tells content that was changed, cut or exchanged, %s', async (_, keys) => {
		const file = freshFile();
		const store = await open(file, keys);
		const damage = async (sql: string): Promise<void> => {
			const { ref } = await store.archive.put('s', randomBytes(600_000));
			const other = new DatabaseSync(file);
			expect(other.prepare(sql).run(ref.slice('sha256:'.length)).changes).toBeGreaterThan(0);
			other.close();
			await expect(store.archive.open('s', ref).then(buffer)).rejects.toMatchObject({
				code: 'ARCHIVE_CORRUPT',
				record: { ref },
			});
		};
		const chunks = 'blob_id = (select blob_id from archive_objects where sha256 = ?)';
		await damage(`update archive_chunks set data = zeroblob(length(data)) where seq = 1 and ${chunks}`);
		await damage(`update archive_chunks set data = substr(data, 1, length(data) - 1) where seq = 2 and ${chunks}`);
		await damage(`update archive_chunks set seq = 1 - seq + 100 where seq < 2 and ${chunks}`);
		await damage('update archive_objects set chunks = chunks - 1 where sha256 = ?');
		await store.close();
	});

	it('holds no plain text when a key is set', async () => {
		const file = freshFile();
		const store = await open(file, [{ id: 'k', secret: randomBytes(32).toString('base64') }]);
		const words = randomBytes(40).toString('hex');
		await store.archive.put('s', Buffer.from(words));
		await store.close();
		expect(readFileSync(file).includes(words.slice(0, 20))).toBe(false);
	});

	it('gives out nothing that was put in the place of what was stored', async () => {
		const file = freshFile();
		const store = await open(file, [{ id: 'k', secret: randomBytes(32).toString('base64') }]);
		const { ref } = await store.archive.put('s', Buffer.from('the mail'));
		const other = await store.archive.put('s', Buffer.from('another mail'));
		const forge = (statement: string, ...values: Array<string | Uint8Array>): void => {
			const forger = new DatabaseSync(file);
			forger.prepare(statement).run(...values);
			forger.close();
		};
		const read = async () => buffer(await store.archive.open('s', ref));
		const row = `scope = 's' and sha256 = '${ref.slice('sha256:'.length)}'`;

		// Another object's row, whole: its key opens its content, which is not what the reference says.
		const columns = ['blob_id', 'chunks', 'key_id', 'wrapped_key', 'kept_sha256', 'size', 'codec'];
		const taken = columns.map((name) => `${name} = (select ${name} from archive_objects where sha256 = ?)`);
		const sha256 = other.ref.slice('sha256:'.length);
		forge(`update archive_objects set ${taken.join(', ')} where ${row}`, ...columns.map(() => sha256));
		await expect(read()).rejects.toMatchObject({ code: 'ARCHIVE_CORRUPT' });

		// Content in the clear, with its key left out; also where the hash that is kept beside it agrees.
		const forged = gzipSync('forged');
		const hash = createHash('sha256').update('forged').digest('hex');
		forge("insert into archive_chunks (blob_id, seq, data) values ('forged', 0, ?)", forged);
		forge(
			`update archive_objects set blob_id = 'forged', chunks = 1, key_id = null, wrapped_key = null, codec = 'gzip', kept_sha256 = ?, size = 6 where ${row}`,
			hash,
		);
		await expect(read()).rejects.toMatchObject({ code: 'ARCHIVE_NOT_ENCRYPTED' });
		await expect(store.maintenance.rewrapKeys()).rejects.toMatchObject({ code: 'ARCHIVE_CORRUPT' });
		await expect(read()).rejects.toMatchObject({ code: 'ARCHIVE_NOT_ENCRYPTED' });
		// The same where the store has no key: the reference is the hash of what may come out.
		await store.close();
		const keyless = await open(file);
		const content = async () => buffer(await keyless.archive.open('s', ref));
		await expect(content()).rejects.toMatchObject({ code: 'ARCHIVE_CORRUPT' });
		await keyless.close();
	});

	it('clears away what a broken-off upload left', async () => {
		const file = freshFile();
		const store = await open(file);
		const other = new DatabaseSync(file);
		other.exec("insert into archive_uploads values ('gone', 1), ('now', unixepoch() * 1000)");
		other.exec("insert into archive_chunks values ('gone', 0, x'00'), ('gone', 1, x'00'), ('now', 0, x'00')");
		expect(await store.maintenance.purge({})).toMatchObject({ expired: 1 });
		expect(other.prepare('select distinct blob_id from archive_chunks').all()).toEqual([{ blob_id: 'now' }]);
		other.close();
		await store.close();
	});
});
