import {
	createHmac,
	createPrivateKey,
	createPublicKey,
	generateKeyPairSync,
	randomBytes,
	sign,
	type KeyObject,
} from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { WebhookSample } from './provider-samples.mts';

export interface SignedSample {
	url: string;
	headers: Record<string, string>;
	body: Buffer;
}

/** What a provider signs with: the secret the user entered, or a private key whose public half they did. */
export type SampleKey = string | KeyObject;

type Signer = (sample: SignedSample, key: SampleKey) => SignedSample;

/** As each provider's documentation says; lib/email/webhook verifies. Amazon SNS is missing: only Amazon can sign for it. */
const SIGNERS: Record<string, Signer> = {
	generic: (sample, key) => {
		const timestamp = seconds();
		return withHeaders(sample, {
			'x-webhook-id': `demo-${randomBytes(8).toString('hex')}`,
			'x-webhook-timestamp': timestamp,
			'x-webhook-signature': hmac(key, `${timestamp}.`, sample.body).toString('hex'),
		});
	},
	agentmail: svix,
	resend: svix,
	mailersend: (sample, key) => withHeaders(sample, { signature: hmac(key, '', sample.body).toString('hex') }),
	mailtrap: (sample, key) => withHeaders(sample, { 'mailtrap-signature': hmac(key, '', sample.body).toString('hex') }),
	'forward-email': (sample, key) =>
		withHeaders(sample, { 'x-webhook-signature': hmac(key, '', sample.body).toString('hex') }),
	mailgun: signMailgun,
	mandrill: (sample, key) => {
		const fields = [...new URLSearchParams(sample.body.toString())].toSorted(([a], [b]) => (a < b ? -1 : 1));
		const signed = sample.url + fields.map(([name, value]) => name + value).join('');
		return withHeaders(sample, {
			'x-mandrill-signature': createHmac('sha1', secretOf(key)).update(signed).digest('base64'),
		});
	},
	sendgrid: (sample, key) => {
		const timestamp = seconds();
		const signature = sign('sha256', Buffer.concat([Buffer.from(timestamp), sample.body]), key).toString('base64');
		return withHeaders(sample, {
			'x-twilio-email-event-webhook-timestamp': timestamp,
			'x-twilio-email-event-webhook-signature': signature,
		});
	},
	postal: (sample, key) =>
		withHeaders(sample, { 'x-postal-signature': sign('sha1', sample.body, key).toString('base64') }),
	brevo: (sample, key) => withHeaders(sample, { authorization: `Bearer ${secretOf(key)}` }),
	cloudmailin: basic,
	improvmx: (request, key) => ({ ...request, url: `${request.url}?token=${encodeURIComponent(secretOf(key))}` }),
	mailjet: basic,
	postmark: basic,
	sparkpost: basic,
};

/** The providers a sample can be signed for. */
export const SIGNABLE_PROVIDERS = Object.keys(SIGNERS);

/** Writes the body of a sample and signs it, with a fresh time stamp, as the provider would. */
export async function signedSample(
	provider: string,
	sample: WebhookSample,
	url: string,
	key: SampleKey,
): Promise<SignedSample> {
	const signer = SIGNERS[provider];
	if (signer === undefined) throw new Error(`No sample can be signed for ${provider}`);
	return signer({ url, ...(await written(sample)) }, key);
}

/** The algorithm of a provider's private key; null where it signs with a shared secret. */
export function keyTypeOf(provider: string): 'ec' | 'rsa' | null {
	return provider === 'sendgrid' ? 'ec' : provider === 'postal' ? 'rsa' : null;
}

