import iconv from 'iconv-lite';
import type LibmimeCharset from 'libmime/lib/charset';
import { onDemand } from '../onDemand';
import { guessCharset } from './charsetGuess';
import { decodeShifted, isShifted } from './shiftedCharsets';
import { stripEnds } from './stripEnds';

export interface DecodedText {
	text: string;
	/** The charset that was used, in lower case. */
	charset: string;
	/** Why the declared charset was not simply used; null when it was. */
	guessed: 'undeclared' | 'unknown' | 'mismatch' | null;
}

/** Brings encoding-japanese and its large tables, which few messages need. */
const libmimeCharset = onDemand('libmime/lib/charset') as () => typeof LibmimeCharset;

/** Labels that are their own canonical name: nothing needs to be loaded for them. */
const CANONICAL = /^(?:utf-8|windows-125\d|koi8-[ru]|shift_jis|euc-jp|big5|gb18030)$/;

/** Names that say nothing: producers write them when they do not know either. */
const MEANINGLESS =
	/^(?:|unknown(?:-8bit)?|x-unknown|default|default_charset|none|binary|7bit|8bit|x-user-defined|_autodetect.*)$/;

/**
 * Charsets whose label is used in mail for a larger one: WHATWG Encoding Standard, section 4.2 ("Names and
 * labels"), which is what mail clients with a browser engine do.
 */
const SUPERSET: Readonly<Record<string, string>> = {
	'iso-8859-1': 'windows-1252',
	'iso-8859-9': 'windows-1254',
	'iso-8859-11': 'windows-874',
	'tis-620': 'windows-874',
	tis620: 'windows-874',
	gb2312: 'gb18030',
	'gb_2312-80': 'gb18030',
	gbk: 'gb18030',
	cp936: 'gb18030',
	'x-gbk': 'gb18030',
	'euc-cn': 'gb18030',
	'ks_c_5601-1987': 'cp949',
	ks_c_5601: 'cp949',
	ksc5601: 'cp949',
	'euc-kr': 'cp949',
	'iso-2022-jp-ms': 'iso-2022-jp',
	'x-sjis': 'shift_jis',
	ms_kanji: 'shift_jis',
	'windows-31j': 'shift_jis',
	'unicode-1-1-utf-7': 'utf-7',
	csunicode11utf7: 'utf-7',
	'utf-8-sig': 'utf-8',
	utf8mb4: 'utf-8',
	'unicode-1-1-utf-8': 'utf-8',
	'x-mac-roman': 'macintosh',
	'x-mac-cyrillic': 'maccyrillic',
};

/** The name iconv-lite knows the declared charset by, in lower case; null when there is none. */
export function canonicalCharset(declared: string): string | null {
	const label = stripEnds(declared.slice(0, 100).replace(/\*.*$/, ''), ` \t"';`).toLowerCase();
	if (MEANINGLESS.test(label)) return null;
	if (/^(?:us-?ascii|ascii|ansi_x3\.4.*|iso-?646.*)$/.test(label)) return 'us-ascii';
	const first =
		SUPERSET[label] ?? (CANONICAL.test(label) ? label : libmimeCharset().normalizeCharset(label).toLowerCase());
	const name = SUPERSET[first] ?? first;
	return isJapanese(name) || isShifted(name) || iconv.encodingExists(name) ? name : null;
}

/** Encodings that libmime hands to encoding-japanese, because iconv-lite lacks them or reads less of them. */
function isJapanese(name: string): boolean {
	return /^(?:iso-?2022-?jp|jis)/.test(name);
}

function strictUtf8(bytes: Uint8Array): string | null {
	try {
		return new TextDecoder('utf-8', { fatal: true, ignoreBOM: false }).decode(bytes);
	} catch {
		return null;
	}
}

function decodeAs(bytes: Buffer, name: string): string {
	if (isShifted(name)) return decodeShifted(bytes, name);
	return isJapanese(name) ? libmimeCharset().decode(bytes, 'iso-2022-jp') : iconv.decode(bytes, name);
}

function isAscii(bytes: Buffer): boolean {
	for (const byte of bytes) if (byte >= 0x80 || byte === 0x1b) return false;
	return true;
}

/**
 * Decodes bytes by the charset that their producer declared, and by a guess where that is missing, unknown or
 * plainly wrong. Never throws.
 *
 * @param hint a charset seen elsewhere in the message, tried before a blind guess
 */
export function decodeCharset(bytes: Buffer, declared: string | null, hint: string | null = null): DecodedText {
	const name = declared === null ? null : canonicalCharset(declared);
	if (isAscii(bytes) && (name === null || !/^(?:utf-?7|utf-?16|utf-?32|ucs-?2|hz|iso-2022-(?:kr|cn))/.test(name))) {
		return { text: bytes.toString('latin1'), charset: name ?? 'us-ascii', guessed: null };
	}
	if (name === null || name === 'us-ascii') {
		const hinted = hint === null ? null : canonicalCharset(hint);
		const charset =
			strictUtf8(bytes) === null && hinted !== null && hinted !== 'us-ascii' && hinted !== 'utf-8'
				? hinted
				: guessCharset(bytes);
		const unknown = declared !== null && name === null && !MEANINGLESS.test(declared.toLowerCase());
		return {
			text: decodeAs(bytes, charset),
			charset,
			guessed: unknown ? 'unknown' : name === null ? 'undeclared' : 'mismatch',
		};
	}
	if (name === 'utf-8') {
		const text = strictUtf8(bytes);
		if (text !== null) return { text, charset: name, guessed: null };
		// A cut or damaged character in UTF-8 text is common; text in another charset has hardly one valid sequence.
		const lenient = bytes.toString('utf8');
		const broken = lenient.split('\uFFFD').length - 1;
		const valid = lenient.match(/[^\u0000-\u007f\ufffd]/gu)?.length ?? 0;
		if (valid >= broken) return { text: lenient.replace(/^\uFEFF/, ''), charset: name, guessed: null };
		const charset = guessCharset(bytes);
		return { text: decodeAs(bytes, charset), charset, guessed: 'mismatch' };
	}
	return { text: decodeAs(bytes, name), charset: name, guessed: null };
}
