import { rateAttribution } from './attribution';
import { DECORATION, OPENER_INSIDE, OPENERS, STARTS_WITH_DATE, TIME, VERB } from './attributionWords';
import { clean, QUOTE } from './line';

/** Longer lines are left as they are. */
const LONGEST_LINE = 2000;
const VERB_INSIDE = new RegExp(`(?:${VERB.source}) ?[:：](?=\\s+\\S)`, 'iu');

/**
 * Html made plain by a careless gateway runs the reply, the attribution and the quote together in one line: parts such
 * lines, so that what the author wrote before "On …" is kept, and what stands behind "wrote:" is told from it.
 */
export function partLines(lines: readonly string[]): string[] {
	return lines.flatMap((line, at) => {
		if (line.length > LONGEST_LINE || QUOTE.test(line) || !TIME.test(line)) return [line];
		const begin = attributionInside(lines, at, line);
		const head = begin > 0 ? [line.slice(0, begin).trimEnd()] : [];
		const rest = line.slice(begin);
		const verb = VERB_INSIDE.exec(rest);
		const end = verb ? verb.index + verb[0].length : rest.length;
		const behind = end < rest.length && rateAttribution(clean(rest.slice(0, end))) === 'sure' && opens(rest);
		return behind ? [...head, rest.slice(0, end), rest.slice(end).trimStart()] : [...head, rest];
	});
}

function opens(text: string): boolean {
	const plain = text.replace(DECORATION, '').trimStart();
	return OPENERS.test(plain) || STARTS_WITH_DATE.test(plain);
}

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
