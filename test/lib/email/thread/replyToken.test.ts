import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addressWithToken, makeReplyToken, tokensIn, verifyReplyToken } from '../../../../lib/email/thread/replyToken';

const secret = Buffer.alloc(32, 7);
const { token, id } = makeReplyToken(secret, 'a@example.com');
const to = (address: string) => ({ to: [{ name: '', address }], cc: [] });

describe('reply tokens', () => {
	it('are the same for the same mail, and others for another mail or secret', () => {
		expect(makeReplyToken(secret, 'a@example.com')).toEqual({ token, id });
		expect(token).toMatch(/^[a-z2-7]{26}$/);
		expect(makeReplyToken(secret, 'b@example.com').id).not.toBe(id);
		expect(makeReplyToken(Buffer.alloc(32, 8), 'a@example.com').id).not.toBe(id);
	});

	it('come back from an address, in whatever case', () => {
		const address = addressWithToken('support@example.com', token);
		expect(address).toBe(`support+${token}@example.com`);
		for (const written of [address, address.toUpperCase()]) {
			const found = tokensIn(to(written));
			expect(found.map((one) => verifyReplyToken(secret, one))).toEqual([id]);
		}
		const delivered = { to: [], cc: [], headers: { 'delivered-to': [address] } };
		expect(tokensIn(delivered)).toEqual([token]);
		expect(tokensIn({ to: [], cc: [], envelope: { mailFrom: null, rcptTo: [address] } })).toEqual([token]);
	});

	it('keep a plus tag and replace an older token', () => {
		expect(addressWithToken('support+eu@example.com', token)).toBe(`support+eu-${token}@example.com`);
		expect(tokensIn(to(`support+eu-${token}@example.com`))).toEqual([token]);
		const other = makeReplyToken(secret, 'b@example.com').token;
		expect(addressWithToken(`support+${other}@example.com`, token)).toBe(`support+${token}@example.com`);
		expect(addressWithToken(`support+eu-${other}@example.com`, token)).toBe(`support+eu-${token}@example.com`);
		expect(addressWithToken('"the desk"@example.com', token)).toBe(`"the desk+${token}"@example.com`);
		expect(tokensIn(to(`"the desk+${token}"@example.com`))).toEqual([token]);
	});

	it('refuse what cannot carry one', () => {
		expect(() => addressWithToken('nobody', token)).toThrow(expect.objectContaining({ code: 'REPLY_ADDRESS_INVALID' }));
		const longest = `${'a'.repeat(37)}@example.com`;
		expect(addressWithToken(longest, token).indexOf('@')).toBe(64);
		expect(() => addressWithToken(`a${longest}`, token)).toThrow(
			expect.objectContaining({ code: 'REPLY_ADDRESS_TOO_LONG' }),
		);
	});

	it('are not accepted when anything about them was changed or made up', () => {
		const alphabet = 'abcdefghijklmnopqrstuvwxyz234567';
		for (let at = 0; at < 25; at++) {
			for (const letter of alphabet) {
				if (letter === token[at]) continue;
				expect(verifyReplyToken(secret, token.slice(0, at) + letter + token.slice(at + 1))).toBeNull();
			}
		}
		fc.assert(
			fc.property(fc.string(), (text) => {
				expect(verifyReplyToken(secret, text)).toBeNull();
			}),
		);
		for (let n = 0; n < 1000; n++) {
			const guess = [...randomBytes(26)].map((byte) => alphabet[byte & 31]).join('');
			expect(verifyReplyToken(secret, guess)).toBeNull();
		}
	});
});
