import type { EmailAddress } from '../message';
import { fromBase64 } from './encodedWords';
import type { HeaderDecoder } from './headerText';
import { stripEnds } from './stripEnds';

type Token =
	| { kind: 'word'; text: string; spaced: boolean }
	| { kind: 'quoted'; text: string; spaced: boolean }
	| { kind: 'comment'; text: string }
	| { kind: 'route'; text: string }
	| { kind: 'special'; text: ',' | ';' | ':' };

/** Reads a bracketed piece up to its closing character. */
function readUntil(
	text: string,
	start: number,
	close: string,
	open?: string,
): { inner: string; next: number; closed: boolean } {
	let depth = 1;
	let inner = '';
	let i = start;
	for (; i < text.length; i++) {
		const character = text[i] ?? '';
		if (character === '\\' && i + 1 < text.length) {
			inner += text[++i] ?? '';
			continue;
		}
		if (character === open) depth++;
		else if (character === close && --depth === 0) return { inner, next: i + 1, closed: true };
		inner += character;
	}
	return { inner, next: i, closed: false };
}

function tokenize(text: string): Token[] {
	const tokens: Token[] = [];
	/** What is not closed once is not looked for again: time stays linear. */
	const unclosed = new Set<string>();
	let i = 0;
	let spaced = false;
	while (i < text.length) {
		const character = text[i] ?? '';
		if (/[ \t\r\n\f\v]/.test(character)) {
			spaced = true;
			i++;
		} else if (character === '"') {
			const quote = unclosed.has('"') ? null : readUntil(text, i + 1, '"');
			if (quote === null || !quote.closed) {
				// A quotation mark that is never closed is none.
				unclosed.add('"');
				i++;
				continue;
			}
			tokens.push({ kind: 'quoted', text: quote.inner, spaced });
			spaced = false;
			i = quote.next;
		} else if (character === '(') {
			const comment = unclosed.has('(') ? null : readUntil(text, i + 1, ')', '(');
			if (comment === null || !comment.closed) {
				unclosed.add('(');
				i++;
				spaced = true;
				continue;
			}
			tokens.push({ kind: 'comment', text: comment.inner });
			spaced = true;
			i = comment.next;
		} else if (character === '<') {
			const end = text.indexOf('>', i);
			const stop = end < 0 ? text.length : end;
			tokens.push({ kind: 'route', text: text.slice(i + 1, stop) });
			spaced = true;
			i = stop + 1;
			// "<<a@b>>"
			while (text[i] === '>') i++;
		} else if (character === ',' || character === ';' || character === ':') {
			tokens.push({ kind: 'special', text: character });
			spaced = true;
			i++;
		} else {
			const word = /^[^ \t\r\n\f\v"(<,;:]+/.exec(text.slice(i, i + 2000))?.[0] ?? character;
			tokens.push({ kind: 'word', text: word, spaced });
			spaced = false;
			i += word.length;
		}
	}
	return tokens;
}

/** The address within angle brackets or alone: source routes (RFC 5322, 4.4), `mailto:` and blanks go. */
function cleanAddress(text: string): string {
	return (
		stripEnds(text.replace(/[\s\u200b-\u200f\u2060\ufeff]+/g, ' '), ' <>')
			.replace(/^mailto:/i, '')
			.replace(/^@[^:]*:/, '')
			.replace(/ ?([@.]) ?/g, '$1')
			.replace(/^'(.*)'$/, '$1')
			// `Nora Field [nora@client.example]`
			.replace(/^\[([^[\]@]+@[^[\]]+)\]$/, '$1')
	);
}

function plainName(text: string): string {
	const name = text.replace(/[\x00-\x1f\x7f\u00a0]+/g, ' ').trim();
	return /^(['"]).*\1$/.test(name) && name.length > 1 ? name.slice(1, -1).trim() : name;
}

/**
 * Reads an address list as RFC 5322 section 3.4 has it, with its obsolete forms (4.4) and what producers make of it:
 * unquoted special characters in names, encoded words that hide a comma or a whole address, semicolons between
 * addresses, `addr (Name)`, missing brackets. Whatever cannot be read as an address keeps its text as the name, with
 * '' for address, and goes before the next one when only a comma parts them. Members of a group carry its name; an empty group gives nothing.
 *
 * @param raw header value, one character per byte
 * @param limit addresses at most
 */
export function parseAddressList(
	raw: string,
	decoder: HeaderDecoder,
	limit = Number.POSITIVE_INFINITY,
): EmailAddress[] {
	const list: EmailAddress[] = [];
	let group: string | null = null;
	let current: Token[] = [];
	/** Whether `current` holds an address: asked for each comma, so it is not looked for again. */
	let holdsAddress = false;
	const flush = (): void => {
		const address = list.length < limit ? readMailbox(current, decoder) : null;
		if (address !== null) list.push(group === null ? address : { ...address, group });
		current = [];
		holdsAddress = false;
	};
	for (const token of tokenize(unwrap(raw))) {
		if (token.kind !== 'special') {
			current.push(token);
			holdsAddress ||= isAddressed(token);
		} else if (token.text !== ':' && group === null && current.length > 0 && !holdsAddress) {
			// `Field, Nora <nora@client.example>`: words without an address belong to the next one.
			current.push({ kind: 'word', text: token.text, spaced: false });
		} else if (token.text === ',') {
			flush();
		} else if (token.text === ';') {
			flush();
			group = null;
		} else if (current.some((entry) => entry.kind === 'route' || (entry.kind === 'word' && entry.text.includes('@')))) {
			// A colon behind an address begins no group: it is part of what follows, or garbage.
			current.push({ kind: 'word', text: ':', spaced: false });
		} else if (current.length === 1 && current[0]?.kind === 'word' && /^mailto$/i.test(current[0].text)) {
			current = [];
			holdsAddress = false;
		} else {
			group = plainName(decoder.decode(current.map(rawText).join(' ')));
			current = [];
			holdsAddress = false;
		}
	}
	flush();
	return list;
}

/** Some producers encode the whole header, brackets and all, into one word; only then its inside is syntax. */
function unwrap(raw: string): string {
	const whole = /^\s*=\?([^?\s]+)\?([BbQq])\?([^?]*)\?=\s*$/.exec(raw);
	if (whole === null || !/^(?:us-ascii|utf-?8|iso-8859-\d+)$/i.test(whole[1] ?? '')) return raw;
	const text = whole[3] ?? '';
	const inner =
		whole[2]?.toUpperCase() === 'B'
			? fromBase64(text).toString('latin1')
			: text
					.replace(/_/g, ' ')
					.replace(/=([0-9A-Fa-f]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
	return /<[^<>@\s]+@[^<>@\s]+>\s*$/.test(inner) && inner.indexOf('<') === inner.lastIndexOf('<') ? inner : raw;
}

/** What has an `@` between two parts is an address to a client, quoted or not. */
function isAddressed(token: Token): boolean {
	return token.kind !== 'comment' && /@/.test(token.text) && (token.kind !== 'quoted' || !/[ \t]/.test(token.text));
}

/** An address has two parts; what lacks one is none. */
const addressed = (text: string): string => (/[^@]@[^@]/.test(text) ? text : '');

function rawText(token: Token): string {
	return token.text;
}

function readMailbox(tokens: readonly Token[], decoder: HeaderDecoder): EmailAddress | null {
	if (tokens.length === 0) return null;
	const routes = tokens.filter((token) => token.kind === 'route');
	const route = routes.findLast((token) => token.text.includes('@')) ?? routes.at(-1);
	const comments = tokens.filter((token) => token.kind === 'comment').map(rawText);
	if (route !== undefined) {
		const name = plainName(
			decoder.decode(
				joinName(tokens.filter((token) => token !== route && token.kind !== 'comment')) || comments.join(' '),
			),
		);
		const address = addressed(cleanAddress(decoder.raw(route.text)));
		return name === '' && address === '' && route.text.trim() === ''
			? null
			: { name: name || (address === '' ? route.text : ''), address };
	}
	const words = tokens.filter((token) => token.kind === 'word' || token.kind === 'quoted');
	const glued = glue(words);
	const at = glued.findLastIndex((text) => /[^@]@[^@]/.test(text));
	if (at >= 0) {
		const name = glued.filter((_, index) => index !== at).join(' ');
		return {
			name: plainName(decoder.decode(name || comments.join(' '))),
			address: addressed(cleanAddress(decoder.raw(glued[at] ?? ''))),
		};
	}
	const name = plainName(decoder.decode(joinName(words) || comments.join(' ')));
	return name === '' ? null : { name, address: '' };
}

function joinName(tokens: readonly Token[]): string {
	return tokens
		.map(
			(token, index) =>
				(index > 0 && 'spaced' in token && token.spaced ? ' ' : '') +
				(token.kind === 'route' ? `<${token.text}>` : token.text),
		)
		.join('');
}

/** Joins tokens without white space between them, and those around a lone `@` or dot: `"a b"@c`, `a . b @ c . d`. */
function glue(tokens: readonly Token[]): string[] {
	const out: string[] = [];
	for (const token of tokens) {
		const text =
			token.kind === 'quoted'
				? /^[\w.!#$%&'*+/=?^`{|}~-]*$/.test(token.text)
					? token.text
					: `"${token.text}"`
				: token.text;
		const previous = out.at(-1);
		const joins =
			'spaced' in token &&
			(!token.spaced ||
				(previous !== undefined && /[@.]$/.test(previous) && previous.length < 300) ||
				/^[@.]/.test(text));
		if (previous !== undefined && joins) out[out.length - 1] = previous + text;
		else out.push(text);
	}
	return out.map((text) => (/^"[^"]*"$/.test(text) ? text.slice(1, -1) : text));
}
