import type { ReplyParts } from '../message';
import { readArmour } from './armour';
import { isBlank, splitLines } from './line';
import type { MarkedLines, Marker } from './marks';
import { markLines } from './marks';
import { partLines } from './partLines';
import { signatureStart } from './signature';

type Part = keyof ReplyParts;

/** Footers, notices and signatures that are taken off one after another; no message has as many. */
const MOST_LAYERS = 100;

/**
 * Takes a plain text body apart: what the author wrote, the history that was quoted, the signature with footers and
 * legal notes. Every line of the body ends in exactly one part.
 *
 * A quote that the author answers in between stays in the text, without the line that leads it in; so does a quote
 * that is all there is, and a forward that nothing was written above. An empty reply above a quote gives the text ''.
 * Pure and synchronous; time is linear in the length of the text.
 *
 * @param input.text plain text body, any line ends
 * @param input.answers false when the mail answers or forwards none: then lines that look like the header of one are a form's
 * @param input.html the html body of the same message, which shows the signature more surely
 */
export function extractReply(input: { text: string; html?: string | null; answers?: boolean }): ReplyParts {
	const { lines, armour } = readArmour(partLines(splitLines(input.text)));
	const marked = markLines(lines, input.html ?? null, input.answers ?? true);
	for (const at of armour) if (marked.kinds[at] !== 'marker') marked.kinds[at] = 'signature';
	const parts = new Array<Part>(lines.length).fill('text');
	divide(lines, marked, parts);
	return {
		text: collect(lines, parts, 'text'),
		quoted: collect(lines, parts, 'quoted'),
		signature: collect(lines, parts, 'signature'),
	};
}

function divide(lines: readonly string[], marked: MarkedLines, parts: Part[]): void {
	let begin = 0;
	for (const [index, marker] of marked.markers.entries()) {
		if (marker.quoteFollows) continue;
		const end = peel(lines, marked, parts, { begin, end: marker.start, markers: index });
		if (end > begin) {
			parts.fill('quoted', marker.start);
			settle(marked, parts, begin, end);
			return;
		}
		// Nothing was written above it. A forward is what its author sends; below an attribution he may have answered.
		if (marker.kind === 'headers') return;
		parts.fill('quoted', marker.start, marker.end + 1);
		begin = marker.end + 1;
	}
	const end = peel(lines, marked, parts, { begin, end: lines.length, markers: marked.markers.length });
	if (end > begin) settle(marked, parts, begin, end);
	else if (!marked.markers.some(({ start }) => start >= begin)) restoreQuotes(marked, parts, begin);
}

interface Region {
	begin: number;
	end: number;
	/** How many markers stand before `end`. */
	markers: number;
}

/** Takes layer after layer off the end of a region; returns where the author's words in it end. */
function peel(
	lines: readonly string[],
	{ kinds, markers }: MarkedLines,
	parts: Part[],
	{ begin, end, ...region }: Region,
): number {
	let last = end - 1;
	let marker = region.markers - 1;
	let layers = 0;
	while (last >= begin) {
		if (kinds[last] === 'blank') {
			last--;
			continue;
		}
		if (kinds[last] === 'quote') {
			parts[last--] = 'quoted';
			continue;
		}
		if (kinds[last] === 'signature') {
			parts[last--] = 'signature';
			continue;
		}
		if (kinds[last] === 'marker') {
			const start = Math.max(begin, markers[marker--]?.start ?? last);
			parts.fill('quoted', start, last + 1);
			last = start - 1;
			continue;
		}
		const start = layers++ < MOST_LAYERS ? signatureStart(lines, kinds, begin, last + 1) : null;
		if (start === null) break;
		parts.fill('signature', start, last + 1);
		last = start - 1;
	}
	return last + 1;
}

/**
 * What stands above or between the author's words: a quote with its attribution above everything, and no other,
 * is history (an answer below the quote); else the quotes are what he answers, and stay.
 */
function settle({ kinds, markers }: MarkedLines, parts: Part[], begin: number, end: number): void {
	kinds.forEach((kind, at) => {
		if (kind === 'signature' && at >= begin && at < end) parts[at] = 'signature';
	});
	const inside = markers.filter(({ start }) => start >= begin && start < end);
	for (const { start, end: last } of inside) parts.fill('quoted', start, last + 1);
	const first = inside[0];
	if (inside.length !== 1 || !first?.quoteFollows || !isFirst(kinds, begin, first)) return;
	let at = first.end + 1;
	while (at < end && (kinds[at] === 'quote' || kinds[at] === 'blank')) at++;
	if (!kinds.slice(at, end).includes('quote')) parts.fill('quoted', first.start, at);
}

const isFirst = (kinds: MarkedLines['kinds'], begin: number, marker: Marker): boolean =>
	kinds.slice(begin, marker.start).every((kind) => kind === 'blank');

function restoreQuotes({ kinds }: MarkedLines, parts: Part[], begin: number): void {
	kinds.forEach((kind, at) => {
		if (at >= begin && kind === 'quote') parts[at] = 'text';
	});
}

/** Blank lines go with what stands above them; those at the ends of a part are dropped. */
function collect(lines: readonly string[], parts: readonly Part[], part: Part): string {
	const chosen: string[] = [];
	let current: Part = 'text';
	lines.forEach((line, at) => {
		if (!isBlank(line)) current = parts[at] ?? 'text';
		if (current === part) chosen.push(line);
	});
	let from = 0;
	let to = chosen.length;
	while (from < to && isBlank(chosen[from])) from++;
	while (to > from && isBlank(chosen[to - 1])) to--;
	return chosen.slice(from, to).join('\n').trimEnd();
}
