import { DATE, DECORATION, OPENERS, STARTS_WITH_DATE, TIME, VERB, VERB_ALONE, VERB_ENDINGS } from './attributionWords';
import { BAR_QUOTE, clean, isBlank, QUOTE } from './line';

export interface Attribution {
	/** First and last line. */
	start: number;
	end: number;
	/** Sure by itself. What is not sure counts only when a quote follows. */
	sure: boolean;
}

/** Lines that one attribution is wrapped over at most, and characters it has at most. */
const MOST_LINES = 6;
const MOST_CHARACTERS = 600;
/** The same with blank lines between. */
const MOST_SPAN = 12;
/** Words between "wrote" and the colon that may be a name. */
const MOST_NAME_WORDS = 6;

const ADDRESS = /[^\s<>()[\]"']@[^\s<>()[\]"']/;
const BRACKETED_ADDRESS = /[<([][^<>()[\]]*@[^<>()[\]]+/;
const ENDS = /[:：︰]$/;
/** Tuta: `17 Nov 2026, 09:14 by ann@example.com:`, and the same with `von`, `par`, `от`. */
const BY_ADDRESS = /\p{Nd},? \p{L}{1,6} [^\s<>@]{1,100}@[^\s<>@]{1,200}[:：]$/u;
/** GroupWise: `>>> Ann Lee <ann@example.com> 5/3/2016 10:12 AM >>>`. */
const GROUPWISE = /^>>> .{3,200}\p{Nd}.{0,40}>>>$/u;

/** Whether text that may be wrapped continues from one line to the next although a blank or a mark stands between. */
const CONTINUES = /^[ \t]*(?:[<[(]|mailto:|>+ ?(?:[:,]|wrote|[\p{L}() ]{2,30}[:：]$))/iu;

/**
 * How sure it is that this text, lines joined, leads a quote in; null when it does not. Sure is who has a date and two
 * more of time, address and opener; a person's own "In the morning at 10:30 she wrote:" has no date.
 */
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
	const sure = date && ((time && (address || opened || dated)) || (address && opened));
	if (sure) return colon ? 'sure' : 'needs-quote';
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
	if (colon && STARTS_WITH_DATE.test(text) && TIME.test(text) && BY_ADDRESS.test(text)) return 'sure';
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
	if (!/[:：︰>）)\]*_-]$/.test(clean(trimmed.slice(-40))) && !endsWithVerb(trimmed)) return null;
	if (QUOTE.test(last) && !GROUPWISE.test(trimmed) && !CONTINUES.test(last)) return null;
	if (!mayHoldAttribution(lines, end, floor)) return null;
	let joined = '';
	let weak: Attribution | null = null;
	for (let start = end, taken = 0; start >= Math.max(floor, end - MOST_SPAN) && taken < MOST_LINES; start--) {
		const line = clean(lines[start] ?? '');
		if (line === '') {
			if (!crossesBlank(lines, start)) break;
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

/** After a blank line only an address in brackets or the verb goes on, or what follows a line that opens with a date. */
function crossesBlank(lines: readonly string[], blank: number): boolean {
	const next = nextLine(lines, blank);
	if (CONTINUES.test(next) || VERB_ALONE.test(next)) return true;
	const above = clean(lines[blank - 1] ?? '');
	return OPENERS.test(above) && TIME.test(above) && DATE.test(above) && above.length < 60 && !/[.!?:]$/.test(above);
}

function nextLine(lines: readonly string[], from: number): string {
	let next = from + 1;
	while (next < lines.length && isBlank(lines[next])) next++;
	return lines[next] ?? '';
}

function endsWithVerb(line: string): boolean {
	const text = clean(line.slice(-60));
	const word = text.slice(text.lastIndexOf(' ') + 1).toLowerCase();
	// Most lines end in a word of another kind: one look into a set tells.
	if (/^[!-~]*$/.test(word) && !VERB_ENDINGS.has(word)) return false;
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
