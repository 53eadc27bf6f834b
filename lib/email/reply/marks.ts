import { attributionEndingAt } from './attribution';
import { headerBlockAt, readHeaderLine } from './headerBlock';
import type { Range } from './htmlHints';
import { readHtmlHints } from './htmlHints';
import type { LineKind } from './line';
import { BAR_QUOTE, INITIALS_QUOTE, isBlank, QUOTE } from './line';
import { isRule, readSeparator } from './separator';

/** Lines that lead history in. */
export interface Marker {
	start: number;
	end: number;
	kind: 'attribution' | 'headers';
	/** Whether the next line that is not blank is quoted: then the quote marks say where history ends. */
	quoteFollows: boolean;
}

export interface MarkedLines {
	kinds: LineKind[];
	/** In order, not overlapping. */
	markers: Marker[];
}

/** Length from which a client's wrapping of a quoted line leaves its last words behind without a mark. */
const WRAPS_FROM = 65;
const LONGEST_SPILL = 40;

/** Tells what each line is for the reply. Time is linear: every look around a line is bounded. */
export function markLines(lines: readonly string[], html: string | null = null, answers = true): MarkedLines {
	const kinds = lines.map((line): LineKind => (isBlank(line) ? 'blank' : QUOTE.test(line) ? 'quote' : 'text'));
	markCode(lines, kinds);
	markInitials(lines, kinds);
	markSpills(lines, kinds);
	const hints = html === null ? null : readHtmlHints(html, lines, kinds);
	for (const { start, end } of hints?.signatures ?? []) kinds.fill('signature', start, end + 1);
	const attributions = new Map(hints?.attributions.map((range) => [range.start, range]));
	const markers: Marker[] = [];
	let floor = 0;
	for (let at = 0; at < lines.length; at++) {
		if (kinds[at] === 'blank' || kinds[at] === 'code' || kinds[at] === 'signature') continue;
		const marker =
			hintedAt(lines, kinds, attributions.get(at)) ??
			headersAt(lines, kinds, at, floor, answers) ??
			attributionAt(lines, kinds, at, floor);
		if (!marker) continue;
		for (let line = marker.start; line <= marker.end; line++) kinds[line] = 'marker';
		markers.push(marker);
		floor = marker.end + 1;
		at = marker.end;
	}
	return { kinds, markers };
}

/** Fences that are closed again: Markdown's, and the forums' `[code]`. */
function markCode(lines: readonly string[], kinds: LineKind[]): void {
	let open: { at: number; close: RegExp } | null = null;
	lines.forEach((line, at) => {
		if (open) {
			if (!open.close.test(line)) return;
			kinds.fill('code', open.at, at + 1);
			open = null;
		} else if (/^ {0,3}```/.test(line)) open = { at, close: /^ {0,3}```\s*$/ };
		else if (/^ {0,3}~~~/.test(line)) open = { at, close: /^ {0,3}~~~\s*$/ };
		else if (/^\[code[^\]]{0,40}\]/i.test(line) && !/\[\/code\]/i.test(line)) open = { at, close: /\[\/code\]/i };
	});
}

/** `C> ` is a quote mark where a quote, or another line so marked, stands beside it. */
function markInitials(lines: readonly string[], kinds: LineKind[]): void {
	lines.forEach((line, at) => {
		if (kinds[at] !== 'text' || !INITIALS_QUOTE.test(line)) return;
		const mark = /[A-Z]+>/.exec(line)?.[0] ?? '';
		const beside = [lines[at - 1], lines[at + 1]].some((other) => other?.trimStart().startsWith(mark));
		if (beside) kinds[at] = 'quote';
	});
}

/** The last words of a quoted line that was too long and was wrapped without its mark. */
function markSpills(lines: readonly string[], kinds: LineKind[]): void {
	for (let at = 1; at + 1 < lines.length; at++) {
		const before = lines[at - 1] ?? '';
		const line = lines[at] ?? '';
		if (kinds[at] !== 'text' || kinds[at - 1] !== 'quote' || kinds[at + 1] !== 'quote') continue;
		if (before.length >= WRAPS_FROM && line.length <= LONGEST_SPILL && !/[.!?:;…。！？]\s*$/.test(before))
			kinds[at] = 'quote';
	}
}

function nextWritten(lines: readonly string[], from: number): number {
	let at = from;
	while (at < lines.length && isBlank(lines[at])) at++;
	return at;
}

/** Whether a quote begins behind `end`; bars count as quote marks there and are marked as such. */
function quoteFollows(lines: readonly string[], kinds: LineKind[], end: number): boolean {
	const next = nextWritten(lines, end + 1);
	if (kinds[next] === 'text' && BAR_QUOTE.test(lines[next] ?? '')) {
		for (let at = next; at < lines.length && (BAR_QUOTE.test(lines[at] ?? '') || isBlank(lines[at])); at++) {
			if (!isBlank(lines[at])) kinds[at] = 'quote';
		}
	}
	if (kinds[next] === 'text' && INITIALS_QUOTE.test(lines[next] ?? '')) kinds[next] = 'quote';
	return kinds[next] === 'quote';
}

function hintedAt(lines: readonly string[], kinds: LineKind[], range: Range | undefined): Marker | null {
	if (!range) return null;
	return { ...range, kind: 'attribution', quoteFollows: quoteFollows(lines, kinds, range.end) };
}

function attributionAt(lines: readonly string[], kinds: LineKind[], at: number, floor: number): Marker | null {
	const found = attributionEndingAt(lines, at, floor);
	if (!found) return null;
	for (let line = found.start; line <= found.end; line++) if (kinds[line] === 'code') return null;
	const quoted = quoteFollows(lines, kinds, found.end);
	return found.sure || quoted ? { ...found, kind: 'attribution', quoteFollows: quoted } : null;
}

/** A header block with the separator, rule or attribution right above it; or a separator alone. */
function headersAt(
	lines: readonly string[],
	kinds: LineKind[],
	at: number,
	floor: number,
	answers: boolean,
): Marker | null {
	if (kinds[at] === 'quote') return null;
	const separator = readSeparator(lines[at] ?? '');
	const ruled = separator !== null || isRule(lines[at] ?? '', 5);
	if (separator === null && !answers) return null;
	if (!ruled && readHeaderLine(lines[at] ?? '') === null) return null;
	const next = ruled ? nextWritten(lines, at + 1) : at;
	const block = next - at <= 3 ? headerBlockAt(lines, next, separator !== null) : null;
	if (!block && (separator === null || separator.bare)) return null;
	const end = block?.end ?? at;
	const above = block && !ruled ? noteAbove(lines, at, floor) : at;
	return { start: above, end, kind: 'headers', quoteFollows: quoteFollows(lines, kinds, end) };
}

/** Lotus Notes: `-----"Ann Lee" <ann@example.com> wrote: -----` right above the header lines. */
function noteAbove(lines: readonly string[], at: number, floor: number): number {
	const above = isBlank(lines[at - 1]) ? at - 2 : at - 1;
	return above >= floor && /^-{2,}.{1,200}-{2,}\s*$/.test((lines[above] ?? '').slice(0, 250)) ? above : at;
}
