import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DEFAULT_POLICY } from '../../../../lib/pipeline/delivery/suppress';
import { type SendRecord, type Store, openStore } from '../../../../lib/store/index';
import { mutate, seeded } from '../../email/parse/mutate';
import { applyNotice, complaint, report, scope, sent } from './returnedMail';

/** REPORT_FUZZ=100000 for the long form; REPORT_FUZZ_SEED to begin elsewhere. */
const runs = Number(process.env.REPORT_FUZZ ?? 100);
const firstSeed = Number(process.env.REPORT_FUZZ_SEED ?? 1);

const mallory = 'mallory@evil.example';
const ann = 'ann@customer.example';
/** 128 random bits, as ids of sends have: no mutation comes upon them. */
const SECRET = '7d0f3c52b9aa4e1c8f6e21d4503b97c1';

let folder: string;
let store: Store;
beforeAll(async () => {
	folder = await mkdtemp(join(tmpdir(), 'report-fuzz-'));
	store = await openStore({ driver: 'sqlite', file: join(folder, 'store.sqlite'), keepSuppressedAddresses: true });
});
afterAll(async () => {
	await store.close();
	await rm(folder, { recursive: true, force: true });
});

/** Reports that a recipient of ours can write: of his own mail, and about everybody whose address he knows. */
function seeds(): Buffer[] {
	const known = ['Message-ID: <known@shop.example>'];
	return [
		report({ recipient: mallory, original: known }),
		report({ recipient: ann, original: known }),
		report({ recipient: ann, originalRecipient: mallory, original: known }),
		report({ recipient: ann, original: ['Message-ID: <order-7@shop.example>', `To: ${ann}`, 'Subject: Your order 7'] }),
		report({ recipient: ann, original: [`To: ${ann}`, 'Date: Tue, 17 Nov 2026 08:12:43 +0000', 'X-Key: order-7'] }),
		report({ recipient: ann }),
		report({ recipient: ann, action: 'delivered', said: '250 2.0.0 OK' }),
		complaint([`Original-Rcpt-To: ${ann}`], known),
		complaint([`Original-Rcpt-To: ${ann}`], [`To: ${ann}`, 'Subject: Your order 7']),
	];
}

describe(`${runs} mutated reports`, () => {
	it(
		'move no send that they do not name, and suppress nobody whose mail they do not hold',
		async () => {
			const [victim] = (await sent(store, {
				key: 'order-7',
				messageId: `${SECRET}@shop.example`,
				recipients: [ann],
			})) as [SendRecord];
			const [own] = (await sent(store, { key: 'known', recipients: [mallory] })) as [SendRecord];
			const history = await store.sends.history(scope, victim.id);
			const reports = seeds();
			for (const whole of reports) await applyNotice(store, whole, DEFAULT_POLICY);
			for (let seed = firstSeed; seed < firstSeed + runs; seed++) {
				const random = seeded(seed);
				const pick = (): Buffer => reports[Math.floor(random() * reports.length)]!;
				const update = await applyNotice(store, mutate(pick(), pick(), random), DEFAULT_POLICY);
				const moved = update.sends.filter(({ changed }) => changed).map(({ sendId }) => sendId);
				expect(
					moved.filter((id) => id !== own.id),
					`seed ${seed}`,
				).toEqual([]);
			}
			// Not vacuous: the one that they name was moved by a report that was whole.
			expect((await store.sends.get(scope, own.id))?.state).not.toBe('accepted');
			expect((await store.sends.get(scope, victim.id))?.state).toBe('accepted');
			expect(await store.sends.history(scope, victim.id)).toEqual(history);
			expect(await store.suppressions.check(scope, [ann], null)).toEqual([]);
		},
		60_000 + runs * 100,
	);
});
