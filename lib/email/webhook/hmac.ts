import { createHmac, verify, type KeyObject } from 'node:crypto';
import { decode, decodeBase64 } from './encoding';
import { ed25519Key, keyRing, matchingKey, sameBytes } from './keys';
import { WebhookRefusal } from './refusal';
import { headerOf, signatureHeader, type WebhookRequest } from './request';
import type { HmacScheme } from './schemes';
import {
	invalidSignature,
	missingSignature,
	readTimestamp,
	type SignatureCheck,
	type WebhookConfig,
} from './signature';

/** More than a provider sends while it rotates keys; each costs one comparison. */
const MAX_SIGNATURES = 16;

/** Dots stand between what is signed, so the id has none (Standard Webhooks, "Webhook metadata"). */
const SIGNED_ID = /^[\x21-\x2d\x2f-\x7e]{1,256}$/;

type StandardKey = { version: 'v1'; secret: Buffer } | { version: 'v1a'; publicKey: KeyObject };

/** Verifies a request by a row of the scheme table. */
export function verifyHmac(scheme: HmacScheme, request: WebhookRequest, config: WebhookConfig): SignatureCheck {
	const names = namesIn(scheme, request);
	const value = signatureHeader(request, (config.header ?? names.signatureHeader).toLowerCase());
	const { signatures, timestamp } = readSignatures(names, request, value);
	const id = names.idHeader === null ? null : signatureHeader(request, names.idHeader);
	if (id !== null && !SIGNED_ID.test(id)) throw invalidSignature();
	const prefix = [id, timestamp].filter((part) => part !== null).map((part) => `${part}.`);
	const signedBytes = [Buffer.from(prefix.join(''), 'utf8'), request.rawBody];
	const signedAt = timestamp === null ? null : readTimestamp(timestamp, names.layout === 'plain');
	const ring = keyRing<StandardKey>(config.keys, (text) => readKey(scheme, text));
	const keyId = matchingKey(ring, (key) => matches(key, scheme, signatures, signedBytes));
	return { keyId, timestamp: signedAt, signedId: id, signedBytes, bodyAuthenticated: true };
}

/** The row, with its other set of header names where the request has those and not the first. */
function namesIn(scheme: HmacScheme, request: WebhookRequest): HmacScheme {
	const { otherNames } = scheme;
	if (otherNames === undefined || Object.hasOwn(request.headers, scheme.signatureHeader)) return scheme;
	return Object.hasOwn(request.headers, otherNames.signatureHeader) ? { ...scheme, ...otherNames } : scheme;
}

/** The key of a row: a secret, or for the Standard Webhooks layout also an Ed25519 public key. */
export function readKey(scheme: HmacScheme, text: string): StandardKey {
	if (scheme.layout === 'versions' && (text.startsWith('whpk_') || text.includes('-----BEGIN'))) {
		return { version: 'v1a', publicKey: ed25519Key(text) };
	}
	return { version: 'v1', secret: scheme.key(text) };
}

interface Signatures {
	/** With the version they claim. */
	signatures: Array<{ version: string; value: string }>;
	timestamp: string | null;
}

function readSignatures(scheme: HmacScheme, request: WebhookRequest, value: string): Signatures {
	const read = scheme.layout === 'fields' ? readFields(value) : readList(scheme, request, value);
	if (read.signatures.length > MAX_SIGNATURES) {
		throw new WebhookRefusal('WEBHOOK_MALFORMED', `The signature header holds more than ${MAX_SIGNATURES} signatures.`);
	}
	return read;
}

function readList(scheme: HmacScheme, request: WebhookRequest, value: string): Signatures {
	const timestamp = scheme.timestampHeader === null ? null : headerOf(request, scheme.timestampHeader);
	if (timestamp === null && scheme.timestampHeader !== null) throw missingSignature(`${scheme.timestampHeader} header`);
	// Some senders put the name of the hash before the signature, as GitHub does.
	if (scheme.layout === 'plain')
		return { timestamp, signatures: [{ version: 'v1', value: value.replace(/^(?:sha256|v1)=/, '') }] };
	const signatures = value.split(/ +/).map((entry) => {
		const [version = '', signature = '', ...rest] = entry.split(',');
		// Node joins repeated headers with a comma.
		if (rest.length > 0)
			throw new WebhookRefusal('WEBHOOK_MALFORMED', 'The signature header is not a list of version,signature.');
		return { version, value: signature };
	});
	return { timestamp, signatures };
}

function readFields(value: string): Signatures {
	const fields = value.split(',').map((field) => {
		const equals = field.indexOf('=');
		return { version: field.slice(0, Math.max(equals, 0)).trim(), value: field.slice(equals + 1).trim() };
	});
	const times = fields.filter((field) => field.version === 't');
	if (times.length > 1)
		throw new WebhookRefusal('WEBHOOK_MALFORMED', 'The signature header holds more than one time stamp.');
	if (times[0] === undefined) throw missingSignature('time stamp in its signature header');
	return { timestamp: times[0].value, signatures: fields.filter((field) => field.version === 'v1') };
}

function matches(
	key: StandardKey,
	scheme: HmacScheme,
	signatures: Signatures['signatures'],
	signedBytes: readonly Buffer[],
): boolean {
	const candidates = signatures.filter((signature) => signature.version === key.version);
	if (key.version === 'v1a') {
		const bytes = Buffer.concat(signedBytes);
		return any(candidates, (candidate) => {
			const signature = decodeBase64(candidate.value);
			return signature?.length === 64 && verify(null, bytes, key.publicKey, signature);
		});
	}
	const hmac = createHmac('sha256', key.secret);
	for (const part of signedBytes) hmac.update(part);
	const expected = hmac.digest();
	return any(candidates, (candidate) => sameBytes(decode(candidate.value, scheme.encoding), expected));
}

/** As Array.some, without stopping at the first. */
function any<Item>(items: readonly Item[], test: (item: Item) => boolean): boolean {
	return items.map(test).includes(true);
}

/** For schemes with one signature outside a table row. */
export function decodeSignature(text: string, encoding: 'hex' | 'base64'): Buffer {
	const bytes = decode(text, encoding);
	if (bytes === null) throw invalidSignature();
	return bytes;
}
