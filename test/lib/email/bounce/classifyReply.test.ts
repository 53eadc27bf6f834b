import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { classifyDiagnostic, classifyReply } from '../../../../lib/email/bounce/classifyReply';

/** Replies as the documentation of mail systems and providers words them: expected reason, tab, reply. */
const replies = readFileSync(resolve(__dirname, 'samples/replies.tsv'), 'utf8')
	.trimEnd()
	.split('\n')
	.slice(1)
	.map((line) => line.split('\t') as [string, string]);

describe('classifyReply', () => {
	it.each(replies)('%s: %s', (reason, text) => {
		expect(classifyReply({ replyCode: null, status: null, text }).reason).toBe(reason);
	});

	it.each([
		['550', '5.1.1', 'User unknown', 'permanent', 'hard'],
		['450', '4.2.2', 'Mailbox full', 'transient', 'soft'],
		['421', '4.7.0', 'Too many connections', 'transient', 'soft'],
		['554', '5.7.1', 'Client host [192.0.2.1] blocked using zen.spamhaus.org', 'sender', 'soft'],
		['554', '5.7.1', 'Message rejected: virus found', 'policy', 'soft'],
		['550', null, 'nothing we know', 'transient', 'soft'],
		['535', '5.7.8', 'Authentication credentials invalid', 'authentication', 'soft'],
		['530', '5.7.0', 'Authentication required', 'authentication', 'soft'],
		['454', '4.7.0', 'Temporary authentication failure', 'transient', 'soft'],
		['552', '5.3.4', 'Message size exceeds fixed limit', 'permanent', 'soft'],
		['450', '4.1.1', 'User unknown', 'transient', 'hard'],
		[null, null, 'nothing we know', 'transient', 'soft'],
	])('%s %s %s is %s and %s', (replyCode, status, text, expectedClass, bounceType) => {
		expect(classifyReply({ replyCode, status, text })).toMatchObject({ class: expectedClass, bounceType });
	});

	it('lets explicit text outrank a status code that says something else, and keeps both as evidence', () => {
		const verdict = classifyReply({ replyCode: '550', status: '5.1.1', text: 'mailbox is full, try again next week' });
		expect(verdict).toMatchObject({ reason: 'mailbox-full', bounceType: 'soft' });
		expect(verdict.evidence.map(({ rule }) => rule)).toEqual(
			expect.arrayContaining(['phrase:mailbox-full', 'status:5.1.1']),
		);
	});

	it('lets the code decide where the text says nothing', () => {
		expect(classifyReply({ replyCode: '550', status: '5.1.1', text: 'E=42' })).toMatchObject({
			reason: 'user-unknown',
			bounceType: 'hard',
		});
		expect(classifyReply({ replyCode: '521', status: null, text: '' }).reason).toBe('no-mail-accepted');
	});

	it('takes words about MAIL FROM for words about the sender', () => {
		const reply = { replyCode: '550', status: '5.1.0', text: 'user unknown' };
		expect(classifyReply({ ...reply, command: 'RCPT' }).bounceType).toBe('hard');
		expect(classifyReply({ ...reply, command: 'MAIL' })).toMatchObject({
			reason: 'sender-rejected',
			bounceType: 'soft',
		});
	});

	it('does not call a domain unknown by a temporary code', () => {
		expect(classifyReply({ replyCode: '451', status: '4.4.3', text: 'Host not found' }).bounceType).toBe('soft');
	});

	it('is not led by words within addresses or paths', () => {
		const text = '<mailbox.full@user-unknown.example>: see https://example.com/spam/virus/over-quota for details';
		expect(classifyReply({ replyCode: '550', status: null, text }).reason).toBe('on-hold');
	});

	it('is surer the more speaks for it', () => {
		const text = { replyCode: '550', text: 'user unknown' };
		const agreed = classifyReply({ ...text, status: '5.1.1' }).confidence;
		const alone = classifyReply({ ...text, status: null }).confidence;
		const codeOnly = classifyReply({ replyCode: '550', status: '5.1.1', text: '' }).confidence;
		expect(agreed).toBeGreaterThan(alone);
		expect(alone).toBeGreaterThan(codeOnly);
		expect(classifyReply({ replyCode: null, status: null, text: '' }).confidence).toBeLessThan(0.2);
	});
});

describe('classifyDiagnostic', () => {
	it('reads the diagnostic that a provider passes on', () => {
		expect(classifyDiagnostic({ diagnostic: 'smtp; 552 5.2.2 Over quota' })).toMatchObject({ reason: 'mailbox-full' });
		expect(classifyDiagnostic({ diagnostic: null })).toMatchObject({ reason: 'undetermined', bounceType: 'soft' });
	});
});
