/** The text of an RTF body: MS-OXRTFCP (its compression), MS-OXRTFEX (html wrapped into it), RTF 1.9.1. */
import iconv from 'iconv-lite';

const LZFU = 0x75465a4c;
const MELA = 0x414c454d;
const MOST_BYTES = 8 * 1024 * 1024;
/** MS-OXRTFCP 2.1.2.1: what the dictionary holds at the beginning. */
const DICTIONARY =
	'{\\rtf1\\ansi\\mac\\deff0\\deftab720{\\fonttbl;}{\\f0\\fnil \\froman \\fswiss \\fmodern \\fscript \\fdecor MS Sans SerifSymbolArialTimes New RomanCourier{\\colortbl\\red0\\green0\\blue0\r\n\\par \\pard\\plain\\f0\\fs20\\b\\i\\u\\tab\\tx';

/** Undoes MS-OXRTFCP; what is damaged ends where it breaks. Null for what is no compressed RTF. */
export function decompressRtf(bytes: Buffer): Buffer | null {
	if (bytes.length < 16) return null;
	const size = Math.min(bytes.readUInt32LE(4), MOST_BYTES);
	const kind = bytes.readUInt32LE(8);
	if (kind === MELA) return bytes.subarray(16, 16 + size);
	if (kind !== LZFU) return null;
	const window = Buffer.alloc(4096);
	let write = window.write(DICTIONARY, 'latin1');
	const out: number[] = [];
	const put = (byte: number): void => {
		out.push(byte);
		window[write] = byte;
		write = (write + 1) % 4096;
	};
	for (let at = 16; at < bytes.length && out.length < size;) {
		const control = bytes[at++] ?? 0;
		for (let bit = 0; bit < 8 && at < bytes.length; bit++) {
			if ((control & (1 << bit)) === 0) {
				put(bytes[at++] ?? 0);
				continue;
			}
			const reference = ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0);
			at += 2;
			const offset = reference >> 4;
			if (offset === write) return Buffer.from(out);
			for (let i = 0; i < (reference & 15) + 2; i++) put(window[(offset + i) % 4096] ?? 0);
		}
	}
	return Buffer.from(out);
}

/** Groups whose content is no text. */
const SKIPPED =
	/^(?:fonttbl|colortbl|stylesheet|info|pict|object|header[lrf]?|footer[lrf]?|listtable|listoverridetable|rsidtbl|generator|themedata|datastore|xmlnstbl|filetbl|revtbl)$/;
const BREAKS: Readonly<Record<string, string>> = {
	par: '\n', line: '\n', row: '\n', sect: '\n', page: '\n', tab: '\t', cell: '\t', emdash: '—', endash: '–', bullet: '•', lquote: '‘',
	rquote: '’', ldblquote: '“', rdblquote: '”', '~': '\u00a0', _: '-', '{': '{', '}': '}', '\\': '\\',
}; // prettier-ignore

interface Group {
	skipped: boolean;
	/** Within `\htmlrtf`: made for RTF readers, no part of the html. */
	rtfOnly: boolean;
	/** Within `\*\htmltag`: markup. */
	tag: boolean;
	/** Characters that stand in for one `\u`. */
	standIns: number;
}

const TOKEN = /[{}]|\\'([0-9a-fA-F]{2})|\\([a-z]{1,32})(-?\d{1,10})? ?|\\([^a-z])|[^\\{}\r\n]+|[\r\n]+/g;

/** The text of RTF, or the html that it wraps (`\fromhtml1`). */
export function readRtf(rtf: Buffer): { contentType: 'text/plain' | 'text/html'; text: string } {
	const source = rtf.toString('latin1');
	return new RtfReader(/\\fromhtml1?\b/.test(source.slice(0, 2000)), codepage(source)).read(source);
}

function codepage(source: string): string {
	const name = `windows-${/\\ansicpg(\d{3,5})/.exec(source.slice(0, 2000))?.[1] ?? '1252'}`;
	return iconv.encodingExists(name) ? name : 'windows-1252';
}

class RtfReader {
	private readonly stack: Group[] = [];
	private group: Group = { skipped: false, rtfOnly: false, tag: false, standIns: 1 };
	private readonly out: string[] = [];
	private bytes: number[] = [];
	/** Characters still to be left out behind a `\u`. */
	private left = 0;
	/** The last token was `\*`. */
	private optional = false;

	constructor(
		private readonly html: boolean,
		private readonly charset: string,
	) {}

	read(source: string): { contentType: 'text/plain' | 'text/html'; text: string } {
		for (const [token, hex, word, value, symbol] of source.matchAll(TOKEN)) {
			if (hex !== undefined) {
				if (this.left > 0) this.left--;
				else if (this.shown) this.bytes.push(Number.parseInt(hex, 16));
				continue;
			}
			this.flush();
			if (token === '{') this.stack.push({ ...this.group });
			else if (token === '}') this.group = this.stack.pop() ?? this.group;
			else if (word !== undefined) this.control(word, value);
			else if (symbol !== undefined) this.symbol(symbol);
			else this.text(token.replace(/[\r\n]+/g, ''));
		}
		this.flush();
		return { contentType: this.html ? 'text/html' : 'text/plain', text: this.out.join('').trim() };
	}

	private get shown(): boolean {
		return !this.group.skipped && !(this.html && this.group.rtfOnly);
	}

	private control(word: string, value: string | undefined): void {
		const optional = this.optional;
		this.optional = false;
		if (word === 'htmltag' || word === 'mhtmltag')
			Object.assign(this.group, { tag: true, skipped: word === 'mhtmltag' });
		else if (optional || SKIPPED.test(word)) this.group.skipped = true;
		else if (word === 'htmlrtf') this.group.rtfOnly = value !== '0';
		else if (word === 'uc') this.group.standIns = Math.min(Number(value ?? 1), 10);
		else if (word === 'u') {
			if (this.shown) this.out.push(String.fromCharCode(Number(value ?? 0) & 0xffff));
			this.left = this.group.standIns;
		} else if (word in BREAKS) this.text(this.html && !this.group.tag && word === 'par' ? '\n' : (BREAKS[word] ?? ''));
	}

	private symbol(symbol: string): void {
		if (symbol === '*') this.optional = true;
		else this.text(symbol === '\n' || symbol === '\r' ? '\n' : (BREAKS[symbol] ?? ''));
	}

	private text(text: string): void {
		const rest = text.slice(this.left);
		this.left = Math.max(0, this.left - text.length);
		if (this.shown && rest !== '') this.out.push(rest);
	}

	private flush(): void {
		if (this.bytes.length > 0) this.out.push(iconv.decode(Buffer.from(this.bytes), this.charset));
		this.bytes = [];
	}
}
