import TurndownService from 'turndown';
import { isTame } from '../parse/htmlText';
import { sanitizeEmailHtml } from './sanitize';

/** A tree is built of it, so it is shorter than what is sanitised. */
const MAX_LENGTH = 1024 * 1024;

let service: TurndownService | null = null;

function converter(): TurndownService {
	if (service !== null) return service;
	service = new TurndownService({
		headingStyle: 'atx',
		hr: '---',
		bulletListMarker: '-',
		codeBlockStyle: 'fenced',
		emDelimiter: '*',
	});
	service.escape = escapeInline;
	// A remote image lost its address when the html was sanitised: its text is what is left of it.
	service.addRule('image', {
		filter: 'img',
		replacement: (_content, node) => {
			// Nobody describes an image in markup, nor is there any in a Content-ID (RFC 2392).
			const alt = escapeMarkdown(attribute(node, 'alt').replace(/<.*$/, '')).trim();
			const src = /^cid:[^\s<>()"'\\]+/i.exec(attribute(node, 'src'))?.[0];
			return src === undefined ? alt : `![${alt}](${destination(src)})`;
		},
	});
	service.addRule('link', {
		filter: 'a',
		replacement: (content, node) => {
			const href = attribute(node, 'href');
			if (href === '') return content;
			if (isBareLink(node)) return `<${destination(href)}>`;
			const title = escapeMarkdown(attribute(node, 'title')).replace(/"/g, '\\"');
			return `[${content}](${destination(href)}${title === '' ? '' : ` "${title}"`})`;
		},
	});
	return service;
}

/** What is used of the nodes that turndown hands out; its types are those of a browser. */
interface DomNode {
	nodeName: string;
	textContent: string | null;
	getAttribute: (name: string) => string | null;
}

function attribute(node: unknown, name: string): string {
	return ((node as DomNode).getAttribute(name) ?? '').replace(/\s+/g, ' ').trim();
}

/** An address that is its own text, and that a bare one may hold. */
function isBareLink(node: unknown): boolean {
	const { textContent } = node as DomNode;
	const href = attribute(node, 'href');
	return (textContent ?? '').trim() === href && /^(?:https?|mailto):[^\s<>]+$/i.test(href);
}

/** An address that ends where it is meant to (CommonMark 6.3: no blanks, brackets or angle brackets). */
function destination(address: string): string {
	return address.replace(
		/[\s<>()[\]\\"'`]/g,
		(character) => `%${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`,
	);
}

/** Turndown's own rules, which know nothing of html in Markdown, entities, and a `!` before a link. */
function escapeInline(text: string): string {
	return TurndownService.prototype
		.escape(text)
		.replace(/<(?=[a-z/!?]|$)/gi, '\\<')
		.replace(/&(?=#?\w+;|#?\w*$)/g, '\\&')
		.replace(/!(?=\\?\[|$)/g, '\\!')
		.replace(/\|/g, '\\|')
		.replace(/~(?=~)/g, '\\~');
}

/** Plain text that reads in Markdown as it stands: nothing in it becomes markup (CommonMark 2.4). */
export function escapeMarkdown(text: string): string {
	return text
		.replace(/[\\`*_[\]<>~|#]|&(?=#?\w+;)|!(?=\[)/g, '\\$&')
		.split('\n')
		.map((line) => line.replace(/^\s+/, ' ').replace(/^( ?)([-+=]|\d{1,9}(?=[.)]))/, escapeLineStart))
		.join('\n');
}

/** A list's mark or a rule: `-` itself is escaped, of `1.` the dot. */
function escapeLineStart(_match: string, blank: string, mark: string): string {
	return /\d/.test(mark) ? `${blank}${mark}\\` : `${blank}\\${mark}`;
}

/**
 * The body as Markdown (CommonMark): from html where there is one, without scripts, styles and remote images; else the
 * text, with what would be taken for markup escaped. Tables are read cell by cell, as most of them only lay out. Never
 * throws.
 */
export function markdownOf({ html, text }: { html: string | null; text: string }): string {
	if (html === null) return escapeMarkdown(text);
	const safe = sanitizeEmailHtml(html);
	if (safe.removed.some(({ what }) => what === 'too-large') || safe.html.length > MAX_LENGTH || !isTame(safe.html))
		return escapeMarkdown(text);
	try {
		return tidy(converter().turndown(safe.html));
	} catch {
		return escapeMarkdown(text);
	}
}

function tidy(markdown: string): string {
	return markdown
		.split('\n')
		.map((line) => (/\S {2}$/.test(line) ? `${line.trimEnd()}  ` : line.trimEnd()))
		.join('\n')
		.replace(/\n{3,}/g, '\n\n')
		.trim();
}
