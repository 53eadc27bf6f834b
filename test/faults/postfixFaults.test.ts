import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { SmtpServer } from '../../lib/email/smtp/connection';
import { type Sending, startSending } from '../lib/pipeline/send/sending';
import { hasMailServers } from '../servers/available';
import { type Dovecot, startDovecot } from '../servers/mail/dovecot';
import { type Postfix, startPostfix } from '../servers/mail/postfix';
import { type CutPoint, type SmtpCut, startSmtpCut } from './smtpCut';
import type { Fate } from './smtpFaults';

const ALICE = 'alice@example.test';

interface Case {
	name: string;
	at?: CutPoint;
	slow?: boolean;
	hides?: readonly string[];
	smtp?: Partial<SmtpServer>;
	to?: string;
	/** Characters of the text. */
	size?: number;
	first: Fate;
	/** Of the same send when nothing breaks any more. */
	then: Fate;
	/** Copies in the Maildir in the end. */
	copies: number;
	reason?: string;
}

const laterSent = { first: ['deferred', 'deferred'], then: ['accepted', 'sent'], copies: 1 } as const;
const inDoubt = { first: ['in_doubt', 'rejected'], then: ['in_doubt', 'rejected'] } as const;
const sent = { first: ['accepted', 'sent'], then: ['accepted', 'duplicate'], copies: 1 } as const;
const refused = { first: ['failed', 'rejected'], then: ['failed', 'rejected'], copies: 0 } as const;

const CASES: readonly Case[] = [
	{ name: 'a reset before the greeting', at: 'greeting', ...laterSent },
	{ name: 'a reset in the TLS handshake', at: 'tls', smtp: { security: 'starttls' }, ...laterSent },
	{ name: 'a reset at MAIL', at: 'mail', ...laterSent },
	{ name: 'a reset at RCPT', at: 'rcpt', ...laterSent },
	{ name: 'a reset instead of 354', at: '354', ...laterSent },
	{ name: 'a reset in the body', at: 'body', size: 200_000, ...inDoubt, copies: 0 },
	{ name: 'a reset instead of the reply to the dot', at: 'dot', ...inDoubt, copies: 1 },
	{ name: 'a reset at QUIT', at: 'quit', ...sent },
	{ name: 'byte by byte', slow: true, ...sent },
	{ name: '550 at RCPT', to: 'gone@example.test', ...refused, reason: 'user-unknown' },
	{ name: '450 at RCPT', to: 'later@example.test', ...laterSent, then: ['deferred', 'deferred'], copies: 0 },
	{ name: 'more than SIZE says', size: 600_000, ...refused, reason: 'SMTP_MESSAGE_TOO_LARGE' },
	{ name: '552 after the dot', size: 600_000, hides: ['SIZE'], ...refused, reason: 'message-too-big' },
];

describe.skipIf(!hasMailServers)('a real Postfix', () => {
	let dovecot: Dovecot;
	let postfix: Postfix;
	let cut: SmtpCut;
	let sending: Sending;
	beforeAll(async () => {
		dovecot = await startDovecot();
		postfix = await startPostfix({
			lmtpPort: dovecot.lmtpPort,
			recipients: {
				'gone@example.test': '550 5.1.1 No such user here',
				'later@example.test': '450 4.2.1 Mailbox busy',
			},
			main: { message_size_limit: '500000' },
		});
		cut = await startSmtpCut(postfix.port);
		sending = await startSending();
	});
	afterAll(async () => {
		await sending.stop();
		await cut.stop();
		await postfix.stop();
		await dovecot.stop();
	});

	async function copiesOf(key: string): Promise<number> {
		const folder = join(dovecot.maildir(ALICE), 'new');
		const files = await readdir(folder).catch(() => []);
		const mails = await Promise.all(files.map((file) => readFile(join(folder, file), 'utf8')));
		return mails.filter((mail) => mail.includes(`Subject: ${key}\r\n`) || mail.includes(`Subject: ${key}\n`)).length;
	}

	it.each(CASES.map((fault) => [fault.name, fault] as const))('%s', async (key, fault) => {
		const send = async (): Promise<Fate> => {
			const line = 'A line of the body.\n';
			const text = line.repeat(Math.ceil((fault.size ?? 100) / line.length));
			const draft = { to: [{ name: '', address: fault.to ?? ALICE }], subject: key, text };
			const smtp = { port: cut.port, ca: postfix.certificate.cert, ...fault.smtp };
			const [outcome] = await sending.send({ key, draft, smtp });
			if (outcome!.record.state !== 'accepted') expect(outcome!.error?.message).toMatch(/\w+ \w+/);
			if (fault.reason !== undefined) expect(outcome!.record.reason).toBe(fault.reason);
			return [outcome!.record.state, outcome!.disposition];
		};
		Object.assign(cut, { at: fault.at ?? null, slow: fault.slow ?? false, hides: fault.hides ?? [] });
		expect(await send()).toEqual(fault.first);
		cut.at = null;
		expect(await send()).toEqual(fault.then);
		// Postfix has done with everything: no copy can follow.
		await vi.waitFor(async () => expect(await postfix.queue()).toEqual([]), { timeout: 30_000, interval: 50 });
		await vi.waitFor(async () => expect(await copiesOf(key)).toBe(fault.copies), { timeout: 30_000, interval: 50 });
	});
});
