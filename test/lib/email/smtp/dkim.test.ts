import { generateKeyPairSync } from 'node:crypto';
import { dkimVerify } from 'mailauth/lib/dkim/verify';
import { describe, expect, it } from 'vitest';
import { type Draft, composeMessage, fixParts } from '../../../../lib/email/smtp/compose';

const { privateKey, publicKey } = generateKeyPairSync('rsa', {
	modulusLength: 2048,
	publicKeyEncoding: { type: 'spki', format: 'der' },
	privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
});
const key = { domain: 'example.com', selector: 'mail2026', privateKey };
const draft: Draft = {
	from: { name: 'Ünit', address: 'support@example.com' },
	to: [{ name: '', address: 'ann@example.com' }],
	cc: [],
	bcc: [],
	replyTo: [],
	subject: 'Grüße',
	text: 'Hello,\n.\nthis line ends in blanks   \n\n\n',
	html: '<p>Hello</p>',
	attachments: [{ filename: 'a.bin', contentType: 'application/octet-stream', content: Buffer.alloc(5_000, 7) }],
	inReplyTo: null,
	references: [],
	headers: [
		{ name: 'List-Unsubscribe', value: '<https://example.com/u?id=1>' },
		{ name: 'List-Unsubscribe-Post', value: 'List-Unsubscribe=One-Click' },
	],
};

async function verdictOf(message: Buffer): Promise<{ result: string; signed: string }> {
	const resolver = (name: string) =>
		name === 'mail2026._domainkey.example.com'
			? Promise.resolve([[`v=DKIM1; k=rsa; p=${publicKey.toString('base64')}`]])
			: Promise.reject(Object.assign(new Error('no record'), { code: 'ENOTFOUND' }));
	const { results } = await dkimVerify(message, { resolver });
	return {
		result: results[0]?.status.result ?? 'unsigned',
		signed: /[^b]h=([^;]+);/.exec(message.toString('latin1'))?.[1]?.replace(/\s+/g, '') ?? '',
	};
}

describe('a signed message', () => {
	it('verifies, protects the unsubscribe headers, and is the same bytes each time', async () => {
		const fixed = fixParts(draft.from);
		const message = await composeMessage(draft, fixed, key);
		const { result, signed } = await verdictOf(message);
		expect(result).toBe('pass');
		expect(signed.split(':')).toEqual(
			expect.arrayContaining(['from', 'subject', 'message-id', 'list-unsubscribe', 'list-unsubscribe-post']),
		);
		expect((await composeMessage(draft, fixed, key)).equals(message)).toBe(true);
	});

	it('does not verify once it was changed', async () => {
		const message = await composeMessage(draft, fixParts(draft.from), key);
		const forged = Buffer.from(message.toString('latin1').replace('One-Click', 'One-Crick'), 'latin1');
		expect((await verdictOf(forged)).result).toBe('fail');
	});

	it.each<[string, Partial<typeof key>]>([
		['no key at all', { privateKey: '' }],
		[
			'a key of another kind',
			{ privateKey: generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString() },
		],
		['no selector', { selector: '' }],
		['a tag in the domain', { domain: 'example.com; s=x' }],
	])('is not made with %s, rather than going out unsigned', async (_name, change) => {
		const error: unknown = await composeMessage(draft, fixParts(draft.from), { ...key, ...change }).catch(
			(thrown: unknown) => thrown,
		);
		expect(error).toMatchObject({ code: 'DKIM_KEY_INVALID' });
		expect((error as Error).message).not.toContain('PRIVATE KEY');
	});
});
