import { mkdtemp, rm } from 'node:fs/promises';
import { DatabaseSync } from 'node:sqlite';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { SendState, StoreOptions } from '../../lib/store';
import { type Point, type Script, type ScriptedServer, startScriptedServer } from '../lib/email/smtp/scriptedServer';
import { draftWith, plainServer } from '../lib/pipeline/send/sending';
import { type PostgresServer, startPostgres } from '../lib/store/postgresServer';
import { hasPostgres } from '../servers/available';
import { type Certificate, makeCertificate } from '../servers/mail/certificate';
import { Sender, type SenderTask } from './senders';

/** Times that the sending process is killed at each point; SEND_KILL_ROUNDS raises it, and adds Postgres. */
const ROUNDS = Number(process.env.SEND_KILL_ROUNDS ?? 2);
const LONG = process.env.SEND_KILL_ROUNDS !== undefined;
const ANN = 'ann@example.com';
const BOB = 'bob@example.com';

interface KillPoint {
	name: string;
	/** Null: at any moment. */
	point: Point | null;
	script?: Script;
	/** What whoever was being sent to may be in afterwards. */
	states: readonly SendState[];
	/** Copies that person has in the end. */
	copies: readonly number[];
	/** Happens for each recipient, so that it can hit the first or the second. */
	perRecipient?: boolean;
}

const beforeBody = { states: ['accepted'], copies: [1] } as const;
const inDoubt = { states: ['in_doubt'], perRecipient: true } as const;
const POINTS: readonly KillPoint[] = [
	{ name: 'before the greeting', point: 'greeting', ...beforeBody },
	{ name: 'at EHLO', point: 'ehlo', ...beforeBody },
	{ name: 'at STARTTLS', point: 'starttls', ...beforeBody },
	{ name: 'in the TLS handshake', point: 'tls', ...beforeBody },
	{ name: 'at AUTH', point: 'auth', ...beforeBody },
	{ name: 'at MAIL', point: 'mail', ...beforeBody, perRecipient: true },
	{ name: 'at RCPT', point: 'rcpt', ...beforeBody, perRecipient: true },
	{ name: 'at DATA, before 354', point: 'data', ...beforeBody, perRecipient: true },
	{ name: 'in the body', point: 'body', ...inDoubt, copies: [0] },
	{ name: 'after the dot, not filed', point: 'dot', ...inDoubt, copies: [0] },
	{ name: 'after the dot, filed', point: 'dot', script: { keepsUnanswered: true }, ...inDoubt, copies: [1] },
	// Whether the 250 was read and written down in time is a race, and either is told truly.
	{ name: 'after 250', point: 'end', states: ['accepted', 'in_doubt'], copies: [1], perRecipient: true },
	{ name: 'at QUIT', point: 'quit', states: ['accepted'], copies: [1] },
	{ name: 'at any moment', point: null, states: ['accepted', 'in_doubt'], copies: [0, 1] },
	{
		name: 'at any moment of a slow conversation',
		point: null,
		script: { slow: true, keepsUnanswered: true },
		states: ['accepted', 'in_doubt'],
		copies: [0, 1],
	},
];

let folder: string;
let certificate: Certificate;
let server: ScriptedServer;

beforeAll(async () => {
	folder = await mkdtemp(join(tmpdir(), 'send-kill-'));
	certificate = await makeCertificate(folder, 'server');
	server = await startScriptedServer({}, { certificate });
});
afterAll(async () => {
	await server.stop();
	await rm(folder, { recursive: true, force: true });
});

function task(id: string, key: string): SenderTask {
	return {
		id,
		keys: [key],
		lanes: 1,
		untilAnswered: false,
		smtp: {
			...plainServer(server.port),
			security: 'starttls',
			ca: certificate.cert,
			authentication: { kind: 'password', user: 'support', password: 'secret' },
		},
		draft: draftWith({
			to: [ANN, BOB].map((address) => ({ name: '', address })),
			subject: key,
			text: 'A line of the body.\n'.repeat(10_000),
		}),
	};
}

/** Lets the sender run into the point and kills it there, or after some milliseconds. */
async function killAt(sender: Sender, key: string, { point, script = {} }: KillPoint, occurrence: number) {
	let reached = (): void => undefined;
	const there = new Promise<void>((resolve) => (reached = resolve));
	let times = 0;
	server.script = {
		...script,
		reached: (at) => {
			// A QUIT may still come from the session before.
			const early = at === 'quit' && !server.delivered.some(({ message }) => message.includes(`Subject: ${key}\r\n`));
			if (at !== point || early || ++times < occurrence) return;
			reached();
			return new Promise(() => undefined);
		},
	};
	sender.begin(task('killed', key));
	const over = sender.finished('killed').then(() => 'over');
	// Killed, it never finishes, and nobody asks any more.
	over.catch(() => undefined);
	// The word of its end and the QUIT leave the process at the same time.
	const moments = point === null ? [pause(Math.random() * 150), over] : point === 'quit' ? [there] : [there, over];
	expect(await Promise.race(moments), `${key} did not come to ${point}`).not.toBe(point === null ? '' : 'over');
	await sender.kill();
	server.dropAll();
	server.script = {};
}

