import { MailParser } from 'mailparser';
import { selectBodies } from './bodies';
import { decodeCharset } from './charset';
import type { Defects } from './defects';
import { unflow } from './flowed';
import { textOfHtml } from './htmlText';
import type { Part } from './part';

declare module 'mailparser' {
	interface MailParser {
		/** Html of plain text, with what is an address linked; bounded in time by mailparser. */
		textToHtml(text: string): string;
	}
}

export interface TextBodies {
	text: string;
	textSource: 'text' | 'html' | null;
	html: string | null;
}

/** Text of one part: charset decoded, format=flowed undone, line ends as `\n`. */
export function partText(part: Part, bytes: Buffer, defects: Defects): string {
	const html = part.contentType === 'text/html';
	const declared = part.charset ?? (html ? metaCharset(bytes) : null);
	const decoded = decodeCharset(bytes, declared);
	const where = part.path || undefined;
	if (decoded.guessed === 'unknown')
		defects.add('charset-unknown', `The charset is unknown; ${decoded.charset} was guessed.`, where);
	else if (decoded.guessed !== null)
		defects.add('charset-guessed', `The text is not in the declared charset; ${decoded.charset} was guessed.`, where);
	const text = decoded.text.replace(/^\uFEFF/, '').replace(/\r{1,2}\n|\r/g, '\n');
	if (html || part.params.get('format')?.trim().toLowerCase() !== 'flowed') return text;
	return unflow(text, part.params.get('delsp')?.trim().toLowerCase() === 'yes');
}

/** HTML Living Standard, 4.2.5.4: the charset an html document names for itself in its first 1024 bytes. */
function metaCharset(bytes: Buffer): string | null {
	const head = bytes.subarray(0, 1024).toString('latin1');
	return /<meta[^>]{0,200}charset\s*=\s*["']?\s*([\w:.-]{2,40})/i.exec(head)?.[1] ?? null;
}

/** A plain part shown between html ones; mailparser links what is an address. */
function htmlOfText(text: string): string {
	return new MailParser().textToHtml(text);
}

function join(pieces: readonly string[]): string {
	return pieces.reduce(
		(all, piece) => (all === '' || all.endsWith('\n') || piece === '' ? all + piece : `${all}\n${piece}`),
		'',
	);
}

/** Puts together what is read as text and as html; `content` holds the text of every part. */
export function assembleBodies(root: Part, content: ReadonlyMap<Part, string>): TextBodies {
	const bodies = selectBodies(root);
	const textOf = (part: Part): string => content.get(part) ?? '';
	const plain = bodies.text.filter((part) => part.contentType === 'text/plain');
	const hasHtml = bodies.html.some((part) => part.contentType === 'text/html');
	const html = hasHtml
		? bodies.html.map((part) => (part.contentType === 'text/html' ? textOf(part) : htmlOfText(textOf(part)))).join('\n')
		: null;
	const asText = (part: Part): string => (part.contentType === 'text/html' ? textOfHtml(textOf(part)) : textOf(part));
	if (plain.some((part) => /\S/.test(textOf(part))))
		return { text: join(bodies.text.map(asText)), textSource: 'text', html };
	// An empty text/plain beside full html is common: then the html is what was written.
	if (hasHtml) return { text: join(bodies.html.map(asText)), textSource: 'html', html };
	return { text: join(bodies.text.map(textOf)), textSource: plain.length > 0 ? 'text' : null, html };
}
