/** The one form in which addresses are compared: for recipients, suppressions, limits, search and erasure alike. */
import { domainToASCII } from 'node:url';

/**
 * `Ann@BÜCHER.example` → `ann@xn--bcher-kva.example`. Domains have no case (RFC 5321 2.4) and are compared as A-labels
 * (RFC 5891 5.4); that local parts have none is no rule of the standard, but so do all mailbox providers that matter.
 * Never throws: what is no address is only trimmed and lower-cased.
 * @param caseSensitive keeps the case of the local part
 */
export function normalAddress(address: string, caseSensitive = false): string {
	const text = address.trim();
	const at = text.lastIndexOf('@');
	if (at < 0) return text.toLowerCase();
	const local = text.slice(0, at);
	return `${caseSensitive ? local : local.toLowerCase()}@${normalDomain(text.slice(at + 1))}`;
}

/** In lower case, as A-labels; one that cannot be written so in lower case only. */
export function normalDomain(domain: string): string {
	const lower = domain.toLowerCase();
	if (/^[\x21-\x7e]*$/.test(lower)) return lower;
	return domainToASCII(lower) || lower;
}
