import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Store, type StoreOptions, openStore } from '../../../lib/store';
import { freshScope } from '../../lib/store/conformance/fixture';
import { type PostgresServer, freePort, startPostgres } from '../../lib/store/postgresServer';

type PostgresOptions = Extract<StoreOptions, { driver: 'postgres' }>;

let server: PostgresServer;
let folder: string;
beforeAll(async () => {
	folder = mkdtempSync(join(tmpdir(), 'postgres-faults-'));
	server = await startPostgres();
});
afterAll(async () => {
	await server.stop();
	rmSync(folder, { recursive: true });
});

const open = (options: Partial<PostgresOptions> = {}): Promise<Store> =>
	openStore({ driver: 'postgres', url: server.url, linger: 0, ...options });
const claim = (store: Store, scope: string, key: string) =>
	store.replay.claim(scope, key, { lease: 600_000, ttl: 600_000 });

/** The server's URL with some parts changed. */
function urlWith(changes: Partial<Pick<URL, 'username' | 'password' | 'pathname' | 'port' | 'search'>>): string {
	return Object.assign(new URL(server.url), changes).href;
}

async function asSuperuser<T>(work: (client: Client) => Promise<T>): Promise<T> {
	const client = new Client({ connectionString: server.url });
	await client.connect();
	try {
		return await work(client);
	} finally {
		await client.end();
	}
}

describe('opening', () => {
	it.each([
		['a wrong password', { password: 'hunter2' }, 'STORE_LOGIN_REFUSED', false],
		['a database that is not there', { pathname: '/nowhere' }, 'STORE_CANNOT_OPEN', false],
		['a server that is not there', { port: '1' }, 'STORE_UNAVAILABLE', true],
		['TLS that the server does not offer', { search: '?sslmode=require' }, 'STORE_TLS_FAILED', false],
		['a mode that may fall back to plain text', { search: '?sslmode=prefer' }, 'STORE_URL_INVALID', false],
	])('tells %s', async (_, changes, code, retryable) => {
		const url = urlWith(changes);
		const error: unknown = await open({ url }).catch((thrown: unknown) => thrown);
		expect(error).toMatchObject({ code, retryable });
		expect(JSON.stringify(error) + String(error)).not.toMatch(/hunter2|p%40ss|p@ss/);
	});

	it.each(['', 'not a url', 'mysql://u:hunter2@host/db', 'postgres://u:hunter2@host:port/db'])(
		'refuses the URL "%s" without repeating it',
		async (url) => {
			const error: unknown = await open({ url }).catch((thrown: unknown) => thrown);
			expect(error).toMatchObject({ code: 'STORE_URL_INVALID', retryable: false });
			expect(JSON.stringify(error) + String(error)).not.toContain('hunter2');
		},
	);

	it('tells that the user lacks a right, and needs none once the schema is there', async () => {
		await asSuperuser((client) => client.query("create role limited login password 'x'"));
		const url = urlWith({ username: 'limited', password: 'x' });
		const error: unknown = await open({ url, schema: 'limited' }).catch((thrown: unknown) => thrown);
		expect(error).toMatchObject({ code: 'STORE_PERMISSION_DENIED', hint: expect.stringContaining('GRANT') as string });
		await asSuperuser((client) => client.query('create schema limited authorization limited'));
		await (await open({ url, schema: 'limited' })).close();
	});

	it('refuses a schema newer than it knows', async () => {
		await (await open({ schema: 'newer' })).close();
		await asSuperuser((client) => client.query("insert into newer.migrations values ('9999-of-tomorrow', 1)"));
		await expect(open({ schema: 'newer' })).rejects.toMatchObject({ code: 'STORE_SCHEMA_NEWER' });
	});

	it('keeps schemas apart', async () => {
		const [one, two] = await Promise.all([open({ schema: 'one' }), open({ schema: 'Two "quoted"' })]);
		const scope = freshScope();
		expect(await claim(one, scope, 'a')).toMatchObject({ state: 'claimed' });
		expect(await claim(two, scope, 'a')).toMatchObject({ state: 'claimed' });
		await Promise.all([one.close(), two.close()]);
	});
});

