/** The suppression list as CSV (RFC 4180), to move it between systems. */
import Papa from 'papaparse';
import { InputError } from '../../errors';
import type { Millis, Suppression } from '../../store/store';
import { addressesIn } from './suppressions';

const COLUMNS = ['email', 'stream', 'reason', 'source', 'expiresAt', 'createdAt'] as const;

/** Names that other systems give the columns, in lower case without separators. */
const ALIASES: Readonly<Record<string, (typeof COLUMNS)[number]>> = {
	email: 'email',
	emailaddress: 'email',
	address: 'email',
	recipient: 'email',
	stream: 'stream',
	group: 'stream',
	reason: 'reason',
	type: 'reason',
	source: 'source',
	expiresat: 'expiresAt',
	expires: 'expiresAt',
};

export interface ImportedSuppression {
	address: string;
	stream: string | null;
	reason: string | null;
	source: string | null;
	expiresAt: Millis | null;
}

export interface RefusedRow {
	/** Line of the file, from 1. */
	line: number;
	problem: string;
}

/**
 * With CRLF and a header line, every field in quotes. What a spreadsheet would take for a formula, with whatever separator
 * its locale has, stands behind an apostrophe; {@link suppressionsFromCsv} takes it away again.
 */
export function suppressionsToCsv(list: readonly Suppression[]): string {
	const rows = list.map((entry) =>
		[
			entry.address,
			entry.stream ?? '',
			entry.reason,
			entry.source,
			entry.expiresAt === null ? '' : new Date(entry.expiresAt).toISOString(),
			new Date(entry.createdAt).toISOString(),
		].map(guarded),
	);
	return `${Papa.unparse([[...COLUMNS], ...rows], { quotes: true, newline: '\r\n' })}\r\n`;
}

/** https://owasp.org/www-community/attacks/CSV_Injection: at the beginning, and behind what may separate cells. */
const FORMULA = '=+\\-@\uff1d\uff0b\uff0d\uff20';
const AT_START = new RegExp(`^('*)(?=[${FORMULA}\\t\\r\\n ;,"|])`);
const BEHIND_SEPARATOR = new RegExp(`([;,\\t\\r\\n"|] *)('*)(?=[${FORMULA}])`, 'g');

function guarded(value: string): string {
	return value.replace(BEHIND_SEPARATOR, "$1'$2").replace(AT_START, "'$1");
}

/** Undoes {@link guarded}, which puts one apostrophe more in each of these places. */
function unguarded(value: string): string {
	const one = (guard: string): string => guard.slice(1);
	return value
		.replace(AT_START, one)
		.replace(BEHIND_SEPARATOR, (_match, separator: string, guard: string) => `${separator}${one(guard)}`);
}

/**
 * Reads a CSV file with a header line, or a bare list of addresses, separated by commas, semicolons or tabs.
 * @throws InputError `INPUT_CSV_INVALID` no column of it is an address
 */
export function suppressionsFromCsv(text: string): { rows: ImportedSuppression[]; refused: RefusedRow[] } {
	const lines = linesOf(text.replace(/^\u{feff}/u, ''));
	const [head] = lines;
	if (!head) return { rows: [], refused: [] };
	const names = head.fields.map((name) => ALIASES[name.toLowerCase().replace(/[\s_-]/g, '')]);
	const bare = head.fields.some((one) => one.includes('@'));
	if (!bare && !names.includes('email')) {
		throw new InputError('The file has no column with email addresses', {
			code: 'INPUT_CSV_INVALID',
			hint: 'Give it a header line with “email”; “stream”, “reason”, “source” and “expiresAt” are read too.',
		});
	}
	const columns = bare ? head.fields.map((one) => (one.includes('@') ? ('email' as const) : undefined)) : names;
	// Of our own making: blanks are part of a value.
	const own = COLUMNS.every((name, index) => head.fields[index] === name);
	const rows: ImportedSuppression[] = [];
	const refused: RefusedRow[] = [];
	for (const { line, fields } of bare ? lines : lines.slice(1)) {
		const value = (name: (typeof COLUMNS)[number]): string | null => {
			const field = fields[columns.indexOf(name)] ?? '';
			return unguarded(own ? field : field.trim()) || null;
		};
		const address = addressOf(value('email'));
		const expires = value('expiresAt');
		const expiresAt = expires === null ? null : Date.parse(expires);
		if (address === null) refused.push({ line, problem: 'no usable address' });
		else if (expiresAt !== null && !(expiresAt > Date.now())) {
			refused.push({ line, problem: 'expired, or the time of expiry cannot be read' });
		} else rows.push({ address, stream: value('stream'), reason: value('reason'), source: value('source'), expiresAt });
	}
	return { rows, refused };
}

/** A mask such as `j***@example.com` is no address: a list exported without addresses cannot be imported. */
function addressOf(text: string | null): string | null {
	if (text === null || text.includes('*')) return null;
	try {
		const [first, ...others] = addressesIn(text);
		return first !== undefined && others.length === 0 ? first : null;
	} catch {
		return null;
	}
}

/** Rows that hold something, each with the line of the file that it begins in. */
function linesOf(text: string): Array<{ line: number; fields: string[] }> {
	const rows: Array<{ line: number; fields: string[] }> = [];
	let line = 1;
	let at = 0;
	Papa.parse<string[]>(text, {
		delimiter: separatorOf(text),
		step: ({ data, meta }) => {
			if (data.some((field) => field.trim() !== '')) rows.push({ line, fields: data });
			line += text.slice(at, meta.cursor).split('\n').length - 1;
			at = meta.cursor;
		},
	});
	return rows;
}

/** The one that its first line has most of. */
function separatorOf(text: string): string {
	const head = text.slice(0, text.search(/[\r\n]|$/));
	return [',', ';', '\t'].reduce((a, b) => (head.split(b).length > head.split(a).length ? b : a));
}
