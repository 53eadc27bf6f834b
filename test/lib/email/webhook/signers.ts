import { createHmac, generateKeyPairSync, sign, type KeyObject } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createSnsCertificates, type SnsCertificates } from '../../../../lib/email/providers/ses/snsCertificates';
import type { Form } from '../../../../lib/email/webhook/form';
import type { WebhookRequest } from '../../../../lib/email/webhook/request';
import type { SchemeId } from '../../../../lib/email/webhook/schemes';
import type { WebhookConfig } from '../../../../lib/email/webhook/signature';

/** Signs as the provider's documentation says, independently of the code under test. */
export interface Signer {
	/** What the user enters at n8n for the key number 0, 1 or 2. */
	keys: readonly string[];
	/** A request with this body, signed at this time (ms) with the key of that number. */
	request(body: string, at: number, key?: number): WebhookRequest;
	/** The headers of the signature; [] where it stands in the body. */
	headers: readonly string[];
	encoding: 'hex' | 'base64';
	/** False where the time is not signed. */
	timed: boolean;
	/** False where another body under the same signature goes unnoticed. */
	signsBody: boolean;
	config?: Partial<WebhookConfig>;
}

export const URL_CALLED = 'https://n8n.example.com/webhook/6f1e/mail';

export function post(body: string | Buffer, headers: Record<string, string>, url = URL_CALLED): WebhookRequest {
	return {
		method: 'POST',
		url,
		headers: { 'content-type': 'application/json', ...headers },
		rawBody: Buffer.from(body),
		remoteAddress: '192.0.2.7',
	};
}

const seconds = (at: number): string => String(Math.floor(at / 1000));
const hmac = (key: string | Buffer, text: string, encoding: 'hex' | 'base64', hash = 'sha256'): string =>
	createHmac(hash, key).update(text, 'utf8').digest(encoding);

const texts = ['first-secret-äöü', 'second-secret', 'third-secret'];
const whsec = texts.map((text) => `whsec_${Buffer.from(text.padEnd(32, '.')).toString('base64')}`);
const whsecBytes = (key: number): Buffer => Buffer.from(whsec[key]!.slice('whsec_'.length), 'base64');

function pairs(
	make: () => { publicKey: KeyObject; privateKey: KeyObject },
): { publicKey: KeyObject; privateKey: KeyObject }[] {
	return [make(), make(), make()];
}

const ec = pairs(() => generateKeyPairSync('ec', { namedCurve: 'prime256v1' }));
const rsa = pairs(() => generateKeyPairSync('rsa', { modulusLength: 1024 }));
const ed = pairs(() => generateKeyPairSync('ed25519'));
const der = (key: KeyObject): string => key.export({ format: 'der', type: 'spki' }).toString('base64');
const pem = (key: KeyObject): string => key.export({ format: 'pem', type: 'spki' }).toString();

function bodyHex(header: string): Signer {
	return {
		keys: texts,
		headers: [header],
		encoding: 'hex',
		timed: false,
		signsBody: true,
		request: (body, _at, key = 0) => post(body, { [header]: hmac(texts[key]!, body, 'hex') }),
	};
}

function standard(prefix: string): Signer {
	return {
		keys: whsec,
		headers: [`${prefix}-id`, `${prefix}-timestamp`, `${prefix}-signature`],
		encoding: 'base64',
		timed: true,
		signsBody: true,
		request: (body, at, key = 0) =>
			post(body, {
				[`${prefix}-id`]: 'msg_1',
				[`${prefix}-timestamp`]: seconds(at),
				[`${prefix}-signature`]: `v1,${hmac(whsecBytes(key), `msg_1.${seconds(at)}.${body}`, 'base64')}`,
			}),
	};
}

const fixture = (name: string): string => readFileSync(join(__dirname, 'fixtures', name), 'utf8');
export const SNS_CERTIFICATE_URL = 'https://sns.eu-west-1.amazonaws.com/SimpleNotificationService-0123456789abcdef.pem';
export const SNS_TOPIC = 'arn:aws:sns:eu-west-1:123456789012:ses-events';

/** Serves the fixture's certificate under the one URL. */
export function snsCertificatesOfFixture(): SnsCertificates {
	return createSnsCertificates((url) =>
		Promise.resolve(
			url === SNS_CERTIFICATE_URL ? new Response(fixture('sns-signing.pem')) : new Response('', { status: 404 }),
		),
	);
}

/** Signs an SNS message; `fields` may override anything but the signature. */
export function snsMessage(fields: Record<string, string>, version: '1' | '2' = '1'): Record<string, string> {
	const message: Record<string, string> = { TopicArn: SNS_TOPIC, ...fields };
	const signed = Object.keys(message)
		.toSorted()
		.map((key) => `${key}\n${message[key]!}\n`)
		.join('');
	const signature = sign(version === '1' ? 'sha1' : 'sha256', Buffer.from(signed), fixture('sns-signing.key'));
	return {
		...message,
		SignatureVersion: version,
		Signature: signature.toString('base64'),
		SigningCertURL: SNS_CERTIFICATE_URL,
	};
}

