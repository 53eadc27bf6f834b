/** Ticket, order and customer numbers that a user's own patterns find in a mail. */
import { createContext, Script } from 'node:vm';
import { InputError } from '../../errors';
import type { CanonicalMessage } from '../message';

export interface BusinessKeyPattern {
	/** What the number is, e.g. `ticket`; keys of different names never meet. */
	name: string;
	/** A regular expression, bare or as `/…/flags`. The first group counts, else the whole match. Letter case is ignored. */
	pattern: string;
	places: Array<'subject' | 'body' | 'headers'>;
}

export interface BusinessKeys {
	keys: Array<{ name: string; value: string }>;
	/** Names of patterns that took too long for this mail and were given up. */
	slow: string[];
}

/** For one pattern in one mail, in ms. A pattern may be as bad as it likes, and whoever writes the mail may know it. */
const TIME_LIMIT = 100;
/** Characters of each place that are looked at, values of one pattern, and characters of one value. */
const LOOKED_AT = 100_000;
const MOST_VALUES = 20;
const LONGEST_VALUE = 200;

/** Runs inside a context of its own: only there can a regular expression be stopped. */
const SEARCH = new Script(`
	(() => {
		const found = [];
		for (const text of JSON.parse(texts)) {
			for (const match of text.matchAll(new RegExp(source, flags))) {
				if (found.length >= ${MOST_VALUES}) return JSON.stringify(found);
				found.push(match[1] ?? match[0]);
			}
		}
		return JSON.stringify(found);
	})()
`);

/**
 * @throws InputError `BUSINESS_KEY_INVALID` when a pattern is no regular expression; never because of the mail
 */
export function findBusinessKeys(
	patterns: readonly BusinessKeyPattern[],
	message: Pick<CanonicalMessage, 'subject' | 'text'> & Partial<Pick<CanonicalMessage, 'headers'>>,
): BusinessKeys {
	const result: BusinessKeys = { keys: [], slow: [] };
	const seen = new Set<string>();
	for (const { name, pattern, places } of patterns) {
		const { source, flags } = compile(name, pattern);
		const texts = places.map((place) => textOf(place, message).slice(0, LOOKED_AT));
		const values = search(source, flags, texts);
		if (values === null) result.slow.push(name);
		for (const value of values ?? []) {
			const key = normalizeBusinessKey(value);
			if (key === '' || seen.has(`${name}:${key}`)) continue;
			seen.add(`${name}:${key}`);
			result.keys.push({ name, value: key });
		}
	}
	return result;
}

/** As keys are compared: without blanks at the ends, lower case. */
export function normalizeBusinessKey(value: string): string {
	return value.normalize('NFKC').replace(/\s+/g, ' ').trim().toLowerCase().slice(0, LONGEST_VALUE);
}

function textOf(
	place: BusinessKeyPattern['places'][number],
	message: Pick<CanonicalMessage, 'subject' | 'text'> & Partial<Pick<CanonicalMessage, 'headers'>>,
): string {
	switch (place) {
		case 'subject':
			return message.subject;
		case 'body':
			return message.text;
		case 'headers':
			return Object.entries(message.headers ?? {})
				.flatMap(([name, values]) => values.map((value) => `${name}: ${value}`))
				.join('\n');
	}
}

function compile(name: string, pattern: string): { source: string; flags: string } {
	const written = /^\/(.+)\/([a-z]*)$/s.exec(pattern.trim());
	const source = written?.[1] ?? pattern;
	const flags = [...new Set(`${written?.[2] ?? 'iu'}g`.replace('y', '').split(''))].join('');
	for (const tried of [flags, flags.replace('u', '')]) {
		try {
			if (source.trim() === '' || name.trim() === '') break;
			return { source: new RegExp(source, tried).source, flags: tried };
		} catch {
			// What was written for other engines may not be strict enough for the u flag.
		}
	}
	throw new InputError(`The pattern of the business key "${name}" is not a regular expression, or has no name`, {
		code: 'BUSINESS_KEY_INVALID',
		hint: 'Give a name and a JavaScript regular expression, such as \\[#(\\d+)\\].',
	});
}

function search(source: string, flags: string, texts: string[]): string[] | null {
	try {
		const context = createContext({ source, flags, texts: JSON.stringify(texts) });
		return JSON.parse(String(SEARCH.runInContext(context, { timeout: TIME_LIMIT }))) as string[];
	} catch {
		return null;
	}
}
