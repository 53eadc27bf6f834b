import { isIP } from 'node:net';
import type { DeliveryEventType } from '../event';
import type { EmailAddress, Envelope } from '../message';
import { parseAddressList } from '../addressList';
import { isRecord, list, numberOf, textOf } from './json';

/** ISO 8601 in UTC of what providers write: seconds or milliseconds since 1970, ISO 8601 or RFC 5322 dates; else null. */
export function timeOf(value: unknown): string | null {
	const number = numberOf(value);
	// 1e11 seconds lie in the year 5138, 1e11 milliseconds in 1973.
	const millis = number === null ? parseDate(textOf(value) ?? '') : Math.abs(number) < 1e11 ? number * 1000 : number;
	const date = new Date(millis);
	return Number.isNaN(date.getTime()) ? null : date.toISOString();
}

/** A time without a zone is UTC. */
function parseDate(text: string): number {
	const zoned = /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?$/.test(text) ? `${text.replace(' ', 'T')}Z` : text;
	return Date.parse(zoned);
}

/** A Message-ID without angle brackets; null when there is none. */
export function bareId(value: unknown): string | null {
	const text = textOf(value)?.trim() ?? '';
	return (/<([^<>]+)>/.exec(text)?.[1] ?? text) || null;
}

/** The bare address in `Ann <ann@example.com>`; null when there is none. */
export function addressOf(value: unknown): string | null {
	const text = textOf(isRecord(value) ? (value.email ?? value.address ?? value.Email) : value);
	if (text === null) return null;
	return parseAddressList(text)[0]?.address || text.trim().replace(/^<|>$/g, '') || null;
}

/** Envelope sender as a provider writes it: '' for the null return path of a bounce, null when it is not told. */
export function mailFromOf(value: unknown): string | null {
	const text = isRecord(value) ? (value.email ?? value.address ?? value.Email) : value;
	if (typeof text !== 'string') return null;
	return /^\s*(?:<\s*>)?\s*$/.test(text) ? '' : addressOf(text);
}

/** The SMTP client that handed the mail to the provider, where it is told: what SPF is checked for (RFC 7208, 2.3). */
export function clientOf(ip: unknown, helo?: unknown): Pick<Envelope, 'clientIp' | 'helo'> {
	if (typeof ip !== 'string' || isIP(ip.trim()) === 0) return {};
	const name = textOf(helo);
	return { clientIp: ip.trim(), ...(name === null ? {} : { helo: name }) };
}

/** Bare addresses of a list, or of the text of an address header. */
export function addressesOf(value: unknown): string[] {
	if (Array.isArray(value))
		return list(value)
			.map(addressOf)
			.filter((address) => address !== null);
	if (typeof value === 'string')
		return parseAddressList(value)
			.map(({ address }) => address)
			.filter(Boolean);
	return [addressOf(value)].filter((address) => address !== null);
}

/** A header value of addresses, from text, objects with name and address, or lists of either; null when empty. */
export function addressHeader(value: unknown): string | null {
	const values = Array.isArray(value) ? list(value) : [value];
	return (
		values
			.map(addressText)
			.filter((text) => text !== null)
			.join(', ') || null
	);
}

function addressText(value: unknown): string | null {
	if (!isRecord(value)) return textOf(value);
	const address = textOf(value.email ?? value.address ?? value.Email ?? value.Address);
	const name = textOf(value.name ?? value.Name);
	return address === null ? null : formatAddress({ name: name ?? '', address });
}

/** RFC 5322, 3.4, with the name as a quoted string. */
function formatAddress({ name, address }: EmailAddress): string {
	return name === '' ? address : `"${name.replace(/["\\]/g, '\\$&')}" <${address}>`;
}

/** A provider's event names and what they are here; anything else is `other`. */
export type EventTypes = Readonly<Record<string, DeliveryEventType>>;

export function eventType(types: EventTypes, name: string | null): DeliveryEventType {
	return name !== null && Object.hasOwn(types, name) ? (types[name] ?? 'other') : 'other';
}

/** Bytes of base64, with line breaks or not; what is not base64 is dropped, as content must not be refused. */
export function base64Bytes(value: unknown): Buffer {
	return Buffer.from(textOf(value) ?? '', 'base64');
}

/** The entries of an object without those names: what is left of a payload once the contract has taken its part. */
export function without(payload: Readonly<Record<string, unknown>>, names: readonly string[]): Record<string, unknown> {
	return Object.fromEntries(Object.entries(payload).filter(([name]) => !names.includes(name)));
}

/**
 * Headers in any of the shapes providers use: an object of texts or lists, a list of `{name, value}`, a list of pairs, or
 * the header section as one text.
 */
export function headerEntries(value: unknown): Array<readonly [name: string, value: string]> {
	if (typeof value === 'string') return headerLines(value);
	if (Array.isArray(value)) return list(value).flatMap(headerEntry);
	if (!isRecord(value)) return [];
	return Object.entries(value).flatMap(([name, content]) =>
		(Array.isArray(content) ? list(content) : [content]).map((one) => [name, textOf(one) ?? ''] as const),
	);
}

function headerEntry(entry: unknown): Array<readonly [string, string]> {
	const [name, value] = Array.isArray(entry)
		? list(entry)
		: isRecord(entry)
			? [entry.name ?? entry.Name ?? entry.key, entry.value ?? entry.Value]
			: [];
	const text = textOf(name);
	return text === null ? [] : [[text, textOf(value) ?? '']];
}

function headerLines(text: string): Array<readonly [string, string]> {
	return text.split(/\r?\n(?![\t ])/).flatMap((line) => {
		const colon = line.indexOf(':');
		return colon < 1 ? [] : [[line.slice(0, colon).trim(), line.slice(colon + 1)] as const];
	});
}

/** First value of a header, whatever the case of its name; null when it is absent. */
export function headerIn(headers: ReadonlyArray<readonly [string, string]>, name: string): string | null {
	return headers.find(([key]) => key.toLowerCase() === name)?.[1] ?? null;
}

/** Value of the first of these names that is there, in snake_case, camelCase, kebab-case or with a capital. */
export function pick(object: Readonly<Record<string, unknown>>, ...names: string[]): unknown {
	const words = names.map((name) => name.replace(/[_-]/g, '').toLowerCase());
	const entries = Object.entries(object).filter(([, value]) => value !== null && value !== '');
	for (const word of words) {
		const found = entries.find(([name]) => name.replace(/[_-]/g, '').toLowerCase() === word);
		if (found !== undefined) return found[1];
	}
	return undefined;
}
