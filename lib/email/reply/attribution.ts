import { BAR_QUOTE, clean, isBlank, QUOTE } from './line';
import { ATTRIBUTION_LOCALES } from './locales/attributions';

export interface Attribution {
	/** First and last line. */
	start: number;
	end: number;
	/** Sure by itself. What is not sure counts only when a quote follows. */
	sure: boolean;
}

/** Lines that one attribution is wrapped over at most, and characters it has at most. */
const MOST_LINES = 6;
const MOST_CHARACTERS = 500;
/** The same with blank lines between. */
const MOST_SPAN = 12;
/** Words between "wrote" and the colon that may be a name. */
const MOST_NAME_WORDS = 6;

const escape = (word: string): string => word.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&');
const longestFirst = (words: Iterable<string>): string[] => [...new Set(words)].sort((a, b) => b.length - a.length);

const OPENERS = new RegExp(
	`^(?:${longestFirst(ATTRIBUTION_LOCALES.flatMap(({ openers }) => openers))
		.map(escape)
		.join('|')})(?![\\p{L}\\p{M}])`,
	'iu',
);
const LETTER = '[\\p{Script=Latin}\\p{Script=Cyrillic}\\p{Script=Greek}\\p{Script=Hebrew}\\p{Script=Arabic}]';
/** Scripts without blanks between words (Han, Kana, Hangul, Thai) attach the verb to what stands before it. */
const VERB = new RegExp(
	`(?<!${LETTER})(?:${longestFirst(ATTRIBUTION_LOCALES.flatMap(({ verbs }) => verbs))
		.map(escape)
		.join('|')})(?!${LETTER})`,
	'giu',
);
const ADDRESS = /[^\s<>()[\]"']@[^\s<>()[\]"']/;
const BRACKETED_ADDRESS = /[<([][^<>()[\]]*@[^<>()[\]]+/;
/** `10:12`, `20.42`, `10h12`, `10時12分`; Arabic and Persian digits are `\p{Nd}`. */
const TIME = /(?<!\p{Nd})\p{Nd}{1,2} ?[:.h時时시点點] ?\p{Nd}{2}(?!\p{Nd})/u;
const DATE =
	/(?<!\p{Nd})\p{Nd}{4}(?!\p{Nd})|(?<!\p{Nd})\p{Nd}{1,2}([./-]) ?\p{Nd}{1,2}\1 ?\p{Nd}{2,4}(?!\p{Nd})|(?<![\p{Nd}:])\p{Nd}{1,2}\.? [\p{L}.]{3,}|(?<![\p{L}.])[\p{L}.]{3,15} \p{Nd}{1,2},/u;
const STARTS_WITH_DATE = /^\p{Nd}{1,4}[./年-]? ?(?:\p{Nd}{1,2}[./月-]|[\p{L}.]{3,})/u;
const ENDS = /[:：︰]$/;
/** Decoration as Yahoo (`--- On …`), Zoho (`---- … ----`), Lotus Notes (`-----… -----`) and mutt (`* … :`) have it. */
const DECORATION = /^[-–—_=*+# ]+|[-–—_= ]{2,}$/g;
/** GroupWise: `>>> Ann Lee <ann@example.com> 5/3/2016 10:12 AM >>>`. */
const GROUPWISE = /^>>> .{3,200}\p{Nd}.{0,40}>>>$/u;

/** Whether text that may be wrapped continues from one line to the next although a blank or a mark stands between. */
const CONTINUES = /^[ \t]*(?:[<[(]|mailto:|>+ ?(?:[:,]|wrote|[\p{L}() ]{2,30}[:：]$))/iu;

/** How sure it is that this text, lines joined, leads a quote in; null when it does not. */
export function rateAttribution(joined: string): 'sure' | 'needs-quote' | null {
	if (joined.length > MOST_CHARACTERS || joined.length < 6) return null;
	if (GROUPWISE.test(joined)) return 'sure';
	const ruled = /[-–—]{2,}$/.test(joined);
	const text = joined.replace(DECORATION, '').trim();
	const colon = ENDS.test(text) || ruled;
	const tail = afterVerb(text);
	if (tail === null) return rateVerbless(text, colon);
	if (!colon && tail !== '') return null;
	const time = TIME.test(text);
	const date = DATE.test(text);
	const address = ADDRESS.test(text);
	const opened = OPENERS.test(text) || STARTS_WITH_DATE.test(text);
	const fits = tail === '' || address || /\p{Nd}/u.test(tail) || /^["“„«'(]?\p{Lu}/u.test(tail);
	if (!fits || (!address && tail.split(' ').length > MOST_NAME_WORDS && !TIME.test(tail))) return null;
	const dated = TIME.test(tail) && DATE.test(tail);
	if ((date || opened) && time && (address || opened || dated)) return colon ? 'sure' : 'needs-quote';
	if (date && address && opened) return colon ? 'sure' : 'needs-quote';
	if (date || address || opened || joined.length <= 100) return 'needs-quote';
	return null;
}

/** What stands between the last "wrote" and the colon; null without such a word. */
function afterVerb(text: string): string | null {
	let end = -1;
	for (const match of text.matchAll(VERB)) end = match.index + match[0].length;
	if (end < 0) return null;
	return text
		.slice(end)
		.replace(/[:：︰]$/, '')
		.trim();
}

/** Gmail in Russian and Japanese, Yandex, Mail.ru: date, time, name and address say enough. */
function rateVerbless(text: string, colon: boolean): 'sure' | 'needs-quote' | null {
	if (!BRACKETED_ADDRESS.test(text)) return null;
	// A header line is no attribution, whatever it holds.
	if (/^[\p{L} ]{1,20}[:：]\s/u.test(text) || !DATE.test(text)) return null;
	const closed = /[>)\]]{1,3}[\p{L} ]{0,12}[:：︰]?$/u.test(text);
	if (colon && closed && TIME.test(text)) return 'sure';
	return closed && (STARTS_WITH_DATE.test(text) || colon) ? 'needs-quote' : null;
}

/** Where a wrapped attribution may begin: not in the middle of a sentence. */
const mayBegin = (line: string): boolean =>
	OPENERS.test(line) || /^[^\p{Ll}]/u.test(line) || /^.{0,30}\p{Nd}/u.test(line);

/**
 * The attribution that ends on line `end`, found backwards: the nearest line from which the text reads as one.
 * `floor` is the first line that may belong to it.
 */
export function attributionEndingAt(lines: readonly string[], end: number, floor: number): Attribution | null {
	const last = lines[end] ?? '';
	const trimmed = last.trimEnd();
	if (!/[:：︰>）)\]-]$/.test(clean(trimmed.slice(-40))) && !endsWithVerb(trimmed)) return null;
	if (QUOTE.test(last) && !GROUPWISE.test(trimmed) && !CONTINUES.test(last)) return null;
	if (!mayHoldAttribution(lines, end, floor)) return null;
	let joined = '';
	let weak: Attribution | null = null;
	for (let start = end, taken = 0; start >= Math.max(floor, end - MOST_SPAN) && taken < MOST_LINES; start--) {
		const line = clean(lines[start] ?? '');
		if (line === '') {
			// Only an address in brackets goes on after a blank line.
			if (!CONTINUES.test(nextLine(lines, start))) break;
			continue;
		}
		if (start < end && (QUOTE.test(line) || BAR_QUOTE.test(line)) && !CONTINUES.test(line)) break;
		taken++;
		joined = joined === '' ? line : `${line} ${joined}`;
		if (joined.length > MOST_CHARACTERS) break;
		if (!mayBegin(line) || (QUOTE.test(line) && !GROUPWISE.test(joined)) || CONTINUES.test(line)) continue;
		const rate = rateAttribution(joined);
		if (rate === 'sure') return { start: widen(lines, start, floor, joined), end, sure: true };
		if (rate === 'needs-quote') weak ??= { start: widen(lines, start, floor, joined), end, sure: false };
	}
	return weak;
}

/** Every attribution has a verb of the table or an address: one look spares the search line by line. */
function mayHoldAttribution(lines: readonly string[], end: number, floor: number): boolean {
	let text = '';
	for (let at = Math.max(floor, end - MOST_SPAN); at <= end; at++)
		text += ` ${(lines[at] ?? '').slice(-MOST_CHARACTERS).trim()}`;
	return ADDRESS.test(text) || text.search(VERB) >= 0 || text.includes('>>>');
}

function nextLine(lines: readonly string[], from: number): string {
	let next = from + 1;
	while (next < lines.length && isBlank(lines[next])) next++;
	return lines[next] ?? '';
}

function endsWithVerb(line: string): boolean {
	const text = clean(line.slice(-60));
	return /[\p{L})]$/u.test(text) && afterVerb(text) === '';
}

/**
 * `Le mar. 3 mai` before `2016 à 10:12, Ann Lee a écrit :` belongs to it, and `Ann Lee <ann@example.com> hat am` before
 * `3. Mai 2016 um 10:12 geschrieben:`: a short line that opens with a date or names the sender, and ends no sentence.
 */
function widen(lines: readonly string[], start: number, floor: number, found: string): number {
	const line = clean(lines[start - 1] ?? '').replace(DECORATION, '');
	if (start <= floor || line.length >= 80 || /[.!?:)] ?$/.test(line)) return start;
	const dates = OPENERS.test(line) && /[\p{Nd}<]/u.test(line) && !(OPENERS.test(found) && /\p{Nd}/u.test(found));
	const names = BRACKETED_ADDRESS.test(line) && !ADDRESS.test(found);
	return dates || names ? start - 1 : start;
}

/** An opener inside a line, as a sentence or a client begins with it: with a capital, and a figure soon behind it. */
const OPENER_INSIDE = new RegExp(
	`(?<=\\S[ \\t]+)(?:${longestFirst(ATTRIBUTION_LOCALES.flatMap(({ openers }) => openers))
		.map((word) => word.charAt(0).toUpperCase() + word.slice(1))
		.filter((word) => /^\p{Lu}/u.test(word))
		.map(escape)
		.join('|')})(?=[ ,][^:]{0,40}\\p{Nd})`,
	'gu',
);
const VERB_INSIDE = new RegExp(`(?:${VERB.source}) ?[:：](?=\\s+\\S)`, 'iu');

/**
 * Html made plain by a careless gateway runs the reply, the attribution and the quote together in one line: parts such
 * lines, so that what the author wrote before "On …" is kept, and what stands behind "wrote:" is told from it.
 */
export function partLines(lines: readonly string[]): string[] {
	return lines.flatMap((line, at) => {
		if (line.length > MOST_CHARACTERS * 4 || QUOTE.test(line) || !TIME.test(line)) return [line];
		const begin = attributionInside(lines, at, line);
		const head = begin > 0 ? [line.slice(0, begin).trimEnd()] : [];
		const rest = line.slice(begin);
		const verb = VERB_INSIDE.exec(rest);
		const end = verb ? verb.index + verb[0].length : rest.length;
		const behind = end < rest.length && rateAttribution(clean(rest.slice(0, end))) === 'sure' && opens(rest);
		return behind ? [...head, rest.slice(0, end), rest.slice(end).trimStart()] : [...head, rest];
	});
}

const opens = (text: string): boolean => OPENERS.test(text.trimStart()) || STARTS_WITH_DATE.test(text.trimStart());

/** Where in a line an attribution begins that other text stands before; 0 when there is none. */
function attributionInside(lines: readonly string[], at: number, line: string): number {
	if (opens(clean(line))) return 0;
	for (const match of line.matchAll(OPENER_INSIDE)) {
		const rest = line.slice(match.index);
		const verb = VERB_INSIDE.exec(rest);
		if (verb && rateAttribution(clean(rest.slice(0, verb.index + verb[0].length))) === 'sure') return match.index;
		let joined = clean(rest);
		for (let next = at + 1; next <= at + 3; next++) {
			if (rateAttribution(joined) === 'sure') return match.index;
			joined = `${joined} ${clean(lines[next] ?? '')}`;
		}
	}
	return 0;
}
