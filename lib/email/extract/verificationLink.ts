import type { CanonicalMessage, Extracted } from '../message';
import { sanitizeEmailHtml } from '../html/sanitize';
import { VERIFICATION_PHRASES } from './locales/verificationPhrases';
import { comparable, longestPhrase, readableLines } from './phraseMatch';

type Link = NonNullable<Extracted['link']>;
type Purpose = Link['purpose'];

/** A link with what stands around it. */
interface ShownLink {
	url: string;
	label: string | null;
	/** What stands before it: its line, and the lines above. */
	context: string;
}

const TABLES: ReadonlyArray<{ purpose: Purpose; tables: Array<{ language: string; phrases: readonly string[] }> }> = [
	{
		purpose: 'reset-password',
		tables: VERIFICATION_PHRASES.map(({ language, reset }) => ({ language, phrases: reset })),
	},
	{ purpose: 'verify', tables: VERIFICATION_PHRASES.map(({ language, verify }) => ({ language, phrases: verify })) },
	{ purpose: 'sign-in', tables: VERIFICATION_PHRASES.map(({ language, signIn }) => ({ language, phrases: signIn })) },
];

const MAX_LINKS = 300;
const CONTEXT = 200;
/** In the path or query of such links, whatever the language of the mail. */
const HINT =
	/verif|confirm|activat|validat|magic|token|reset|passwor|signin|sign-in|sign_in|login|log-in|otp|opt-?in|invit|register|signup|auth|bestaetig|aktivier|valider/i;
/** Something that only this recipient has. */
const SECRET = /[A-Za-z0-9_-]{16,}|[?&](?:token|code|key|t|k|id|hash|otp)=[^&]{6,}/i;
const OTHER_PURPOSE =
	/unsub|optout|opt-out|preferences|privacy|terms|facebook\.|twitter\.|linkedin\.|instagram\.|youtube\.|\/(?:help|support|faq)\b/i;

/**
 * Finds the link that confirms an address or account, sets a password, or signs in: by its label, else by what stands
 * before it, in the phrases of the language tables. Looks into the html, then the text.
 *
 * @returns null when there is none
 */
export function findVerificationLink({ text, html }: Pick<CanonicalMessage, 'text' | 'html'>): Link | null {
	return best(html === null ? [] : linksOfHtml(html), 'html') ?? best(linksOfText(text), 'text');
}

function best(links: readonly ShownLink[], source: Link['source']): Link | null {
	let found: { link: Link; score: number } | null = null;
	for (const link of links) {
		const judged = judge(link, source);
		if (judged !== null && (found === null || judged.score > found.score)) found = judged;
	}
	return found?.link ?? null;
}

function judge({ url, label, context }: ShownLink, source: Link['source']): { link: Link; score: number } | null {
	if (OTHER_PURPOSE.test(url)) return null;
	const { pathname, search, hash } = new URL(url);
	const address = `${pathname}${search}${hash}`;
	const hint = HINT.test(address);
	const secret = SECRET.test(address);
	let found: { link: Link; score: number } | null = null;
	for (const { purpose, tables } of TABLES) {
		const inLabel = label === null ? null : longestPhrase(comparable(label), tables);
		const phrase = inLabel ?? longestPhrase(comparable(context), tables);
		if (phrase === null) continue;
		// Around a link much is said, and every newsletter offers to sign in: the address itself must speak for it then.
		if (inLabel === null && !(hint && secret)) continue;
		if (purpose === 'sign-in' && !secret) continue;
		const score = (inLabel === null ? 0 : 10) + (hint ? 3 : 0) + (secret ? 2 : 0) + (purpose === 'sign-in' ? 0 : 1);
		if (found !== null && score <= found.score) continue;
		found = {
			link: { url, purpose, phrase: phrase.phrase, language: phrase.language, source, label },
			score,
		};
	}
	return found;
}

function webAddress(text: string): string | null {
	return URL.canParse(text) && /^https?:/i.test(text) ? text : null;
}

function linksOfText(text: string): ShownLink[] {
	const lines = readableLines(text);
	const links: ShownLink[] = [];
	for (const [index, line] of lines.entries()) {
		for (const match of line.matchAll(/\bhttps?:\/\/[^\s<>"'\u3000-\u303f]+/gi)) {
			const url = webAddress(match[0].replace(/[.,;:!?)\]}]+$/, ''));
			if (url === null) continue;
			const above = lines.slice(Math.max(0, index - 2), index).filter((other) => !/https?:\/\//i.test(other));
			links.push({ url, label: null, context: [...above, line.slice(0, match.index)].join(' ').slice(-CONTEXT) });
			if (links.length >= MAX_LINKS) return links;
		}
	}
	return links;
}

/** Reads the anchors of sanitised html, whose notation is known: quoted attributes, four entities, no stray `<`. */
function linksOfHtml(html: string): ShownLink[] {
	const safe = sanitizeEmailHtml(html).html;
	const links: ShownLink[] = [];
	for (const match of safe.matchAll(/<a\b[^>]*\bhref="([^"]*)"[^>]*>/g)) {
		const url = webAddress(unescaped(match[1] ?? ''));
		if (url === null) continue;
		const start = match.index + match[0].length;
		const end = safe.indexOf('</a>', start);
		const label = shown(safe.slice(start, Math.min(end < 0 ? start : end, start + 2000)));
		const context = shown(safe.slice(Math.max(0, match.index - 4 * CONTEXT), match.index)).slice(-CONTEXT);
		links.push({ url, label: label === '' ? null : label.slice(0, CONTEXT), context });
		if (links.length >= MAX_LINKS) break;
	}
	return links;
}

function unescaped(text: string): string {
	return text
		.replace(/&lt;/g, '<')
		.replace(/&gt;/g, '>')
		.replace(/&quot;/g, '"')
		.replace(/&amp;/g, '&');
}

/** Text of a piece of sanitised html, with what stands for its images. */
function shown(piece: string): string {
	const text = piece
		.replace(/^[^<]*>/, '')
		.replace(/<img\b[^>]*?(?:\balt="([^"]*)"[^>]*)?>/g, ' $1 ')
		.replace(/<[^>]*>?/g, ' ');
	return unescaped(text).replace(/\s+/g, ' ').trim();
}
