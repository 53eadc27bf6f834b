import iconv from 'iconv-lite';
import type { Part } from './partTree';

/**
 * The text of a leaf: transfer encoding undone, charset decoded, line ends as `\n`. Never throws: an unknown
 * charset is read as UTF-8, and as Windows-1252 where that is not valid. Reads at most `limit` bytes of the body.
 */
export function partText(part: Part, limit = 1_000_000): string {
	const encoded = part.body.length > limit ? part.body.subarray(0, limit) : part.body;
	return decodeCharset(decodeTransfer(encoded, part.encoding), part.params.charset ?? '').replace(/\r\n?/g, '\n');
}

/** Undoes a Content-Transfer-Encoding (RFC 2045 section 6); an unknown one is taken as identity. */
export function decodeTransfer(body: Buffer, encoding: string): Buffer {
	if (encoding === 'base64') return Buffer.from(body.toString('latin1'), 'base64');
	if (encoding === 'quoted-printable') return decodeQuotedPrintable(body);
	return body;
}

function decodeQuotedPrintable(body: Buffer): Buffer {
	const text = body.toString('latin1');
	if (!text.includes('=')) return body;
	const decoded = text
		.replace(/[ \t]{1,200}(?=\r?\n)/g, '')
		.replace(/=\r?\n/g, '')
		.replace(/=([0-9A-Fa-f]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
	return Buffer.from(decoded, 'latin1');
}

const ESCAPE = 0x1b;

/** Decodes bytes in the named charset; see {@link partText}. */
export function decodeCharset(bytes: Buffer, charset: string): string {
	const name = charset.trim().toLowerCase().replace(/^"|"$/g, '');
	const latin1 = bytes.toString('latin1');
	const japanese = /^(iso-?2022-?jp|jis)/.test(name);
	if (!/[\x80-\xff]/.test(latin1)) {
		// ISO-2022-JP is seven-bit: it shows by its escape sequences (RFC 1468), named or not.
		if (!bytes.includes(ESCAPE)) return latin1;
		return /\x1b[$(][B@J]/.test(latin1) || japanese ? new TextDecoder('iso-2022-jp').decode(bytes) : latin1;
	}
	if (name !== '' && !/^(utf-?8|us-ascii|ascii|unknown|unknown-8bit|8bit|7bit)$/.test(name)) {
		try {
			if (japanese || /^(euc-?jp|shift[-_]?jis|sjis|x-sjis|euc-?kr)/.test(name)) {
				return new TextDecoder(japanese ? 'euc-jp' : name.replace('_', '-')).decode(bytes);
			}
			if (iconv.encodingExists(name)) return iconv.decode(bytes, name);
		} catch {
			// An unknown name is no reason to lose the text: guess below.
		}
	}
	const utf8 = bytes.toString('utf8');
	return utf8.includes('\ufffd') ? iconv.decode(bytes, 'windows-1252') : utf8;
}

const ENTITIES: Readonly<Record<string, string>> = {
	nbsp: ' ',
	amp: '&',
	lt: '<',
	gt: '>',
	quot: '"',
	apos: "'",
	'#39': "'",
	'#64': '@',
	'#160': ' ',
	auml: 'ä',
	ouml: 'ö',
	uuml: 'ü',
	szlig: 'ß',
	Auml: 'Ä',
	Ouml: 'Ö',
	Uuml: 'Ü',
	eacute: 'é',
	egrave: 'è',
	agrave: 'à',
	ccedil: 'ç',
	ntilde: 'ñ',
	oacute: 'ó',
	aacute: 'á',
	iacute: 'í',
	uacute: 'ú',
	atilde: 'ã',
	otilde: 'õ',
	rsquo: "'",
};

const BREAKS = /^\/?(?:p|div|br|tr|li|h[1-6]|table|blockquote|pre|hr|ul|ol)$/;
const INVISIBLE = /^(?:style|script|head|title)$/;
/** An address in angle brackets that the writer forgot to escape. */
const BARE_ADDRESS = /^[^\s<>@"]{1,80}@[^\s<>@"]{1,120}$/;
const ENTITY = /&(#?[a-zA-Z0-9]{2,8});/g;

/**
 * Plain text of an html body for reading by rules: tags off, blocks and breaks as line ends, entities decoded.
 * Linear in the input; it is no renderer (the reader's text of a message is made in lib/email/parse).
 */
export function htmlToPlain(html: string): string {
	const out: string[] = [];
	let at = 0;
	let hidden: string | null = null;
	let verbatim = false;
	while (at < html.length) {
		const open = html.indexOf('<', at);
		const text = html.slice(at, open < 0 ? html.length : open);
		if (hidden === null) out.push(text.replace(verbatim ? /[ \t]+/g : /\s+/g, ' '));
		if (open < 0) break;
		if (html.startsWith('<!--', open)) {
			const end = html.indexOf('-->', open + 4);
			at = end < 0 ? html.length : end + 3;
			continue;
		}
		const name = /^\/?[a-z][a-z0-9]{0,20}/i.exec(html.slice(open + 1, open + 24))?.[0].toLowerCase();
		const close = name === undefined ? -1 : html.indexOf('>', open);
		if (name === undefined || close < 0) {
			if (hidden === null && name === undefined) out.push('<');
			at = name === undefined ? open + 1 : html.length;
			continue;
		}
		const inner = html.slice(open + 1, Math.min(close, open + 200));
		if (hidden === null && BARE_ADDRESS.test(inner)) out.push(`<${inner}>`);
		else if (hidden === null && BREAKS.test(name)) out.push('\n');
		else if (hidden === null && /^\/t[dh]$/.test(name)) out.push(' ');
		if (name === 'pre' || name === '/pre') verbatim = name === 'pre';
		if (hidden === null && INVISIBLE.test(name)) hidden = name;
		else if (name === `/${hidden ?? ''}` || name === 'body') hidden = null;
		at = close + 1;
	}
	return out
		.join('')
		.replace(ENTITY, (whole, name: string) => ENTITIES[name] ?? numericEntity(name) ?? whole)
		.replace(/[ \t\u00a0]+/g, ' ')
		.replace(/ ?\n ?/g, '\n');
}

function numericEntity(name: string): string | undefined {
	const match = /^#(x?)([0-9a-f]{1,6})$/i.exec(name);
	if (match === null) return undefined;
	const code = Number.parseInt(match[2] ?? '', match[1] === '' ? 10 : 16);
	return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : undefined;
}
