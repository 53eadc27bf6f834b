import { isFooter, readNotice } from './footer';
import { clean, fold, isBlank, LOOKED_AT } from './line';
import type { LineKind } from './line';
import { CLOSINGS } from './locales/closings';
import { isRule } from './separator';

/** Most lines that are not blank below each kind of delimiter. */
const BELOW_DASHES = 25;
const BELOW_RULE = 12;
const LONGEST_LINE = 120;
/** Lines that are looked at above the end, for a delimiter or a paragraph's begin. */
const REACH = 60;

/** RFC 3676, 4.3; the blank behind the dashes is often lost on the way. */
const DASHES = /^ ?--\s*$/;
/** What GitHub, Apple Mail users and forums write instead. */
const LONG_DASH = /^ ?[—–―]{1,2}\s*$/;
/** `-- Ann`, `— Ann Lee` as the last line. */
const NAME_BEHIND_DASHES = /^(?:--|—|–|―) ?\p{Lu}[\p{L}.'’ -]{1,40}$/u;
const PHONE = /\+?\(?\d[\d ()/.-]{6,}\d/;
const CONTACT = /[^\s@]@[^\s@]+\.\p{L}|https?:\/\/|www\.|\+?\(?\d[\d ()/.-]{6,}\d/u;

/**
 * Where the signature, the footer or the notice begins that ends the lines before `end`; null when the author's words do.
 * One layer a call: below a footer there may stand a notice, above it a signature.
 */
export function signatureStart(
	lines: readonly string[],
	kinds: readonly LineKind[],
	begin: number,
	end: number,
): number | null {
	return (
		footersStart(lines, kinds, begin, end) ??
		noticeStart(lines, kinds, begin, end) ??
		delimitedStart(lines, kinds, begin, end) ??
		cardStart(lines, kinds, begin, end)
	);
}

/** Lines that a business card below a closing has. */
const CARD_LINES = { least: 3, most: 9, longest: 70 };
const CLOSING = new Set(CLOSINGS);

/**
 * A card of several short lines with a telephone number, below a closing and a blank line: html signatures made of tables
 * read so. Closing and name alone are the author's words.
 */
function cardStart(lines: readonly string[], kinds: readonly LineKind[], begin: number, end: number): number | null {
	let at = end - 1;
	while (at >= begin && kinds[at] === 'text' && end - at <= CARD_LINES.most + 1) at--;
	const count = end - 1 - at;
	if (count < CARD_LINES.least || count > CARD_LINES.most || kinds[at] !== 'blank') return null;
	const card = lines.slice(at + 1, end);
	const cardlike = card.every((line) => line.trim().length <= CARD_LINES.longest && !/[.!?:,。！？]\s*$/.test(line));
	if (!cardlike || !card.some((line) => PHONE.test(line)) || !isNamed(card[0] ?? '')) return null;
	let above = at;
	while (above > begin && kinds[above] === 'blank') above--;
	const closing = fold(lines[above] ?? '').replace(/[,.!]+$/, '');
	return kinds[above] === 'text' && above > begin && CLOSING.has(closing) ? at + 1 : null;
}

/** `Nora Field`, `Dr. Nora Field-Smith`: capitals, two to five words. */
function isNamed(line: string): boolean {
	const words = clean(line).split(' ');
	return words.length >= 2 && words.length <= 5 && words.every((word) => /^[\p{Lu}\p{Lo}]/u.test(word));
}

function footersStart(lines: readonly string[], kinds: readonly LineKind[], begin: number, end: number): number | null {
	const last = end - 1;
	if (kinds[last] !== 'text') return null;
	const apart = (at: number): boolean => at <= begin || kinds[at - 1] !== 'text' || isFooter(lines[at - 1] ?? '', true);
	if (isFooter(lines[last] ?? '', apart(last))) return last;
	// A footer that was wrapped: `Sent from my Verizon Wireless 4G LTE` / `smartphone`.
	const above = last - 1;
	const wrapped = above >= begin && kinds[above] === 'text' && /^\s*[\p{Ll}\d]/u.test(lines[last] ?? '');
	return wrapped && apart(above) && isFooter(`${lines[above] ?? ''} ${lines[last] ?? ''}`, false) ? above : null;
}

function noticeStart(lines: readonly string[], kinds: readonly LineKind[], begin: number, end: number): number | null {
	let at = end - 1;
	/** A heading may stand some paragraphs above what it heads. */
	for (let paragraphs = 0; paragraphs < 4 && at >= Math.max(begin, end - REACH); paragraphs++) {
		const bottom = at;
		while (at >= Math.max(begin, end - REACH) && kinds[at] === 'text') at--;
		const top = at + 1;
		const notice = top <= bottom ? readNotice(paragraph(lines, top, bottom)) : null;
		const counts = notice === 'heading' || (notice !== null && paragraphs === 0);
		if (counts && wordsAbove(lines, begin, top)) return top;
		if (at < begin || kinds[at] !== 'blank') return null;
		while (at >= begin && kinds[at] === 'blank') at--;
	}
	return null;
}

/** The first lines of a paragraph as one; what stands further down is not looked at. */
function paragraph(lines: readonly string[], top: number, bottom: number): string {
	return lines
		.slice(top, Math.min(bottom + 1, top + 15))
		.map((line) => line.slice(0, LOOKED_AT))
		.join(' ');
}

function wordsAbove(lines: readonly string[], begin: number, end: number): boolean {
	for (let at = end - 1; at >= begin; at--) if (!isBlank(lines[at])) return true;
	return false;
}

function delimitedStart(
	lines: readonly string[],
	kinds: readonly LineKind[],
	begin: number,
	end: number,
): number | null {
	const below: string[] = [];
	for (let at = end - 1; at >= Math.max(begin, end - REACH); at--) {
		if (kinds[at] !== 'text' && kinds[at] !== 'blank') return null;
		const line = lines[at] ?? '';
		if (isBlank(line)) continue;
		if (isDelimiter(line, below, at > begin && !isBlank(lines[at - 1]))) return at;
		if (below.length === 0 && at > begin && NAME_BEHIND_DASHES.test(clean(line))) return at;
		below.push(line);
	}
	return null;
}

/** @param underlines whether text stands right above, so that a row of dashes makes it a heading */
function isDelimiter(line: string, below: readonly string[], underlines: boolean): boolean {
	if (DASHES.test(line)) return below.length <= BELOW_DASHES || / $/.test(line);
	// A rule that nothing stands below any more parted the text from what was taken off.
	if (below.length === 0 && isRule(line, 3)) return !underlines || (line.includes('_') && line.trim().length >= 5);
	const short = below.length <= BELOW_RULE && below.every((other) => other.length <= LONGEST_LINE);
	if (!short) return false;
	if (LONG_DASH.test(line)) return true;
	const trimmed = line.trim();
	// Mailman's rule of 47 stands right below the text.
	const listRule = /^_{30,}$/.test(trimmed) && below.some((other) => CONTACT.test(other));
	if (!(isRule(line, 3) || trimmed === '__') || (underlines && !listRule) || below.length === 0) return false;
	// A rule above and one below make a heading.
	if (below.some((other) => isRule(other, 3))) return false;
	return below.some((other) => CONTACT.test(other)) || (trimmed.length >= 4 && looksLikeNames(below));
}

/** A few short lines that are no sentences. */
const looksLikeNames = (lines: readonly string[]): boolean =>
	lines.length <= 4 && lines.every((line) => line.trim().length <= 50 && !/[.!?;:,]\s*$/.test(line));
