/**
 * Searching for text beyond ASCII on a server that refuses CHARSET UTF-8 (BADCHARSET, or BAD; Exchange and Outlook do):
 * the server answers what is ASCII, and the rest is compared here.
 */
import { decodeHeaderValue, readHeaderBlock } from '../mime/headerBlock';
import { parseMessage } from '../parse/parseMessage';
import type { ImapConnection } from './connection';
import type { MailboxFilter } from './search';

/** Criteria that are compared with a header field of that name. */
const FIELDS = ['from', 'to', 'cc', 'bcc', 'subject'] as const;
const TEXTS = ['body', 'text'] as const;
/** Messages whose headers are fetched at once. */
const TOGETHER = 200;
/** Bytes of a message in which a text is looked for. */
const TEXT_BYTES = 4 * 1024 * 1024;

type Search = (filter: MailboxFilter) => Promise<number[]>;

/** One criterion: a field, or with null the text of the message. */
interface Wanted {
	field: string | null;
	/** `text` looks into the header section too. */
	header: boolean;
	value: string;
}

/** Does the filter hold text beyond ASCII that can be compared here? */
export function needsCharset(filter: MailboxFilter): boolean {
	const { or = [], not } = filter;
	return wantedIn(filter).length > 0 || [...or, ...(not === undefined ? [] : [not])].some(needsCharset);
}

/**
 * UIDs that match, ascending; each part of the filter by itself.
 *
 * @param search asks the server, for what is ASCII
 */
export async function searchWithoutCharset(
	connection: ImapConnection,
	filter: MailboxFilter,
	search: Search,
): Promise<number[]> {
	const { or, not, ...own } = filter;
	const wanted = wantedIn(filter);
	const ascii = Object.fromEntries(Object.entries(own).flatMap(([key, value]) => asciiOf(key, value)));
	let found = await search(Object.keys(ascii).length > 0 ? ascii : { all: true });
	if (found.length === 0) return [];
	const uid = `${found[0] ?? 1}:${found.at(-1) ?? '*'}`;
	const within = (one: MailboxFilter) => partOf(connection, 'uid' in one ? one : { uid, ...one }, search);
	if (or !== undefined) {
		const any = new Set<number>();
		for (const one of or) for (const hit of await within(one)) any.add(hit);
		found = found.filter((one) => any.has(one));
	}
	if (not !== undefined) {
		const none = new Set(await within(not));
		found = found.filter((one) => !none.has(one));
	}
	return wanted.length === 0 ? found : await compared(connection, found, wanted);
}

function partOf(connection: ImapConnection, filter: MailboxFilter, search: Search): Promise<number[]> {
	return needsCharset(filter) ? searchWithoutCharset(connection, filter, search) : search(filter);
}

function beyondAscii(value: unknown): value is string {
	return typeof value === 'string' && /[^\x00-\x7f]/.test(value);
}

function wantedIn(filter: MailboxFilter): Wanted[] {
	const fields = [
		...FIELDS.map((field): [string, unknown] => [field, filter[field]]),
		...Object.entries(filter.header ?? {}),
	].flatMap(([field, value]) => (beyondAscii(value) ? [{ field: field.toLowerCase(), header: true, value }] : []));
	const texts = TEXTS.flatMap((name) => {
		const value = filter[name];
		return beyondAscii(value) ? [{ field: null, header: name === 'text', value }] : [];
	});
	return [...fields, ...texts];
}

/** What the server can be asked, of one criterion. */
function asciiOf(key: string, value: unknown): [string, unknown][] {
	if (key === 'header' && typeof value === 'object' && value !== null) {
		const left = Object.entries(value).filter(([, one]) => !beyondAscii(one));
		return left.length === 0 ? [] : [[key, Object.fromEntries(left)]];
	}
	const here = [...FIELDS, ...TEXTS].some((name) => name === key);
	return here && beyondAscii(value) ? [] : [[key, value]];
}

async function compared(connection: ImapConnection, uids: number[], wanted: readonly Wanted[]): Promise<number[]> {
	const fields = wanted.flatMap(({ field }) => (field === null ? [] : [field]));
	const whole = wanted.some(({ field }) => field === null);
	const found: number[] = [];
	const step = whole ? 1 : TOGETHER;
	for (let index = 0; index < uids.length; index += step) {
		const source = whole ? { source: { start: 0, maxLength: TEXT_BYTES } } : {};
		const query = { uid: true, ...(fields.length > 0 ? { headers: [...new Set(fields)] } : {}), ...source };
		const set = uids.slice(index, index + step);
		const rows = await connection.run((client) => client.fetchAll(set.join(','), query, { uid: true }));
		for (const row of rows) {
			const text = row.source === undefined ? '' : await textOf(row.source);
			const head = row.headers === undefined ? '' : row.headers.toString('latin1');
			if (set.includes(row.uid) && wanted.every((one) => holds(one, head, text, row.source))) found.push(row.uid);
		}
	}
	return found.sort((a, b) => a - b);
}

function holds({ field, header, value }: Wanted, head: string, text: string, source: Buffer | undefined): boolean {
	if (field !== null) return headerText(head, field).includes(folded(value));
	const whole = header ? headerText(source?.subarray(0, 64 * 1024).toString('latin1') ?? '', null) : '';
	return text.includes(folded(value)) || whole.includes(folded(value));
}

function headerText(head: string, name: string | null): string {
	const { fields } = readHeaderBlock(head, 0, head.length);
	const named = fields.filter((field) => name === null || field.name === name);
	return folded(named.map(({ value }) => decodeHeaderValue(value)).join('\n'));
}

async function textOf(source: Buffer): Promise<string> {
	const { text, html } = await parseMessage(source, { analyse: false });
	return folded(`${text}\n${html ?? ''}`);
}

function folded(text: string): string {
	return text.normalize('NFC').toLowerCase();
}
