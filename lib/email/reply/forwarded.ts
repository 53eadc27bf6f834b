import type { EmailAddress, ForwardedMessage } from '../message';
import type { HeaderBlock } from './headerBlock';
import { headerBlockAt } from './headerBlock';
import { isBlank, QUOTE, splitLines } from './line';
import { isRule, readSeparator } from './separator';
import { readWrittenDate } from './writtenDate';

/** How far below its separator the header block of a forward may stand. */
const MOST_BLANKS = 4;
const MARK = /^[ \t]{0,3}[>＞] ?/;

/**
 * Reads the message that a client forwarded inline: "---------- Forwarded message ---------", "Begin forwarded message:"
 * and their like in the languages of locales/, Outlook's header block, Apple Mail's quoted one.
 *
 * A header block without a separator heads a reply's history as well as a forward. It counts when nothing stands above
 * it, or when the caller knows from the subject that the message is a forward.
 *
 * @param text plain text body
 * @param options.isForward the subject says so (`normalizeSubject(subject).isForward`)
 * @returns null when no forward is found; else what its header says, and its text. Times without a zone are taken for
 * UTC (see writtenDate.ts); an address that is missing or unreadable is ''.
 */
export function readForwarded(text: string, options: { isForward?: boolean } = {}): ForwardedMessage | null {
	const lines = splitLines(text);
	return (
		announced(lines) ??
		(options.isForward === true
			? (quotedForward(lines) ?? headedAnywhere(lines))
			: headedAt(lines, firstWritten(lines, 0)))
	);
}

function announced(lines: readonly string[]): ForwardedMessage | null {
	for (let at = 0; at < lines.length; at++) {
		const separator = QUOTE.test(lines[at] ?? '') ? null : readSeparator(lines[at] ?? '');
		if (separator?.kind !== 'forwarded') continue;
		const next = firstWritten(lines, at + 1);
		const inner = next - at > MOST_BLANKS ? null : readAt(lines, next, true);
		if (inner) return inner;
		if (!separator.bare) return compose(null, lines.slice(at + 1));
	}
	return null;
}

/**
 * macOS Mail quotes the separator, too: `> Begin forwarded message:`. It is a forward only when the subject says so: else a
 * quoted mail may hold one.
 */
function quotedForward(lines: readonly string[]): ForwardedMessage | null {
	for (let at = 0; at < lines.length; at++) {
		const line = lines[at] ?? '';
		if (!QUOTE.test(line) || readSeparator(line.replace(MARK, ''))?.kind !== 'forwarded') continue;
		let end = at;
		while (end < lines.length && (QUOTE.test(lines[end] ?? '') || isBlank(lines[end]))) end++;
		return announced(lines.slice(at, end).map((quoted) => quoted.replace(MARK, '')));
	}
	return null;
}

function headedAnywhere(lines: readonly string[]): ForwardedMessage | null {
	for (let at = 0; at < lines.length; at++) {
		const found = headedAt(lines, at);
		if (found) return found;
	}
	return null;
}

/** A header block that begins here, or behind a rule or "Original Message" that stands here. */
function headedAt(lines: readonly string[], at: number): ForwardedMessage | null {
	const line = lines[at] ?? '';
	if (isBlank(line)) return null;
	const separator = readSeparator(line);
	const ruled = separator !== null || isRule(line, 5);
	const next = ruled ? firstWritten(lines, at + 1) : at;
	return next - at > MOST_BLANKS ? null : readAt(lines, next, separator !== null);
}

function readAt(lines: readonly string[], at: number, separated: boolean): ForwardedMessage | null {
	// Apple Mail quotes header and text of what it forwards.
	const quoted = QUOTE.test(lines[at] ?? '');
	if (quoted && !separated) return null;
	const inner = quoted
		? lines.slice(at).map((line) => line.replace(/^[ \t]{0,3}[>＞] ?/, ''))
		: lines.slice(at, at + 40);
	const block = headerBlockAt(inner, 0, separated);
	if (!block) return null;
	const rest = quoted ? inner.slice(block.end + 1) : lines.slice(at + block.end + 1);
	const id = inner
		.slice(0, block.end + 1)
		.map((line) => /^\W{0,4}message-id\W{0,4}[:：]\s*<?([^\s<>]+)>?/i.exec(line)?.[1]);
	return compose(
		block,
		rest,
		id.find((found) => found !== undefined),
	);
}

function compose(block: HeaderBlock | null, rest: readonly string[], messageId?: string): ForwardedMessage {
	const { from, to, date, subject } = block?.values ?? {};
	return {
		from: from === undefined ? null : readAddress(from),
		to: to === undefined ? [] : readAddresses(to),
		date: date === undefined ? null : readWrittenDate(date),
		subject: subject ?? null,
		messageId: messageId ?? null,
		text: trimBlankLines(rest),
	};
}

function firstWritten(lines: readonly string[], from: number): number {
	let at = from;
	while (at < lines.length && isBlank(lines[at])) at++;
	return at;
}

function trimBlankLines(lines: readonly string[]): string {
	let from = 0;
	let to = lines.length;
	while (from < to && isBlank(lines[from])) from++;
	while (to > from && isBlank(lines[to - 1])) to--;
	return lines.slice(from, to).join('\n').trimEnd();
}

/** `Ann Lee <ann@example.com>`, `Ann Lee [mailto:ann@example.com]`, `ann@example.com<mailto:ann@example.com>`, `Ann Lee`. */
function readAddress(value: string): EmailAddress {
	const address = /[^\s<>()[\]"',;:*]+@[^\s<>()[\]"',;:*]+/.exec(value)?.[0] ?? '';
	const before = address === '' ? value : value.slice(0, value.indexOf(address));
	const name = before
		.replace(/(?:mailto:)?[\s<([]*(?:mailto:)?$/i, '')
		.replace(/^[\s"'“”„*]+|[\s"'“”*;,]+$/g, '')
		.trim();
	return { name, address };
}

/** Outlook parts addresses by `;` and then leaves `Lee, Ann` as it is; others part by `,`. */
function readAddresses(value: string): EmailAddress[] {
	const parts = value.includes(';') ? value.split(';') : joinNames(value.split(/,(?=(?:[^"]*"[^"]*")*[^"]*$)/));
	return parts.filter((part) => part.trim() !== '').map(readAddress);
}

/** `Lee, Ann <ann@example.com>` without quotes was parted: a name alone belongs to the address that follows. */
function joinNames(parts: readonly string[]): string[] {
	if (!parts.some((part) => part.includes('@'))) return [...parts];
	const joined: string[] = [];
	let pending = '';
	for (const part of parts) {
		pending = pending === '' ? part : `${pending},${part}`;
		if (!part.includes('@')) continue;
		joined.push(pending);
		pending = '';
	}
	return pending === '' ? joined : [...joined, pending];
}
