/**
 * What a text must contain for a phrase to match, worked out from the phrase itself, so that most phrases need not be
 * tried: up to four characters per alternative, looked up for all phrases at once while passing over the text.
 *
 * Reads the part of the regular-expression language that phrases are written in. Where it cannot tell, a phrase has no
 * anchor and is always tried: an anchor can only save work, never lose a match.
 */
const LENGTH = 4;
/** Short words (`spf`, `tls`) make an anchor, too, and two characters do where each is a word or a syllable. */
const SHORT = 3;
const SHORT_EASTERN = 2;
const EASTERN = 0x2e80;

/** How many characters of a run serve as its anchor; 0 when it is too short to tell anything. */
function anchorLength(run: string): number {
	if (run.length >= SHORT) return Math.min(run.length, LENGTH);
	return run.length === SHORT_EASTERN && run.charCodeAt(0) >= EASTERN ? SHORT_EASTERN : 0;
}

/** Strings of which a match contains at least one; null when nothing is known. */
type Required = readonly string[] | null;

/** How often a string of anchor length stands in texts of the kind that will be searched. */
export type Frequency = (gram: string) => number;

const SPACES: Frequency = (gram) => gram.split(' ').length - 1;

/**
 * The anchors of a regular expression's source: at least one is in every text it matches; null when there are none.
 * Of those that would do, the rarest are chosen; where no frequency is known, those with the fewest spaces.
 */
export function anchorsOf(source: string, frequency: Frequency = SPACES): Required {
	const required = new Reader(source, frequency).alternatives();
	return required === null ? null : [...new Set(required.map((text) => mostTelling(text, frequency).gram))];
}

/** Counts the three- and four-character strings of sample texts. */
export function frequencyIn(samples: readonly string[]): Frequency {
	const counts = new Map<string, number>();
	for (const text of samples) {
		for (let at = 0; at + SHORT <= text.length; at++) {
			for (const length of [SHORT, LENGTH]) {
				const gram = text.slice(at, at + length);
				counts.set(gram, (counts.get(gram) ?? 0) + 1);
			}
		}
	}
	return (gram) => (counts.get(gram) ?? 0) + 0.5 + 4 * (LENGTH - gram.length);
}

/** The alternatives of an expression, split at the `|` outside all brackets; each may be tried on its own. */
export function alternativesOf(source: string): string[] {
	const parts: string[] = [];
	let depth = 0;
	let from = 0;
	for (const { 0: found, index } of source.matchAll(STRUCTURE)) {
		if (found === '(' || found === '[') depth++;
		else if (found === ')' || found === ']') depth--;
		else if (found === '|' && depth === 0) {
			parts.push(source.slice(from, index));
			from = index + 1;
		}
	}
	return [...parts, source.slice(from)];
}

/** What tells the alternatives of an expression apart; an escaped character is none. */
const STRUCTURE = /\\.|[()[\]|]/gs;

/** The rarest characters of a required string. */
function mostTelling(text: string, frequency: Frequency): { gram: string; count: number } {
	const length = anchorLength(text);
	let best = { gram: text.slice(0, length), count: frequency(text.slice(0, length)) };
	for (let at = 1; best.count > 0 && at + length <= text.length; at++) {
		const gram = text.slice(at, at + length);
		const count = frequency(gram);
		if (count < best.count) best = { gram, count };
	}
	return best;
}

const LETTERS = /[\p{L}\d @_'-]+(?=[\p{L}\d @_'-])/uy;

class Reader {
	private at = 0;

	constructor(
		private readonly source: string,
		private readonly frequency: Frequency,
	) {}

	alternatives(): Required {
		const all: string[] = [];
		let isKnown = true;
		for (;;) {
			const required = this.sequence();
			if (required === null) isKnown = false;
			else all.push(...required);
			if (this.source[this.at] !== '|') return isKnown ? all : null;
			this.at++;
		}
	}

	/** The most telling of a sequence's literal runs and groups. */
	private sequence(): Required {
		let best: Required = null;
		let least = Infinity;
		let run = '';
		const offer = (required: Required) => {
			if (required === null) return;
			const cost = this.cost(required);
			if (cost >= least) return;
			best = required;
			least = cost;
		};
		const endRun = () => {
			if (anchorLength(run) > 0) offer([run]);
			run = '';
		};
		while (this.at < this.source.length && !'|)'.includes(this.source.charAt(this.at))) {
			// The last letter of a run may be what a quantifier is about: it is an item of its own.
			LETTERS.lastIndex = this.at;
			const letters = LETTERS.exec(this.source)?.[0] ?? '';
			run += letters;
			this.at += letters.length;
			const item = this.item();
			const isOptional = this.quantifier();
			if (typeof item === 'string' && isOptional === false) run += item;
			else {
				endRun();
				if (typeof item !== 'string' && isOptional !== true) offer(item);
			}
		}
		endRun();
		return best;
	}

