/**
 * How fast Thread Match is on a store that holds many messages, as JSON. `node bench/thread.mts [--driver sqlite|postgres]
 * [--url postgres://…] [--messages 10000,100000,1000000] [--matches 1000] [--thread 100000]`. The index is filled straight
 * into the tables, in threads of four; each match is one answer that names its parent, one that only quotes, or a new
 * mail. `--thread` is the size of the one long thread that grows by answers; 0 leaves it out.
 */
import '../test/lib/store/processes/typescript.mjs';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { parseArgs } from 'node:util';
import type { StoreOptions } from '../lib/store/index.ts';

const { openStore } = await import('../lib/store/index.ts');
const { matchThread } = await import('../lib/pipeline/threads/matchThread.ts');
const { kinFactsOf } = await import('../lib/email/thread/kinFacts.ts');
const { packHashes, shinglesOf } = await import('../lib/email/thread/shingles.ts');
const { subjectBuckets } = await import('../lib/email/thread/subjectBuckets.ts');
const { startPostgres } = await import('../test/lib/store/postgresServer.ts');
const { values: options } = parseArgs({
	options: {
		driver: { type: 'string', default: 'sqlite' },
		url: { type: 'string', default: '' },
		messages: { type: 'string', default: '10000,100000,1000000' },
		matches: { type: 'string', default: '1000' },
		thread: { type: 'string', default: '100000' },
	},
});
type Message = Parameters<typeof matchThread>[1];

const START = Date.UTC(2026, 0, 1);
const MINUTE = 60_000;
const matches = Number(options.matches);
const own = options.driver === 'postgres' && options.url === '' ? await startPostgres({ fsync: 'on' }) : null;
const folder = mkdtempSync(join(tmpdir(), 'bench-thread-'));
const place = (name: string): StoreOptions =>
	options.driver === 'postgres'
		? {
				driver: 'postgres',
				url: own?.url ?? options.url,
				schema: `bench_${name}_${Date.now()}`,
				poolSize: 4,
				linger: 0,
			}
		: { driver: 'sqlite', file: join(folder, `${name}.sqlite`), linger: 0 };
try {
	const sizes: object[] = [];
	for (const size of options.messages.split(',').map(Number)) sizes.push(await among(size));
	const length = Number(options.thread);
	const report = {
		node: process.version,
		driver: options.driver,
		sizes,
		thread: length > 0 ? await grow(length) : null,
	};
	console.log(JSON.stringify(report, null, 2));
} finally {
	await own?.stop();
	rmSync(folder, { recursive: true });
}

/** Message `at` of thread `at / 4`, as it was filed. */
function said(at: number): string {
	return `The lamps of thread ${Math.floor(at / 4)} flicker, says mail ${at}, and none of the fridges is to blame.`;
}

function subjectOf(thread: number): string {
	return `Lamps of room ${thread} flicker`;
}

/** An answer to message `to`, and what it names of it. */
function answer(id: string, to: number, names: 'parent' | 'nothing'): Message {
	return {
		id,
		messageId: `${id}@bench`,
		inReplyTo: names === 'parent' ? [`${to}@bench`] : [],
		references: names === 'parent' ? [`${to}@bench`] : [],
		date: new Date(START + (to + 60) * MINUTE).toISOString(),
		subject: `Re: ${subjectOf(Math.floor(to / 4))}`,
		text: `On a day, Jane Doe wrote:\n> ${said(to)}\n\nThen have a look at the wires.`,
		from: { name: 'Bob Novak', address: 'bob@example.org' },
		to: [{ name: 'Jane Doe', address: 'jane@example.com' }],
		cc: [],
	};
}

function begin(id: string): Message {
	return { ...answer(id, 0, 'nothing'), subject: `A new matter ${id}`, text: 'Nothing like it was said before.' };
}

async function among(size: number): Promise<object> {
	const at = place(`among_${size}`);
	const store = await openStore(at);
	await fill(at, size);
	const any = (): number => Math.floor(Math.random() * size);
	let count = 0;
	let found = 0;
	const kinds = {
		parentNamed: () => answer(`n${count++}`, any(), 'parent'),
		parentQuoted: () => answer(`q${count++}`, any(), 'nothing'),
		newThread: () => begin(`b${count++}`),
	};
	const results: Record<string, object> = {};
	for (const [kind, make] of Object.entries(kinds)) {
		found = 0;
		results[kind] = await timed(matches, async () => {
			const { isNew } = await matchThread(store, make(), { scope: 'bench', subject: true });
			found += isNew ? 0 : 1;
		});
		results[kind] = { ...results[kind], found };
	}
	await store.close();
	return { messages: size, ...results };
}

/** One list thread: everybody answers one of the last hundred, one in ten without naming it. */
async function grow(length: number): Promise<object> {
	const at = place('grow');
	const store = await openStore(at);
	await fill(at, length, length);
	const late = Math.max(1, length - 100);
	const near = (): number => late + Math.floor(Math.random() * Math.min(99, length - 1));
	let count = 0;
	const ids = new Set<string>();
	const full = await timed(matches, async () => {
		const to = near();
		const message = answer(`g${count}`, to, count++ % 10 === 0 ? 'nothing' : 'parent');
		ids.add(
			(await matchThread(store, { ...message, subject: `Re: ${subjectOf(0)}` }, { scope: 'bench', subject: true }))
				.threadId,
		);
	});
	await store.close();
	return { messages: length, threads: ids.size, ...full };
}

