import type { EmailAddress, Envelope, Routing } from '../message';

/** Headers that name the address a mail was delivered for, the most telling first. */
export const DELIVERY_HEADERS = ['x-original-to', 'delivered-to', 'x-delivered-to', 'envelope-to', 'x-envelope-to'];

/** Which of our addresses a mail came in for, and its plus tag (RFC 5233 calls it detail). */
export function readRouting(
	envelope: Envelope,
	headers: Readonly<Record<string, string[]>>,
	to: readonly EmailAddress[],
): Routing {
	const delivered = DELIVERY_HEADERS.map((name) => headers[name]?.[0]).find((value) => value?.includes('@'));
	const address =
		envelope.rcptTo.find((recipient) => recipient.includes('@')) ??
		delivered ??
		to.find((entry) => entry.address.includes('@'))?.address;
	if (address === undefined) return { alias: null, plusTag: null };
	const bare = /<([^<>]*)>/.exec(address)?.[1] ?? address;
	const local = bare
		.trim()
		.slice(0, bare.trim().lastIndexOf('@'))
		.replace(/^"(.*)"$/, '$1');
	const plus = local.indexOf('+');
	if (plus <= 0) return { alias: local === '' ? null : local, plusTag: null };
	return { alias: local.slice(0, plus), plusTag: local.slice(plus + 1) || null };
}
