import { normalAddress } from '../../address';

/** An address as mail systems really write it: quoted or unquoted local part, domain, IDN or address literal. */
export const ADDRESS_PATTERN =
	'(?:"[^"\\n]{1,64}"|[^\\s<>()[\\],;:"\'\\\\@：；，。、（）「」《》【】]{1,80}(?:\'[^\\s<>()[\\],;:"\'\\\\@：；，。、（）「」《》【】]{1,40})?)@(?:\\[[0-9a-fA-F.:]{3,45}\\]|[\\p{L}\\p{N}_](?:[\\p{L}\\p{N}._-]{0,200}[\\p{L}\\p{N}_])?)';

const ADDRESS = new RegExp(ADDRESS_PATTERN, 'u');
const ADDRESSES = new RegExp(ADDRESS_PATTERN, 'gu');

/** The first address in a field value such as `rfc822; <user@example.com>`, without brackets; null when there is none. */
export function firstAddress(text: string | null): string | null {
	if (text === null || !text.includes('@')) return null;
	const match = ADDRESS.exec(text.replace(/\bmailto:/gi, ''));
	return match === null ? null : tidyAddress(match[0]);
}

/** Every address in a text, in order, without repeats (compared in lower case). */
export function allAddresses(text: string): string[] {
	if (!text.includes('@')) return [];
	const seen = new Map<string, string>();
	for (const match of text.replace(/\bmailto:/gi, '').matchAll(ADDRESSES)) {
		const address = tidyAddress(match[0]);
		const key = address.toLowerCase();
		if (!seen.has(key)) seen.set(key, address);
	}
	return [...seen.values()];
}

/** Same mailbox, as far as spelling goes: case and quotes around the local part do not matter. */
export function sameAddress(one: string | null, other: string | null): boolean {
	return one !== null && other !== null && fold(one) === fold(other);
}

function fold(address: string): string {
	return normalAddress(address).replace(/^"([^"]*)"@/, '$1@');
}

/** An eastern particle or word that follows a Latin domain without a blank. */
const PARTICLE = /(?<=\.[a-z]{2,24})[\u1100-\u11ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af].{0,200}$/iu;

/** Leading marks that notices put before an address (`*user@…`, `=user@…`) are not part of it. */
function tidyAddress(address: string): string {
	return address
		.replace(/^[*=|]{1,5}(?=[^@])/, '')
		.replace(/^smtp=/i, '')
		.replace(PARTICLE, '');
}
