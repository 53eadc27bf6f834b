import { describe, expect, it } from 'vitest';
import { decideReason, wordsOf } from '../../../../lib/email/bounce/decide';
import { FORMS } from '../../../../lib/email/bounce/noticeRecipients';
import { normalise, phrase } from '../../../../lib/email/bounce/phrase';
import { SEPARATORS } from '../../../../lib/email/bounce/returnedMessage';
import { SIGNS } from '../../../../lib/email/bounce/recognise';
import { RULES } from '../../../../lib/email/bounce/rules';
import type { Rule } from '../../../../lib/email/bounce/rules/rule';
import { findReplyCode, findStatus } from '../../../../lib/email/bounce/statusCodes';

/** A host for which a rule's condition on the remote holds, as the tables write them. */
const HOSTS = [
	'mx.ezweb.ne.jp',
	'mfsmax.docomo.ne.jp',
	'mta5.am0.yahoodns.net',
	'gmr-smtp-in.l.google.com googlegroups.com',
	'mx.mail.icloud.com',
];

function failureOf(rule: Rule) {
	return {
		text: rule.line,
		replyCode: findReplyCode(rule.line),
		status: findStatus(rule.line),
		remote: rule.remote === undefined ? '' : (HOSTS.find((host) => rule.remote!.test(host)) ?? ''),
		command: rule.command?.[0] ?? null,
	};
}

describe('rules', () => {
	it.each(RULES.map((rule) => [rule.reason, rule.line, rule] as const))('%s: %s', (reason, line, rule) => {
		expect(phrase(rule.match).pattern.test(wordsOf(line)), 'the row matches its own line').toBe(true);
		const failure = failureOf(rule);
		if (rule.remote !== undefined) expect(failure.remote).toMatch(rule.remote);
		if (rule.status !== undefined) expect(failure.status).toMatch(rule.status);
		if (rule.code !== undefined) expect(failure.replyCode).toMatch(rule.code);
		expect(decideReason(failure, 'reply').reason).toBe(reason);
	});

	it('has no row twice', () => {
		const rows = RULES.map(({ reason, match, remote }) => `${reason} ${match} ${String(remote)}`);
		expect(rows.filter((row, index) => rows.indexOf(row) !== index)).toEqual([]);
	});

	it('refuses a phrase that repeats without bound, or names no vocabulary', () => {
		expect(() => phrase('a.*b')).toThrow(/upper bound/);
		expect(() => phrase('a{2,}')).toThrow(/upper bound/);
		expect(() => phrase('{nobody}')).toThrow(/vocabulary/);
	});
});

describe('tables of forms, signs and separators', () => {
	it.each(FORMS.map((form) => [form.name, form] as const))('form %s matches its line', (_, form) => {
		expect(form.pattern.exec(form.line.trim())?.groups?.a).toMatch(/@/);
	});

	it.each(SIGNS.map((sign) => [`${sign.where}:${sign.name}`, sign] as const))('sign %s matches its line', (_, sign) => {
		expect(normalise(sign.line.replace(/@[\w.]+/, ''))).toMatch(sign.pattern);
	});

	it.each(SEPARATORS.map((separator) => [separator.line, separator] as const))('separator %s', (line, { pattern }) => {
		expect(line.trim().toLowerCase()).toMatch(pattern);
	});
});

/**
 * Repetition without bound inside repetition is what makes a match explode: no pattern has it. Every quantifier of the
 * phrases is bounded; those of forms, signs and separators, too.
 */
describe('patterns are safe against crafted text', () => {
	const patterns = [
		...RULES.map(({ match }) => phrase(match).pattern),
		...FORMS.map(({ pattern }) => pattern),
		...SIGNS.map(({ pattern }) => pattern),
		...SEPARATORS.map(({ pattern }) => pattern),
	];

	it('have no unbounded quantifier', () => {
		const unbounded = patterns.filter(({ source }) => /(?<!\\)(?:\\\\)*[*+](?![^[]*\])|\{\d+,\}/.test(source));
		expect(unbounded.map(({ source }) => source)).toEqual([]);
	});

	it.each([
		['one letter', 'a'],
		['blanks', ' '],
		['words of every vocabulary', 'user mailbox not rejected by your server '],
		['addresses', 'a@b.c '],
		['half addresses', 'a.a.a-'],
		['brackets', '<(["'],
		['codes', '550 5.1.1 '],
		['negations', "not n't cannot be been "],
	])('end on long runs of %s', (_, unit) => {
		const text = unit.repeat(Math.ceil(4000 / unit.length));
		for (const pattern of patterns) expect(typeof pattern.test(text)).toBe('boolean');
	});
});