/** The private key in a file, made up if it is not there, and what to enter as public key. */
export function keyPairIn(file: string, type: 'ec' | 'rsa'): { privateKey: KeyObject; publicKey: string } {
	if (!existsSync(file)) {
		const { privateKey } =
			type === 'ec'
				? generateKeyPairSync('ec', { namedCurve: 'prime256v1' })
				: generateKeyPairSync('rsa', { modulusLength: 2048 });
		mkdirSync(dirname(file), { recursive: true });
		writeFileSync(file, privateKey.export({ format: 'pem', type: 'pkcs8' }), { mode: 0o600 });
	}
	const privateKey = createPrivateKey(readFileSync(file));
	return {
		privateKey,
		publicKey: createPublicKey(privateKey).export({ format: 'der', type: 'spki' }).toString('base64'),
	};
}

async function written({ body }: WebhookSample): Promise<{ headers: Record<string, string>; body: Buffer }> {
	if ('json' in body)
		return { headers: { 'content-type': 'application/json' }, body: Buffer.from(JSON.stringify(body.json)) };
	if ('form' in body) {
		return {
			headers: { 'content-type': 'application/x-www-form-urlencoded' },
			body: Buffer.from(new URLSearchParams(body.form).toString()),
		};
	}
	const form = new FormData();
	for (const part of body.multipart) {
		if ('value' in part) form.append(part.name, part.value);
		else form.append(part.name, new Blob([part.content], { type: part.type }), part.filename);
	}
	const response = new Response(form);
	const contentType = response.headers.get('content-type') ?? '';
	return { headers: { 'content-type': contentType }, body: Buffer.from(await response.arrayBuffer()) };
}

function secretOf(key: SampleKey): string {
	if (typeof key === 'string') return key;
	throw new Error('This provider signs with a shared secret, not with a private key');
}

function seconds(): string {
	return String(Math.floor(Date.now() / 1000));
}

function withHeaders(sample: SignedSample, headers: Record<string, string>): SignedSample {
	return { ...sample, headers: { ...sample.headers, ...headers } };
}

function hmac(key: SampleKey, prefix: string, body: Buffer): Buffer {
	return createHmac('sha256', secretOf(key)).update(prefix).update(body).digest();
}

function svix(sample: SignedSample, key: SampleKey): SignedSample {
	const id = `msg_${randomBytes(8).toString('hex')}`;
	const timestamp = seconds();
	const bytes = Buffer.from(secretOf(key).replace(/^whsec_/, ''), 'base64');
	const signature = createHmac('sha256', bytes).update(`${id}.${timestamp}.`).update(sample.body).digest('base64');
	return withHeaders(sample, { 'svix-id': id, 'svix-timestamp': timestamp, 'svix-signature': `v1,${signature}` });
}

/** User and password stand in the URL the provider was given, and come as a header. */
function basic(sample: SignedSample, key: SampleKey): SignedSample {
	return withHeaders(sample, { authorization: `Basic ${Buffer.from(secretOf(key)).toString('base64')}` });
}

/** Mailgun puts its signature into the body: into a JSON object, or among the fields of a form. */
function signMailgun(sample: SignedSample, key: SampleKey): SignedSample {
	const timestamp = seconds();
	const token = randomBytes(25).toString('hex');
	const signature = {
		timestamp,
		token,
		signature: createHmac('sha256', secretOf(key))
			.update(timestamp + token)
			.digest('hex'),
	};
	const contentType = sample.headers['content-type'] ?? '';
	if (contentType === 'application/json') {
		const body = JSON.parse(sample.body.toString()) as object;
		return { ...sample, body: Buffer.from(JSON.stringify({ signature, ...body })) };
	}
	if (contentType === 'application/x-www-form-urlencoded') {
		return { ...sample, body: Buffer.from(`${sample.body.toString()}&${new URLSearchParams(signature).toString()}`) };
	}
	const boundary = /boundary="?([^";]+)/.exec(contentType)?.[1] ?? '';
	const parts = Object.entries(signature).map(
		([name, value]) => `--${boundary}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`,
	);
	return { ...sample, body: Buffer.concat([Buffer.from(parts.join('')), sample.body]) };
}
