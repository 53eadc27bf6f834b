import { compile } from 'html-to-text';

/** Longer html is cut before it is read for its text; `html` itself keeps all of it. */
const MAX_LENGTH = 2 * 1024 * 1024;
/** Deeper or larger markup goes to the plain stripper: the parser's time grows with the square of its depth. */
const MAX_OPEN = 100;
const MAX_TAGS = 100_000;

/** Elements that never have content (HTML, 13.1.2). */
const VOID = new Set('area base br col embed hr img input link meta param source track wbr'.split(' '));
/** Elements that the next of their kind closes. */
const SELF_CLOSING = new Set('p li td th tr dt dd option'.split(' '));

const toText = compile({
	wordwrap: false,
	limits: { maxInputLength: MAX_LENGTH, maxDepth: 200 },
	selectors: [
		{ selector: 'img', format: 'skip' },
		{ selector: 'a', options: { hideLinkHrefIfSameAsText: true, noAnchorUrl: true } },
		{ selector: 'h1', options: { uppercase: false } },
		{ selector: 'h2', options: { uppercase: false } },
		{ selector: 'h3', options: { uppercase: false } },
		{ selector: 'table', options: { uppercaseHeaderCells: false } },
	],
});

/** Readable text of an html document, links with their target behind them; never throws, linear in time. */
export function textOfHtml(html: string): string {
	const input = html.slice(0, MAX_LENGTH);
	if (!isTame(input)) return stripTags(input);
	try {
		return toText(input).trim();
	} catch {
		return stripTags(input);
	}
}

/** Whether a parser that builds a tree reads it in time that grows with its length alone. */
export function isTame(html: string): boolean {
	const open: string[] = [];
	let tags = 0;
	for (const match of html.matchAll(/<(\/?)([a-z][a-z0-9]{0,20})/gi)) {
		if (++tags > MAX_TAGS) return false;
		const name = match[2]?.toLowerCase() ?? '';
		if (VOID.has(name)) continue;
		if (match[1] === '/') {
			// A closing tag that fits nothing closes nothing.
			const at = open.lastIndexOf(name);
			if (at >= 0) open.length = at;
			continue;
		}
		if (SELF_CLOSING.has(name) && open.at(-1) === name) open.pop();
		open.push(name);
		if (open.length > MAX_OPEN) return false;
	}
	return true;
}

const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'", nbsp: ' ' };

/** Text between tags, without style and script; block elements and breaks end lines. */
function stripTags(html: string): string {
	const out: string[] = [];
	const lower = html.toLowerCase();
	let at = 0;
	while (at < html.length) {
		const open = html.indexOf('<', at);
		if (open < 0) break;
		out.push(html.slice(at, open));
		const hidden = /^<(script|style)\b/.exec(lower.slice(open, open + 8))?.[1];
		const close = html.indexOf('>', hidden === undefined ? open : Math.max(open, lower.indexOf(`</${hidden}`, open)));
		if (hidden !== undefined && !lower.includes(`</${hidden}`, open)) return tidy(out);
		if (close < 0) return tidy(out);
		out.push(/^<\/?(?:br|p|div|tr|li|h\d|table|ul|ol)\b/.test(lower.slice(open, open + 8)) ? '\n' : '');
		at = close + 1;
	}
	out.push(html.slice(at));
	return tidy(out);
}

function tidy(pieces: readonly string[]): string {
	return pieces
		.join('')
		.replace(/&(amp|lt|gt|quot|apos|nbsp);/g, (entity, name: string) => ENTITIES[name] ?? entity)
		.split('\n')
		.map((line) => line.trim())
		.filter((line) => line !== '')
		.join('\n');
}
