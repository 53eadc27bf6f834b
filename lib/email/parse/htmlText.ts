import { compile, type FormatCallback } from 'html-to-text';
import { formatTable } from './htmlTables';

/** Longer html is cut before it is read for its text; `html` itself keeps all of it. */
const MAX_LENGTH = 2 * 1024 * 1024;
/** Deeper or larger markup goes to the plain stripper: the parser's time grows with the square of its depth. */
const MAX_OPEN = 100;
const MAX_TAGS = 100_000;

/** Elements that never have content (HTML, 13.1.2). */
const VOID = new Set('area base br col embed hr img input link meta param source track wbr'.split(' '));
/** Elements that the next of their kind closes. */
const SELF_CLOSING = new Set('p li td th tr dt dd option'.split(' '));

/** Elements that begin a line of their own in every client (HTML, 15.3), beside those that the converter knows. */
const BLOCKS =
	'address center dl dt dd details summary dialog dir menu fieldset legend figure figcaption hgroup search caption tr td th option optgroup select textarea noscript'.split(
		' ',
	);
/** Inline elements that their style makes blocks: `<span style="display:block">`. */
const AS_BLOCK = ['block', 'table', 'table-row', 'flex', 'list-item'].flatMap((display) => [
	`display:${display}`,
	`display: ${display}`,
]);

/** A link that its style makes a block, as buttons and menus have it. */
const formatBlockLink: FormatCallback = (elem, walk, builder, options) => {
	builder.openBlock({ leadingLineBreaks: 1 });
	builder.options.formatters.anchor?.(elem, walk, builder, options);
	builder.closeBlock({ trailingLineBreaks: 1 });
};

/** A control beside another: the client leaves room between them. */
const formatControl: FormatCallback = (elem, walk, builder) => {
	builder.addInline(' ');
	walk(elem.children, builder);
	builder.addInline(' ');
};

const LINK = { hideLinkHrefIfSameAsText: true, noAnchorUrl: true, linkBrackets: ['[', ']'] as [string, string] };
const LINE = { leadingLineBreaks: 1, trailingLineBreaks: 1 };

const toText = compile({
	wordwrap: false,
	limits: { maxInputLength: MAX_LENGTH, maxDepth: 200 },
	formatters: { mailTable: formatTable, blockLink: formatBlockLink, control: formatControl },
	selectors: [
		{ selector: 'img', format: 'skip' },
		...BLOCKS.map((selector) => ({ selector, format: 'block', options: LINE })),
		...AS_BLOCK.flatMap((style) => [
			{ selector: `span[style*="${style}"i]`, format: 'block', options: LINE },
			{ selector: `a[style*="${style}"i]`, format: 'blockLink', options: LINK },
		]),
		{ selector: 'a', options: LINK },
		{ selector: 'button', format: 'control' },
		{ selector: 'h1', options: { uppercase: false } },
		{ selector: 'h2', options: { uppercase: false } },
		{ selector: 'h3', options: { uppercase: false } },
		{ selector: 'table', format: 'mailTable' },
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

const CELL_TAGS = new Set(['td', 'th']);
const LINE_TAGS = new Set([
	...BLOCKS.filter((name) => !CELL_TAGS.has(name)),
	...'br p div li h1 h2 h3 h4 h5 h6 table ul ol hr pre blockquote section article aside header footer main nav form'.split(
		' ',
	),
]);

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
		const name = /^<\/?([a-z][a-z0-9]*)/.exec(lower.slice(open, open + 14))?.[1] ?? '';
		out.push(LINE_TAGS.has(name) ? '\n' : CELL_TAGS.has(name) ? '  ' : '');
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
