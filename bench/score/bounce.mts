/**
 * The program that scores the bounce classifier on a corpus: absolute paths on stdin, one a line; one line of JSON each.
 * Needs a build (`npm run build`); another build's classifyMessage.js may be given as the argument.
 */
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import type { Classification } from '../../lib/email/bounce/classification.ts';

const { classifyMessage } = (await import(process.argv[2] ?? '../../dist/lib/email/bounce/classifyMessage.js')) as {
	classifyMessage: (raw: Buffer) => Classification;
};

const KINDS: Record<Classification['kind'], string> = {
	bounce: 'bounce',
	delay: 'delay',
	complaint: 'complaint',
	'auto-reply': 'autoreply',
	human: 'other',
};

for await (const file of createInterface({ input: process.stdin })) {
	if (file.trim() === '') continue;
	const result = classifyMessage(readFileSync(file));
	const recipients = result.recipients.map(
		({ address, originalAddress, action, status, replyCode, reason, bounceType, evidence }) => ({
			// Where the report states it, the address that the sender wrote: the one that finds its send.
			address: evidence.some(({ rule }) => rule === 'recipient:rfc3464') ? (originalAddress ?? address) : address,
			status,
			replyCode,
			reason,
			bounceType,
			// The mail system gave up, whatever the reason.
			permanent: action === 'failed',
		}),
	);
	process.stdout.write(
		`${JSON.stringify({ file, kind: KINDS[result.kind], recipients, feedbackType: result.feedbackType })}\n`,
	);
}
