import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ICredentialDataDecryptedObject, INode } from 'n8n-workflow';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { openNodeStore, scopeOf } from '../../nodes/pipelineStore';

let folder: string;
beforeEach(async () => {
	folder = await mkdtemp(join(tmpdir(), 'node-store-'));
	vi.stubEnv('N8N_USER_FOLDER', folder);
});
afterEach(async () => {
	vi.unstubAllEnvs();
	await rm(folder, { recursive: true, force: true });
});

/** What a node context offers: no credential unless the user chose one. */
function contextWith(credential?: ICredentialDataDecryptedObject) {
	return {
		getNode: () => ({ name: 'MIME Parse' }) as INode,
		getCredentials: () =>
			credential ? Promise.resolve(credential) : Promise.reject(new Error('Node does not have any credentials set')),
	};
}

describe('the store of a node', () => {
	it('is a file in n8n’s user folder when nothing is set', async () => {
		const store = await openNodeStore(contextWith(), {});
		expect(store.driver).toBe('sqlite');
		expect(existsSync(join(folder, '.n8n', 'email-pipeline', 'store.sqlite'))).toBe(true);
		await store.close();
	});

	it.each([
		['embedded', undefined],
		['credential', { driver: 'sqlite', file: '' }],
	])('is refused as a file in queue mode (%s), with what to do', async (store, credential) => {
		vi.stubEnv('EXECUTIONS_MODE', 'queue');
		await expect(openNodeStore(contextWith(credential), { store })).rejects.toMatchObject({
			code: 'STORE_QUEUE_MODE',
			hint: expect.stringContaining('Postgres') as string,
		});
		expect(existsSync(join(folder, '.n8n'))).toBe(false);
	});

	it('names the key when an encryption key is unusable', async () => {
		const credential = { driver: 'sqlite', file: '', encryptionKey: 'too short', encryptionKeyId: '2026-11' };
		await expect(openNodeStore(contextWith(credential), { store: 'credential' })).rejects.toMatchObject({
			code: 'STORE_KEY_INVALID',
		});
	});
});

describe('the scope of a node', () => {
	it.each([
		['customer-a', 'customer-a', true],
		['customer-a', 'customer-b', false],
		['customer-a', undefined, false],
		['customer-a', 'customer-a-2', false],
		['customer-a, customer-a-*', 'customer-a-2', true],
		['x\ncustomer-*', 'customer-b', true],
		[',', 'customer-a', false],
		['', 'anything', true],
	])('is held to what the credential allows: %j, %s: %s', async (allowedScopes, scope, allowed) => {
		const credential = { driver: 'sqlite', file: '', allowedScopes };
		const opened = openNodeStore(contextWith(credential), { store: 'credential', scope });
		if (allowed) await (await opened).close();
		else await expect(opened).rejects.toMatchObject({ code: 'STORE_SCOPE_NOT_ALLOWED' });
	});

	it('is “default” unless set', () => {
		expect([scopeOf({}), scopeOf({ scope: '  ' }), scopeOf({ scope: ' tenant-a ' })]).toEqual([
			'default',
			'default',
			'tenant-a',
		]);
	});
});
