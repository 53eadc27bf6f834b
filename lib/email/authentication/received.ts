import { BlockList, isIP } from 'node:net';

/** The SMTP client that handed the mail to the first of our own servers. */
export interface SmtpClient {
	ip: string;
	helo: string | null;
	/** When that server took the mail; null when the header does not say. */
	receivedAt: Date | null;
}

/** A Received header (RFC 5321, 4.4), as far as it matters here. */
interface Hop {
	by: string | null;
	/** Undefined when the mail came from no client (a local hand-over). */
	from: { helo: string; ip: string | null } | undefined;
	time: Date | null;
}

/** Addresses of a server's own network: what comes from there was relayed, so the hop below tells more. */
const INTERNAL = new BlockList();
for (const [address, prefix, family] of [
	['127.0.0.0', 8, 'ipv4'],
	['10.0.0.0', 8, 'ipv4'],
	['172.16.0.0', 12, 'ipv4'],
	['192.168.0.0', 16, 'ipv4'],
	['169.254.0.0', 16, 'ipv4'],
	['::1', 128, 'ipv6'],
	['fc00::', 7, 'ipv6'],
	['fe80::', 10, 'ipv6'],
] as const)
	INTERNAL.addSubnet(address, prefix, family);

/** What the headers of one message may make us read. */
const MAX_HOPS = 50;
/** RFC 5321, 4.1.3; Exim puts the port behind it. */
const LITERAL = /\[(?:IPv6:)?([0-9A-Fa-f.:]{2,45})\](?::\d{1,5})?/g;
/** Microsoft writes the address bare. */
const BARE = /^\(?\s*([0-9A-Fa-f.:]{2,45})\s*\)?$/;

/**
 * Reads who handed the mail in, from the topmost Received header that a trusted host wrote. What comes from the
 * host's own network (loopback, private addresses, or another trusted address) was relayed: the next header below
 * counts then, if a trusted host wrote it too. Every other header came with the mail and proves nothing.
 *
 * @param received values of the Received headers, topmost first, unfolded
 * @param trusted names of our hosts as they stand behind `by`; `*.example.com` stands for every host below that
 * domain; addresses are those of relays
 * @returns null when no trusted header names a client
 */
export function readSmtpClient(received: readonly string[], trusted: readonly string[]): SmtpClient | null {
	const names = trusted.map(normalised).filter((name) => name !== '');
	if (names.length === 0) return null;
	for (const value of received.slice(0, MAX_HOPS)) {
		const { by, from, time } = readHop(value);
		if (by === null || !names.some((name) => matches(name, by))) return null;
		if (from === undefined) continue;
		if (from.ip === null) return null;
		if (isInternal(from.ip) || names.includes(from.ip)) continue;
		return { ip: from.ip, helo: from.helo, receivedAt: time };
	}
	return null;
}

function normalised(name: string): string {
	return name.trim().toLowerCase().replace(/\.$/, '');
}

/** Whether a host is the one named, or below it for `*.example.com`. */
export function matches(pattern: string, host: string): boolean {
	return pattern.startsWith('*.') ? host.endsWith(pattern.slice(1)) && host.length >= pattern.length : host === pattern;
}

function isInternal(ip: string): boolean {
	return INTERNAL.check(ip, isIP(ip) === 6 ? 'ipv6' : 'ipv4');
}

function readHop(value: string): Hop {
	const text = value.replace(/\s+/g, ' ').slice(0, 2000);
	const date = text.lastIndexOf(';');
	const stamp = date < 0 ? Number.NaN : Date.parse(text.slice(date + 1).replace(/\([^()]*\)/g, ''));
	const clauses = date < 0 ? text : text.slice(0, date);
	const by = clauseAfter(clauses, /(?:^| )by /i);
	return {
		by: by === null ? null : normalised(/^[^\s();]+/.exec(by)?.[0] ?? ''),
		from: /^from /i.test(clauses) ? readFrom(clauses.slice('from '.length)) : undefined,
		time: Number.isNaN(stamp) ? null : new Date(stamp),
	};
}

/** The text behind the first match that stands outside of comments. */
function clauseAfter(text: string, word: RegExp): string | null {
	const at = word.exec(blankComments(text));
	return at === null ? null : text.slice(at.index + at[0].length);
}

/** Blanks for what stands in comments, so that offsets stay: a client chooses what is in them. */
function blankComments(text: string): string {
	let depth = 0;
	let out = '';
	for (const char of text) {
		if (char === '(') depth++;
		out += depth > 0 ? '·'.repeat(char.length) : char;
		if (char === ')' && depth > 0) depth--;
	}
	return out;
}

/**
 * `helo (reverse.name [192.0.2.1]) by …`: the address stands in the comment that the server wrote, last in it; what
 * stands before is the client's own claim (so is Exim's `helo=`). Exim's `[192.0.2.1] (helo=…)` names it in front.
 */
function readFrom(text: string): { helo: string; ip: string | null } {
	const end = / by /i.exec(blankComments(text))?.index ?? text.length;
	const clause = text.slice(0, end);
	const claimed = /^[^\s()]*/.exec(clause)?.[0] ?? '';
	const comments = [...clause.matchAll(/\(([^()]*(?:\([^()]*\)[^()]*)*)\)/g)].map((match) => match[1] ?? '');
	let ip: string | null = null;
	for (const comment of comments) {
		// A login name is the client's choice too.
		if (/^\s*authenticated\b/i.test(comment)) continue;
		const literals = [...comment.matchAll(LITERAL)].filter(
			({ index }) => !/(?:^|[\s(;,])(?:helo|ehlo)=\s*$/i.test(comment.slice(0, index)),
		);
		const found = [...literals.map((match) => match[1]), BARE.exec(comment)?.[1]].filter(
			(address): address is string => address !== undefined && isIP(address) !== 0,
		);
		ip = found.at(-1) ?? ip;
	}
	const named = /(?:^|[\s(;,])(?:helo|ehlo)=([^\s);]+)/i.exec(comments.join(' '))?.[1];
	if (ip === null && comments.length > 0) {
		const literal = /^\[(?:IPv6:)?([^\]\s]+)\](?::\d{1,5})?$/i.exec(claimed)?.[1];
		if (literal !== undefined && isIP(literal) !== 0) ip = literal;
	}
	return { helo: named ?? claimed, ip };
}