async function timed(count: number, step: () => Promise<void>): Promise<object> {
	for (let warm = 0; warm < Math.min(50, count); warm++) await step();
	const times: number[] = [];
	const start = performance.now();
	for (let index = 0; index < count; index++) {
		const began = performance.now();
		await step();
		times.push(performance.now() - began);
	}
	const seconds = (performance.now() - start) / 1000;
	times.sort((a, b) => a - b);
	const at = (share: number): number => Number(times[Math.floor(count * share)]!.toFixed(2));
	return { matchesPerSecond: Math.round(count / seconds), p50Ms: at(0.5), p99Ms: at(0.99) };
}

/** @param perThread how many messages make a thread */
async function fill(at: StoreOptions, size: number, perThread = 4): Promise<void> {
	const rows: Row[] = [];
	const sink = await sinkOf(at);
	// Of a million mails only what differs is made anew.
	const like = kinFactsOf({
		...answer('like', 0, 'parent'),
		text: said(0),
		from: { name: 'Jane Doe', address: 'jane@example.com' },
	});
	for (let i = 0; i < size; i++) {
		const thread = Math.floor(i / perThread);
		const subject = i % perThread === 0 ? subjectOf(thread) : `Re: ${subjectOf(thread)}`;
		const facts = { ...like, own: packHashes(shinglesOf([said(i)])) };
		const [bucket = ''] = subjectBuckets(subject);
		rows.push({
			i,
			thread: `t${thread}`,
			first: i % perThread === 0,
			at: START + i * MINUTE,
			bucket,
			facts: JSON.stringify(facts),
		});
		if (rows.length === 5000 || i === size - 1) await sink.write(rows.splice(0), perThread);
	}
	await sink.end();
}

interface Row {
	i: number;
	thread: string;
	first: boolean;
	at: number;
	bucket: string;
	facts: string;
}

type Sql = (table: string, columns: string[], rows: unknown[][]) => Promise<void>;

async function sinkOf(
	at: StoreOptions,
): Promise<{ write(rows: Row[], perThread: number): Promise<void>; end(): Promise<void> }> {
	const database = at.driver === 'sqlite' ? await sqlite(at.file) : await postgres(at.url, at.schema ?? '');
	const { insert } = database;
	return {
		async write(rows, perThread) {
			const firsts = rows.filter(({ first }) => first);
			await insert(
				'threads',
				['id', 'scope', 'message_count', 'last_at', 'data', 'created_at'],
				firsts.map((row) => [row.thread, 'bench', perThread, row.at + (perThread - 1) * MINUTE, '{}', row.at]),
			);
			await insert(
				'thread_keys',
				['scope', 'key', 'thread_id', 'kind'],
				rows.map((row) => ['bench', `mid:${row.i}@bench`, row.thread, 'record']),
			);
			await insert(
				'thread_records',
				['scope', 'thread_id', 'key', 'content_hash', 'sort_at', 'participants', 'answer', 'metadata'],
				rows.map((row) => ['bench', row.thread, `mid:${row.i}@bench`, `h${row.i}`, row.at, '[]', '{}', '{}']),
			);
			await insert(
				'thread_participants',
				['scope', 'thread_id', 'participant'],
				firsts.map((row) => ['bench', row.thread, 'jane@example.com']),
			);
			await insert(
				'thread_kin',
				['scope', 'bucket', 'at', 'key', 'seeking', 'facts'],
				rows.map((row) => ['bench', row.bucket, row.at, `mid:${row.i}@bench`, 0, row.facts]),
			);
		},
		end: () => database.end(),
	};
}

async function sqlite(file: string): Promise<{ insert: Sql; end(): Promise<void> }> {
	const { DatabaseSync } = await import('node:sqlite');
	const database = new DatabaseSync(file);
	return {
		insert: (table, columns, rows) => {
			const statement = database.prepare(
				`insert into ${table} (${columns.join(', ')}) values (${columns.map(() => '?').join(', ')})`,
			);
			database.exec('begin');
			for (const row of rows) statement.run(...(row as string[]));
			database.exec('commit');
			return Promise.resolve();
		},
		end: () => {
			database.exec('analyze');
			database.close();
			return Promise.resolve();
		},
	};
}

async function postgres(url: string, schema: string): Promise<{ insert: Sql; end(): Promise<void> }> {
	const { Client } = await import('pg');
	const client = new Client({ connectionString: url });
	await client.connect();
	return {
		async insert(table, columns, rows) {
			const arrays = columns.map((_, at) => rows.map((row) => row[at]));
			const numeric = /^(?:message_count|last_at|created_at|sort_at|at|seeking)$/;
			const casts = columns.map((name, at) => `$${at + 1}::${numeric.test(name) ? 'bigint' : 'text'}[]`);
			await client.query(
				`insert into "${schema}".${table} (${columns.map((name) => `"${name}"`).join(', ')}) select * from unnest(${casts.join(', ')})`,
				arrays,
			);
		},
		async end() {
			await client.query('analyze');
			await client.end();
		},
	};
}
