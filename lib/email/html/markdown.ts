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
	// A remote image lost its address when the html was sanitised: its text is what is left of it.
	service.addRule('image', {
		filter: 'img',
		replacement: (_content, node) => {
			const src = attribute(node, 'src').replace(/ /g, '%20');
			const alt = attribute(node, 'alt');
			return src.toLowerCase().startsWith('cid:') ? `![${alt}](${src})` : alt;
		},
	});
	service.addRule('bare-link', {
		filter: (node) => isBareLink(node),
		replacement: (_content, node) => (attribute(node, 'href') === '' ? '' : `<${attribute(node, 'href')}>`),
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
	return ((node as DomNode).getAttribute(name) ?? '').replace(/[\s[\]()]+/g, ' ').trim();
}

/** An address that is its own text. */
function isBareLink(node: unknown): boolean {
	const { nodeName, textContent } = node as DomNode;
	return nodeName === 'A' && (textContent ?? '').trim() === attribute(node, 'href');
}

/**
 * The body as Markdown (CommonMark): from html where there is one, without scripts, styles and remote images; else the
 * text as it is. Tables are read cell by cell, as most of them only lay out. Never throws.
 */
export function markdownOf({ html, text }: { html: string | null; text: string }): string {
	if (html === null) return text;
	const safe = sanitizeEmailHtml(html);
	if (safe.removed.some(({ what }) => what === 'too-large') || safe.html.length > MAX_LENGTH || !isTame(safe.html))
		return text;
	try {
		return tidy(converter().turndown(safe.html));
	} catch {
		return text;
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
