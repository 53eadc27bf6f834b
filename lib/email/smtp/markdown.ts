/** A mail's two bodies from one Markdown text (CommonMark with GitHub's tables and strikethrough). */
import MarkdownIt, { type Token } from 'markdown-it';
import { InputError } from '../../errors';
import { textOfHtml } from '../parse/htmlText';

/** What a link may lead to: the parser has decoded entities and escapes before it asks. */
const LINK = /^(?:https?:|mailto:|tel:|[#?]|\/(?!\/)|[^:/?#]+(?:[/?#]|$))/i;
/** An image may also be a part of the mail (RFC 2392). */
const IMAGE = /^(?:https?|cid):/i;
/** Levels of quotes, lists and emphasis within each other. The parser leaves out what is deeper: that is no mail to send. */
const MAX_NESTING = 100;

/**
 * @param allowHtml lets html in the text through as it is; otherwise it is shown as text
 * @returns html without a document around it, and readable text of the same; time is linear in the length
 * @throws InputError `MARKDOWN_TOO_DEEP`
 */
export function renderMarkdown(markdown: string, allowHtml = false): { html: string; text: string } {
	const parser = new MarkdownIt({ html: allowHtml, breaks: true, linkify: true, maxNesting: MAX_NESTING });
	// Judged below, where the words of a link that leads nowhere safe can be kept.
	parser.validateLink = () => true;
	// A name without a scheme is a file's name more often than a host's.
	parser.linkify.set({ fuzzyLink: false });
	const tokens = parser.parse(markdown, {});
	if (tokens.reduce(deepest, 0) >= MAX_NESTING - 1) {
		throw new InputError(`The Markdown text nests quotes, lists or emphasis more than ${MAX_NESTING} levels deep`, {
			code: 'MARKDOWN_TOO_DEEP',
			hint: 'Shorten what is quoted: nobody can read that many levels.',
		});
	}
	for (const token of tokens) if (token.children !== null) token.children = safeTargets(token.children);
	const html = parser.renderer.render(tokens, parser.options, {});
	return { html, text: textOfHtml(html) };
}

function deepest(level: number, { level: own, children }: Token): number {
	return Math.max(level, own + (children ?? []).reduce(deepest, 0));
}

/** Without links and images that lead elsewhere than they may; their words stay. */
function safeTargets(tokens: readonly Token[]): Token[] {
	const links: boolean[] = [];
	return tokens.flatMap((token) => {
		if (token.type === 'link_open') links.push(LINK.test(String(token.attrGet('href') ?? '').trim()));
		if (token.type === 'link_open') return links.at(-1) === true ? [token] : [];
		if (token.type === 'link_close') return links.pop() === true ? [token] : [];
		if (token.type !== 'image' || IMAGE.test(String(token.attrGet('src') ?? ''))) return [token];
		return safeTargets(token.children ?? []);
	});
}

export function escapeHtml(text: string): string {
	return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
