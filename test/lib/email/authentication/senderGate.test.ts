import { describe, expect, it } from 'vitest';
import { type GatedSender, judgeSender } from '../../../../lib/email/authentication/senderGate';
import { NOT_AUTHENTICATED } from '../../../../lib/email/parse/authenticationResults';

function sender(address: string, aligned: boolean | null | 'none', more: Partial<GatedSender> = {}): GatedSender {
	const author = { domain: address.slice(address.lastIndexOf('@') + 1).toLowerCase(), ambiguity: null };
	return {
		from: [{ name: '', address }],
		fromHeaders: 1,
		authentication:
			aligned === 'none'
				? NOT_AUTHENTICATED
				: { ...NOT_AUTHENTICATED, aligned, author, source: 'verified', spf: { result: 'fail', domain: null } },
		...more,
	};
}

describe('the sender gate', () => {
	it('is open without rules', () => {
		expect(judgeSender(sender('a@b.example', 'none'), { allowed: [' ', ''] })).toBeNull();
	});

	it.each([
		['ann@example.com', 'Ann@EXAMPLE.com', true],
		['ann@example.com', 'bob@example.com', false],
		['example.com', 'bob@example.com', true],
		['@example.com', 'bob@example.com', true],
		['example.com', 'bob@mail.example.com', false],
		['*.example.com', 'bob@mail.example.com', true],
		['*.example.com', 'bob@example.com', false],
		['*.example.com', 'bob@notexample.com', false],
		['example.com', 'bob@example.com.evil.example', false],
		['bücher.example', 'a@xn--bcher-kva.example', true],
		['example.com', '"x@example.com"@evil.example', false],
	])('with %s lets %s through: %s', (entry, address, passed) => {
		expect(judgeSender(sender(address, 'none'), { allowed: ['other.example', entry] })).toEqual({
			passed,
			reasons: passed ? [] : [`sender-not-allowed: ${address}`],
		});
	});

	it('wants one author, and one From header', () => {
		const both = [
			{ name: '', address: 'a@example.com' },
			{ name: '', address: 'b@evil.example' },
		];
		const rules = { allowed: ['example.com'] };
		expect(judgeSender(sender('', 'none', { from: both }), rules)?.reasons).toEqual(['sender-ambiguous: 2 authors']);
		expect(judgeSender(sender('a@example.com', 'none', { fromHeaders: 2 }), rules)?.reasons).toEqual([
			'sender-ambiguous: 2 From headers',
		]);
		expect(judgeSender(sender('', 'none', { from: [] }), rules)?.passed).toBe(false);
	});

	it('takes no verdict about another author, or about nobody', () => {
		const about = (author: GatedSender['authentication']['author']) => {
			const told = { ...sender('boss@example.com', true).authentication };
			if (author === undefined) delete told.author;
			else told.author = author;
			return judgeSender(sender('boss@example.com', true, { authentication: told }), { requireAligned: true });
		};
		expect(about({ domain: 'evil.example', ambiguity: null })?.reasons).toEqual([
			'sender-not-aligned: the verdict is about evil.example',
		]);
		expect(about(undefined)?.passed).toBe(false);
		expect(about({ domain: null, ambiguity: 'it is a group' })?.reasons[0]).toBe(
			'sender-ambiguous: From can be read as another author: it is a group',
		);
		expect(about({ domain: 'example.com', ambiguity: null })?.passed).toBe(true);
	});

	it('compares a local part as it is written: another letter is another mailbox', () => {
		expect(judgeSender(sender('\u212aim@example.com', 'none'), { allowed: ['kim@example.com'] })?.passed).toBe(false);
	});

	it.each<[boolean | null | 'none', string[]]>([
		[true, []],
		[false, ['sender-not-aligned: spf=fail dkim=none dmarc=none']],
		[null, ['sender-check-failed: spf=fail dkim=none dmarc=none']],
		['none', ['sender-unverified: nothing is known of its SPF, DKIM or DMARC']],
	])('that wants authentication: aligned %s', (aligned, reasons) => {
		expect(judgeSender(sender('a@example.com', aligned), { requireAligned: true })).toEqual({
			passed: reasons.length === 0,
			reasons,
		});
	});
});
