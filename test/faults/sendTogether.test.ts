import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ScriptedServer, startScriptedServer } from '../lib/email/smtp/scriptedServer';
import { draftWith, plainServer } from '../lib/pipeline/send/sending';
import { type PostgresServer, startPostgres } from '../lib/store/postgresServer';
import { hasPostgres } from '../servers/available';
import { Sender } from './senders';

const PROCESSES = 8;
const TIMES = 3;
/** Business events; SEND_TOGETHER_EVENTS raises them. */
const EVENTS = Number(process.env.SEND_TOGETHER_EVENTS ?? 200);

describe.skipIf(!hasPostgres)(`${PROCESSES} processes on one PostgreSQL`, () => {
	let postgres: PostgresServer;
	let server: ScriptedServer;
	beforeAll(async () => {
		postgres = await startPostgres();
		server = await startScriptedServer();
	});
	afterAll(async () => {
		await server.stop();
		await postgres.stop();
	});

	it(
		`send ${EVENTS} business events once, each fired ${TIMES} times at once`,
		{ timeout: 180_000 + EVENTS * 500 },
		async () => {
			const store = { driver: 'postgres', url: postgres.url, schema: 'together', poolSize: 3 } as const;
			const senders = Array.from({ length: PROCESSES }, () => new Sender({ store }));
			await Promise.all(senders.map((sender) => sender.ready()));
			const keys = Array.from({ length: EVENTS }, (_none, event) => `order-${event}`);
			const start = performance.now();
			for (const [index, sender] of senders.entries()) {
				// Each event is in the lists of three processes, at about the same place.
				const mine = keys.filter((_key, event) => (event - index + PROCESSES) % PROCESSES < TIMES);
				const draft = draftWith();
				sender.begin({ id: 'fire', smtp: plainServer(server.port), keys: mine, draft, lanes: 3, untilAnswered: true });
			}
			const answers = (await Promise.all(senders.map((sender) => sender.finished('fire')))).flat();
			const seconds = (performance.now() - start) / 1000;
			await Promise.all(senders.map((sender) => sender.end()));

			expect(server.delivered).toHaveLength(EVENTS);
			const ids = server.delivered.map(({ message }) => /^Message-ID: <(.+)>/m.exec(message)![1]!);
			expect(new Set(ids).size).toBe(EVENTS);
			expect(answers).toHaveLength(EVENTS * TIMES);
			for (const key of keys) {
				const fates = answers.filter((answer) => answer.key === key).map(({ fates: [fate] }) => fate!);
				const dispositions = fates.map(({ disposition }) => disposition).sort();
				expect(dispositions, key).toEqual(['duplicate', 'duplicate', 'sent']);
				// The first result, not a new one.
				expect(new Set(fates.map(({ messageId, acceptedAt }) => `${messageId} ${acceptedAt}`)).size, key).toBe(1);
				for (const { disposition, replayed } of fates) expect(replayed, key).toBe(disposition === 'duplicate');
			}
			if (process.env.SEND_TOGETHER_EVENTS !== undefined) {
				console.log(JSON.stringify({ mails: EVENTS, duplicates: EVENTS * (TIMES - 1), seconds }));
			}
		},
	);
});
