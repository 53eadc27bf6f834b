/**
 * Tokens in the plus part of our own addresses (RFC 5233 calls it detail) that lead an answer back to its thread, when
 * the client that wrote it dropped In-Reply-To and References. Signed, so that nobody can write into a thread by
 * guessing; lower-case base32 (RFC 4648, 6), since mail systems fold the local part's case.
 */
import { createHmac, timingSafeEqual } from 'node:crypto';
import { InputError } from '../../errors';
import type { CanonicalMessage } from '../message';

/** Octets of the thread's part, and of its signature. Together 26 letters. */
const ID_BYTES = 8;
const MAC_BYTES = 8;
const TOKEN = '[a-z2-7]{26}';
const ALPHABET = 'abcdefghijklmnopqrstuvwxyz234567';

/** Of a local part, RFC 5321, 4.5.3.1.1. */
const LONGEST_LOCAL_PART = 64;

/** Headers that name the address a mail was delivered for; lists and forwarders rewrite To, but leave one of these. */
const DELIVERY_HEADERS = ['delivered-to', 'x-original-to', 'x-delivered-to', 'envelope-to', 'x-envelope-to'];
/** Addresses of one mail that are looked at, so that a mail of a million recipients costs no more than another. */
const MOST_ADDRESSES = 200;

export interface ReplyToken {
	/** What stands in the address. */
	token: string;
	/** What the token stands for: 16 hex digits. */
	id: string;
}

/**
 * The token for answers to a mail of ours: always the same for the same mail.
 * @param secret of the scope; whoever knows it can write into every thread of the scope
 */
export function makeReplyToken(secret: Buffer, messageId: string): ReplyToken {
	const id = keyed(secret, `id:${messageId}`).subarray(0, ID_BYTES);
	return { token: encode(Buffer.concat([id, macOf(secret, id)])), id: id.toString('hex') };
}

/** @returns the token's id; null unless this secret signed it */
export function verifyReplyToken(secret: Buffer, token: string): string | null {
	const bytes = decode(token);
	if (bytes === null) return null;
	const id = bytes.subarray(0, ID_BYTES);
	return timingSafeEqual(macOf(secret, id), bytes.subarray(ID_BYTES)) ? id.toString('hex') : null;
}

/**
 * `support@example.com` with the token `x` becomes `support+x@example.com`, `support+eu@…` becomes `support+eu-x@…`; a
 * token that the address holds already gives way.
 *
 * @throws InputError `REPLY_ADDRESS_INVALID`, `REPLY_ADDRESS_TOO_LONG`
 */
export function addressWithToken(address: string, token: string): string {
	const at = address.lastIndexOf('@');
	if (at <= 0 || at === address.length - 1) {
		throw new InputError('The address that answers should go to is no email address', {
			code: 'REPLY_ADDRESS_INVALID',
			hint: 'Give one address without a name, such as support@example.com.',
		});
	}
	const written = address.slice(0, at);
	const quote = written.startsWith('"') && written.endsWith('"') && written.length > 1 ? '"' : '';
	const local = quote ? written.slice(1, -1) : written;
	const plus = local.indexOf('+');
	const base = plus < 0 ? local : local.slice(0, plus);
	const tag = plus < 0 ? '' : local.slice(plus + 1).replace(new RegExp(`(?:^|-)${TOKEN}$`, 'i'), '');
	const full = `${quote}${base}+${tag === '' ? '' : `${tag}-`}${token}${quote}`;
	if (Buffer.byteLength(full) > LONGEST_LOCAL_PART) {
		throw new InputError('The address that answers should go to is too long to carry a reply token', {
			code: 'REPLY_ADDRESS_TOO_LONG',
			hint: `What stands before the @, its plus tag included, may have ${LONGEST_LOCAL_PART - token.length - 2} characters at most.`,
		});
	}
	return `${full}${address.slice(at)}`;
}

/** What looks like a token in the addresses that a mail came in for; most mail has none, and then no secret is needed. */
export function tokensIn(
	message: Pick<CanonicalMessage, 'to' | 'cc'> & Partial<Pick<CanonicalMessage, 'envelope' | 'headers'>>,
): string[] {
	const delivered = DELIVERY_HEADERS.flatMap((name) => message.headers?.[name] ?? []);
	const addresses = [
		...(message.envelope?.rcptTo ?? []),
		...delivered,
		...message.to.map(({ address }) => address),
		...message.cc.map(({ address }) => address),
	].slice(0, MOST_ADDRESSES);
	const shape = new RegExp(`[+-](${TOKEN})"?@`, 'i');
	return [...new Set(addresses.flatMap((address) => shape.exec(address)?.[1]?.toLowerCase() ?? []))];
}

function keyed(secret: Buffer, text: string | Buffer): Buffer {
	return createHmac('sha256', secret).update(text).digest();
}

function macOf(secret: Buffer, id: Buffer): Buffer {
	return keyed(secret, Buffer.concat([Buffer.from('mac:'), id])).subarray(0, MAC_BYTES);
}

function encode(bytes: Buffer): string {
	const bits = [...bytes].map((byte) => byte.toString(2).padStart(8, '0')).join('');
	return (bits.match(/.{1,5}/g) ?? []).map((five) => ALPHABET[parseInt(five.padEnd(5, '0'), 2)]).join('');
}

function decode(token: string): Buffer | null {
	if (!new RegExp(`^${TOKEN}$`, 'i').test(token)) return null;
	const bits = Array.from(token.toLowerCase(), (letter) => ALPHABET.indexOf(letter).toString(2).padStart(5, '0')).join(
		'',
	);
	const bytes = bits.match(/.{8}/g) ?? [];
	return Buffer.from(bytes.slice(0, ID_BYTES + MAC_BYTES).map((byte) => parseInt(byte, 2)));
}
