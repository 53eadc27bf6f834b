/** The suppression list as CSV (RFC 4180), to move it between systems. */
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

/** With CRLF and a header line. A field that a spreadsheet would take for a formula is quoted with an apostrophe. */
export function suppressionsToCsv(list: readonly Suppression[]): string {
	const lines = list.map((entry) =>
		[
			entry.address,
			entry.stream ?? '',
			entry.reason,
			entry.source,
			entry.expiresAt === null ? '' : new Date(entry.expiresAt).toISOString(),
			new Date(entry.createdAt).toISOString(),
		]
			.map(field)
			.join(','),
	);
	return [COLUMNS.join(','), ...lines, ''].join('\r\n');
}

/**
 * Reads a CSV file with a header line, or a bare list of addresses, separated by commas, semicolons or tabs.
 * @throws InputError `INPUT_CSV_INVALID` no column of it is an address
 */
export function suppressionsFromCsv(text: string): { rows: ImportedSuppression[]; refused: RefusedRow[] } {
	const lines = parse(text.replace(/^\u{feff}/u, ''));
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
	const rows: ImportedSuppression[] = [];
	const refused: RefusedRow[] = [];
	for (const { line, fields } of bare ? lines : lines.slice(1)) {
		const value = (name: (typeof COLUMNS)[number]): string | null => fields[columns.indexOf(name)]?.trim() || null;
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

function field(value: string): string {
	// https://owasp.org/www-community/attacks/CSV_Injection
	const safe = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
	return /[",\r\n]/.test(safe) ? `"${safe.replace(/"/g, '""')}"` : safe;
}

function parse(text: string): Array<{ line: number; fields: string[] }> {
	const head = text.slice(0, text.search(/[\r\n]|$/));
	const separator = [',', ';', '\t'].reduce((a, b) => (head.split(b).length > head.split(a).length ? b : a));
	const rows: Array<{ line: number; fields: string[] }> = [];
	let fields: string[] = [];
	let value = '';
	let quoted = false;
	let line = 1;
	let begun = 1;
	const endRow = (): void => {
		fields.push(value);
		if (fields.some((one) => one.trim() !== '')) rows.push({ line: begun, fields });
		fields = [];
		value = '';
	};
	for (let at = 0; at < text.length; at++) {
		const char = text[at] ?? '';
		if (char === '\n') line++;
		if (quoted) {
			if (char !== '"') value += char;
			else if (text[at + 1] === '"') value += text[++at] ?? '';
			else quoted = false;
		} else if (char === '"' && value === '') quoted = true;
		else if (char === separator) {
			fields.push(value);
			value = '';
		} else if (char === '\n') {
			endRow();
			begun = line;
		} else if (char !== '\r') value += char;
	}
	endRow();
	return rows;
}
