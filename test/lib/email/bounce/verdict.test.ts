import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { classifyReply } from '../../../../lib/email/bounce/classifyReply';
import { verdictOf } from '../../../../lib/email/bounce/verdict';

/** Replies as mail systems and providers word them, and whose fault they tell of: fault, tab, reply. */
const replies = readFileSync(resolve(__dirname, 'samples/faults.tsv'), 'utf8')
	.trimEnd()
	.split('\n')
	.slice(1)
	.map((line) => line.split('\t') as [string, string]);

const senders = ['support@shop.example'];
const recipient = 'customer@example.com';

describe('whose fault a refusal is', () => {
	it.each(replies)('%s: %s', (fault, text) => {
		// Said in reply to RCPT TO as well as to the content, and found in a returned mail, where the command is not told.
		for (const command of ['RCPT', 'DATA', null] as const) {
			for (const named of [{}, { senders, recipient }]) {
				const { reason } = classifyReply({ replyCode: null, status: null, text, command, ...named });
				expect(verdictOf(reason)).toMatchObject({ fault });
			}
		}
	});

	it('is the sender’s where the address that is called unknown is the sender’s, whatever the words', () => {
		for (const words of ['User unknown', 'no such mailbox', 'mailbox full', 'account disabled', 'host not found']) {
			for (const text of [`550 5.1.1 <support@shop.example>: ${words}`, `550 ${words}: SUPPORT@Shop.Example`]) {
				const { reason } = classifyReply({ replyCode: null, status: null, text, command: 'RCPT', senders, recipient });
				expect([text, reason]).toEqual([text, 'sender-rejected']);
			}
		}
	});

	it('stays the recipient’s where the recipient is named beside the sender, or is the sender', () => {
		const text = '550 5.1.1 <customer@example.com>: User unknown (mail from support@shop.example)';
		const reply = { replyCode: null, status: null, text, command: 'RCPT' as const };
		expect(classifyReply({ ...reply, senders, recipient }).reason).toBe('user-unknown');
		const toSelf = { ...reply, text: '550 5.1.1 <support@shop.example>: User unknown' };
		expect(classifyReply({ ...toSelf, senders, recipient: 'Support@shop.example' }).reason).toBe('user-unknown');
	});
});
