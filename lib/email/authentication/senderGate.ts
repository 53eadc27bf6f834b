import type { Authentication, CanonicalMessage, EmailAddress } from '../message';
import { asciiDomain, domainOf, lowerAscii } from '../parse/author';

/** Who may write. Without any rule everybody may. */
export interface SenderGateRules {
	/**
	 * Addresses (`ann@example.com`), domains (`example.com`, `@example.com`: that domain alone) and domains with all
	 * below them (`*.example.com`: those below alone).
	 */
	allowed?: readonly string[];
	/** SPF or DKIM must have passed for a domain aligned with From (RFC 7489, 3.1). */
	requireAligned?: boolean;
}

export type SenderGate = NonNullable<CanonicalMessage['senderGate']>;

/** What the gate looks at: every author, and what is known of their authenticity. */
export interface GatedSender {
	/** All addresses of From (RFC 5322 allows several; the gate does not). */
	from: readonly EmailAddress[];
	/** How many From headers there are; more than one lets two readers see two authors. */
	fromHeaders: number;
	authentication: Authentication;
}

/**
 * Judges a sender. The result is told, nothing is done here: a refused mail has `passed: false` and the reasons,
 * `sender-…`, each with what was seen.
 *
 * @returns null when there is no rule
 */
export function judgeSender(sender: GatedSender, rules: SenderGateRules): SenderGate | null {
	const allowed = (rules.allowed ?? []).map((entry) => entry.trim()).filter((entry) => entry !== '');
	const requireAligned = rules.requireAligned === true;
	if (allowed.length === 0 && !requireAligned) return null;
	const reasons = authorReasons(sender);
	// A reason that is about the author leaves nobody to compare with the list.
	if (reasons.length === 0 && allowed.length > 0) {
		for (const { address } of sender.from) {
			if (!allowed.some((entry) => allows(entry, address))) reasons.push(`sender-not-allowed: ${address}`);
		}
	}
	if (requireAligned) reasons.push(...alignmentReasons(sender));
	return { passed: reasons.length === 0, reasons };
}

function authorReasons({ from, fromHeaders, authentication }: GatedSender): string[] {
	if (fromHeaders > 1) return [`sender-ambiguous: ${fromHeaders} From headers`];
	const ambiguity = authentication.author?.ambiguity ?? null;
	if (ambiguity !== null) return [`sender-ambiguous: From can be read as another author: ${ambiguity}`];
	if (from.length > 1) return [`sender-ambiguous: ${from.length} authors`];
	return from.length === 0 || from.some(({ address }) => address === '')
		? ['sender-missing: From names no address']
		: [];
}

/** A verdict counts for the author that it speaks of. */
function alignmentReasons({ from: [sender], authentication }: GatedSender): string[] {
	const { aligned, source, spf, dkim, dmarc, author } = authentication;
	const wanted = domainOf(sender?.address ?? '');
	if (aligned === true && wanted !== null && author?.domain === wanted) return [];
	if (source === 'none') return ['sender-unverified: nothing is known of its SPF, DKIM or DMARC'];
	if (aligned === true) return [`sender-not-aligned: the verdict is about ${author?.domain ?? 'nobody'}`];
	const seen = [
		`spf=${spf?.result ?? 'none'}`,
		`dkim=${dkim.map(({ result }) => result).join(',') || 'none'}`,
		`dmarc=${dmarc?.result ?? 'none'}`,
	].join(' ');
	return [aligned === null ? `sender-check-failed: ${seen}` : `sender-not-aligned: ${seen}`];
}

function allows(entry: string, address: string): boolean {
	const at = address.lastIndexOf('@');
	const local = lowerAscii(address.slice(0, at));
	const domain = asciiDomain(address.slice(at + 1));
	const split = entry.lastIndexOf('@');
	if (split > 0) return lowerAscii(entry.slice(0, split)) === local && asciiDomain(entry.slice(split + 1)) === domain;
	const wanted = entry.slice(split + 1);
	if (wanted.startsWith('*.')) return domain.endsWith(`.${asciiDomain(wanted.slice(2))}`);
	return asciiDomain(wanted) === domain;
}
