/** A mail's two bodies from one Markdown text (CommonMark with GitHub's tables and strikethrough). */
import { Marked, type Tokens } from 'marked';
import { textOfHtml } from '../parse/htmlText';

/** What a link may lead to; an image may also be a part of the mail. */
const LINK = /^(?:https?:|mailto:|tel:|#|\/|[^:]*$)/i;
const IMAGE = /^(?:https?:|cid:)/i;

/**
 * @param allowHtml lets html in the text through as it is; otherwise it is shown as text
 * @returns html without a document around it, and readable text of the same
 */
export function renderMarkdown(markdown: string, allowHtml = false): { html: string; text: string } {
	const renderer = new Marked({ gfm: true, breaks: true });
	renderer.use({
		renderer: {
			// `false` leaves it to marked's own renderer.
			html: ({ text }: Tokens.HTML | Tokens.Tag) => (allowHtml ? text : escapeHtml(text)),
			link({ href, tokens }: Tokens.Link) {
				return LINK.test(href.trim()) ? false : this.parser.parseInline(tokens);
			},
			image: ({ href, text }: Tokens.Image) => (IMAGE.test(href.trim()) ? false : escapeHtml(text)),
		},
	});
	const html = renderer.parse(markdown, { async: false });
	return { html, text: textOfHtml(html) };
}

export function escapeHtml(text: string): string {
	return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
