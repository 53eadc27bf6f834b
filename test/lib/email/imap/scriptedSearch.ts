/** SEARCH of the scripted server (RFC 9051 section 6.4.4): strict about the grammar and the charset. */
import { decodeHeaderValue, readHeaderBlock } from '../../../../lib/email/mime/headerBlock';

export interface SearchedMessage {
	uid: number;
	raw: string;
	flags?: string;
	/** As it is told in INTERNALDATE; SEARCH compares the day in its own zone. */
	date?: string;
}

type Test<Message> = (message: Message, index: number) => boolean;

/** Words, quoted strings and literals of a command (latin1); parentheses by themselves. */
export function tokensOf(text: string): string[] {
	const tokens: string[] = [];
	for (let at = 0; at < text.length;) {
		const rest = text.slice(at);
		const literal = /^\{(\d+)\+?\}\r\n/.exec(rest);
		const quoted = /^"((?:[^"\\\r\n]|\\["\\])*)"/.exec(rest);
		const word = /^(?:[()]|[^\s()"{]+)/.exec(rest);
		if (literal !== null) {
			const from = at + literal[0].length;
			at = from + Number(literal[1]);
			tokens.push(`"${text.slice(from, at)}`);
		} else if (quoted !== null) {
			tokens.push(`"${(quoted[1] ?? '').replace(/\\(.)/g, '$1')}`);
			at += quoted[0].length;
		} else if (word !== null) {
			tokens.push(word[0]);
			at += word[0].length;
		} else at++;
	}
	return tokens;
}

/** Does the set of numbers hold this one? `*` is the last. */
export function inSet(set: string, number: number, last: number): boolean {
	return set.split(',').some((range) => {
		const ends = range.split(':').map((end) => (end === '*' ? last : Number(end)));
		return number >= Math.min(...ends) && number <= Math.max(...ends);
	});
}

/**
 * What follows `SEARCH` as a test of a message.
 *
 * @throws Error with the text for a BAD
 */
export function searchTest<Message extends SearchedMessage>(
	criteria: string,
	messages: readonly Message[],
): { charset: string | null; matches: Test<Message> } {
	const tokens = tokensOf(criteria);
	let charset: string | null = null;
	if (tokens[0]?.toUpperCase() === 'CHARSET') charset = tokens.splice(0, 2)[1]?.replace(/^"/, '').toUpperCase() ?? '';
	const all = keys(new Reader(tokens, charset), messages);
	return { charset, matches: all };
}

class Reader {
	readonly #tokens: string[];
	readonly #charset: string | null;

	constructor(tokens: string[], charset: string | null) {
		this.#tokens = tokens;
		this.#charset = charset;
	}

	get done(): boolean {
		return this.#tokens.length === 0;
	}

	closes(): boolean {
		if (this.#tokens[0] !== ')') return false;
		this.#tokens.shift();
		return true;
	}

	next(): string {
		const token = this.#tokens.shift();
		if (token === undefined) throw new Error('a search key is cut off');
		return token;
	}

	text(): string {
		const token = this.next().replace(/^"/, '');
		if (!/[\u0080-\u00ff]/.test(token)) return token.toLowerCase();
		if (this.#charset !== 'UTF-8') throw new Error('bytes beyond ASCII without CHARSET UTF-8');
		return Buffer.from(token, 'latin1').toString('utf8').toLowerCase();
	}

	day(): number {
		const date = /^"?(\d{1,2})-([A-Z][a-z]{2})-(\d{4})$/.exec(this.next());
		if (date === null) throw new Error('no date');
		return Date.parse(`${date[1]} ${date[2]} ${date[3]} UTC`);
	}
}

function keys<Message extends SearchedMessage>(
	reader: Reader,
	messages: readonly Message[],
	list = false,
): Test<Message> {
	const tests: Test<Message>[] = [];
	while (list ? !reader.closes() : !reader.done) tests.push(key(reader, messages));
	if (tests.length === 0) throw new Error('no search key');
	return (message, index) => tests.every((test) => test(message, index));
}

const FLAGS = ['ANSWERED', 'DELETED', 'DRAFT', 'FLAGGED', 'SEEN', 'RECENT'];

function key<Message extends SearchedMessage>(reader: Reader, messages: readonly Message[]): Test<Message> {
	const token = reader.next();
	const name = token.toUpperCase();
	if (token === '(') return keys(reader, messages, true);
	if (name === 'ALL') return () => true;
	if (name === 'NOT') {
		const test = key(reader, messages);
		return (message, index) => !test(message, index);
	}
	if (name === 'OR') {
		const [one, other] = [key(reader, messages), key(reader, messages)];
		return (message, index) => one(message, index) || other(message, index);
	}
	if (name === 'UID' || /^[\d:*,]+$/.test(name)) {
		const set = name === 'UID' ? reader.next() : name;
		const last = name === 'UID' ? Math.max(0, ...messages.map(({ uid }) => uid)) : messages.length;
		return ({ uid }, index) => inSet(set, name === 'UID' ? uid : index + 1, last);
	}
	const flag = FLAGS.find((one) => name === one || name === `UN${one}`);
	if (flag !== undefined) return (message) => hasFlag(message, `\\${flag}`) === (flag === name);
	if (name === 'KEYWORD' || name === 'UNKEYWORD') {
		const keyword = reader.next();
		return (message) => hasFlag(message, keyword) === (name === 'KEYWORD');
	}
	return valueKey(name, reader);
}

function valueKey(name: string, reader: Reader): Test<SearchedMessage> {
	if (name === 'LARGER' || name === 'SMALLER') {
		const size = Number(reader.next());
		return ({ raw }) => (name === 'LARGER' ? raw.length > size : raw.length < size);
	}
	if (/^(SENT)?(SINCE|BEFORE|ON)$/.test(name)) {
		const day = reader.day();
		const told = (message: SearchedMessage) =>
			dayOf(name.startsWith('SENT') ? (fieldOf(message, 'date') ?? '') : (message.date ?? ''));
		return (message) => {
			const at = told(message);
			return name.endsWith('SINCE') ? at >= day : name.endsWith('BEFORE') ? at < day : at === day;
		};
	}
	if (name === 'HEADER') {
		const [field, text] = [reader.text(), reader.text()];
		return (message) => fieldOf(message, field)?.toLowerCase().includes(text) === true;
	}
	if (['BCC', 'CC', 'FROM', 'SUBJECT', 'TO'].includes(name)) {
		const text = reader.text();
		return (message) => fieldOf(message, name.toLowerCase())?.toLowerCase().includes(text) === true;
	}
	if (name === 'BODY' || name === 'TEXT') {
		const text = reader.text();
		return ({ raw }) => {
			const utf8 = Buffer.from(raw, 'latin1').toString('utf8').toLowerCase();
			return (name === 'TEXT' ? utf8 : utf8.slice(utf8.indexOf('\r\n\r\n'))).includes(text);
		};
	}
	throw new Error(`${name} is no search key`);
}

function hasFlag({ flags = '' }: SearchedMessage, flag: string): boolean {
	return flags.toLowerCase().split(' ').includes(flag.toLowerCase());
}

/** Midnight of the day that is written there, whatever the zone. */
function dayOf(date: string): number {
	const [, day, month, year] = /(\d{1,2})[- ]([A-Za-z]{3})[- ](\d{4})/.exec(date) ?? [];
	return Date.parse(`${day ?? ''} ${month ?? ''} ${year ?? ''} UTC`);
}

function fieldOf({ raw }: SearchedMessage, name: string): string | null {
	const { fields } = readHeaderBlock(raw, 0, raw.length);
	const found = fields.filter((field) => field.name === name);
	return found.length === 0 ? null : found.map(({ value }) => decodeHeaderValue(value)).join('\n');
}
