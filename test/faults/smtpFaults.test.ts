import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RecipientOutcome } from '../../lib/pipeline/send/sendOutcome';
import { startScriptedServer } from '../lib/email/smtp/scriptedServer';
import { type AskedSend, type Sending, startSending } from '../lib/pipeline/send/sending';
import { type Certificate, makeCertificate } from '../servers/mail/certificate';
import { type Fate, SMTP_FAULTS } from './smtpFaults';

const to = ['ann@example.com', 'bob@example.com'].map((address) => ({ name: '', address }));
/** RFC 5321 state by state: what may precede what the ledger says in the end. */
const PATHS: Readonly<Record<string, RegExp>> = {
	accepted: /^reserved leased transmitting accepted$/,
	in_doubt: /^reserved leased transmitting in_doubt$/,
	failed: /^reserved leased (?:transmitting )?failed$/,
	deferred: /^reserved leased (?:transmitting )?deferred$/,
};

let folder: string;
let certificate: Certificate;
let sending: Sending;

beforeAll(async () => {
	folder = await mkdtemp(join(tmpdir(), 'smtp-faults-'));
	certificate = await makeCertificate(folder, 'server');
	sending = await startSending({ server: await startScriptedServer({}, { certificate }) });
});
afterAll(async () => {
	await sending.stop();
	await rm(folder, { recursive: true, force: true });
});

/** @returns the fates in the order of `to`; all have the error output when the call throws */
async function fatesOf(key: string, asked: AskedSend): Promise<Fate[]> {
	const smtp = { ca: certificate.cert, ...asked.smtp };
	const outcomes = await sending.send({ ...asked, smtp, key, draft: { to } }).catch((error: unknown) => {
		expect(error).toMatchObject({ code: expect.stringMatching(/^SMTP_/) as string });
		return null;
	});
	if (outcomes !== null) return outcomes.map(fateOf);
	const records = await sending.store.sends.group('default', 'support@example.com', key);
	return records.map(({ state }) => [state, 'error']);
}

function fateOf({ record, disposition, error }: RecipientOutcome): Fate {
	// Whoever was not sent to is told why.
	if (disposition !== 'sent' && disposition !== 'duplicate') expect(error?.message).toMatch(/\w+ \w+/);
	return [record.state, disposition];
}

describe('an SMTP server that fails', () => {
	it.each(SMTP_FAULTS.map((fault) => [fault.name, fault] as const))('%s', async (key, fault) => {
		const { server, store } = sending;
		// A message for nobody is none.
		const copies = () => server.delivered.filter(({ recipients }) => recipients.length > 0).length;
		const before = copies();
		const timeouts =
			fault.patience === undefined ? {} : { connectTimeout: fault.patience, socketTimeout: fault.patience };
		const fates = await fatesOf(key, { script: fault.script, smtp: { ...fault.smtp, ...timeouts } });
		// Settings that are wrong for one are wrong for all: who has not had a turn is given back.
		expect(fates).toEqual([fault.ann, fault.bob]);
		expect(copies() - before).toBe(fault.copies ?? 0);
		for (const record of await store.sends.group('default', 'support@example.com', key)) {
			const path = (await store.sends.history('default', record.id)).map(({ to: state }) => state).join(' ');
			expect(path).toMatch(PATHS[record.state]!);
		}

		const again = await fatesOf(key, { smtp: fault.smtp });
		const then: Fate[] = [fault.thenAnn ?? ['accepted', 'sent'], fault.thenBob ?? ['accepted', 'sent']];
		expect(again).toEqual(then);
		const resent = then.filter(([, output]) => output === 'sent').length;
		expect(copies() - before).toBe((fault.copies ?? 0) + resent);
	});
});
