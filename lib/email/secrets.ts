/**
 * Keeps what a peer was told in confidence out of what it says: whatever comes from a server passes here before it
 * reaches an error, the ledger, an item or a log. A server may repeat a password as it was sent, decoded, or in its own way.
 */

const MARK = '[secret]';
/** Shorter ones are words of any text: they are looked for by themselves only. */
const SHORT = 6;
/** Of a long one the beginning is enough, with what follows it: a server may have cut it off. */
const LONG = 24;
const BEGINNING = 12;
/** How deep an error is looked through. */
const DEEPEST = 8;

const HTML_NAMES: Readonly<Record<string, string>> = {
	'&': '&amp;',
	'<': '&lt;',
	'>': '&gt;',
	'"': '&quot;',
	"'": '&apos;',
};

export class Secrets {
	readonly #user: string;
	readonly #known = new Set<string>();
	#pattern: RegExp | null = null;

	/** @param user not a secret, but part of what a login encodes */
	constructor(secrets: ReadonlyArray<string | undefined> = [], user = '') {
		this.#user = user;
		for (const secret of secrets) this.learn(secret ?? '');
	}

	/** A secret that was not there from the beginning, such as a fresh access token. */
	learn(secret: string): void {
		if (secret.trim() === '' || this.#known.has(secret)) return;
		this.#known.add(secret);
		// The longest first: one may be part of another.
		const all = [...this.#known].sort((one, other) => other.length - one.length);
		this.#pattern = new RegExp(all.flatMap((one) => formsOf(one, this.#user)).join('|'), 'giu');
	}

	/** The text with a mark where a secret stood, in whatever encoding. */
	conceal(text: string): string {
		return this.#pattern === null ? text : text.replace(this.#pattern, MARK);
	}

	/**
	 * A copy of anything thrown with no secret in any text of it. What is not text, number, plain object, list or error
	 * (sockets, buffers, functions) is left out: it may hold what it was sent.
	 */
	concealError(error: unknown): unknown {
		return this.#pattern === null ? error : this.#copy(error, new Map(), 0);
	}

	#copy(value: unknown, seen: Map<object, unknown>, depth: number): unknown {
		if (typeof value === 'string') return this.conceal(value);
		if (typeof value === 'function') return undefined;
		if (typeof value !== 'object' || value === null) return value;
		if (seen.has(value)) return seen.get(value);
		if (depth > DEEPEST) return undefined;
		const inner = (one: unknown) => this.#copy(one, seen, depth + 1);
		if (Array.isArray(value)) {
			const list: unknown[] = [];
			seen.set(value, list);
			for (const one of value) list.push(inner(one));
			return list;
		}
		const isError = value instanceof Error;
		const prototype: unknown = Object.getPrototypeOf(value);
		if (!isError && prototype !== Object.prototype && prototype !== null) return undefined;
		const copy = (isError ? Object.create(prototype as object) : {}) as Record<string, unknown>;
		seen.set(value, copy);
		for (const key of Object.getOwnPropertyNames(value)) {
			const { enumerable = false } = Object.getOwnPropertyDescriptor(value, key) ?? {};
			const text = inner((value as Record<string, unknown>)[key]);
			if (text !== undefined) {
				Object.defineProperty(copy, this.conceal(key), { value: text, enumerable, writable: true, configurable: true });
			}
		}
		return copy;
	}
}

/** The forms of one secret, as parts of a case-insensitive regular expression. */
function formsOf(secret: string, user: string): string[] {
	const bytes = Buffer.from(secret, 'utf8');
	const asLatin1 = bytes.toString('latin1');
	const plain = asLatin1 === secret ? [characters(secret)] : [characters(secret), characters(asLatin1)];
	if (secret.length < SHORT) {
		const logins = [secret, `\0${user}\0${secret}`, `${user}\0${user}\0${secret}`, `${user}:${secret}`];
		return [...plain, ...logins.map((login) => base64Text(Buffer.from(login)))].map(
			(form) => `(?<![\\p{L}\\p{N}])(?:${form})(?![\\p{L}\\p{N}])`,
		);
	}
	const hex = bytes.length > LONG ? `${bytes.toString('hex', 0, BEGINNING)}[0-9a-f]*` : bytes.toString('hex');
	return [...plain, hex, ...[0, 1, 2].map((offset) => base64Within(bytes, offset))];
}

/** Each character as itself, escaped (JSON, IMAP), or in the encodings of URLs, HTML and quoted-printable. */
function characters(secret: string): string {
	const all = Array.from(secret);
	const wanted = all.length > LONG ? all.slice(0, BEGINNING) : all;
	return wanted.map(character).join('') + (all.length > LONG ? '[^\\s"<>]*' : '');
}

function character(one: string): string {
	const hex = (value: number, digits: number) => value.toString(16).padStart(digits, '0');
	const point = one.codePointAt(0) ?? 0;
	const utf8 = [...Buffer.from(one, 'utf8')];
	const utf16 = Array.from({ length: one.length }, (_unused, index) => one.charCodeAt(index));
	const forms = [
		`\\\\{0,7}${escaped(one)}`,
		utf8.map((byte) => `%${hex(byte, 2)}`).join(''),
		utf8.map((byte) => `=${hex(byte, 2)}`).join(''),
		utf16.map((unit) => `\\\\{1,7}u${hex(unit, 4)}`).join(''),
		utf8.map((byte) => `\\\\{1,7}x${hex(byte, 2)}`).join(''),
		`&#0*${point};`,
		`&#x0*${hex(point, 1)};`,
		...(HTML_NAMES[one] === undefined ? [] : [HTML_NAMES[one]]),
		...(one === ' ' ? ['\\+'] : []),
	];
	return `(?:${forms.join('|')})`;
}

function base64Text(bytes: Buffer): string {
	return bytes.toString('base64').replace(/=+$/, '').split('').map(base64Character).join('') + '=*';
}

/** Base64 of anything that has the bytes in it at this distance (mod 3) from its beginning: the whole run of it. */
function base64Within(bytes: Buffer, offset: number): string {
	const wanted = bytes.length > LONG ? bytes.subarray(0, BEGINNING) : bytes;
	const text = Buffer.concat([Buffer.alloc(offset), wanted]).toString('base64');
	// The first and the last characters are made of neighbours as well.
	const first = [0, 2, 3][offset] ?? 0;
	const last = Math.floor(((offset + wanted.length) * 8) / 6);
	const core = text.slice(first, last).split('').map(base64Character).join('');
	return `(?<![\\w+/-])[\\w+/-]*${core}[\\w+/-]*=*`;
}

function base64Character(one: string): string {
	return one === '+' || one === '-' ? '[+-]' : one === '/' || one === '_' ? '[/_]' : one;
}

function escaped(text: string): string {
	return text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
}
