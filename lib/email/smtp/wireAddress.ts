/** Internationalised addresses as they go over the wire (RFC 5890, RFC 6531). */
import { isAscii } from 'node:buffer';
import { normalDomain } from '../../address';
import { InputError } from '../../errors';
import { fileName } from '../fileName';
import type { EmailAddress } from '../message';
import type { Draft } from './compose';

/** RFC 5321 4.1.2 without quoted strings, which hardly any server takes: dots only between atoms; UTF-8 by RFC 6531. */
const LOCAL_PART = /^[^\s<>(),;:"\\[\]@.\x00-\x1f\x7f]+(?:\.[^\s<>(),;:"\\[\]@.\x00-\x1f\x7f]+)*$/;
const LITERAL = /^\[(?:(?:\d{1,3}\.){3}\d{1,3}|IPv6:[0-9a-f:.]+)\]$/i;
const LABEL = /^(?!-)[\w-]{1,63}(?<!-)$/;
/** RFC 5321 4.5.3.1.1, 4.5.3.1.2, and 4.5.3.1.3 without the angle brackets. */
const LONGEST_LOCAL_PART = 64;
const LONGEST_DOMAIN = 255;
const LONGEST_ADDRESS = 254;

/**
 * The address with its domain in lower case and A-labels (`Ann@BÜCHER.example` → `Ann@xn--bcher-kva.example`), its local
 * part as it was written.
 * @throws InputError `SEND_ADDRESS_INVALID`
 */
export function wireAddress(address: string): string {
	const at = address.lastIndexOf('@');
	const local = address.slice(0, at);
	const written = address.slice(at + 1);
	const domain = normalDomain(written);
	const wire = `${local}@${domain}`;
	const problem =
		at < 1 ? 'it has no @, or nothing before it' : (problemOf(local, written, domain) ?? lengthProblem(wire));
	if (problem !== null) {
		throw new InputError(`“${printable(address)}” is not an email address: ${problem}`, {
			code: 'SEND_ADDRESS_INVALID',
			hint: 'Write addresses as name@example.com, several separated by commas.',
		});
	}
	return wire;
}

function problemOf(local: string, written: string, domain: string): string | null {
	if (Buffer.byteLength(local) > LONGEST_LOCAL_PART) return `more than ${LONGEST_LOCAL_PART} bytes before the @`;
	if (!LOCAL_PART.test(local)) return 'a space, dot or special character out of place before the @';
	if (domain.length > LONGEST_DOMAIN) return `more than ${LONGEST_DOMAIN} characters after the @`;
	// What IDNA would drop or read as the end of a host is no part of a domain either.
	const usable = LITERAL.test(domain) || !/[^\p{L}\p{M}\p{N}._\-。．｡]/u.test(written);
	if (usable && (LITERAL.test(domain) || domain.split('.').every((label) => LABEL.test(label)))) return null;
	return 'what follows the @ is not a domain';
}

function lengthProblem(wire: string): string | null {
	return Buffer.byteLength(wire) > LONGEST_ADDRESS ? `longer than ${LONGEST_ADDRESS} bytes` : null;
}

/** The draft with every address as it goes over the wire, and attachments with names that are names only. @throws InputError `SEND_ADDRESS_INVALID` */
export function withWireAddresses(draft: Draft): Draft {
	const wired = (list: EmailAddress[]) => list.map((entry) => ({ ...entry, address: wireAddress(entry.address) }));
	return {
		...draft,
		from: { ...draft.from, address: wireAddress(draft.from.address) },
		to: wired(draft.to),
		cc: wired(draft.cc),
		bcc: wired(draft.bcc),
		replyTo: wired(draft.replyTo),
		attachments: draft.attachments.map((file) => ({ ...file, filename: fileName(file.filename) ?? 'unnamed' })),
	};
}

/** True when a local part is not ASCII, so that only a server with SMTPUTF8 (RFC 6531) takes it. */
export function needsSmtpUtf8(text: string): boolean {
	return /[^\x00-\x7f]/.test(text);
}

/** RFC 6531: an address whose local part is not ASCII stands unencoded in the envelope and in the header. */
export function isInternational(envelope: { mailFrom: string; rcptTo: string }, message: Buffer): boolean {
	const end = message.indexOf('\r\n\r\n');
	const header = message.subarray(0, end < 0 ? message.length : end);
	return needsSmtpUtf8(envelope.mailFrom + envelope.rcptTo) || !isAscii(header);
}

/** True for what ends a header or a command, or is thrown out on the way: CR, LF, NUL and the like; a tab is none. */
export function hasControl(text: string): boolean {
	return /[\x00-\x08\x0a-\x1f\x7f]/.test(text);
}

export function withoutControl(text: string): string {
	return text.replace(/[\x00-\x1f\x7f]+/g, ' ');
}

/** Foreign text as it may stand in an error. */
export function printable(text: string): string {
	return text.replace(/[\x00-\x1f\x7f]/g, '\u{fffd}').slice(0, 120);
}
