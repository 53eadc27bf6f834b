/** What a line of a plain text body is for the reply; decided by marks.ts in this order of strength. */
export type LineKind =
	| 'blank'
	/** The author's words, as far as nothing else is known. */
	| 'text'
	/** Inside a fence that is closed again: never taken for anything else. */
	| 'code'
	/** Behind a quote mark. */
	| 'quote'
	/** The html body says that it belongs to the signature. */
	| 'signature'
	/** Leads history in: attribution line, header block, separator. */
	| 'marker';

/** Longest part of a line that is looked at; what follows is carried along unread, so that time stays linear. */
export const LOOKED_AT = 600;

/** Marks of direction and width that clients strew into dates and names; they carry no text. */
const INVISIBLE = /[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]/g;

/** A line as the tables compare it: lower case (Turkish dotless i made i), NFC, without invisible marks, blanks made single. */
export function fold(line: string): string {
	return clean(line)
		.toLowerCase()
		.replace(/i\u0307|ı/g, 'i');
}

/** A line with its capitals, else as {@link fold}. */
export function clean(line: string): string {
	const looked = line.length > LOOKED_AT ? line.slice(0, LOOKED_AT) : line;
	if (CLEAN_ALREADY.test(looked)) return looked;
	return looked.normalize('NFC').replace(INVISIBLE, '').replace(/\s+/g, ' ').trim();
}

/** Most lines are: then nothing needs to be replaced. */
const CLEAN_ALREADY = /^(?:[!-~]+(?: [!-~]+)*)?$/;

/** `\r\n` and bare `\r` made `\n`; one entry a line. */
export function splitLines(text: string): string[] {
	return text.replace(/\r\n?/g, '\n').split('\n');
}

export const isBlank = (line: string | undefined): boolean =>
	line === undefined || /^[\s\u200b-\u200f\u2060]*$/.test(line);

/** A quote mark as RFC 3676, 4.5 and nearly every client has it, also full-width. */
export const QUOTE = /^[ \t]{0,3}[>＞]/;
/** Initials before the mark: `JD> text` (Supercite, DOS-born clients). */
export const INITIALS_QUOTE = /^ ?[A-Z]{1,3}>(?: |$)/;
/** A bar as mark, as some gateways and text browsers write it; only under an attribution, since tables begin so too. */
export const BAR_QUOTE = /^ ?\|(?: |$)/;