interface Place {
	store: StoreOptions;
	/** Lets every lease lapse at once, as waiting would. */
	lapse(): Promise<void> | void;
	end(): unknown;
}

/** @param driver tells the mails of the suites apart, which have one server */
function suite(driver: string, open: () => Promise<Place> | Place) {
	const tally: Record<string, Record<string, number>> = {};
	let place: Place;
	/** Each process repeats what the one before it left, and is then killed itself. */
	let sender: Sender;

	beforeAll(async () => {
		place = await open();
		sender = new Sender(place);
	});
	afterAll(async () => {
		await sender.end();
		await place.end();
		if (LONG) console.log(JSON.stringify(tally, null, 2));
	});

	const copiesOf = (key: string, address: string) =>
		server.delivered.filter(
			({ recipients, message }) => recipients[0] === address && message.includes(`Subject: ${key}\r\n`),
		).length;

	it.each(POINTS.map((point) => [point.name, point] as const))(
		'is killed %s, and the next one repeats the send',
		{ timeout: 60_000 + ROUNDS * 30_000 },
		async (name, point) => {
			// Where there is but one occurrence, a second round of the short form shows nothing new.
			const rounds = LONG || point.perRecipient === true ? ROUNDS : Math.ceil(ROUNDS / 2);
			for (let round = 0; round < rounds; round++) {
				const key = `${driver}-${POINTS.indexOf(point)}-${round}`;
				const second = point.perRecipient === true && round % 2 === 1;
				const next = new Sender(place);
				await sender.ready();
				await killAt(sender, key, point, second ? 2 : 1);
				sender = next;
				const left = [ANN, BOB].map((address) => copiesOf(key, address));

				await next.ready();
				next.begin(task('early', key));
				await next.finished('early');
				// While the dead process holds the lease, nobody sends.
				if (point.point !== null)
					expect(
						[ANN, BOB].map((address) => copiesOf(key, address)),
						key,
					).toEqual(left);
				await place.lapse();
				next.begin(task('again', key));
				const [again] = await next.finished('again');

				expect(again!.fates.map(({ recipient }) => recipient)).toEqual([ANN, BOB]);
				for (const [index, { recipient, state }] of again!.fates.entries()) {
					const copies = copiesOf(key, recipient);
					const about = `${name}, round ${round}, ${recipient}`;
					if (state === 'accepted') expect(copies, about).toBe(1);
					else expect(state, about).toBe('in_doubt');
					expect(copies, about).toBeLessThanOrEqual(1);
					if (point.point !== null && index === (second ? 1 : 0)) {
						expect(point.states, about).toContain(state);
						expect(point.copies, about).toContain(copies);
					} else if (point.point !== null) expect(state, about).toBe('accepted');
					const line = (tally[name] ??= {});
					const what = `${state}, ${copies} ${copies === 1 ? 'copy' : 'copies'}`;
					line[what] = (line[what] ?? 0) + 1;
				}
			}
		},
	);
}

describe('the sending process on SQLite', () => {
	suite('sqlite', () => {
		const file = join(folder, 'store.sqlite');
		return {
			store: { driver: 'sqlite', file },
			lapse: () => {
				const database = new DatabaseSync(file, { timeout: 5_000 });
				database.exec('UPDATE sends SET lease_until = 1 WHERE lease_until IS NOT NULL');
				database.close();
			},
			end: () => undefined,
		};
	});
});

const onPostgres = LONG ? describe.skipIf(!hasPostgres) : () => undefined;
onPostgres('the sending process on PostgreSQL', () => {
	let postgres: PostgresServer;
	beforeAll(async () => {
		postgres = await startPostgres();
	});
	afterAll(async () => {
		await postgres.stop();
	});
	suite('postgres', async () => {
		const client = new Client({ connectionString: postgres.url });
		await client.connect();
		return {
			store: { driver: 'postgres', url: postgres.url, schema: 'kill', poolSize: 2 },
			lapse: async () => {
				await client.query('UPDATE kill.sends SET lease_until = 1 WHERE lease_until IS NOT NULL');
			},
			end: () => client.end(),
		};
	});
});
