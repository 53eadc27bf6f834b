/** Quotes the mail that is answered, in a form that needs no language and that reply extraction takes off again. */
import type { CanonicalMessage } from '../message';
import { escapeHtml } from './markdown';

/** Characters of the original that are quoted at most. */
const LONGEST_QUOTE = 65_536;

export type Quotable = Pick<CanonicalMessage, 'from' | 'date' | 'text' | 'messageId'>;

/** Both bodies with the original below; a body that is null stays null. */
export function withQuote(
	bodies: { text: string | null; html: string | null },
	original: Quotable,
): { text: string | null; html: string | null } {
	const attribution = attributionOf(original);
	const full = original.text.replace(/\r\n?/g, '\n').trimEnd();
	const quoted = full.length > LONGEST_QUOTE ? `${full.slice(0, LONGEST_QUOTE).trimEnd()}\n[…]` : full;
	if (quoted === '') return bodies;
	// RFC 3676 4.5: a mark and, unless the line is a quote already, a blank.
	const lines = quoted.split('\n').map((line) => (line.startsWith('>') ? `>${line}` : `> ${line}`.trimEnd()));
	const cite = original.messageId === null ? '' : ` cite="mid:${encodeURI(original.messageId)}"`;
	const html = escapeHtml(quoted).replaceAll('\n', '<br>\n');
	return {
		text: bodies.text === null ? null : `${bodies.text.trimEnd()}\n\n${attribution}\n${lines.join('\n')}\n`,
		html:
			bodies.html === null
				? null
				: insertBeforeEnd(
						bodies.html,
						`<div class="quoted-message"><div>${escapeHtml(attribution)}</div>\n<blockquote type="cite"${cite} style="margin:0 0 0 .8ex;border-left:1px solid #ccc;padding-left:1ex">${html}</blockquote></div>\n`,
					),
	};
}

/** `2026-11-21 10:00 UTC, Ann <ann@example.com>:` */
function attributionOf({ from, date }: Quotable): string {
	const time = date === null ? null : `${date.slice(0, 16).replace('T', ' ')} UTC`;
	const name = from?.name.replace(/[\s<>]+/g, ' ').trim() ?? '';
	const sender = from === null ? null : name === '' ? from.address : `${name} <${from.address}>`;
	return `${[time, sender].filter((part) => part !== null).join(', ')}:`;
}

/** Within the document where the html is a whole one: before the last `</body>`, else the last `</html>`. */
export function insertBeforeEnd(html: string, block: string): string {
	const end = lastOf(html, /<\/body\s{0,20}>/gi) ?? lastOf(html, /<\/html\s{0,20}>/gi);
	return end === undefined ? `${html}\n${block}` : `${html.slice(0, end)}${block}${html.slice(end)}`;
}

function lastOf(html: string, tag: RegExp): number | undefined {
	let last: number | undefined;
	for (const { index } of html.matchAll(tag)) last = index;
	return last;
}