	/** How many texts would hold one of the strings, as far as is known; short ones are found by chance. */
	private cost(required: readonly string[]): number {
		if (this.frequency === SPACES) return required.length / 20 - Math.min(...required.map((text) => text.length));
		return required.reduce((sum, text) => sum + mostTelling(text, this.frequency).count, 0);
	}

	/** One literal character, or what a group requires, or null for anything else. */
	private item(): string | Required {
		const char = this.source.charAt(this.at++);
		if (char === '(') {
			const look = /^\?(?:<?[!=]|:)/.exec(this.source.slice(this.at))?.[0] ?? '';
			this.at += look.length;
			const required = this.alternatives();
			this.at++;
			return look === '?:' || look === '' ? required : null;
		}
		if (char === '[') {
			while (this.source.charAt(this.at) !== ']') this.at += this.source.charAt(this.at) === '\\' ? 2 : 1;
			this.at++;
			return null;
		}
		if (char === '\\') {
			const escaped = this.source.charAt(this.at++);
			return /[a-zA-Z0-9]/.test(escaped) ? null : escaped;
		}
		return '.^$'.includes(char) ? null : char;
	}

	/** False when there is none, true when it allows nothing at all, null when it asks for one or more. */
	private quantifier(): boolean | null {
		const next = this.source.charCodeAt(this.at);
		if (next !== QUESTION_MARK && next !== BRACE) return false;
		QUANTIFIER.lastIndex = this.at;
		const match = QUANTIFIER.exec(this.source);
		if (match === null) return false;
		this.at += match[0].length;
		return match[1] === undefined || match[1] === '0' ? true : null;
	}
}

const QUESTION_MARK = 0x3f;
const BRACE = 0x7b;
const QUANTIFIER = /(?:\?|\{(\d+)(?:,\d+)?\})\??/y;

const BUCKETS = 1 << 15;

/** Finds, in one pass over a text, which of many phrases can match it at all. */
export class AnchorIndex {
	private readonly table: Array<number[] | undefined> = Array.from({ length: BUCKETS });
	private readonly always: number[] = [];
	/** The pass in which a phrase was last found, so that none is given twice. */
	private readonly seen: Float64Array;
	private pass = 0;

	/**
	 * @param sources regular-expression sources; the index speaks of them by their position
	 * @param samples texts of the kind that will be searched, by which rare anchors are told from common ones
	 */
	constructor(sources: readonly string[], samples: readonly string[] = []) {
		const frequency = samples.length === 0 ? undefined : frequencyIn(samples);
		this.seen = new Float64Array(sources.length);
		for (const [index, source] of sources.entries()) {
			const anchors = anchorsOf(source, frequency);
			if (anchors === null) this.always.push(index);
			else for (const anchor of anchors) (this.table[bucketOf(anchor)] ??= []).push(index);
		}
	}

	/** The positions of the phrases that may match the text, in ascending order. */
	candidates(text: string): Uint32Array {
		this.pass++;
		const found: number[] = [];
		const add = (index: number) => {
			if (this.seen[index] === this.pass) return;
			this.seen[index] = this.pass;
			found.push(index);
		};
		this.always.forEach(add);
		// Hashes of the last one, two and three characters.
		let [one, two, three] = [0, 0, 0];
		for (let at = 0; at < text.length; at++) {
			const char = text.charCodeAt(at);
			this.table[(three * 31 + char) % BUCKETS]?.forEach(add);
			this.table[(two * 31 + char) % BUCKETS]?.forEach(add);
			if (char >= EASTERN) this.table[(one * 31 + char) % BUCKETS]?.forEach(add);
			three = two * 31 + char;
			two = one * 31 + char;
			one = char;
		}
		return Uint32Array.from(found).sort();
	}
}

/** Anchors of different lengths share the table: a collision costs one trial, no more. */
function bucketOf(anchor: string): number {
	let hash = 0;
	for (let at = 0; at < anchor.length; at++) hash = hash * 31 + anchor.charCodeAt(at);
	return hash % BUCKETS;
}
