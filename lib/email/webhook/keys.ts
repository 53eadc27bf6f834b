import { createHash, createPublicKey, timingSafeEqual, type KeyObject } from 'node:crypto';
import { messageOf } from '../../errors';
import { decodeKey } from './encoding';
import { WebhookRefusal } from './refusal';

export type KeyId = 'current' | 'previous';

/** A shared secret, a public key, a token or `user:password`, whichever the scheme takes; two while one is rotated out. */
export interface WebhookKeys {
	current: string;
	previous?: string;
}

function misconfigured(message: string, hint: string, cause?: unknown): WebhookRefusal {
	return new WebhookRefusal('WEBHOOK_MISCONFIGURED', message, { hint, cause });
}

/** The keys that are set, made usable by `read`. Throws `WEBHOOK_MISCONFIGURED` when there is none or one is unreadable. */
export function keyRing<Key>(keys: WebhookKeys | undefined, read: (text: string) => Key): Array<[KeyId, Key]> {
	const ring: Array<[KeyId, Key]> = [];
	for (const id of ['current', 'previous'] as const) {
		const text = keys?.[id]?.trim();
		if (!text) continue;
		try {
			ring.push([id, read(text)]);
		} catch (error) {
			throw misconfigured(
				`The ${id} key cannot be read: ${messageOf(error)}`,
				'Copy the key from the provider again.',
				error,
			);
		}
	}
	if (ring.length === 0) {
		throw misconfigured(
			'No key is set to verify requests with.',
			'Enter the signing secret or public key of the provider in the credential.',
		);
	}
	return ring;
}

/** Tries every key, without stopping at the first that matches, and tells which one did. */
export function matchingKey<Key>(ring: ReadonlyArray<[KeyId, Key]>, matches: (key: Key) => boolean): KeyId {
	let found: KeyId | null = null;
	for (const [id, key] of ring) {
		const matched = matches(key);
		if (matched && found === null) found = id;
	}
	if (found === null)
		throw new WebhookRefusal('WEBHOOK_SIGNATURE_INVALID', 'The signature does not match the request.');
	return found;
}

/** Compares in constant time, also when the lengths differ. */
export function sameBytes(given: Uint8Array | null, expected: Uint8Array): boolean {
	const comparable = given?.length === expected.length ? given : new Uint8Array(expected.length);
	return timingSafeEqual(comparable, expected) && comparable === given;
}

/** Compares two texts in constant time whatever their lengths. */
export function sameText(given: string, expected: string): boolean {
	const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
	return timingSafeEqual(digest(given), digest(expected));
}

/** The bytes of a secret that is used as it is written. */
export function textKey(text: string): Buffer {
	return Buffer.from(text, 'utf8');
}

/** The bytes of a Standard Webhooks secret: base64 after `whsec_`. */
export function whsecKey(text: string): Buffer {
	const key = decodeKey(text.replace(/^whsec_/, ''));
	if (key === null) throw new Error('it is not base64 after "whsec_"');
	return key;
}

/** A public key in PEM, or the base64 of its DER (SubjectPublicKeyInfo), as providers show it. */
export function publicKey(text: string, type: 'ec' | 'rsa' | 'ed25519'): KeyObject {
	const der = text.includes('-----BEGIN') ? null : decodeKey(text.replace(/\s+/g, ''));
	if (der === null && !text.includes('-----BEGIN')) throw new Error('it is neither PEM nor base64');
	const key = createPublicKey(der === null ? text.replaceAll('\\n', '\n') : { key: der, format: 'der', type: 'spki' });
	if (key.asymmetricKeyType !== type)
		throw new Error(`it is a key of type ${key.asymmetricKeyType ?? 'unknown'}, not ${type}`);
	return key;
}

const ED25519_SPKI = Buffer.from('302a300506032b6570032100', 'hex');

/** A Standard Webhooks public key: the 32 bytes in base64 after `whpk_` (RFC 8032), or PEM. */
export function ed25519Key(text: string): KeyObject {
	if (!text.startsWith('whpk_')) return publicKey(text, 'ed25519');
	const bytes = decodeKey(text.slice('whpk_'.length));
	if (bytes?.length !== 32) throw new Error('it is not the base64 of 32 bytes after "whpk_"');
	return createPublicKey({ key: Buffer.concat([ED25519_SPKI, bytes]), format: 'der', type: 'spki' });
}
