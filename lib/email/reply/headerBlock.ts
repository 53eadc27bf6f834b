import { clean, fold, isBlank, LOOKED_AT, QUOTE } from './line';
import type { HeaderRole } from './locales/headerNames';
import { HEADER_NAMES } from './locales/headerNames';

export interface HeaderLine {
	/** What the name may mean; `de` is Portuguese for From, `data` Italian for Date. */
	roles: ReadonlySet<HeaderRole>;
	value: string;
}

export interface HeaderBlock {
	/** First and last line. */
	start: number;
	end: number;
	/** First value of each role, continuation lines joined. */
	values: Partial<Record<HeaderRole, string>>;
}

const ROLES_OF: ReadonlyMap<string, ReadonlySet<HeaderRole>> = (() => {
	const roles = new Map<string, Set<HeaderRole>>();
	for (const locale of HEADER_NAMES) {
		for (const role of ['from', 'date', 'to', 'cc', 'subject', 'other'] as const) {
			for (const name of locale[role]) {
				const known = roles.get(fold(name)) ?? new Set<HeaderRole>();
				roles.set(fold(name), known.add(role));
			}
		}
	}
	return roles;
})();

/** `From: x`, `*From:* x`, `**Von:** x`, `发件人：x`, `De\t: x`; the marks of bold text are html made plain. */
const NAME = /^[*_ ]{0,4}([\p{L}\p{M}][^:：*_@<>]{0,30}?)[*_ ]{0,4}[:：][*_]{0,3}(?=\s|$|[^/\s])/u;
/** `Message: Where is my parcel?`, `Status : deferred`; three words at most before the colon. */
const LABELLED = /^[*_ ]{0,4}\p{L}[\p{L}\p{M}'’-]{0,20}(?: [\p{L}\p{M}'’-]{1,20}){0,2} ?[:：][*_]{0,3} ?[^\s/]/u;
const ADDRESSED = /[^\s<>()]@[^\s<>()]|\[?mailto:/;
/** Most header lines, continuation lines and blank lines between them that a block has. */
const MOST_LINES = 30;

/** NetEase and other webmailers write the header as a table: `| 发件人 | Max Held<max@shop.example> |`, in html two columns. */
function untabled(line: string, raw: string): string {
	const cells =
		/^\| ?([^|]{1,40}?) ?\| ?(.*?) ?\|?$/.exec(line) ??
		/^[ \t]{0,9}([\p{L}\p{M} ]{1,30}?)(?: {3,}|\t)[ \t]{0,40}(\S.*)$/u.exec(raw.slice(0, LOOKED_AT));
	return cells === null ? line : `${(cells[1] ?? '').replace(/[:：]$/, '')}: ${cells[2] ?? ''}`;
}

/** The header line that stands here, null when it is none that any language knows. */
export function readHeaderLine(raw: string, announced = false): HeaderLine | null {
	const line = untabled(clean(raw), announced ? raw : '');
	const match = NAME.exec(line);
	const roles = match?.[1] === undefined ? undefined : ROLES_OF.get(fold(match[1]).replace(/’/g, "'"));
	return match && roles
		? {
				roles,
				value: line
					.slice(match[0].length)
					.replace(/^[*_ ]+/, '')
					.trim(),
			}
		: null;
}

/**
 * The header block of a quoted or forwarded message that begins on line `start`.
 *
 * Enough is From with a subject, or From and To with an address and a date: a travel form with From, To and Date
 * is the author's own. Blank lines between the header lines (html made plain) and folded values are read over.
 *
 * @param announced a separator ("Original Message") stands above, so two header lines suffice
 */
export function headerBlockAt(lines: readonly string[], start: number, announced: boolean): HeaderBlock | null {
	const first = readHeaderLine(lines[start] ?? '', announced);
	if (!first || QUOTE.test(lines[start] ?? '')) return null;
	const values: HeaderBlock['values'] = {};
	let end = start;
	let count = 0;
	for (let at = start; at < Math.min(lines.length, start + MOST_LINES); at++) {
		const line = lines[at] ?? '';
		if (isBlank(line)) {
			if (!isBlank(lines[at + 1]) && readHeaderLine(lines[at + 1] ?? '', announced) && count > 0) continue;
			break;
		}
		const header = readHeaderLine(line, announced);
		if (header) {
			const role = [...header.roles].find((candidate) => values[candidate] === undefined);
			if (role === undefined && !header.roles.has('cc') && !header.roles.has('other')) break;
			if (role !== undefined) values[role] = header.value;
			count++;
			end = at;
		} else if (count > 0 && isContinuation(lines, at)) {
			const role = lastRole(values);
			if (role) values[role] = `${values[role] ?? ''} ${clean(line)}`.slice(0, LOOKED_AT * 4);
			end = at;
		} else break;
	}
	if (!announced && isForm(lines, start, end)) return null;
	return isBlock(values, announced) ? { start, end, values } : null;
}

/** Labels that no mail has right beside the block: a form, a log, a booking (`Message: Where is my parcel?`). */
function isForm(lines: readonly string[], start: number, end: number): boolean {
	return [lines[start - 1], lines[end + 1]].some(
		(line) => line !== undefined && LABELLED.test(clean(line)) && readHeaderLine(line) === null,
	);
}

const lastRole = (values: HeaderBlock['values']): HeaderRole | undefined =>
	Object.keys(values).at(-1) as HeaderRole | undefined;

/** A folded value: indented, or the rest of a long list of addresses that goes on to the next header line. */
function isContinuation(lines: readonly string[], at: number): boolean {
	const line = lines[at] ?? '';
	if (/^[ \t]/.test(line) && readHeaderLine(lines[at - 1] ?? ''))
		return ADDRESSED.test(line) || readHeaderLine(lines[at + 1] ?? '') !== null;
	const before = lines[at - 1] ?? '';
	const open = /[,;<]\s*$/.test(before) || before.length > 60;
	return open && (ADDRESSED.test(line) || readHeaderLine(lines[at + 1] ?? '') !== null);
}

function isBlock({ from, to, date, subject, cc, other }: HeaderBlock['values'], announced: boolean): boolean {
	const count = [from, to, date, subject].filter((value) => value !== undefined).length;
	if (announced) return count >= 2;
	if (from === undefined) return to !== undefined && date !== undefined && subject !== undefined && ADDRESSED.test(to);
	if (subject !== undefined) return date !== undefined || to !== undefined;
	return date !== undefined && /\p{Nd}/u.test(date) && ADDRESSED.test(`${from} ${to ?? ''} ${cc ?? ''} ${other ?? ''}`);
}
