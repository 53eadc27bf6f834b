import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { Secrets } from '../../../lib/email/secrets';

const base64 = (text: string) => Buffer.from(text, 'utf8').toString('base64');
const percent = (text: string) =>
	Array.from(Buffer.from(text), (byte) => `%${byte.toString(16).padStart(2, '0')}`).join('');

/** How a server may repeat what it was told. */
const encodings: ReadonlyArray<readonly [string, (secret: string, user: string) => string]> = [
	['as it is', (secret) => secret],
	['in capitals', (secret) => secret.toUpperCase()],
	['in quotes', (secret) => `"${secret.replace(/["\\]/g, '\\$&')}"`],
	['base64', (secret) => base64(secret)],
	['base64 without its end', (secret) => base64(secret).replace(/=+$/, '')],
	['base64url', (secret) => Buffer.from(secret).toString('base64url')],
	['AUTH PLAIN', (secret, user) => `AUTH PLAIN ${base64(`\0${user}\0${secret}`)}`],
	['AUTH PLAIN with an identity', (secret, user) => base64(`${user}\0${user}\0${secret}`)],
	['XOAUTH2', (secret, user) => base64(`user=${user}\x01auth=Bearer ${secret}\x01\x01`)],
	['HTTP Basic', (secret, user) => `Authorization: Basic ${base64(`${user}:${secret}`)}`],
	['a part of a URL', (secret) => `https://example.com/?key=${encodeURIComponent(secret)}&x=1`],
	['a form', (secret) => new URLSearchParams({ key: secret }).toString()],
	['percent signs throughout', percent],
	['JSON', (secret) => JSON.stringify({ key: secret })],
	[
		'JSON with escapes',
		(secret) =>
			Array.from(
				{ length: secret.length },
				(_, at) => `\\u${secret.charCodeAt(at).toString(16).padStart(4, '0')}`,
			).join(''),
	],
	['html', (secret) => Array.from(secret, (one) => `&#${one.codePointAt(0)};`).join('')],
	['hex', (secret) => Buffer.from(secret).toString('hex')],
	['UTF-8 read as Latin-1', (secret) => Buffer.from(secret).toString('latin1')],
];

const secrets = [
	'correct horse battery',
	'PASSWORD123',
	'pä"ss\\w/ö&<rd>',
	'a+b/c=d%e',
	'$1(.*)[x]',
	`ya29.${'a0AfB_byC-'.repeat(20)}`,
	'pass🔑word',
];

describe('what a server was told in confidence', () => {
	it.each(encodings)('is not repeated by us when it comes back %s', (name, encode) => {
		for (const secret of secrets) {
			const told = new Secrets([secret], 'support@example.com');
			const said = `535 5.7.8 failed: ${encode(secret, 'support@example.com')} (see https://help.example/535)`;
			const shown = told.conceal(said);
			expect(shown).toContain('[secret]');
			expect(shown).toContain('535 5.7.8 failed');
			for (const [, again] of encodings) {
				if (name === 'in capitals') continue;
				expect(shown.toLowerCase()).not.toContain(again(secret, 'support@example.com').toLowerCase());
			}
		}
	});

	it('is found where the server has cut it off, and in the midst of a longer run', () => {
		const token = `ya29.${'a0AfB_byC-'.repeat(20)}`;
		const told = new Secrets([token]);
		expect(told.conceal(`535 ${token.slice(0, 60)}`)).toBe('535 [secret]');
		expect(told.conceal(`535 ${base64(`x${token}`).slice(0, 80)}`)).toBe('535 [secret]');
	});

	it('leaves alone what only looks like it, also for a short one', () => {
		const told = new Secrets(['ok'], 'us');
		expect(told.conceal('250 2.0.0 booked, okay: ok')).toBe('250 2.0.0 booked, okay: [secret]');
		expect(told.conceal(`AUTH PLAIN ${base64('\0us\0ok')}`)).toBe('AUTH PLAIN [secret]');
		expect(new Secrets(['', ' ']).conceal('250 ok')).toBe('250 ok');
		expect(new Secrets(['PASSWORD123']).conceal('250 2.0.0 Ok: queued as BA61C20E3B2')).toContain('BA61C20E3B2');
	});

	it('is learned later as well', () => {
		const told = new Secrets(['first-password']);
		told.learn('second-password');
		expect(told.conceal('first-password second-password')).toBe('[secret] [secret]');
	});

	it('stands in no part of an error, whatever is attached to it', () => {
		const told = new Secrets(['PASSWORD123'], 'u');
		const error: Error & { self?: unknown } = Object.assign(new Error('failed: PASSWORD123'), {
			code: 'EAUTH',
			response: { attributes: [{ section: [{ value: base64('\0u\0PASSWORD123') }] }], raw: Buffer.from('PASSWORD123') },
			send: () => 'PASSWORD123',
			cause: new AggregateError([new Error('PASSWORD123')], 'PASSWORD123'),
		});
		error.self = error;
		const copy = told.concealError(error) as typeof error;
		expect(copy).toBeInstanceOf(Error);
		expect(copy).toMatchObject({ message: 'failed: [secret]', code: 'EAUTH' });
		expect(inspect(copy, { depth: 9, showHidden: true })).not.toMatch(/PASSWORD123|UEFTU1dPUkQxMj/);
	});

	it('costs little where the server says a lot', () => {
		const told = new Secrets(['correct horse battery', `ya29.${'a0AfB_byC-'.repeat(20)}`], 'u');
		const said = 'QUJD'.repeat(16_000);
		expect(told.conceal(said)).toBe(said);
	});
});
