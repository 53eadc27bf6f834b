import { randomUUID } from 'node:crypto';
import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Store, openStore } from '../../../lib/store';
import { objectName } from '../../../lib/store/archive/write';
import type { Database } from '../../../lib/store/database';
import { letterName } from '../../../lib/store/deadLetters';
import { openPostgres } from '../../../lib/store/postgres/open';
import { threadName } from '../../../lib/store/threads/assign';
import { newSend } from '../../lib/store/conformance/sends';
import { message } from '../../lib/store/conformance/threads';
import { type PostgresServer, startPostgres } from '../../lib/store/postgresServer';

/** So that whatever was just written is older than its retention. */
const OVER = -60_000;
const WHO = 'jane@example.com';

describe('who purges and erases waits for who writes, and the other way round', () => {
	let server: PostgresServer;
	let store: Store;
	let database: Database;
	let observer: Client;
	beforeAll(async () => {
		server = await startPostgres();
		const options = { driver: 'postgres', url: server.url, linger: 0 } as const;
		store = await openStore(options);
		database = await openPostgres(options);
		observer = new Client({ connectionString: server.url });
		await observer.connect();
	});
	afterAll(async () => {
		await observer.end();
		await database.close();
		await store.close();
		await server.stop();
	});

	const waiting = async (): Promise<number> => {
		const { rows } = await observer.query<{ count: number }>(
			"select count(*)::int as count from pg_locks where locktype = 'advisory' and not granted",
		);
		return rows[0]!.count;
	};

	/** Takes the names, begins the works one after the other, sees each of them wait, and lets go. */
	async function whileHeld(names: string[], ...works: Array<() => Promise<unknown>>): Promise<void> {
		let letGo = (): void => undefined;
		const gate = new Promise<void>((resolve) => (letGo = resolve));
		let held: Promise<void> = Promise.resolve();
		await new Promise<void>((resolve) => {
			held = database.transaction(names, () => {
				resolve();
				return gate;
			});
		});
		const begun: Array<Promise<unknown>> = [];
		try {
			for (const work of works) {
				begun.push(work());
				await expect.poll(waiting, { timeout: 10_000 }).toBe(begun.length);
			}
		} finally {
			letGo();
			await held;
			await Promise.all(begun);
		}
	}

	const content = async (scope: string) => {
		const { ref, sha256 } = await store.archive.put(scope, Buffer.from(`From: a@x\r\n\r\n${randomUUID()}`));
		return { ref, names: [objectName(scope, sha256)] };
	};
	const record = (scope: string, rawRef: string | null) => {
		const about = { contentKey: null, metadata: {}, subjects: [WHO] };
		return { scope, key: randomUUID(), feed: 'f', rawRef, ...about };
	};

	it.each<[string, (scope: string, ref: string) => Promise<unknown>]>([
		['a record', (scope, ref) => store.ingestion.record(record(scope, ref))],
		['several records', (scope, ref) => store.ingestion.recordTogether([record(scope, null), record(scope, ref)])],
		[
			'a dead letter',
			(scope, rawRef) =>
				store.deadLetters.add({ scope, key: 'k', feed: 'f', reason: 'r', message: 'm', item: {}, rawRef }),
		],
		['a purge of one', (scope, ref) => store.archive.purge(scope, ref)],
		['a reduction', (scope, ref) => store.archive.reduce(scope, ref, 'headers')],
		['retention', () => store.maintenance.purge({ archive: OVER })],
	])('content: %s', async (_, work) => {
		const scope = randomUUID();
		const { ref, names } = await content(scope);
		await whileHeld(names, () => work(scope, ref));
	});

	it('content that is recorded in the moment of its purge is kept', async () => {
		const scope = randomUUID();
		const { ref, names } = await content(scope);
		await whileHeld(
			names,
			() => store.ingestion.record(record(scope, ref)),
			() => store.maintenance.purge({ archive: OVER }),
		);
		expect(await store.archive.stat(scope, ref)).toMatchObject({ mode: 'full', purgedAt: null });
	});

	it('an erasure waits for whoever writes the content, the send, the letter, the thread', async () => {
		const scope = randomUUID();
		const erase = () => store.maintenance.eraseAddress(scope, WHO);
		const { ref, names } = await content(scope);
		await store.ingestion.record(record(scope, ref));
		await whileHeld(names, erase);
		expect(await store.archive.stat(scope, ref)).toMatchObject({ purgedAt: expect.any(Number) as number });

		const [send] = (await store.sends.reserve(newSend(scope, { recipients: [WHO] }))).sends;
		await whileHeld([`send:${send!.groupId}`], erase);
		expect(await store.sends.get(scope, send!.id)).toMatchObject({ state: 'canceled' });

		const letter = { scope, key: 'k', feed: 'f', reason: 'r', message: 'm', item: { WHO }, rawRef: null };
		const { id } = await store.deadLetters.add({ ...letter, subjects: [WHO] });
		await whileHeld([letterName(scope, 'k')], erase);
		expect(await store.deadLetters.get(scope, id)).toMatchObject({ item: {} });

		const { threadId } = await store.threads.assign(scope, message('m', [], { participants: [WHO] }));
		await whileHeld([threadName(threadId)], erase);
		expect(await store.threads.get(scope, threadId)).toBeNull();
	});

	it('retention waits for whoever files something in a thread, or moves a send', async () => {
		const scope = randomUUID();
		const { threadId } = await store.threads.assign(scope, message('m'));
		await whileHeld([threadName(threadId)], () => store.maintenance.purge({ threads: OVER }));
		const { sends } = await store.sends.reserve(newSend(scope));
		const [{ id, groupId }] = sends as [(typeof sends)[number]];
		await store.sends.transition(scope, { ids: [id], fence: null, to: 'canceled' });
		await whileHeld([`send:${groupId}`], () => store.maintenance.purge({ sends: OVER }));
		expect(await store.sends.get(scope, id)).toBeNull();
	});
});
