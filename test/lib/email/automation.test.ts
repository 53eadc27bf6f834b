import { describe, expect, it } from 'vitest';
import { detectAutomation } from '../../../lib/email/automation';
import type { AutomationInput } from '../../../lib/email/automation';
import { AUTOMATION_PHRASES, REPORT_SUBJECTS } from '../../../lib/email/automation/phrases';

const message = (over: Partial<AutomationInput>): AutomationInput => ({
	headers: {},
	mailFrom: 'ann@example.com',
	from: { name: 'Ann', address: 'ann@example.com' },
	subject: 'Order 17',
	text: 'Hello,\n\nwhere is it?\n\nAnn',
	contentType: 'text/plain',
	reportType: null,
	...over,
});
const detect = (over: Partial<AutomationInput>) => detectAutomation(message(over));

describe('detectAutomation', () => {
	it('finds nothing in a person’s mail', () => {
		expect(detect({})).toEqual({ kind: 'none', evidence: [] });
		expect(detect({ mailFrom: null, from: null, contentType: null, subject: '', text: '' })).toEqual({
			kind: 'none',
			evidence: [],
		});
	});

	describe('headers', () => {
		it.each([
			['auto-submitted', 'auto-replied', 'auto-reply'],
			['auto-submitted', 'auto-replied (vacation); owner-email="a@example.com"', 'auto-reply'],
			['auto-submitted', 'auto-generated', 'auto-generated'],
			['auto-submitted', 'AUTO-GENERATED', 'auto-generated'],
			['auto-submitted', 'auto-notified; owner-email="a@example.com"', 'auto-generated'],
			['auto-submitted', 'x-extension', 'auto-generated'],
			['auto-submitted', 'no', 'none'],
			['auto-submitted', 'no (a person)', 'none'],
			['precedence', 'auto_reply', 'auto-reply'],
			['precedence', 'bulk', 'bulk'],
			['precedence', 'junk', 'bulk'],
			['precedence', 'list', 'list'],
			['precedence', 'first-class', 'none'],
			['x-autoreply', 'yes', 'auto-reply'],
			['x-autoreply', 'no', 'none'],
			['x-autorespond', 'Re: Order', 'auto-reply'],
			['x-auto-reply-from', 'a@example.com', 'auto-reply'],
			['x-auto-response-suppress', 'All', 'none'],
			['x-auto-response-suppress', 'DR, OOF, AutoReply', 'none'],
			['x-auto-response-suppress', 'DR, RN', 'none'],
			['list-id', 'Users <users.example.com>', 'list'],
			['list-post', '<mailto:users@example.com>', 'list'],
			['list-unsubscribe', '<mailto:leave@example.com>', 'bulk'],
			['feedback-id', '1.eu-west-1.x:AmazonSES', 'none'],
			['x-failed-recipients', 'b@example.com', 'bounce'],
		] as const)('%s: %s gives %s', (name, value, kind) => {
			const result = detect({ headers: { [name]: [value] } });
			expect(result.kind).toBe(kind);
			if (kind !== 'none') expect(result.evidence[0]?.toLowerCase()).toBe(`${name}: ${value}`.toLowerCase());
		});

		it('tells a newsletter from a list by what one can post to', () => {
			const newsletter = {
				'list-id': ['<news.example.com>'],
				'list-unsubscribe': ['<https://example.com/u>'],
				'list-unsubscribe-post': ['List-Unsubscribe=One-Click'],
			};
			expect(detect({ headers: newsletter }).kind).toBe('bulk');
			expect(detect({ headers: { ...newsletter, 'list-post': ['<mailto:users@example.com>'] } }).kind).toBe('list');
		});

		it('puts a vacation note above its Precedence, and lists all evidence', () => {
			expect(
				detect({ headers: { precedence: ['bulk'], 'auto-submitted': ['auto-replied'], 'x-vacation': ['yes'] } }),
			).toEqual({
				kind: 'auto-reply',
				evidence: ['Auto-Submitted: auto-replied', 'X-Vacation: yes', 'Precedence: bulk'],
			});
		});

		it('quotes long values only in part', () => {
			const { evidence } = detect({ headers: { 'list-id': ['x'.repeat(5000)] } });
			expect(evidence[0]!.length).toBeLessThan(200);
		});
	});

	describe('sender', () => {
		it('takes the null return path for a hint: redirections and rules empty it on people’s mail', () => {
			expect(detect({ mailFrom: '' })).toEqual({ kind: 'none', evidence: ['Return-Path: <>'] });
			expect(detect({ mailFrom: null, headers: { 'return-path': ['<>'] } }).kind).toBe('none');
			expect(detect({ mailFrom: '', headers: { 'in-reply-to': ['<a@example.com>'] } }).kind).toBe('none');
		});

		it.each([
			'noreply@example.com',
			'no-reply@example.com',
			'do-not-reply+x@example.com',
			'shop.noreply@example.com',
			'No_Reply@example.com',
		])('%s is nobody, unless Reply-To names someone', (address) => {
			const from = { name: '', address };
			expect(detect({ from })).toEqual({ kind: 'auto-generated', evidence: [`From: ${address}`] });
			expect(detect({ from, headers: { 'reply-to': ['Bob <bob@example.com>'] } })).toEqual({
				kind: 'none',
				evidence: [`From: ${address}`],
			});
			expect(detect({ from, headers: { 'reply-to': [address] } }).kind).toBe('auto-generated');
		});

		it.each(['norepl@example.com', 'noreplyhazard.fan@x.example', 'reply@example.com', 'postmaster@example.com'])(
			'%s is somebody',
			(address) => {
				expect(detect({ from: { name: '', address } }).kind).toBe('none');
			},
		);
	});

	describe('reports', () => {
		it.each([
			['delivery-status', 'bounce'],
			['disposition-notification', 'auto-reply'],
			['feedback-report', 'auto-generated'],
		] as const)('multipart/report; report-type=%s is %s', (reportType, kind) => {
			const result = detect({
				contentType: 'multipart/report',
				reportType,
				headers: { 'auto-submitted': ['auto-replied'] },
			});
			if (kind === 'bounce') expect(result.kind).toBe(kind);
			expect(detect({ contentType: 'multipart/report', reportType }).kind).toBe(kind);
		});

		it('takes whatever a mailer daemon sends for a bounce, with a domain or without', () => {
			expect(detect({ from: { name: '', address: 'Mailer-Daemon@example.com' }, subject: 'Delayed' }).kind).toBe(
				'bounce',
			);
			expect(detect({ from: { name: 'MAILER-DAEMON', address: '' } })).toEqual({
				kind: 'bounce',
				evidence: ['From: mailer-daemon'],
			});
		});

		it('knows a bounce without structure by sender and null return path, or by subject and one of them', () => {
			const from = { name: 'Mail Delivery System', address: 'MAILER-DAEMON@example.com' };
			expect(detect({ from, mailFrom: '' }).kind).toBe('bounce');
			for (const phrase of REPORT_SUBJECTS) {
				expect(detect({ mailFrom: '', subject: `${phrase} x` }).kind).toBe('bounce');
				expect(detect({ from, mailFrom: 'x@example.com', subject: phrase.toUpperCase() }).kind).toBe('bounce');
				expect(detect({ subject: `${phrase} x` }).kind).toBe('none');
				expect(detect({ subject: `Re: ${phrase}`, text: `> ${phrase}` }).kind).toBe('none');
			}
		});
	});

	describe('out of office', () => {
		it('knows phrases in at least 25 languages', () => {
			expect(AUTOMATION_PHRASES.length).toBeGreaterThanOrEqual(25);
			for (const { responder, absence, opening } of AUTOMATION_PHRASES) {
				for (const phrase of [...responder, ...absence, ...opening]) expect(phrase).toBe(phrase.toLowerCase().trim());
			}
		});

		it.each(AUTOMATION_PHRASES.map((phrases) => [phrases.language, phrases] as const))(
			'%s: a responder’s subject suffices, a person’s answer to it does not count',
			(_language, { responder }) => {
				for (const phrase of responder) {
					expect(detect({ subject: `${phrase} Order 17` }).kind).toBe('auto-reply');
					expect(detect({ subject: `[EXTERNAL] ${phrase} Order 17` }).kind).toBe('auto-reply');
					expect(detect({ subject: `Re: ${phrase} Order 17`, text: `Thanks!\n\n> ${phrase}` }).kind).toBe('none');
				}
			},
		);

		it.each(AUTOMATION_PHRASES.map((phrases) => [phrases.language, phrases] as const))(
			'%s: words of absence count only beside other evidence',
			(_language, { absence, opening }) => {
				for (const phrase of absence) {
					expect(detect({ subject: phrase }).kind).toBe('none');
					expect(detect({ subject: phrase, headers: { 'auto-submitted': ['auto-generated'] } }).kind).toBe(
						'auto-reply',
					);
					expect(detect({ subject: phrase, mailFrom: '' }).kind).toBe('auto-reply');
				}
				for (const phrase of opening) {
					const text = `Hello,\n\n${phrase}.\n`;
					expect(detect({ text }).kind).toBe('none');
					expect(detect({ text, headers: { precedence: ['bulk'] } }).kind).toBe('auto-reply');
					expect(detect({ text, subject: absence[0]!, headers: { 'in-reply-to': ['<a@example.com>'] } }).kind).toBe(
						'auto-reply',
					);
				}
			},
		);

		it('leaves a colleague who announces a holiday, and one who quotes a note, alone', () => {
			expect(
				detect({ subject: 'Out of office next week', text: 'I will be out of the office next week.' }),
			).toMatchObject({ kind: 'none' });
			expect(
				detect({
					subject: 'Re: Out of office next week',
					text: 'Have fun!\n\nOn 3 May 2016 at 10:12, Bob <bob@example.com> wrote:\n> I am out of the office.',
					headers: { 'in-reply-to': ['<a@example.com>'] },
				}).kind,
			).toBe('none');
			expect(detect({ subject: 'Automatic reply: x', headers: { 'auto-submitted': ['no'] } }).kind).toBe('none');
		});

		it('names what it saw even when that does not suffice', () => {
			expect(detect({ subject: 'Out of office' }).evidence).toEqual(['Subject: out of office']);
		});
	});

	it('reads hostile input to the end', () => {
		for (const part of ['[', '[a] ', '(', 'noreply', 'no-', ' ', '> ']) {
			const long = part.repeat(300_000 / part.length);
			const result = detect({
				subject: long,
				text: long,
				from: { name: long, address: `${long}@example.com` },
				headers: { 'auto-submitted': [long], 'reply-to': [long], precedence: [long] },
			});
			expect(result.evidence.every((line) => line.length < 400_000)).toBe(true);
		}
	});
});
