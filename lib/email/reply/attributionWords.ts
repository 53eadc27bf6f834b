import { ATTRIBUTION_LOCALES } from './locales/attributions';

const escape = (word: string): string => word.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&');
const longestFirst = (words: Iterable<string>): string[] => [...new Set(words)].sort((a, b) => b.length - a.length);

export const OPENERS = new RegExp(
	`^(?:${longestFirst(ATTRIBUTION_LOCALES.flatMap(({ openers }) => openers))
		.map(escape)
		.join('|')})(?![\\p{L}\\p{M}])`,
	'iu',
);
const LETTER = '[\\p{Script=Latin}\\p{Script=Cyrillic}\\p{Script=Greek}\\p{Script=Hebrew}\\p{Script=Arabic}]';
/** Scripts without blanks between words (Han, Kana, Hangul, Thai) attach the verb to what stands before it. */
export const VERB = new RegExp(
	`(?<!${LETTER})(?:${longestFirst(ATTRIBUTION_LOCALES.flatMap(({ verbs }) => verbs))
		.map(escape)
		.join('|')})(?!${LETTER})`,
	'giu',
);
/** `10:12`, `20.42`, `10h12`, `10時12分`; Arabic and Persian digits are `\p{Nd}`. */
export const TIME = /(?<!\p{Nd})\p{Nd}{1,2} ?[:.h時时시点點] ?\p{Nd}{2}(?!\p{Nd})/u;
export const DATE =
	/(?<!\p{Nd})\p{Nd}{4}(?!\p{Nd})|(?<!\p{Nd})\p{Nd}{1,2}([./-]) ?\p{Nd}{1,2}\1 ?\p{Nd}{2,4}(?!\p{Nd})|(?<![\p{Nd}:])\p{Nd}{1,2}\.? [\p{L}.]{3,}|(?<![\p{L}.])[\p{L}.]{3,15} \p{Nd}{1,2},/u;
export const STARTS_WITH_DATE = /^\p{Nd}{1,4}[./年-]? ?(?:\p{Nd}{1,2}[./月-]|[\p{L}.]{3,})/u;
/** Last words of all that says "wrote". */
export const VERB_ENDINGS: ReadonlySet<string> = new Set(
	ATTRIBUTION_LOCALES.flatMap(({ verbs }) => verbs.map((verb) => verb.slice(verb.lastIndexOf(' ') + 1))),
);
/** A line of the verb alone, which a gateway parted from its sentence. */
export const VERB_ALONE = new RegExp(`^[ \\t]*(?:${VERB.source}) ?[:：]?[ \\t]*$`, 'iu');
/** Decoration as Yahoo (`--- On …`), Zoho (`---- … ----`), Lotus Notes (`-----… -----`) and mutt (`* … :`) have it. */
export const DECORATION = /^[-–—_=*+# ]+|(?:[-–—_= ]{2,}|[*_ ]+)$/g;

/** An opener inside a line, as a sentence or a client begins with it: with a capital, and a figure soon behind it. */
export const OPENER_INSIDE = new RegExp(
	`(?<=\\S[ \\t]+)(?:${longestFirst(ATTRIBUTION_LOCALES.flatMap(({ openers }) => openers))
		.map((word) => word.charAt(0).toUpperCase() + word.slice(1))
		.filter((word) => /^\p{Lu}/u.test(word))
		.map(escape)
		.join('|')})(?=[ ,][^:]{0,40}\\p{Nd})`,
	'gu',
);
