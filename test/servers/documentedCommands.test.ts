/** What README.md and docs/operations.md tell to type, typed. */
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { copyFile, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { delimiter, dirname, join, resolve } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { packPackage } from '../../tools/install-package.mts';
import { type Store, type StoreOptions, openStore } from '../../lib/store';
import { type PostgresServer, runSql, startPostgres } from '../lib/store/postgresServer';
import { boxes } from '../markdown';
import { hasPostgres } from './available';

type EncryptionKeys = StoreOptions['encryptionKeys'];

const root = resolve(__dirname, '../..');
const page = (name: string) => readFile(join(root, name), 'utf8');

/** A folder in which the package is installed, as built from this tree. */
let folder: string;
beforeAll(async () => {
	folder = await mkdtemp(join(tmpdir(), 'documented-commands-'));
	await mkdir(join(folder, 'node_modules'));
	await symlink(root, join(folder, 'node_modules', 'n8n-nodes-email-pipeline'));
});
afterAll(() => rm(folder, { recursive: true }));

/** @returns what it prints */
async function shell(command: string, env: Record<string, string> = {}): Promise<string> {
	const PATH = [dirname(process.execPath), process.env.PATH].join(delimiter);
	const options = { cwd: folder, env: { ...process.env, NODE_NO_WARNINGS: '1', ...env, PATH } };
	return (await promisify(execFile)('sh', ['-euc', command], options)).stdout;
}

describe('the library’s example of the README', () => {
	beforeAll(async () => {
		const [code = ''] = boxes(await page('README.md'), 'Without n8n', 'js');
		const mail =
			'From: ann@example.com\nTo: shop@example.com\nSubject: My order\nMessage-ID: <1@example.com>\n\nWhere is it?\n';
		await writeFile(join(folder, 'mail.eml'), mail);
		await copyFile(
			join(root, 'test/lib/email/bounce/samples/bounce/postfix-user-unknown.eml'),
			join(folder, 'bounce.eml'),
		);
		const told = 'console.log(JSON.stringify({ kind, reason: recipients[0].reason, text, isNew }));';
		await writeFile(join(folder, 'library.mjs'), code + told);
	});
	const answer = { kind: 'bounce', reason: 'user-unknown', text: 'Where is it?' };

	it('runs', async () => {
		expect(JSON.parse(await shell('node library.mjs'))).toEqual({ ...answer, isNew: true });
	});

	it('runs on the oldest Node.js that package.json names', async () => {
		const { engines } = JSON.parse(await page('package.json')) as { engines: { node: string } };
		const oldest = `${engines.node.replace('>=', '')}.0`;
		await shell(`npm install --prefix oldest --no-save node@${oldest}`);
		expect(JSON.parse(await shell('oldest/node_modules/.bin/node library.mjs'))).toMatchObject(answer);
		expect(await shell('oldest/node_modules/.bin/node --version')).toBe(`v${oldest}\n`);
	});
});

it('installs by hand, and nothing of n8n with it', async () => {
	const [install = ''] = boxes(await page('README.md'), 'Install it in your n8n', 'sh');
	const home = join(folder, 'home');
	const tarball = await packPackage(folder);
	// A home of its own, but npm’s settings and cache.
	const npm = { npm_config_userconfig: join(homedir(), '.npmrc'), npm_config_cache: join(homedir(), '.npm') };
	await shell(install.replace('n8n-nodes-email-pipeline', tarball), { ...npm, HOME: home });
	const installed = (name: string) => existsSync(join(home, '.n8n', 'nodes', 'node_modules', name));
	expect(installed('n8n-nodes-email-pipeline/dist/nodes/IdempotentSend/IdempotentSend.node.js')).toBe(true);
	expect(installed('imapflow')).toBe(true);
	expect(installed('n8n-workflow')).toBe(false);
});

describe('docs/operations.md', () => {
	it('backs up an embedded store that is in use', async () => {
		const [backup = ''] = boxes(await page('docs/operations.md'), 'Backup and restore', 'sh').slice(-1);
		const store = await openStore({ driver: 'sqlite', file: join(folder, 'store.sqlite') });
		try {
			await claim(store);
			await shell(backup);
		} finally {
			await store.close();
		}
		const copy = await openStore({ driver: 'sqlite', file: join(folder, 'copy.sqlite') });
		expect(await claim(copy)).toBe('in-progress');
		await copy.close();
	});

	describe.skipIf(!hasPostgres)('with Postgres', () => {
		let server: PostgresServer;
		let url: URL;
		beforeAll(async () => {
			server = await startPostgres();
			url = Object.assign(new URL(server.url), { pathname: '/n8n' });
			await runSql(server.url, 'create database n8n');
		});
		afterAll(() => server.stop());

		const open = (encryptionKeys: EncryptionKeys) =>
			openStore({ driver: 'postgres', url: url.href, schema: 'email_pipeline', encryptionKeys, linger: 0 });
		const script = async (name: string, heading: string) => {
			const [code = ''] = boxes(await page('docs/operations.md'), heading, 'js');
			const address = 'postgres://n8n:…@db.internal/n8n';
			expect(code).toContain(address);
			await writeFile(join(folder, name), code.replace(address, url.href));
		};

		it('rotates the encryption key, and erases a tenant', async () => {
			const secrets = { OLD_KEY: await newKey(), NEW_KEY: await newKey() };
			const mail = randomBytes(3000);
			const before = await open([{ id: '2025-11', secret: secrets.OLD_KEY }]);
			const { ref } = await before.archive.put('customer-a', mail);
			await before.close();

			await script('rotate-key.mjs', 'Rotating the encryption key');
			expect(await shell('node rotate-key.mjs', secrets)).toBe('1 objects are under the new key\n');
			const after = await open([{ id: '2026-11', secret: secrets.NEW_KEY }]);
			expect(await buffer(await after.archive.open('customer-a', ref))).toEqual(mail);

			await script('erase.mjs', 'Retention and erasure');
			expect(await shell('node erase.mjs', secrets)).toMatch(/^[1-9]\d* records erased\n$/);
			await expect(after.archive.open('customer-a', ref)).rejects.toMatchObject({ code: 'ARCHIVE_NOT_FOUND' });
			await after.close();
			await runSql(url.href, 'drop schema email_pipeline cascade');
		});

		it('backs up and restores', async () => {
			const [dump = '', restore = ''] = boxes(await page('docs/operations.md'), 'Backup and restore', 'sh');
			const store = await open([]);
			await claim(store);
			await store.close();
			const access = {
				PGHOST: url.hostname,
				PGPORT: url.port,
				PGUSER: url.username,
				PGPASSWORD: decodeURIComponent(url.password),
			};
			await shell(dump, access);
			await runSql(url.href, 'drop schema email_pipeline cascade');
			await shell(restore, access);
			const restored = await open([]);
			expect(await claim(restored)).toBe('in-progress');
			await restored.close();
		});
	});
});

async function claim(store: Store): Promise<string> {
	const { state } = await store.replay.claim('default', 'event-1', { lease: 600_000, ttl: 600_000 });
	return state;
}

async function newKey(): Promise<string> {
	return (await shell('openssl rand -base64 32')).trim();
}
