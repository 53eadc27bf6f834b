/**
 * What the store can do, as JSON. `node bench/store.mts [--driver sqlite|postgres] [--url postgres://…]
 * [--messages 10000,100000] [--processes 4] [--seconds 5] [--folder …]`. A folder in memory (tmpfs) measures no disk.
 * Without a URL it starts a PostgreSQL server of its own.
 */
import '../test/lib/store/processes/typescript.mjs';
import { fork } from 'node:child_process';
import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { monitorEventLoopDelay, performance } from 'node:perf_hooks';
import { parseArgs } from 'node:util';
import type { NewSend, Store, StoreOptions, ThreadEntry } from '../lib/store/index.ts';

const { openStore } = await import('../lib/store/index.ts');
const { startPostgres } = await import('../test/lib/store/postgresServer.ts');
const { values: options } = parseArgs({
	options: {
		driver: { type: 'string', default: 'sqlite' },
		url: { type: 'string', default: '' },
		messages: { type: 'string', default: '10000,100000' },
		processes: { type: 'string', default: '4' },
		seconds: { type: 'string', default: '5' },
		folder: { type: 'string', default: '' },
		writer: { type: 'string', default: '' },
	},
});
const seconds = Number(options.seconds);

if (options.writer === '') {
	const own = options.driver === 'postgres' && options.url === '' ? await startPostgres({ fsync: 'on' }) : null;
	try {
		console.log(JSON.stringify(await measure(own?.url ?? options.url), null, 2));
	} finally {
		await own?.stop();
	}
} else {
	await write(JSON.parse(options.writer) as StoreOptions);
}

async function measure(url: string): Promise<object> {
	const folder = mkdtempSync(join(options.folder === '' ? tmpdir() : options.folder, 'bench-store-'));
	const place = (name: string): StoreOptions =>
		options.driver === 'postgres'
			? { driver: 'postgres', url, schema: `bench_${name}_${Date.now()}`, poolSize: 10, linger: 0 }
			: { driver: 'sqlite', file: join(folder, `${name}.sqlite`), linger: 0 };
	try {
		const store = await openStore(place('single'));
		const result = {
			node: process.version,
			...(await store.describe()),
			// A folder that is gone afterwards.
			location: undefined,
			claims: { sequential: await claims(store, 1), concurrent: await claims(store, 50) },
			transitions: { sequential: await transitions(store, 1), concurrent: await transitions(store, 50) },
			archive: await archive(store),
			threads: await threads(place),
			processes: await processes(place('many')),
			bytesPerMessage: options.driver === 'sqlite' ? await bytesPerMessage(join(folder, 'size.sqlite')) : null,
		};
		await store.close();
		return result;
	} finally {
		rmSync(folder, { recursive: true });
	}
}

/** Runs `step` for a while, `width` at a time. @returns steps per second */
async function rate(width: number, step: () => Promise<unknown>): Promise<number> {
	const start = performance.now();
	const end = start + seconds * 1000;
	let steps = 0;
	const lane = async (): Promise<void> => {
		while (performance.now() < end) {
			await step();
			steps++;
		}
	};
	await Promise.all(Array.from({ length: width }, lane));
	return Math.round(steps / ((performance.now() - start) / 1000));
}

function claims(store: Store, width: number): Promise<number> {
	return rate(width, () => store.replay.claim('bench', randomUUID(), { lease: 60_000, ttl: 60_000 }));
}

function newSend(): NewSend {
	const key = randomUUID();
	return {
		scope: 'bench',
		sender: 'shop@example.com',
		key,
		fingerprint: key,
		recipients: ['jane@example.com'],
		messageId: `${key}@example.com`,
		fixed: { date: '2026-01-01T00:00:00Z' },
		stream: null,
		template: null,
		templateVersion: null,
		correlationId: null,
		threadId: null,
		tags: [],
		metadata: {},
		expiresAt: null,
	};
}

/** Reserved, leased, transmitting, accepted: four transitions a send. */
async function transitions(store: Store, width: number): Promise<number> {
	const sends = await rate(width, async () => {
		const reserved = await store.sends.reserve(newSend());
		const leased = await store.sends.lease('bench', reserved.sends[0]!.groupId, 60_000);
		const change = { ids: leased.map(({ id }) => id), fence: leased[0]!.fence };
		await store.sends.transition('bench', { ...change, to: 'transmitting' });
		await store.sends.transition('bench', { ...change, to: 'accepted' });
	});
	return sends * 4;
}

/** 50 MB of what mail is made of: text that compresses, and base64 that hardly does. */
async function archive(store: Store): Promise<object> {
	const size = 50 * 1024 * 1024;
	const text = Buffer.from('All work and no play makes Jack a dull boy.\r\n'.repeat(200_000));
	const mail = Buffer.concat([text, Buffer.from(randomBytes(size).toString('base64'))]).subarray(0, size);
	const megabytes = size / 1024 / 1024;
	const delay = monitorEventLoopDelay({ resolution: 1 });
	delay.enable();
	const started = performance.now();
	const { ref } = await store.archive.put('bench', mail);
	const stored = performance.now();
	let read = 0;
	for await (const part of await store.archive.open('bench', ref)) read += (part as Buffer).length;
	const done = performance.now();
	delay.disable();
	return {
		putMegabytesPerSecond: Math.round(megabytes / ((stored - started) / 1000)),
		getMegabytesPerSecond: Math.round(read / 1024 / 1024 / ((done - stored) / 1000)),
		eventLoopDelayP99Ms: delay.percentile(99) / 1e6,
	};
}

