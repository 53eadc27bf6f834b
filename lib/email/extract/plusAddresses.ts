import type { CanonicalMessage, Extracted } from '../message';
import { DELIVERY_HEADERS } from '../parse/routing';

type PlusAddress = NonNullable<Extracted['plusAddresses']>[number];

/**
 * The recipients with a plus tag (RFC 5233 calls it detail): of the envelope, the delivery headers, To and Cc, each once.
 * `support+ticket-42@example.com` has the alias `support`, the tag `ticket-42` and the parts `ticket` and `42`.
 */
export function readPlusAddresses(
	message: Pick<CanonicalMessage, 'envelope' | 'headers' | 'to' | 'cc'>,
): PlusAddress[] {
	const recipients = [
		...message.envelope.rcptTo,
		...DELIVERY_HEADERS.flatMap((name) => message.headers[name] ?? []),
		...[...message.to, ...message.cc].map(({ address }) => address),
	].map((address) => (/<([^<>]*)>/.exec(address)?.[1] ?? address).trim());
	return [...new Set(recipients.map((address) => address.toLowerCase()))].flatMap((lower) => {
		const address = recipients.find((recipient) => recipient.toLowerCase() === lower) ?? lower;
		const at = address.lastIndexOf('@');
		const plus = address.indexOf('+');
		if (plus <= 0 || plus >= at - 1) return [];
		const tag = address.slice(plus + 1, at);
		return [
			{ address, alias: address.slice(0, plus), tag, parts: tag.split(/[-_.=+]+/).filter((part) => part !== '') },
		];
	});
}
