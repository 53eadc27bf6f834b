/** What `npm run demo:mail [-- FILE.eml]` runs: delivers a mail to the running demo, and shows what became of it. */
import { readFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { simpleParser, type ParsedMail } from 'mailparser';
import { createTransport } from 'nodemailer';
import { N8nClient } from '../tools/n8n/client.mts';
import { reportFailure, SetupError } from '../tools/setup-error.mjs';
import { showExecutionOf } from './execution.mts';
import { customerAddress, host, supportAddress } from './settings.mts';
import { CustomerMailbox } from './customer-mailbox.mts';
import { composeSample } from './sample-mail.mts';
import { loadState, requireRunningDemo, type RunningDemo } from './state.mts';

/** The reply is in the mailbox before the execution ends, unless the server is slow. */
const REPLY_DEADLINE_MS = 5_000;
const POLL_MS = 300;

async function deliver(file: string | undefined): Promise<void> {
	const demo = requireRunningDemo();
	const state = loadState();
	const raw = file === undefined ? await composeSample() : await readMail(file);
	const mail = await simpleParser(raw);
	const n8n = new N8nClient(demo.url);
	await n8n.logIn({ email: supportAddress, password: state.ownerPassword });
	const mailbox = await CustomerMailbox.open(demo.imapPort, state.mailPassword);
	try {
		const repliesBefore = await mailbox.repliesTo(mail.messageId);

		await showExecutionOf(n8n, async () => {
			await send(raw, mail, demo);
			const id = mail.messageId ?? 'without a Message-ID';
			console.log(`Delivered to ${supportAddress}: "${mail.subject ?? ''}" ${id}`);
		});
		const replies = await waitForReplies(mailbox, mail.messageId, repliesBefore.length);
		showReplies(replies, repliesBefore.length);
	} finally {
		await mailbox.close();
	}
}

async function readMail(file: string): Promise<Buffer> {
	return await readFile(file).catch((cause: unknown) => {
		throw new SetupError(`${file} cannot be read`, { hint: 'Usage: npm run demo:mail [-- FILE.eml]', cause });
	});
}

async function send(raw: Buffer, mail: ParsedMail, demo: RunningDemo): Promise<void> {
	const transport = createTransport({ host, port: demo.smtpPort, secure: false, ignoreTLS: true });
	await transport.sendMail({ envelope: { from: envelopeSender(mail), to: [supportAddress] }, raw });
	transport.close();
}

/** The Return-Path if the file has one (`<>` for a bounce), else the From address. */
function envelopeSender(mail: ParsedMail): string {
	const returnPath = mail.headers.get('return-path');
	if (returnPath !== undefined && typeof returnPath === 'object' && 'value' in returnPath) {
		const [path] = returnPath.value as Array<{ address?: string }>;
		return path?.address ?? '';
	}
	return mail.from?.value[0]?.address ?? customerAddress;
}

async function waitForReplies(
	mailbox: CustomerMailbox,
	messageId: string | undefined,
	before: number,
): Promise<readonly ParsedMail[]> {
	const deadline = Date.now() + REPLY_DEADLINE_MS;
	for (;;) {
		const replies = await mailbox.repliesTo(messageId);
		if (replies.length > before || Date.now() > deadline) return replies;
		await delay(POLL_MS);
	}
}

function showReplies(replies: readonly ParsedMail[], before: number): void {
	const latest = replies.at(-1);
	if (latest === undefined) {
		console.log('No reply was sent; the execution shows why.');
		return;
	}
	if (replies.length === before) {
		console.log('No second reply was sent: this mail has been answered before. The answer was:');
	} else {
		console.log(`The reply in the mailbox of ${customerAddress}:`);
	}
	const lines = [
		`From: ${latest.from?.text ?? ''}`,
		`To: ${[latest.to].flat()[0]?.text ?? ''}`,
		`Subject: ${latest.subject ?? ''}`,
		`In-Reply-To: ${latest.inReplyTo ?? ''}`,
		'',
		...(latest.text ?? '').trimEnd().split('\n'),
	];
	console.log(`\n${lines.map((line) => `  ${line}`.trimEnd()).join('\n')}\n`);
}

try {
	await deliver(process.argv[2]);
} catch (error) {
	reportFailure(error);
}
