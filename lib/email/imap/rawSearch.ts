import { InputError } from '../../errors';
import type { MailboxFilter } from './search';

/** Search keys without an argument (RFC 9051 section 6.4.4), and what they are in a filter. */
const flags: Readonly<Record<string, MailboxFilter>> = {
	ALL: {},
	ANSWERED: { answered: true },
	DELETED: { deleted: true },
	DRAFT: { draft: true },
	FLAGGED: { flagged: true },
	SEEN: { seen: true },
	UNANSWERED: { answered: false },
	UNDELETED: { deleted: false },
	UNDRAFT: { draft: false },
	UNFLAGGED: { flagged: false },
	UNSEEN: { seen: false },
	NEW: { new: true },
	OLD: { old: true },
	RECENT: { recent: true },
};

const texts: Readonly<Record<string, (text: string) => MailboxFilter>> = {
	BCC: (bcc) => ({ bcc }),
	BODY: (body) => ({ body }),
	CC: (cc) => ({ cc }),
	FROM: (from) => ({ from }),
	SUBJECT: (subject) => ({ subject }),
	TEXT: (text) => ({ text }),
	TO: (to) => ({ to }),
	KEYWORD: (keyword) => ({ keyword }),
	UNKEYWORD: (unKeyword) => ({ unKeyword }),
	'X-GM-RAW': (gmraw) => ({ gmraw }),
};

const dates: Readonly<Record<string, (date: Date) => MailboxFilter>> = {
	BEFORE: (before) => ({ before }),
	ON: (on) => ({ on }),
	SINCE: (since) => ({ since }),
	SENTBEFORE: (sentBefore) => ({ sentBefore }),
	SENTON: (sentOn) => ({ sentOn }),
	SENTSINCE: (sentSince) => ({ sentSince }),
};

const numbers: Readonly<Record<string, (number: number) => MailboxFilter>> = {
	LARGER: (larger) => ({ larger }),
	SMALLER: (smaller) => ({ smaller }),
	MODSEQ: (modseq) => ({ modseq }),
};

const months = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];

/**
 * Reads IMAP search criteria as a person writes them (`UNSEEN OR FROM "shop" SUBJECT invoice NOT KEYWORD Done`, RFC 9051
 * section 6.4.4; X-GM-RAW of Gmail) into a filter. Nothing of the text reaches the server as it is.
 *
 * @throws InputError `INPUT_SEARCH_INVALID` with the place of the mistake
 */
export function parseSearch(criteria: string): MailboxFilter {
	const reader = new TokenReader(criteria);
	const keys: MailboxFilter[] = [];
	while (!reader.atEnd()) keys.push(searchKey(reader));
	return and(keys);
}

function searchKey(reader: TokenReader): MailboxFilter {
	if (reader.take('(')) {
		const keys: MailboxFilter[] = [];
		while (!reader.take(')')) keys.push(searchKey(reader));
		if (keys.length === 0) reader.fail('an empty pair of parentheses');
		return and(keys);
	}
	const word = reader.word();
	const key = word.toUpperCase();
	const flag = flags[key];
	if (flag !== undefined) return flag;
	const text = texts[key];
	if (text !== undefined) return text(reader.text());
	const date = dates[key];
	if (date !== undefined) return date(reader.date());
	const number = numbers[key];
	if (number !== undefined) return number(reader.number());
	switch (key) {
		case 'NOT':
			return { not: operand(reader) };
		case 'OR':
			return { or: [operand(reader), operand(reader)] };
		case 'HEADER': {
			const field = reader.text();
			const value = reader.text();
			return { header: { [field]: value === '' ? true : value } };
		}
		case 'UID':
			return { uid: reader.set() };
		default:
			return reader.fail(`“${word}” is not a search key we know`);
	}
}

/** What NOT and OR apply to; ALL is spelled out, since nothing at all cannot be negated. */
function operand(reader: TokenReader): MailboxFilter {
	const filter = searchKey(reader);
	return Object.keys(filter).length === 0 ? { all: true } : filter;
}

/**
 * All of them. A filter has each key once; a key that comes again is negated twice, and what is negated goes into one
 * NOT OR (De Morgan).
 */
function and(filters: readonly MailboxFilter[]): MailboxFilter {
	const all: Record<string, unknown> = {};
	const none: MailboxFilter[] = [];
	for (const filter of filters) {
		const keys = Object.keys(filter);
		if (keys.length === 1 && filter.not !== undefined) none.push(filter.not);
		else if (keys.some((key) => key === 'not' || key in all)) none.push({ not: filter });
		else Object.assign(all, filter);
	}
	const [first] = none;
	if (first !== undefined) all.not = none.length === 1 ? first : { or: none };
	return all;
}

class TokenReader {
	readonly #criteria: string;
	#position = 0;

	constructor(criteria: string) {
		this.#criteria = criteria;
		this.#skipSpace();
	}

	atEnd(): boolean {
		return this.#position >= this.#criteria.length;
	}

	take(character: '(' | ')'): boolean {
		if (this.#criteria[this.#position] !== character) return false;
		this.#position++;
		this.#skipSpace();
		return true;
	}

	word(): string {
		return this.#match(/[^\s()"{}\\]+/y)?.[0] ?? this.fail('a search key is missing');
	}

	/** A word or a quoted string. */
	text(): string {
		const quoted = this.#match(/"((?:[^"\\\r\n]|\\["\\])*)"/y);
		if (quoted !== null) return (quoted[1] ?? '').replace(/\\(["\\])/g, '$1');
		if (this.#criteria[this.#position] === '"') return this.fail('a quotation mark is not closed');
		return this.#match(/[^\s()"{}]+/y)?.[0] ?? this.fail('a value is missing');
	}

	date(): Date {
		const text = this.text();
		const [, day, name, year] = /^(\d{1,2})-([a-z]{3})-(\d{4})$/i.exec(text) ?? [];
		const month = months.indexOf((name ?? '').toLowerCase());
		const date = new Date(Date.UTC(Number(year), month, Number(day)));
		if (month < 0 || date.getUTCDate() !== Number(day)) return this.fail(`“${text}” is not a date like 1-Jan-2026`);
		return date;
	}

	number(): number {
		const text = this.text();
		return /^\d{1,15}$/.test(text) ? Number(text) : this.fail(`“${text}” is not a number`);
	}

	set(): string {
		const text = this.text();
		return /^(\d+|\*)(:(\d+|\*))?(,(\d+|\*)(:(\d+|\*))?)*$/.test(text)
			? text
			: this.fail(`“${text}” is not a set of UIDs`);
	}

	fail(what: string): never {
		throw new InputError(`The IMAP search cannot be read: ${what} (at character ${this.#position + 1}).`, {
			code: 'INPUT_SEARCH_INVALID',
			hint: 'Write it as in RFC 9051 section 6.4.4, for example: UNSEEN FROM "shop" NOT SUBJECT "newsletter".',
		});
	}

	#match(pattern: RegExp): RegExpExecArray | null {
		pattern.lastIndex = this.#position;
		const match = pattern.exec(this.#criteria);
		if (match !== null) {
			this.#position += match[0].length;
			this.#skipSpace();
		}
		return match;
	}

	#skipSpace(): void {
		while (/\s/.test(this.#criteria[this.#position] ?? '')) this.#position++;
	}
}
