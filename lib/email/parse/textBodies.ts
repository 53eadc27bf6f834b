import { MailParser } from 'mailparser';
import { decodeCharset } from './charset';
import type { Defects } from './defects';
import { unflow } from './flowed';
import { textOfHtml } from './htmlText';

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

/** A part that is text of the message, its transfer encoding undone. */
export interface TextPart {
	contentType: string;
	/** IMAP part number. */
	path: string;
	charset: string | null;
	/** RFC 3676. */
	flowed: boolean;
	delSp: boolean;
	bytes: Uint8Array;
}

/** Text of one part: charset decoded, format=flowed undone, line ends as `\n`. */
export function partText(part: Omit<TextPart, 'bytes'>, bytes: Buffer, defects: Defects): string {
	const html = part.contentType === 'text/html';
	const declared = part.charset ?? (html ? metaCharset(bytes) : null);
	const decoded = decodeCharset(bytes, declared);
	const where = part.path || undefined;
	if (decoded.guessed === 'unknown')
		defects.add('charset-unknown', `The charset is unknown; ${decoded.charset} was guessed.`, where);
	else if (decoded.guessed !== null)
		defects.add('charset-guessed', `The text is not in the declared charset; ${decoded.charset} was guessed.`, where);
	const text = decoded.text.replace(/^\uFEFF/, '').replace(/\r{1,2}\n|\r/g, '\n');
	return html || !part.flowed ? text : unflow(text, part.delSp);
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

/** Blanks, joiners and marks that show nothing: producers fill the plain part with them beside real html. */
const INVISIBLE =
	/[\s\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\u2800\u3164\ufe00-\ufe0f\ufeff\uffa0]+/g;

function isVisible(text: string): boolean {
	return /\S/.test(text) && text.slice(0, 100_000).replace(INVISIBLE, '') !== '';
}

/** Puts together what is read as text and as html; `shown` are places in `parts`. */
export function assembleBodies(
	parts: ReadonlyArray<{ contentType: string; text: string }>,
	shown: { text: readonly number[]; html: readonly number[] },
): TextBodies {
	const at = (index: number): { contentType: string; text: string } => parts[index] ?? { contentType: '', text: '' };
	const [inText, inHtml] = [shown.text.map(at), shown.html.map(at)];
	const plain = inText.filter((part) => part.contentType === 'text/plain');
	const hasHtml = inHtml.some((part) => part.contentType === 'text/html');
	const html = hasHtml
		? inHtml.map(({ contentType, text }) => (contentType === 'text/html' ? text : htmlOfText(text))).join('\n')
		: null;
	const asText = ({ contentType, text }: { contentType: string; text: string }): string =>
		contentType === 'text/html' ? textOfHtml(text) : text;
	if (plain.some(({ text }) => isVisible(text))) return { text: join(inText.map(asText)), textSource: 'text', html };
	// An empty text/plain beside full html is common: then the html is what was written.
	if (hasHtml) return { text: join(inHtml.map(asText)), textSource: 'html', html };
	return { text: join(inText.map(({ text }) => text)), textSource: plain.length > 0 ? 'text' : null, html };
}
