import { isFooter, readNotice } from './footer';
import { clean, isBlank, LOOKED_AT } from './line';
import type { LineKind } from './line';
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
		delimitedStart(lines, kinds, begin, end)
	);
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
