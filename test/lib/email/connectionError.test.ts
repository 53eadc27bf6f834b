import { connect as connectTcp } from 'node:net';
import { once } from 'node:events';
import { createTransport } from 'nodemailer';
import { describe, expect, it } from 'vitest';
import { connectionError } from '../../../lib/email/connectionError';

const peer = { protocol: 'SMTP' as const, host: 'mail.example.test', port: 465 };
const coded = (code: string, message = 'x') => Object.assign(new Error(message), { code });

describe('an error of the network or of TLS', () => {
	it.each([
		['CERT_HAS_EXPIRED', 'TLS_CERTIFICATE_EXPIRED', false],
		['CERT_NOT_YET_VALID', 'TLS_CERTIFICATE_NOT_YET_VALID', true],
		['DEPTH_ZERO_SELF_SIGNED_CERT', 'TLS_CERTIFICATE_UNTRUSTED', false],
		['SELF_SIGNED_CERT_IN_CHAIN', 'TLS_CERTIFICATE_UNTRUSTED', false],
		['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'TLS_CERTIFICATE_UNTRUSTED', false],
		['UNABLE_TO_GET_ISSUER_CERT_LOCALLY', 'TLS_CERTIFICATE_UNTRUSTED', false],
		['ERR_TLS_CERT_ALTNAME_INVALID', 'TLS_HOSTNAME_MISMATCH', false],
		['ERR_SSL_WRONG_VERSION_NUMBER', 'TLS_NOT_SPOKEN', false],
		['ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED', 'TLS_CLIENT_CERTIFICATE_REFUSED', false],
		['ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE', 'TLS_HANDSHAKE_FAILED', true],
		['ERR_OSSL_PEM_NO_START_LINE', 'TLS_SETTINGS_INVALID', false],
		['ENOTFOUND', 'SMTP_HOST_NOT_FOUND', false],
		['EAI_AGAIN', 'SMTP_DNS_UNAVAILABLE', true],
		['ECONNREFUSED', 'SMTP_CONNECTION_REFUSED', true],
		['EHOSTUNREACH', 'SMTP_UNREACHABLE', true],
		['ETIMEDOUT', 'SMTP_TIMEOUT', true],
		['CONNECT_TIMEOUT', 'SMTP_TIMEOUT', true],
		['ECONNRESET', 'SMTP_CONNECTION_LOST', true],
	])('%s is %s', (code, normalised, retryable) => {
		const cause = coded(code);
		const error = connectionError(cause, peer);
		expect(error).toMatchObject({
			code: normalised,
			retryable,
			cause,
			record: { host: 'mail.example.test', port: 465 },
		});
		expect(error?.hint).toMatch(/\.$/);
	});

	it('is found beneath the error of a library', () => {
		expect(connectionError(coded('ESOCKET', 'connect ECONNREFUSED 127.0.0.1:1'), peer)?.code).toBe(
			'SMTP_CONNECTION_REFUSED',
		);
		const wrapped = Object.assign(new Error('socket', { cause: coded('CERT_HAS_EXPIRED') }), { code: 'ESOCKET' });
		expect(connectionError(wrapped, peer)?.code).toBe('TLS_CERTIFICATE_EXPIRED');
		const all = Object.assign(new AggregateError([coded('ECONNREFUSED'), coded('ENETUNREACH')]), {
			code: 'ECONNREFUSED',
		});
		expect(connectionError(all, peer)?.code).toBe('SMTP_CONNECTION_REFUSED');
	});

	it('is what Node and nodemailer really throw', async () => {
		const [error] = (await once(connectTcp(1, '127.0.0.1'), 'error')) as [Error];
		expect(connectionError(error, { ...peer, protocol: 'IMAP' })?.code).toBe('IMAP_CONNECTION_REFUSED');
		const transport = createTransport({ host: '127.0.0.1', port: 1 });
		const thrown: unknown = await transport.verify().catch((reason: unknown) => reason);
		expect(connectionError(thrown, peer)?.code).toBe('SMTP_CONNECTION_REFUSED');
	});

	it.each([[new Error('boom')], [coded('EMESSAGE', '550 no such user')], ['text'], [null], [undefined]])(
		'nothing else is one: %s',
		(error) => {
			expect(connectionError(error, peer)).toBeNull();
		},
	);
});
