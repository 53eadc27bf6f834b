/** Texts as small sets of hashes, so that a quotation finds what it quotes however its lines were broken anew. */

/** Words in a row that make one hash. */
const RUN = 4;
/** A text shorter than a run is one hash by itself, unless it says next to nothing. */
const FEWEST_WORDS = 2;
const FEWEST_LETTERS = 9;
/** Hashes kept of one text: the smallest, so that two long texts keep the same ones of what they share. */
const KEPT = 200;
/** Words looked at. */
const LONGEST = 20_000;

const WORD = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}]|[\p{L}\p{N}]+/gu;

/** FNV-1a, 32 bits: compared only among mails of one subject, where chance is no matter. */
export function hashOf(text: string): number {
	let hash = 0x811c9dc5;
	for (let at = 0; at < text.length; at++) {
		hash ^= text.charCodeAt(at);
		hash = Math.imul(hash, 0x01000193);
	}
	// FNV alone leaves the small hashes to texts that begin alike.
	hash ^= hash >>> 16;
	hash = Math.imul(hash, 0x7feb352d);
	hash ^= hash >>> 15;
	return hash >>> 0;
}

export function wordsOf(text: string): string[] {
	return text.normalize('NFKC').toLowerCase().match(WORD)?.slice(0, LONGEST) ?? [];
}

/** Hashes of every run of four words in each block, ascending. */
export function shinglesOf(blocks: readonly string[]): number[] {
	const hashes = new Set<number>();
	for (const block of blocks) {
		const words = wordsOf(block);
		if (words.length < RUN) {
			if (words.length >= FEWEST_WORDS && words.join('').length >= FEWEST_LETTERS) hashes.add(hashOf(words.join(' ')));
			continue;
		}
		for (let at = 0; at + RUN <= words.length; at++) hashes.add(hashOf(words.slice(at, at + RUN).join(' ')));
	}
	return [...hashes].sort((a, b) => a - b).slice(0, KEPT);
}

export interface Overlap {
	/** Hashes that both have. */
	shared: number;
	/** Of the quotation's hashes that could be compared, how many the other text has; 0 to 1. */
	share: number;
}

/** How much of a quotation stands in another text. Both as {@link shinglesOf} gave them. */
export function overlapOf(quotation: readonly number[], text: readonly number[]): Overlap {
	if (quotation.length === 0 || text.length === 0) return { shared: 0, share: 0 };
	// Of a text that was cut, nothing is known above its largest hash.
	const known = text.length < KEPT ? Infinity : (text.at(-1) ?? 0);
	const has = new Set(text);
	const compared = quotation.filter((hash) => hash <= known);
	const shared = compared.filter((hash) => has.has(hash)).length;
	return { shared, share: compared.length === 0 ? 0 : shared / compared.length };
}

export function packHashes(hashes: readonly number[]): string {
	return Buffer.from(Uint32Array.from(hashes).buffer).toString('base64');
}

export function unpackHashes(packed: string): number[] {
	const bytes = Buffer.from(packed, 'base64');
	return Array.from({ length: bytes.length >> 2 }, (_, at) => bytes.readUInt32LE(at * 4));
}