export const SIGNERS: Partial<Record<SchemeId, Signer>> & Record<string, Signer> = {
	generic: {
		keys: texts,
		headers: ['x-webhook-signature', 'x-webhook-timestamp'],
		encoding: 'hex',
		timed: true,
		signsBody: true,
		request: (body, at, key = 0) =>
			post(body, {
				'x-webhook-id': 'evt_1',
				'x-webhook-timestamp': seconds(at),
				'x-webhook-signature': hmac(texts[key]!, `${seconds(at)}.${body}`, 'hex'),
			}),
	},
	'standard-webhooks': standard('webhook'),
	'standard-webhooks (Ed25519)': {
		...standard('webhook'),
		keys: ed.map(
			({ publicKey }) => `whpk_${publicKey.export({ format: 'der', type: 'spki' }).subarray(-32).toString('base64')}`,
		),
		config: { scheme: 'standard-webhooks' },
		request: (body, at, key = 0) =>
			post(body, {
				'webhook-id': 'msg_1',
				'webhook-timestamp': seconds(at),
				'webhook-signature': `v1a,${sign(null, Buffer.from(`msg_1.${seconds(at)}.${body}`), ed[key]!.privateKey).toString('base64')}`,
			}),
	},
	svix: standard('svix'),
	stripe: {
		keys: texts,
		headers: ['stripe-signature'],
		encoding: 'hex',
		timed: true,
		signsBody: true,
		request: (body, at, key = 0) =>
			post(body, { 'stripe-signature': `t=${seconds(at)},v1=${hmac(texts[key]!, `${seconds(at)}.${body}`, 'hex')}` }),
	},
	mailersend: bodyHex('signature'),
	mailtrap: bodyHex('mailtrap-signature'),
	'forward-email': bodyHex('x-webhook-signature'),
	mailgun: {
		keys: texts,
		headers: [],
		encoding: 'hex',
		timed: true,
		signsBody: false,
		request: (body, at, key = 0) => {
			const token = '88d9db6d0ec1b4b2a4c1e5a3a1b0c4f2d6e8f7a9b1c3d5e7f9';
			const signature = { token, timestamp: seconds(at), signature: hmac(texts[key]!, seconds(at) + token, 'hex') };
			return post(JSON.stringify({ signature, 'event-data': body }), {});
		},
	},
	sendgrid: {
		keys: ec.map(({ publicKey }) => der(publicKey)),
		headers: ['x-twilio-email-event-webhook-signature', 'x-twilio-email-event-webhook-timestamp'],
		encoding: 'base64',
		timed: true,
		signsBody: true,
		request: (body, at, key = 0) =>
			post(body, {
				'x-twilio-email-event-webhook-timestamp': seconds(at),
				'x-twilio-email-event-webhook-signature': sign(
					'sha256',
					Buffer.from(seconds(at) + body),
					ec[key]!.privateKey,
				).toString('base64'),
			}),
	},
	mandrill: {
		keys: texts,
		headers: ['x-mandrill-signature'],
		encoding: 'base64',
		timed: false,
		signsBody: true,
		request: (body, _at, key = 0) =>
			post(new URLSearchParams({ mandrill_events: body }).toString(), {
				'content-type': 'application/x-www-form-urlencoded',
				'x-mandrill-signature': hmac(texts[key]!, `${URL_CALLED}mandrill_events${body}`, 'base64', 'sha1'),
			}),
	},
	postal: {
		keys: rsa.map(({ publicKey }, index) => (index === 1 ? pem(publicKey) : der(publicKey))),
		headers: ['x-postal-signature'],
		encoding: 'base64',
		timed: false,
		signsBody: true,
		request: (body, _at, key = 0) =>
			post(body, { 'x-postal-signature': sign('sha1', Buffer.from(body), rsa[key]!.privateKey).toString('base64') }),
	},
};

/** A multipart/form-data request (RFC 7578). */
export function multipartPost(form: Form): WebhookRequest {
	const boundary = 'a-boundary-that-stands-nowhere-else';
	const part = (disposition: string, content: Buffer | string): Buffer[] => [
		Buffer.from(`--${boundary}\r\nContent-Disposition: form-data; ${disposition}\r\n\r\n`),
		Buffer.from(content),
		Buffer.from('\r\n'),
	];
	const body = Buffer.concat([
		...form.fields.flatMap(({ name, value }) => part(`name="${name}"`, value)),
		...form.files.flatMap(({ name, filename, content }) =>
			part(`name="${name}"; filename="${filename ?? ''}"`, content),
		),
		Buffer.from(`--${boundary}--\r\n`),
	]);
	return post(body, { 'content-type': `multipart/form-data; boundary=${boundary}` });
}