describe('working', () => {
	it('gives up a statement that takes too long, and works on', async () => {
		const store = await open({ statementTimeout: 300 });
		const scope = freshScope();
		await store.deadLetters.add({ scope, key: 'k', feed: 'f', reason: 'r', message: 'm', rawRef: null, item: {} });
		await asSuperuser(async (client) => {
			await client.query('begin');
			await client.query('select * from email_pipeline.dead_letters where scope = $1 for update', [scope]);
			await expect(
				store.deadLetters.add({ scope, key: 'k', feed: 'f', reason: 'r', message: 'm', rawRef: null, item: {} }),
			).rejects.toMatchObject({ code: 'STORE_TIMEOUT', retryable: true });
		});
		expect(await claim(store, scope, 'a')).toMatchObject({ state: 'claimed' });
		await store.close();
	});

	it(
		'keeps all it confirmed when the server is killed under load, and goes on by itself',
		{ timeout: 60_000 },
		async () => {
			const store = await open();
			const scope = freshScope();
			const confirmed: string[] = [];
			const failures: unknown[] = [];
			let going = true;
			const load = async (worker: number): Promise<void> => {
				for (let index = 0; going; index++) {
					const key = `${worker}:${index}`;
					try {
						await store.ingestion.record({ scope, key, feed: 'f', rawRef: null, contentKey: key, metadata: {} });
						confirmed.push(key);
					} catch (error) {
						failures.push(error);
					}
				}
			};
			const workers = Promise.all([1, 2, 3, 4].map(load));
			for (const end of [() => server.kill(), () => Promise.resolve()]) {
				const before = confirmed.length;
				await expect.poll(() => confirmed.length, { timeout: 20_000 }).toBeGreaterThan(before + 20);
				await end();
				await server.restart();
			}
			const before = confirmed.length;
			await expect.poll(() => confirmed.length, { timeout: 20_000 }).toBeGreaterThan(before + 20);
			going = false;
			await workers;
			for (const failure of failures) expect(failure).toMatchObject({ code: 'STORE_UNAVAILABLE', retryable: true });
			for (const key of confirmed) expect(await store.ingestion.get(scope, key)).not.toBeNull();
			await store.close();
		},
	);

	it('lets callers wait out a short absence', { timeout: 60_000 }, async () => {
		const store = await open();
		const scope = freshScope();
		await server.kill();
		const waiting = claim(store, scope, 'a').then(
			(answer) => answer.state,
			(error: unknown) => (error as { code: string }).code,
		);
		await server.restart();
		// The one that a dying connection has cut off must be told; it may have been done.
		expect(['claimed', 'STORE_UNAVAILABLE']).toContain(await waiting);
		expect(['claimed', 'in-progress']).toContain((await claim(store, scope, 'a')).state);
		await store.close();
	});
});

describe('TLS', () => {
	it('asks for as much as the mode says', { timeout: 60_000 }, async () => {
		const key = join(folder, 'server.key');
		const cert = join(folder, 'server.crt');
		execFileSync(
			'openssl',
			[
				'req',
				'-x509',
				'-newkey',
				'rsa:2048',
				'-nodes',
				'-keyout',
				key,
				'-out',
				cert,
				'-days',
				'2',
				'-subj',
				'/CN=store',
			].concat(['-addext', 'subjectAltName=IP:127.0.0.1']),
			{ stdio: 'pipe' },
		);
		const secure = await startPostgres(
			{ ssl: 'on' },
			{ 'server.key': readFileSync(key), 'server.crt': readFileSync(cert) },
		);
		const ca = readFileSync(cert, 'utf8');
		const tryMode = (ssl: PostgresOptions['ssl']) =>
			open({ url: secure.url, ssl }).then(
				(store) => store.close().then(() => 'open'),
				(error: unknown) => (error as { code: string }).code,
			);
		expect(await tryMode({ mode: 'disable' })).toBe('open');
		expect(await tryMode({ mode: 'require' })).toBe('open');
		expect(await tryMode({ mode: 'verify-full' })).toBe('STORE_TLS_FAILED');
		expect(await tryMode({ mode: 'verify-full', ca })).toBe('open');
		await secure.stop();
	});
});

describe('a pooler in transaction mode', () => {
	const pgbouncer = ['/usr/sbin/pgbouncer', '/usr/bin/pgbouncer', '/opt/homebrew/bin/pgbouncer'].find(existsSync);

	it.runIf(pgbouncer)('may stand in between', { timeout: 60_000 }, async () => {
		const target = new URL(server.url);
		const port = await freePort();
		const user = decodeURIComponent(target.username);
		const password = decodeURIComponent(target.password);
		const users = join(folder, 'users.txt');
		const ini = join(folder, 'pgbouncer.ini');
		writeFileSync(users, `"${user}" "${password}"\n`);
		writeFileSync(
			ini,
			[
				'[databases]',
				`postgres = host=127.0.0.1 port=${target.port}`,
				'[pgbouncer]',
				'listen_addr = 127.0.0.1',
				`listen_port = ${port}`,
				'unix_socket_dir =',
				'auth_type = scram-sha-256',
				`auth_file = ${users}`,
				'pool_mode = transaction',
				// Fewer than the clients, so that they do take turns on the server's connections.
				'default_pool_size = 2',
			].join('\n'),
		);
		const asNobody = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {};
		execFileSync('chmod', ['-R', 'a+rX', folder]);
		const pooler = spawn(pgbouncer!, [ini], { ...asNobody, stdio: 'ignore' });
		try {
			const url = urlWith({ port: `${port}` });
			await expect
				.poll(
					() =>
						open({ url, schema: 'pooled' })
							.then((store) => store.close())
							.then(() => true, String),
					{ timeout: 20_000 },
				)
				.toBe(true);
			const stores = await Promise.all(
				[1, 2, 3].map((poolSize) => open({ url, schema: 'pooled', poolSize: poolSize + 3 })),
			);
			const scope = freshScope();
			const claims = await Promise.all(
				Array.from({ length: 300 }, (_, index) => claim(stores[index % 3]!, scope, `key ${index % 100}`)),
			);
			expect(claims.filter(({ state }) => state === 'claimed')).toHaveLength(100);
			const answers = await Promise.all(
				Array.from({ length: 40 }, (_, index) =>
					stores[index % 3]!.threads.assign(scope, {
						key: `${index}`,
						contentHash: null,
						links: [{ key: 'root', evidence: 'r', unknown: 'placeholder', merges: true }],
						at: null,
						participants: ['a@x'],
					}),
				),
			);
			expect(new Set(answers.map(({ threadId }) => threadId)).size).toBe(1);
			await Promise.all(stores.map((store) => store.close()));
		} finally {
			pooler.kill();
		}
	});
});
