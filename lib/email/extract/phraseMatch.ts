/** Finds the phrases of the language tables in a line of text. */

export interface FoundPhrase {
	phrase: string;
	language: string;
	/** Offsets in the line. */
	at: number;
	end: number;
}

const LETTER = /\p{L}/u;
/** Scripts that put blanks between words: there a phrase must begin a word. */
const SPACED = /^[\p{Script=Latin}\p{Script=Cyrillic}\p{Script=Greek}]/u;
/** Digits of other scripts, each block from its zero; each is one UTF-16 unit, so offsets stay. */
const ZEROS = [0x0660, 0x06f0, 0x0966, 0x0e50, 0xff10];

/** ASCII digits and plain blanks for those of other scripts; as long as the input, so that offsets fit both. */
export function plainDigits(line: string): string {
	return line
		.replace(/[\u0660-\u0669\u06f0-\u06f9\u0966-\u096f\u0e50-\u0e59\uff10-\uff19]/g, (digit) => {
			const code = digit.charCodeAt(0);
			return String(code - (ZEROS.find((zero) => code >= zero && code < zero + 10) ?? code));
		})
		.replace(/[\u00a0\u2000-\u200a\u202f\u3000\t]/g, ' ')
		.replace(/\uff1a/g, ':');
}

/** {@link plainDigits} in lower case; as long as the input. */
export function comparable(line: string): string {
	const plain = plainDigits(line);
	const lower = plain.toLowerCase();
	if (lower.length === plain.length) return lower;
	// A few capitals have longer small letters (İ).
	return plain.replace(/\p{Lu}/gu, (char) => (char.toLowerCase().length === char.length ? char.toLowerCase() : char));
}

/** Where a phrase stands as its own word (or the beginning of one), in a {@link comparable} line; -1 when nowhere. */
export function findPhrase(line: string, phrase: string): number {
	const spaced = SPACED.test(phrase);
	for (let at = line.indexOf(phrase); at >= 0; at = line.indexOf(phrase, at + 1)) {
		if (!spaced || at === 0 || !LETTER.test(line[at - 1] ?? '')) return at;
	}
	return -1;
}

/** The longest phrase of the tables that stands in the line; null when there is none. */
export function longestPhrase(
	line: string,
	tables: ReadonlyArray<{ language: string; phrases: readonly string[] }>,
): FoundPhrase | null {
	let best: FoundPhrase | null = null;
	for (const { language, phrases } of tables) {
		for (const phrase of phrases) {
			if (best !== null && phrase.length <= best.phrase.length) continue;
			const at = findPhrase(line, phrase);
			if (at >= 0) best = { phrase, language, at, end: at + phrase.length };
		}
	}
	return best;
}

/** Lines of a text that say something, without the blanks around them; no more than are worth reading. */
export function readableLines(text: string): string[] {
	return text
		.slice(0, 40_000)
		.split(/\r?\n|\r|\u2028/)
		.map((line) => line.replace(/[\u200b-\u200f\u2060\ufeff\u00ad\u034f]/g, '').trim())
		.filter((line) => line !== '')
		.slice(0, 600)
		.map((line) => line.slice(0, 1000));
}