/** A reply to one of `size` messages that are already there. */
async function threads(place: (name: string) => StoreOptions): Promise<object[]> {
	const results: object[] = [];
	for (const size of options.messages.split(',').map(Number)) {
		const at = place(`threads_${size}`);
		const store = await openStore(at);
		await fill(at, size);
		const find = await latency(500, () => store.threads.find('bench', `mid:${Math.floor(Math.random() * size)}`));
		const assign = await latency(500, () => store.threads.assign('bench', reply(Math.floor(Math.random() * size))));
		results.push({ messages: size, find, assign });
		await store.close();
	}
	return results;
}

function reply(to: number): ThreadEntry {
	const id = randomUUID();
	return {
		key: `mid:${id}`,
		contentHash: id,
		links: [{ key: `mid:${to}`, evidence: 'in-reply-to', unknown: 'placeholder', merges: true }],
		at: null,
		participants: ['jane@example.com'],
	};
}

async function latency(count: number, step: () => Promise<unknown>): Promise<{ p50Ms: number; p99Ms: number }> {
	const times: number[] = [];
	for (let index = 0; index < count; index++) {
		const start = performance.now();
		await step();
		times.push(performance.now() - start);
	}
	times.sort((a, b) => a - b);
	const at = (share: number): number => Number(times[Math.floor(count * share)]!.toFixed(3));
	return { p50Ms: at(0.5), p99Ms: at(0.99) };
}

/** Threads of four messages each, written straight into the tables: a million of them would take an hour otherwise. */
async function fill(place: StoreOptions, size: number): Promise<void> {
	const series =
		place.driver === 'sqlite'
			? `(with recursive n(i) as (select 0 union all select i + 1 from n where i + 1 < ${size}) select i from n)`
			: `(select i from generate_series(0, ${size - 1}) as n(i))`;
	const prefix = place.driver === 'sqlite' ? '' : `"${place.schema ?? ''}".`;
	const statements = [
		`insert into ${prefix}threads (id, scope, message_count, last_at, data, created_at)
			select 't' || (i / 4), 'bench', 4, 1000 + i, '{}', 1000 + i from ${series} as s where i % 4 = 0`,
		`insert into ${prefix}thread_keys (scope, key, thread_id, kind)
			select 'bench', 'mid:' || i, 't' || (i / 4), 'record' from ${series} as s`,
		`insert into ${prefix}thread_records (scope, thread_id, key, content_hash, sort_at, participants, answer, metadata)
			select 'bench', 't' || (i / 4), 'mid:' || i, 'h' || i, 1000 + i, '[]', '{}', '{}' from ${series} as s`,
		`insert into ${prefix}thread_participants (scope, thread_id, participant)
			select 'bench', 't' || (i / 4), 'p' || i || '@example.com' from ${series} as s where i % 4 = 0`,
	];
	if (place.driver === 'sqlite') {
		const { DatabaseSync } = await import('node:sqlite');
		const database = new DatabaseSync(place.file);
		for (const statement of statements) database.exec(statement);
		database.close();
		return;
	}
	const { Client } = await import('pg');
	const client = new Client({ connectionString: place.url });
	await client.connect();
	for (const statement of statements) await client.query(statement);
	await client.query('analyze');
	await client.end();
}

/** Several processes that write the same store at once; the worst event loop counts. */
async function processes(place: StoreOptions): Promise<object> {
	await (await openStore(place)).close();
	const count = Number(options.processes);
	const children = Array.from({ length: count }, () =>
		fork(import.meta.filename, ['--writer', JSON.stringify(place), '--seconds', options.seconds], {
			execArgv: ['--no-warnings'],
		}),
	);
	const reports = await Promise.all(
		children.map(
			async (child) => ((await once(child, 'message')) as [{ messages: number; p99: number; max: number }])[0],
		),
	);
	return {
		processes: count,
		messagesPerSecond: Math.round(reports.reduce((sum, { messages }) => sum + messages, 0) / seconds),
		eventLoopDelayP99Ms: Math.max(...reports.map(({ p99 }) => p99)),
		eventLoopDelayMaxMs: Math.max(...reports.map(({ max }) => max)),
	};
}

/** Each message is archived, recorded, threaded and confirmed. */
async function ingest(store: Store, body: Buffer): Promise<void> {
	const id = randomUUID();
	const raw = Buffer.concat([Buffer.from(`Message-ID: <${id}>\r\n\r\n`), body]);
	const { ref } = await store.archive.put('bench', raw);
	await store.ingestion.record({ scope: 'bench', key: id, feed: 'f', rawRef: ref, contentKey: ref, metadata: { id } });
	await store.ingestion.emit('bench', [id], randomUUID(), 'bench');
	await store.threads.assign('bench', { ...reply(0), key: `mid:${id}`, links: [] });
	await store.ingestion.advance('bench', id, 'confirmed');
}

async function write(place: StoreOptions): Promise<void> {
	const store = await openStore(place);
	const body = randomBytes(6_000);
	await ingest(store, body);
	const delay = monitorEventLoopDelay({ resolution: 1 });
	delay.enable();
	const perSecond = await rate(8, () => ingest(store, body));
	delay.disable();
	await store.close();
	process.send?.({ messages: perSecond * seconds, p99: delay.percentile(99) / 1e6, max: delay.max / 1e6 });
	process.disconnect();
}

async function bytesPerMessage(file: string): Promise<object> {
	const count = 1_000;
	const store = await openStore({ driver: 'sqlite', file, linger: 0 });
	const body = Buffer.from(createHash('sha512').update('seed').digest('hex').repeat(160));
	for (let index = 0; index < count; index++) await ingest(store, body);
	await store.close();
	return { rawBytes: body.length, onDisk: Math.round(statSync(file).size / count) };
}
