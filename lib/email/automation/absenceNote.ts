/** Whether an answer holds nothing but an absence note, in any language of the tables. */
import { isMonthName } from '../reply/writtenDate';
import { ABSENCE_WORDS, AUTOMATIC_BY_OWN_WORDS, GATEWAY_WORDS } from './absencePhrases';

const LONGEST = 1200;
const MOST_SENTENCES = 16;
/** Names, titles and phone numbers below the note. */
const LONGEST_NAME_LINE = 60;
const FIRST_LINES = 400;
/** A shorter clause says nothing by itself: a greeting, a name. */
const SHORT_CLAUSE = 15;

const words = (kind: 'away' | 'back' | 'deputy' | 'courtesy'): readonly string[] =>
	ABSENCE_WORDS.flatMap((locale) => locale[kind]);
const [AWAY, BACK, DEPUTY, COURTESY] = [words('away'), words('back'), words('deputy'), words('courtesy')];
const says = (text: string, phrases: readonly string[]): boolean => phrases.some((phrase) => text.includes(phrase));

const ADDRESS = /[^\s@<>]@[^\s@<>]+\.\p{L}/u;
const PHONE = /\+?\(?\d[\d ()/.-]{6,}\d/;
const QUESTION = /[?？؟;;](?=\s|$)/u;

/** The first words of an answer that calls itself automatic; null when it does not. */
export function ownWords(text: string): string | null {
	const begin = text.slice(0, FIRST_LINES);
	return AUTOMATIC_BY_OWN_WORDS.find((phrase) => begin.includes(phrase)) ?? null;
}

/**
 * Whether a text says that its writer is away, until when or who stands in, and nothing else. A person who mentions an
 * absence says something about the matter as well: each of his sentences would have to be one of a note's.
 *
 * @param written what the author wrote, quotes taken off, as written
 * @returns the phrase that tells, or null
 */
export function absenceNote(written: string): string | null {
	const text = written.normalize('NFC').trim();
	if (text === '' || text.length > LONGEST) return null;
	const lower = text.toLowerCase();
	const phrase = AWAY.find((one) => lower.includes(one));
	if (phrase === undefined || QUESTION.test(withoutAddresses(lower))) return null;
	const sentences = sentencesOf(text);
	if (sentences.length === 0 || sentences.length > MOST_SENTENCES) return null;
	const dated = sentences.some((one) => /\p{Nd}/u.test(one) && (says(lowered(one), AWAY) || says(lowered(one), BACK)));
	const deputy = sentences.some((one) => says(lowered(one), DEPUTY) && (ADDRESS.test(one) || PHONE.test(one)));
	if (!dated && !deputy) return null;
	const opens = sentences.slice(0, 4).some((one) => says(lowered(one), AWAY));
	return opens && sentences.every(fits) ? phrase : null;
}

const lowered = (sentence: string): string => sentence.toLowerCase().replace(/\s+/g, ' ');
const withoutAddresses = (text: string): string => text.replace(/\S*(?:@|:\/\/)\S*/g, ' ');

/** Sentences and lines; a line that goes on with a small letter belongs to the one above. */
function sentencesOf(text: string): string[] {
	return text
		.replace(/\n(?=[ \t]*\p{Ll})/gu, ' ')
		.replace(/(\p{Nd}\.) (?=(\p{Lu}\p{L}{0,20}))/gu, (whole, number: string, word: string) =>
			isMonthName(word) ? whole : `${number}\n`,
		)
		.split(/\n|(?<=[.!。！])(?<!\p{Nd}\.|\b\p{L}{1,3}\.)\s+|(?<=[。！])/u)
		.flatMap(clauses)
		.map((sentence) => sentence.trim())
		.filter((sentence) => /[\p{L}\p{Nd}]/u.test(sentence));
}

/** `Please ship before Friday, I am away from Monday on.`: what stands beside the absence in one sentence counts by itself. */
function clauses(sentence: string): string[] {
	if (!says(lowered(sentence), AWAY)) return [sentence];
	const parts = sentence.split(/[;,，、；] ?/u);
	const beside = parts.filter((part) => part.length > SHORT_CLAUSE && !/\p{Nd}/u.test(part));
	return [parts.filter((part) => !beside.includes(part)).join(', '), ...beside];
}

function fits(sentence: string, at: number, all: readonly string[]): boolean {
	const lower = lowered(sentence);
	if ([AWAY, BACK, DEPUTY, COURTESY].some((phrases) => says(lower, phrases))) return true;
	if (ADDRESS.test(sentence) || ownWords(lower) !== null) return true;
	// A greeting above, a name and a telephone below.
	if (at === 0 && all.length > 1) return sentence.length <= LONGEST_NAME_LINE && !/[.\p{Nd}]/u.test(sentence);
	const below = all.slice(0, at).some((one) => says(lowered(one), AWAY));
	return below && sentence.length <= LONGEST_NAME_LINE && isNameLine(sentence);
}

/** Capitals throughout, as names, titles and places have them, and no sentence. */
function isNameLine(line: string): boolean {
	if (/[.!。]$/.test(line) && !/\b\p{L}{1,6}\.$/u.test(line)) return false;
	if (PHONE.test(line)) return true;
	return line.split(/[\s,|/·•-]+/).every((word) => /^(?:[^\p{Ll}]|\p{Ll}{1,3}$)/u.test(word));
}

const WORDS = [...GATEWAY_WORDS].sort((a, b) => b.length - a.length).map((word) => word.replace(/[?.]/g, '\\$&'));
/** `[EXTERNAL] `, `{Spam?} `, `(EXT) `, `<EXTERN> `, `***SPAM*** `, `** external ** `, `EXTERNAL: `, `EXTERN - `, `⚠ `. */
const TAG = new RegExp(
	`^(?:\\[[^[\\]]{1,40}\\]|\\{[^{}]{1,40}\\}|\\([^()]{1,40}\\)|<[^<>]{1,40}>|【[^【】]{1,40}】|([*#=!_~+|-]{1,5}) ?[^*#=!_~+|-]{1,40}\\1|(?:${WORDS.join('|')}) ?[:：|–—-]+(?=\\s|$)|[^\\p{L}\\p{N}\\s[({<【"'“„«]+(?=\\s|[\\p{L}\\p{N}\\p{Ps}]))[\\s:：|–—-]*`,
	'iu',
);

/** A subject in lower case, and what is left of it without one tag of a gateway after another. */
export function untagged(subject: string): string[] {
	const candidates = [subject];
	for (let tags = 0; tags < 4; tags++) {
		const last = candidates.at(-1) ?? '';
		const rest = last.replace(TAG, '');
		if (rest === last || rest === '') break;
		candidates.push(rest);
	}
	return candidates;
}
