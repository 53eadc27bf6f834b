import type { Defects } from './defects';
import { trimBytes } from './stripEnds';

/** One header field. `value` is unfolded and trimmed, one character per byte, not decoded. */
export interface HeaderField {
	/** As written. */
	name: string;
	/** Lower case. */
	key: string;
	value: string;
}

export interface HeaderBlock {
	fields: HeaderField[];
	/** Offset behind the header lines in the block: 0 when it holds no header at all and is body. */
	end: number;
}

/**
 * A field name is printable ASCII without colon (RFC 5322, 2.2); white space before the colon is the obsolete
 * form (4.5). 8-bit names are met in the wild and kept.
 */
const FIELD = /^([^\x00-\x20:\x7f]+)[ \t]*:([^]*)$/;
/** A parameter at the beginning of a line: its header was folded without the white space that folding needs. */
const BARE_PARAMETER = /^[A-Za-z0-9*-]+[ \t]*=/;
/** The envelope line that mbox files put in front (RFC 4155), quoted or not. */
const MBOX_LINE = /^>?From (?![ \t]*:)/;

/** What ends a line for some readers, and for none by RFC 5322, 2.2 */
const HIDDEN_FROM = /[\r\x0b\x0c\x1c-\x1e][\x00-\x20]*from[\x00-\x20]*:/i;

/** Whether a line that is no From header to us may be one to a reader who strips or splits otherwise. */
function passesForFrom(line: string): boolean {
	const name = line.slice(0, Math.max(0, line.indexOf(':'))).slice(0, 100);
	return name.replace(/[^\x21-\x7e]/g, '').toLowerCase() === 'from' && !/^from[ \t]*$/i.test(name);
}

/** The lines of a text with their offsets; line ends are LF behind any number of CR. */
function* linesOf(text: string): Generator<{ line: string; at: number }> {
	for (let at = 0; at < text.length;) {
		const newline = text.indexOf('\n', at);
		const next = newline < 0 ? text.length : newline + 1;
		let end = newline < 0 ? next : newline;
		while (end > at && newline >= 0 && text[end - 1] === '\r') end--;
		yield { line: text.slice(at, end), at };
		at = next;
	}
}

/**
 * Reads the lines of a header section. Lines that are neither a field nor a continuation are skipped and told as
 * a defect, as mail clients do: only the empty line ends the section. Where there is none, it ends with its last
 * field. A block without any field is body.
 *
 * @param text the block, one character per byte, without the empty line that ended it
 * @param terminated whether an empty line ended it
 * @param where path of the part; undefined for the message itself, whose author is looked at, too
 */
export function readHeaderBlock(text: string, terminated: boolean, defects: Defects, where?: string): HeaderBlock {
	const fields: HeaderField[] = [];
	let current: { lines: string[]; at: number } | null = null;
	let skipped = 0;
	/** Lines that are no header since the last field: maybe the beginning of the body. */
	let trailing: { at: number; count: number } | null = null;
	const close = (): void => {
		if (current === null) return;
		const line = current.lines.join('');
		const match = FIELD.exec(line);
		if (where === undefined && (passesForFrom(line) || HIDDEN_FROM.test(line)))
			defects.add('sender-ambiguous', 'A line that is no From header may pass for one.', 'from');
		if (match === null) {
			skipped++;
			trailing = { at: trailing?.at ?? current.at, count: (trailing?.count ?? 0) + 1 };
		} else {
			const name = match[1] ?? '';
			fields.push({ name, key: name.toLowerCase(), value: trimBytes((match[2] ?? '').replace(/\r/g, ' ')) });
			trailing = null;
		}
		current = null;
	};
	for (const { line, at } of linesOf(text)) {
		if (/^[ \t]/.test(line) && (current !== null || fields.length > 0)) {
			current?.lines.push(line);
			continue;
		}
		if (current?.lines.at(-1)?.trimEnd().endsWith(';') === true && BARE_PARAMETER.test(line)) {
			current.lines.push(' ', line);
			skipped++;
			continue;
		}
		close();
		if (MBOX_LINE.test(line) && fields.length === 0) continue;
		if (line !== '') current = { lines: [line], at };
	}
	close();
	if (fields.length === 0 && skipped > 0) {
		defects.add('header-missing', 'The section where headers belong holds none; it was read as body.', where);
		return { fields, end: 0 };
	}
	const tail = terminated ? null : (trailing as { at: number; count: number } | null);
	if (tail !== null) defects.add('header-unterminated', 'No empty line stands between headers and body.', where);
	if (skipped > (tail?.count ?? 0)) {
		const lines = skipped - (tail?.count ?? 0);
		defects.add(
			'header-malformed',
			`${lines} lines in the header section are no header fields; parameters among them were joined to their header, the others skipped.`,
			where,
		);
	}
	return { fields, end: tail?.at ?? text.length };
}

/** Raw value of the first field of that name (lower case), null when there is none. */
export function firstField(fields: readonly HeaderField[], key: string): string | null {
	return fields.find((field) => field.key === key)?.value ?? null;
}
