/** Characters of an unquoted local part as mail systems really accept them, and of a domain (IDN as UTF-8 included). */
const ADDRESS =
	/("[^"\n]{1,64}"|[^\s<>()[\],;:"'\\@]{1,80}(?:'[^\s<>()[\],;:"'\\@]{1,40})?)@((?:\[[0-9a-fA-F.:]{3,45}\])|[\p{L}\p{N}_](?:[\p{L}\p{N}._-]{0,200}[\p{L}\p{N}_])?)/u;
const ADDRESSES = new RegExp(ADDRESS.source, 'gu');

/**
 * The address in a field value such as `rfc822; <user@example.com>`, `"user@example.com"` or an Exchange
 * `IMCEAEX-…`, without brackets; null when there is none.
 */
export function firstAddress(text: string | null): string | null {
	if (text === null) return null;
	const match = ADDRESS.exec(text);
	return match === null ? null : `${match[1] ?? ''}@${match[2] ?? ''}`;
}

/** Every address in a text, in order, without repeats (compared in lower case). */
export function allAddresses(text: string): string[] {
	const seen = new Map<string, string>();
	for (const match of text.matchAll(ADDRESSES)) {
		const address = `${match[1] ?? ''}@${match[2] ?? ''}`;
		const key = address.toLowerCase();
		if (!seen.has(key)) seen.set(key, address);
	}
	return [...seen.values()];
}
