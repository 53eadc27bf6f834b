import { createContext, Script } from 'node:vm';
import { InputError } from '../../errors';
import type { CanonicalMessage, Extracted } from '../message';

/** One value to look for by a regular expression of the user's own. */
export interface ExtractionPattern {
	/** Its name in `extracted.values`. */
	name: string;
	/** Without slashes; the first group is the value, else the whole match. */
	pattern: string;
	ignoreCase?: boolean;
	/** Where to look; everywhere unless given. */
	in?: 'subject' | 'text' | 'subject-and-text' | 'html';
}

/** All patterns on one message take no longer: a regular expression can run for ever (catastrophic backtracking). */
const BUDGET_MS = 250;
const MAX_MATCHES = 50;
const MAX_VALUE = 1000;
const MAX_TEXT = 200_000;

/** In a context of its own, so that its time can be limited; it gets text and gives text. */
const SEARCH = new Script(`
	(() => {
		const found = [];
		for (const match of text.matchAll(new RegExp(pattern, flags))) {
			found.push(match.slice(1).find((group) => group !== undefined) ?? match[0]);
			if (found.length >= most) break;
		}
		return JSON.stringify(found);
	})()
`);

/**
 * Checks patterns before anything is read by them.
 *
 * @throws InputError `PATTERN_INVALID`, `PATTERN_NAME_MISSING`
 */
export function checkPatterns(patterns: readonly ExtractionPattern[]): void {
	for (const { name, pattern } of patterns) {
		if (name.trim() === '' || pattern === '') {
			throw new InputError('A pattern to extract by has no name or no expression', {
				code: 'PATTERN_NAME_MISSING',
				hint: 'Fill in both fields, or remove the pattern.',
			});
		}
		try {
			new RegExp(pattern);
		} catch (cause) {
			throw new InputError(`The pattern “${name}” is no valid regular expression`, {
				code: 'PATTERN_INVALID',
				hint: `Write it as in JavaScript, without slashes around it, such as ORD-(\\d+). ${String(cause)}`,
				cause,
			});
		}
	}
}

/**
 * Looks for the user's own numbers: order, ticket, customer. Each pattern gives its matches in order, each once. A
 * pattern that uses up the time of a message is given up, and named in `problems` (`PATTERN_TIMEOUT`).
 */
export function extractByPatterns(
	message: Pick<CanonicalMessage, 'subject' | 'text' | 'html'>,
	patterns: readonly ExtractionPattern[],
): Required<Pick<Extracted, 'values' | 'problems'>> {
	const values = new Map<string, string[]>();
	const problems: NonNullable<Extracted['problems']> = [];
	const end = performance.now() + BUDGET_MS;
	for (const entry of patterns) {
		const left = Math.ceil(end - performance.now());
		const matches = left <= 0 ? null : search(textFor(message, entry.in), entry, left);
		const known = values.get(entry.name) ?? [];
		values.set(entry.name, [...new Set([...known, ...(matches ?? [])])]);
		if (matches === null) {
			problems.push({
				name: entry.name,
				code: 'PATTERN_TIMEOUT',
				message: 'The pattern took too long on this message and was given up; avoid repeated groups such as (a+)+.',
			});
		}
	}
	return { values: Object.fromEntries(values), problems };
}

function textFor(
	{ subject, text, html }: Pick<CanonicalMessage, 'subject' | 'text' | 'html'>,
	where: ExtractionPattern['in'],
): string {
	const source =
		where === 'subject' ? subject : where === 'text' ? text : where === 'html' ? (html ?? '') : `${subject}\n${text}`;
	return source.slice(0, MAX_TEXT);
}

/** By code points where that is possible: many write escapes, such as `\\-`, that `u` refuses. */
function flagsOf({ pattern, ignoreCase }: ExtractionPattern): string {
	const flags = `gm${ignoreCase === true ? 'i' : ''}`;
	try {
		new RegExp(pattern, `${flags}u`);
		return `${flags}u`;
	} catch {
		return flags;
	}
}

/** Null when it ran out of time. */
function search(text: string, entry: ExtractionPattern, timeout: number): string[] | null {
	const context = createContext({ text, pattern: entry.pattern, flags: flagsOf(entry), most: MAX_MATCHES });
	try {
		const found = JSON.parse(SEARCH.runInContext(context, { timeout }) as string) as string[];
		return found.map((value) => value.trim().slice(0, MAX_VALUE)).filter((value) => value !== '');
	} catch {
		return null;
	}
}
