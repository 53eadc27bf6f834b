import { describe, expect, it } from 'vitest';
import { checkPatterns, extractByPatterns } from '../../../../lib/email/extract/patterns';
import { readPlusAddresses } from '../../../../lib/email/extract/plusAddresses';
import { readUnsubscribe } from '../../../../lib/email/extract/unsubscribe';
import { findVerificationLink } from '../../../../lib/email/extract/verificationLink';

const token = 'https://x.example/c?t=abcdefghijklmnop1234';

describe('a verification link', () => {
	it.each([
		[`<a href="https://x.example/">Home</a> <a href="${token}">Verify your email</a>`, 'verify', 'en'],
		[`<a href="${token}"><b>Passwort zurücksetzen</b></a>`, 'reset-password', 'de'],
		[`<a href="${token}"><img alt="Se connecter"></a>`, 'sign-in', 'fr'],
		[`<a href="${token}">メールアドレスを確認</a>`, 'verify', 'ja'],
	])('of %s', (html, purpose, language) => {
		expect(findVerificationLink({ text: '', html })).toMatchObject({ url: token, purpose, language, source: 'html' });
	});

	it('of plain text needs an address that speaks for itself', () => {
		const url = 'https://x.example/verify/abcdefghijklmnop1234';
		expect(findVerificationLink({ text: `Confirm your account:\n${url}.`, html: null })).toMatchObject({
			url,
			source: 'text',
		});
		expect(findVerificationLink({ text: 'Confirm your account at\nhttps://x.example/news', html: null })).toBeNull();
		const html =
			'<a href="https://x.example/login">Log in</a> <a href="https://x.example/unsubscribe?t=abcdefghijklmnop12">Confirm email</a>';
		expect(findVerificationLink({ text: '', html })).toBeNull();
	});
});

describe('patterns of the user', () => {
	const message = { subject: 'Order ORD-123', text: `${'a'.repeat(5000)}! ord-77 ORD-123`, html: null };

	it('give each value once', () => {
		expect(extractByPatterns(message, [{ name: 'order', pattern: 'ORD\\-(\\d+)', ignoreCase: true }])).toEqual({
			values: { order: ['123', '77'] },
			problems: [],
		});
	});

	it('that would never end are given up', () => {
		const { values, problems } = extractByPatterns(message, [
			{ name: 'order', pattern: 'ORD-(\\d+)' },
			{ name: 'endless', pattern: '^(a+)+$' },
		]);
		expect(values).toEqual({ order: ['123'], endless: [] });
		expect(problems).toMatchObject([{ name: 'endless', code: 'PATTERN_TIMEOUT' }]);
	});

	it('are checked beforehand', () => {
		expect(() => checkPatterns([{ name: 'a', pattern: '(' }])).toThrow(
			expect.objectContaining({ code: 'PATTERN_INVALID' }),
		);
		expect(() => checkPatterns([{ name: ' ', pattern: 'a' }])).toThrow(
			expect.objectContaining({ code: 'PATTERN_NAME_MISSING' }),
		);
	});
});

describe('addresses', () => {
	it('to unsubscribe at', () => {
		const headers = {
			'list-unsubscribe': ['<https://x.example/u>, <mailto:u@x.example?subject=stop%20it>, <javascript:x>'],
			'list-unsubscribe-post': ['List-Unsubscribe=One-Click'],
			'dkim-signature': ['v=1; h=From:List-Unsubscribe: List-Unsubscribe-Post; b=x'],
		};
		expect(readUnsubscribe(headers)).toEqual({
			oneClick: { url: 'https://x.example/u', signed: true },
			urls: ['https://x.example/u'],
			emails: [{ address: 'u@x.example', subject: 'stop it', body: null }],
		});
		expect(readUnsubscribe({ ...headers, 'dkim-signature': ['h=From'] })?.oneClick?.signed).toBe(false);
		expect(readUnsubscribe({})).toBeNull();
	});

	it('with a plus tag', () => {
		const to = [{ name: '', address: 'Support+ticket-42@example.com' }];
		const envelope = { mailFrom: null, rcptTo: ['support+ticket-42@example.com', 'a@example.com'] };
		expect(readPlusAddresses({ envelope, headers: {}, to, cc: [] })).toEqual([
			{ address: 'support+ticket-42@example.com', alias: 'support', tag: 'ticket-42', parts: ['ticket', '42'] },
		]);
	});
});
