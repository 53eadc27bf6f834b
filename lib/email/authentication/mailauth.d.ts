/** What this folder uses of mailauth's own parts that it declares no types for. */
declare module 'mailauth/lib/tools' {
	/**
	 * RFC 9989, 3.2.10: the first of `domains` that aligns with `fromDomain`, false when none does. Relaxed alignment
	 * compares organizational domains by the Public Suffix List.
	 */
	export function getAlignment(
		fromDomain: string,
		domains: readonly string[],
		strict?: boolean,
	): { domain: string } | false;
}
