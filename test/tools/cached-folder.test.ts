import { mkdtemp, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { cachedFolder, type CachedFolder } from '../../tools/cached-folder.mts';

let base: string;
let path: string;

beforeEach(async () => {
	base = await mkdtemp(join(tmpdir(), 'cached-folder-'));
	path = join(base, 'thing-1');
	vi.spyOn(console, 'log').mockImplementation(() => undefined);
});

afterEach(async () => {
	vi.restoreAllMocks();
	await rm(base, { recursive: true, force: true });
});

/** A folder that is good when it holds `content`; counts how often it is made. */
function thing(made: string[], overrides: Partial<CachedFolder> = {}): CachedFolder {
	return {
		path,
		title: 'Making the thing',
		make: async (folder) => {
			made.push(folder);
			await writeFile(join(folder, 'content'), 'good');
		},
		findFault: async (folder) =>
			await readFile(join(folder, 'content'), 'utf8').then(
				(text) => (text === 'good' ? null : 'its content is damaged'),
				() => 'its content is missing',
			),
		...overrides,
	};
}

describe('a cached folder', () => {
	it('is made once, and reused', async () => {
		const made: string[] = [];
		expect(await cachedFolder(thing(made))).toBe(path);
		expect(await cachedFolder(thing(made))).toBe(path);
		expect(made).toHaveLength(1);
		expect(await readFile(join(path, 'content'), 'utf8')).toBe('good');
	});

	it.each([
		[
			'was never finished',
			async () => {
				await mkdir(path);
				await writeFile(join(path, 'content'), 'good');
			},
		],
		[
			'has lost a file',
			async () => {
				await cachedFolder(thing([]));
				await rm(join(path, 'content'));
			},
		],
		[
			'is damaged',
			async () => {
				await cachedFolder(thing([]));
				await writeFile(join(path, 'content'), 'bad');
			},
		],
	])('is made anew when it %s', async (_what, spoil) => {
		await spoil();
		const made: string[] = [];
		await cachedFolder(thing(made));
		expect(made).toHaveLength(1);
		expect(await readFile(join(path, 'content'), 'utf8')).toBe('good');
	});

	it('does not exist after a failed attempt, and the next attempt removes what that left', async () => {
		const failing = thing([], {
			make: async (folder) => {
				await writeFile(join(folder, 'content'), 'half');
				throw new Error('the network went away');
			},
		});
		await expect(cachedFolder(failing)).rejects.toThrow('the network went away');
		expect(await readdir(base)).not.toContain('thing-1');

		await cachedFolder(thing([]));
		expect((await readdir(base)).filter((name) => name.includes('unfinished'))).toEqual([]);
	});

	it('is not used when what was made is not right', async () => {
		const wrong = thing([], { make: async (folder) => await writeFile(join(folder, 'content'), 'bad') });
		await expect(cachedFolder(wrong)).rejects.toThrow('its content is damaged');
		expect(await readdir(base)).not.toContain('thing-1');
	});

	it('is made by one of several at once, while the others wait for it', async () => {
		const made: string[] = [];
		const all = await Promise.all([1, 2, 3].map(() => cachedFolder(thing(made))));
		expect(all).toEqual([path, path, path]);
		expect(made).toHaveLength(1);
	});
});
