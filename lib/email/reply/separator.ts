import { fold } from './line';
import { REPLY_ABOVE, SEPARATOR_LOCALES } from './locales/separators';

/** What a separator announces; `reply-above` is a ticket system's line over everything that it sent. */
export type Separator = 'original' | 'forwarded' | 'reply-above';

const PHRASES: ReadonlyMap<string, Separator> = new Map([
	...SEPARATOR_LOCALES.flatMap(({ forwarded }) => forwarded.map((phrase) => [fold(phrase), 'forwarded'] as const)),
	...SEPARATOR_LOCALES.flatMap(({ original }) => original.map((phrase) => [fold(phrase), 'original'] as const)),
	...REPLY_ABOVE.map((phrase) => [fold(phrase), 'reply-above'] as const),
]);
const BEGIN: ReadonlySet<string> = new Set(SEPARATOR_LOCALES.flatMap(({ begin }) => begin.map(fold)));
/** Dashes of all lengths that clients use, ProtonMail's U+2010 among them, and other rules. */
const DECORATION = /^[-‐‑‒–—―_=*~#<> \u00a0]+|[-‐‑‒–—―_=*~#<> \u00a0:：]+$/g;
const RULE = /^[-‐‑‒–—―_=*~#] ?[-‐‑‒–—―_=*~# ]*$/;

/**
 * "-----Original Message-----", "Begin forwarded message:", "##- Please type your reply above this line -##".
 * `bare` tells that no dashes stood around it, as BlackBerry writes: then only a header block below makes it one.
 */
export function readSeparator(line: string): { kind: Separator; bare: boolean } | null {
	if (line.length > 200) return null;
	const folded = fold(line);
	const core = folded.replace(DECORATION, '').trim();
	if (core === '') return null;
	const decorated = /^[-‐‑‒–—―_=*~#]{2}/.test(folded);
	if (BEGIN.has(core) && (decorated || /[:：]$/.test(folded))) return { kind: 'forwarded', bare: false };
	const kind = PHRASES.get(core) ?? forwardedBy(core, decorated);
	return kind ? { kind, bare: kind !== 'reply-above' && !decorated } : null;
}

/** Lotus Notes: `----- Forwarded by Ann Lee/Sales on 05/03/2016 10:12 AM -----`. */
function forwardedBy(core: string, decorated: boolean): Separator | undefined {
	if (!decorated) return undefined;
	return /^(?:forwarded by|weitergeleitet von|transféré par|inoltrato da|reenviado por|encaminhado por) /.test(core)
		? 'forwarded'
		: undefined;
}

/** A line of nothing but dashes, underscores, stars or the like, at least `least` of them. */
export const isRule = (line: string, least: number): boolean => {
	const folded = line.length > 200 ? '' : line.trim();
	return folded.length >= least && RULE.test(folded);
};
