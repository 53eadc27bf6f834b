import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { describe, expect, it } from 'vitest';

const root = resolve(__dirname, '..');

/** What each part of the tree may import, besides itself. Imports run one way (docs/architecture.md). */
const allowed: Record<string, readonly string[]> = {
	'lib/errors.ts': [],
	'lib/address.ts': [],
	'lib/retry.ts': [],
	'lib/email': ['lib/errors.ts', 'lib/address.ts', 'lib/retry.ts'],
	'lib/store': ['lib/errors.ts', 'lib/address.ts', 'lib/retry.ts'],
	'lib/pipeline': ['lib/email', 'lib/store', 'lib/errors.ts', 'lib/address.ts', 'lib/retry.ts'],
	'lib/index.ts': ['lib/pipeline', 'lib/email', 'lib/store', 'lib/errors.ts'],
	credentials: [],
	nodes: ['lib/pipeline', 'lib/email', 'lib/store', 'lib/errors.ts'],
};
/** The rooms of lib/pipeline, each with those that it may enter besides the parts above. */
const rooms: Record<string, readonly string[]> = {
	delivery: [],
	ingest: ['delivery'],
	send: ['delivery'],
	threads: ['send'],
	ledger: ['delivery', 'ingest', 'send', 'threads'],
};
const n8nPackages = /^n8n-(workflow|core)$/;
const vagueName = /^(utils?|helpers?|common|misc|types)(\.|$)/i;

function sources(folder: string): string[] {
	return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
		.filter((name) => name.endsWith('.ts'))
		.map((name) => join(folder, name).split(sep).join('/'));
}

function partOf(file: string): string | undefined {
	return Object.keys(allowed).find((part) => file === part || file.startsWith(`${part}/`));
}

function roomOf(file: string): string | undefined {
	return /^lib\/pipeline\/([^/]+)/.exec(file.split(sep).join('/'))?.[1];
}

function importsOf(file: string): string[] {
	const text = readFileSync(join(root, file), 'utf8');
	return [...text.matchAll(/(?:from\s+|import\s*\(\s*|import\s+|require\(\s*)['"]([^'"]+)['"]/g)].map(
		(match) => match[1]!,
	);
}

describe('imports run one way', () => {
	const files = ['lib', 'nodes', 'credentials'].flatMap(sources);

	it('covers every source file', () => {
		expect(files.length).toBeGreaterThan(10);
		expect(files.filter((file) => partOf(file) === undefined)).toEqual([]);
	});

	it.each(files)('%s', (file) => {
		const part = partOf(file)!;
		for (const specifier of importsOf(file)) {
			if (specifier.startsWith('.')) {
				const target = relative(root, resolve(root, dirname(file), specifier))
					.split(sep)
					.join('/');
				const targetPart = partOf(target) ?? partOf(`${target}.ts`);
				expect([part, ...allowed[part]!], `${file} imports ${specifier}`).toContain(targetPart);
			} else if (n8nPackages.test(specifier)) {
				expect(['nodes', 'credentials'], `${file} imports ${specifier}`).toContain(part);
			}
		}
	});

	it.each(files.filter((file) => roomOf(file) !== undefined))('within lib/pipeline: %s', (file) => {
		const room = roomOf(file)!;
		const targets = importsOf(file)
			.filter((specifier) => specifier.startsWith('.'))
			.map((specifier) => roomOf(join(dirname(file), specifier)))
			.filter((target) => target !== undefined);
		expect(Object.keys(rooms)).toContain(room);
		for (const target of targets) expect([room, ...rooms[room]!], `${file} imports ${target}`).toContain(target);
	});

	it('has no vaguely named file or folder', () => {
		const names = ['lib', 'nodes', 'credentials', 'test', 'tools', 'demo'].flatMap((folder) =>
			readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' }).map((name) => name.split(sep).pop()!),
		);
		expect(names.filter((name) => vagueName.test(name))).toEqual([]);
	});
});
