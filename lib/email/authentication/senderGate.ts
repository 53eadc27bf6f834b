import { domainToASCII } from 'node:url';
import type { Authentication, CanonicalMessage, EmailAddress } from '../message';

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
	/** All addresses of From (RFC 5322 allows several). */
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
	if (reasons.length === 0 && allowed.length > 0) {
		for (const { address } of sender.from) {
			if (!allowed.some((entry) => allows(entry, address))) reasons.push(`sender-not-allowed: ${address}`);
		}
	}
	if (requireAligned) reasons.push(...alignmentReasons(sender.authentication));
	return { passed: reasons.length === 0, reasons };
}

function authorReasons({ from, fromHeaders }: GatedSender): string[] {
	if (fromHeaders > 1) return [`sender-ambiguous: ${fromHeaders} From headers`];
	return from.length === 0 || from.some(({ address }) => address === '')
		? ['sender-missing: From names no address']
		: [];
}

function alignmentReasons({ aligned, source, spf, dkim, dmarc }: Authentication): string[] {
	if (aligned === true) return [];
	if (source === 'none') return ['sender-unverified: nothing is known of its SPF, DKIM or DMARC'];
	const seen = [
		`spf=${spf?.result ?? 'none'}`,
		`dkim=${dkim.map(({ result }) => result).join(',') || 'none'}`,
		`dmarc=${dmarc?.result ?? 'none'}`,
	].join(' ');
	return [aligned === null ? `sender-check-failed: ${seen}` : `sender-not-aligned: ${seen}`];
}

function ascii(domain: string): string {
	const lower = domain.toLowerCase().replace(/\.$/, '');
	return domainToASCII(lower) || lower;
}

function allows(entry: string, address: string): boolean {
	const at = address.lastIndexOf('@');
	const local = address.slice(0, at).toLowerCase();
	const domain = ascii(address.slice(at + 1));
	const split = entry.lastIndexOf('@');
	if (split > 0) return entry.slice(0, split).toLowerCase() === local && ascii(entry.slice(split + 1)) === domain;
	const wanted = entry.slice(split + 1);
	if (wanted.startsWith('*.')) return domain.endsWith(`.${ascii(wanted.slice(2))}`);
	return ascii(wanted) === domain;
}
