import { GATEWAY_TAGS, SUBJECT_PREFIXES } from './prefixes';

export interface NormalizedSubject {
	/** What the subject is about: without prefixes, tags and trailers, white space made one blank, Unicode NFC. */
	base: string;
	isReply: boolean;
	isForward: boolean;
	/** What stood in brackets (or was known as a gateway's word) before the subject, without the brackets, in order. */
	tags: string[];
}

type PrefixKind = 'reply' | 'forward';

/** A prefix with its counter is never longer; what stands further from the colon is the subject itself. */
const LONGEST_PREFIX = 40;
const LONGEST_TAG = 200;

const key = (word: string): string =>
	word.normalize('NFKC').toLowerCase().replace(/\./g, '').replace(/\s+/g, ' ').trim();

const PREFIX_KINDS: ReadonlyMap<string, PrefixKind> = (() => {
	const kinds = new Map<string, PrefixKind>();
	for (const { reply, forward } of SUBJECT_PREFIXES) {
		for (const word of forward) kinds.set(key(word), 'forward');
		// `VS` forwards in Danish and replies in Finnish: either way it is a prefix, and a reply is the likelier.
		for (const word of reply) kinds.set(key(word), 'reply');
	}
	return kinds;
})();

const GATEWAY_WORDS: ReadonlySet<string> = new Set(GATEWAY_TAGS.map(key));

const COUNTER = /\s?(?:\[\d{1,4}\]|\(\d{1,4}\)|[\^*]?\d{1,3})$/;
const BLOB_AT_END = /\s?\[([^[\]]{0,60})\]$/;
const BRACKETED = /^(?:\*{2,5} ?([^*]{1,40}?) ?\*{2,5}|\{([^{}]{1,40})\}|\(([^()]{1,40})\)|<([^<>]{1,40})>)[ :-]*/;

/** Marks of direction and of width, which clients put around a prefix in right-to-left languages. */
const INVISIBLE = /[\u200b\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]/g;

/** `[…]` at `from`, as RFC 5256's subj-blob: the tag and where the text goes on; null when there is none. */
function blobAt(subject: string, from: number): { tag: string; next: number } | null {
	if (subject[from] !== '[') return null;
	for (let at = from + 1; at < Math.min(subject.length, from + LONGEST_TAG); at++) {
		if (subject[at] === '[') return null;
		if (subject[at] === ']') return { tag: subject.slice(from + 1, at).trim(), next: skipBlank(subject, at + 1) };
	}
	return null;
}

function skipBlank(subject: string, from: number): number {
	return subject[from] === ' ' ? from + 1 : from;
}

function colonAfter(subject: string, from: number): number {
	let depth = 0;
	for (let at = from; at < Math.min(subject.length, from + LONGEST_PREFIX); at++) {
		const c = subject[at];
		if (c === '[') depth++;
		else if (c === ']') depth--;
		else if ((c === ':' || c === '：' || c === '︰') && depth <= 0) return at;
	}
	return -1;
}

/** `Re:`, `AW[2]:`, `Re [list]:`, `EXTERNAL:` at `from`; null when the subject itself begins there. */
function prefixAt(
	subject: string,
	from: number,
): { kind: PrefixKind | 'tag'; tag: string | null; next: number } | null {
	const colon = colonAfter(subject, from);
	if (colon < 0) return null;
	const next = skipBlank(subject, colon + 1);
	let word = subject.slice(from, colon).trim();
	if (GATEWAY_WORDS.has(key(word)) && word === word.toUpperCase()) return { kind: 'tag', tag: word, next };
	let tag: string | null = null;
	const counter = COUNTER.exec(word);
	const blob = counter ? null : BLOB_AT_END.exec(word);
	if (counter) word = word.slice(0, counter.index);
	else if (blob) {
		word = word.slice(0, blob.index);
		tag = (blob[1] ?? '').trim();
	}
	const kind = PREFIX_KINDS.get(key(word));
	if (!kind || (word.length === 1 && word !== word.toUpperCase())) return null;
	return { kind, tag, next };
}

/** `***SPAM***`, `{Disarmed}`, `(EXTERNAL)` at `from`. */
function gatewayTagAt(subject: string, from: number): { tag: string; next: number } | null {
	const match = BRACKETED.exec(subject.slice(from, from + 60));
	const tag = (match?.[1] ?? match?.[2] ?? match?.[3] ?? match?.[4])?.trim();
	if (!match || !tag || !GATEWAY_WORDS.has(key(tag))) return null;
	return { tag, next: from + match[0].length };
}

/**
 * The base subject of RFC 5256, 2.1, extended by the prefixes of other languages and by gateways' tags.
 * Compare bases without regard to case. A subject of nothing but prefixes has the base ''.
 *
 * @param subject decoded subject; folds and control characters are allowed
 */
export function normalizeSubject(subject: string): NormalizedSubject {
	let rest = subject
		.normalize('NFC')
		.replace(INVISIBLE, '')
		.replace(/[\s\p{Cc}]+/gu, ' ')
		.trim();
	const found: NormalizedSubject = { base: '', isReply: false, isForward: false, tags: [] };
	for (;;) {
		const trailer = trimTrailers(rest);
		if (trailer.forwarded) found.isForward = true;
		rest = trimLeaders(trailer.rest, found);
		// RFC 5256's subj-fwd-hdr: Netscape's `[Fwd: subject]`.
		if (!/^\[fwd?:/i.test(rest) || !rest.endsWith(']')) break;
		found.isForward = true;
		rest = rest.slice(rest.indexOf(':') + 1, -1).trim();
	}
	found.base = rest;
	return found;
}

function trimTrailers(subject: string): { rest: string; forwarded: boolean } {
	let end = subject.length;
	let forwarded = false;
	while (/^\(fwd\)$/i.test(subject.slice(Math.max(0, end - 5), end))) {
		forwarded = true;
		end -= 5;
		while (end > 0 && subject[end - 1] === ' ') end--;
	}
	return { rest: subject.slice(0, end), forwarded };
}

function trimLeaders(subject: string, found: NormalizedSubject): string {
	let at = 0;
	const blobs: string[] = [];
	/** Blobs count only when something follows them (RFC 5256, 2.1, step 4). */
	let beforeBlobs = 0;
	while (at < subject.length) {
		const prefix = prefixAt(subject, at);
		if (prefix) {
			found.tags = found.tags.concat(blobs.splice(0));
			if (prefix.tag) found.tags.push(prefix.tag);
			if (prefix.kind === 'reply') found.isReply = true;
			if (prefix.kind === 'forward') found.isForward = true;
			at = prefix.next;
			beforeBlobs = at;
			continue;
		}
		const blob = blobAt(subject, at) ?? gatewayTagAt(subject, at);
		if (!blob) break;
		if (blob.tag) blobs.push(blob.tag);
		at = blob.next;
	}
	if (at >= subject.length && blobs.length > 0) {
		found.tags = found.tags.concat(blobs.slice(0, -1));
		return lastBlob(subject, beforeBlobs);
	}
	found.tags = found.tags.concat(blobs);
	return subject.slice(at).trim();
}

/** A subject that is only `[a] [b]` is about its last blob. */
function lastBlob(subject: string, from: number): string {
	return subject.slice(Math.max(from, subject.lastIndexOf('['))).trim();
}
