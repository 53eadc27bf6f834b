import { once } from 'node:events';
import { isIP } from 'node:net';
import { PassThrough, Readable } from 'node:stream';
import { InputError } from '../../errors';
import type { Authentication, Envelope } from '../message';
import { type AuthorReading, readAuthor } from '../parse/author';
import { Defects } from '../parse/defects';
import { readHeaderBlock } from '../parse/headerBlock';
import { hasBlankRun, readHead, valuesOf, withAtMost } from './headSection';
import { type SmtpClient, readSmtpClient } from './received';
import { type DnsLimits, type DnsResolver, limitedResolver, systemResolver } from './resolver';
import { authenticationOf, unverifiable } from './verdict';

export interface VerifyOptions {
	/** What the SMTP or webhook side knows. `mailFrom` null or absent: Return-Path stands in for it. */
	envelope?: Partial<Envelope>;
	/**
	 * Names of our own mail servers as they stand behind `by` in Received headers, for the client's address when the
	 * envelope does not hold it; `*.example.com` stands for every host below. Without either SPF is `none`.
	 */
	trustedHosts?: readonly string[];
	/** When the mail was received: what expiry of a signature is measured by (RFC 6376, 3.5). Else now. */
	receivedAt?: Date | null;
	/** The system's resolver unless given. */
	resolver?: DnsResolver;
	limits?: Partial<DnsLimits>;
}

const LIMITS: DnsLimits = { queryMs: 5_000, totalMs: 20_000, queries: 200 };
/** Each signature may want a body hash of its own, over the whole body. */
const MAX_SIGNATURES = 10;
/** RFC 5322, 2.1.1: a line is no longer. */
const MAX_BLANK_RUN = 998;
const SLICE = 64 * 1024;

/**
 * Verifies SPF (RFC 7208), DKIM (RFC 6376, 8301, 8463), DMARC (RFC 7489, with the tree walk of RFC 9989) and ARC
 * (RFC 8617) of a raw message, strictly by those RFCs. A signature that fails for good (PERMFAIL: damaged, unknown key,
 * expired) is `fail`, DNS that does not answer in time is `temperror`; neither throws.
 *
 * @throws InputError `MESSAGE_UNREADABLE` when `raw` fails while it is read
 */
export async function verifyAuthentication(
	raw: Buffer | Readable,
	options: VerifyOptions = {},
): Promise<Authentication> {
	const dns = limitedResolver(options.resolver ?? systemResolver(), { ...LIMITS, ...options.limits });
	const chunks = slices(raw);
	try {
		return await verify(chunks, dns.resolve, options);
	} finally {
		dns.stop();
		// Whoever feeds the stream must not wait for a reader that has seen enough.
		while ((await chunks.next()).done !== true);
	}
}

/**
 * Verifies a message while somebody else reads it: `raw` has the same bytes and is to be read to its end or destroyed.
 * `authentication` settles after that; it need not be awaited when reading failed.
 */
export function verifyWhileRead(
	source: Buffer | Readable,
	options: VerifyOptions,
): { raw: Readable; authentication: Promise<Authentication> } {
	const copy = new PassThrough({ highWaterMark: SLICE });
	// The reader of `raw` learns of the failure by itself.
	copy.on('error', () => undefined);
	const authentication = verifyAuthentication(copy, options);
	authentication.catch(() => undefined);
	return { raw: Readable.from(copied(source, copy), { objectMode: false, highWaterMark: SLICE }), authentication };
}

async function* copied(source: Buffer | Readable, copy: PassThrough): AsyncGenerator<Buffer> {
	try {
		for await (const chunk of slices(source)) {
			if (!copy.write(chunk)) await once(copy, 'drain');
			yield chunk;
		}
		copy.end();
	} finally {
		if (!copy.writableEnded) copy.destroy(new Error('The message was not read to its end'));
	}
}

async function* slices(raw: Buffer | Readable): AsyncGenerator<Buffer> {
	if (Buffer.isBuffer(raw)) {
		for (let at = 0; at < raw.length; at += SLICE) yield raw.subarray(at, at + SLICE);
		return;
	}
	try {
		for await (const chunk of raw)
			yield typeof chunk === 'string' ? Buffer.from(chunk) : Buffer.from(chunk as Uint8Array);
	} catch (cause) {
		throw new InputError('The raw message could not be read to its end.', {
			code: 'MESSAGE_UNREADABLE',
			hint: 'Check that the archived or binary content is still there, then run the item again.',
			retryable: true,
			cause,
		});
	}
}

async function verify(
	chunks: AsyncGenerator<Buffer>,
	resolver: DnsResolver,
	options: VerifyOptions,
): Promise<Authentication> {
	const { head, rest, complete } = await readHead(chunks);
	if (!complete) return unverifiable('The header section is too long to be verified');
	if (hasBlankRun(head, MAX_BLANK_RUN)) return unverifiable('The header section has too much white space in a row');
	const session = sessionOf(head, options);
	const signed = withAtMost(head, 'dkim-signature', MAX_SIGNATURES);
	const author = authorOf(head);
	const { verifyMessage } = await import('./verifyMessage.js');
	return authenticationOf(
		await verifyMessage(wholeMessage(signed.head, rest, chunks), {
			resolver,
			author,
			client: session.client,
			mailFrom: session.mailFrom,
			receivedAt: options.receivedAt ?? session.client?.receivedAt ?? null,
		}),
		{ ...session, ignoredSignatures: signed.left },
	);
}

/** The author as the parser of the message reads it. */
function authorOf(head: Buffer): AuthorReading {
	const defects = new Defects();
	const { fields } = readHeaderBlock(head.toString('latin1'), true, defects);
	return readAuthor(fields, defects.has('sender-ambiguous'));
}

function wholeMessage(head: Buffer, rest: Buffer, chunks: AsyncGenerator<Buffer>): Readable {
	async function* message(): AsyncGenerator<Buffer> {
		yield head;
		if (rest.length > 0) yield rest;
		for (let next = await chunks.next(); next.done !== true; next = await chunks.next()) yield next.value;
	}
	return Readable.from(message(), { objectMode: false });
}

/** Who handed the mail in, and for whom (RFC 5321: client address, HELO, MAIL FROM). */
export interface SmtpSession {
	client: SmtpClient | null;
	from: 'envelope' | 'received';
	mailFrom: string | null;
}

function sessionOf(head: Buffer, { envelope = {}, trustedHosts = [] }: VerifyOptions): SmtpSession {
	const mailFrom = envelope.mailFrom ?? returnPath(head);
	const { clientIp, helo } = envelope;
	if (typeof clientIp === 'string' && isIP(clientIp) !== 0)
		return { client: { ip: clientIp, helo: helo ?? null, receivedAt: null }, from: 'envelope', mailFrom };
	return { client: readSmtpClient(valuesOf(head, 'received'), trustedHosts), from: 'received', mailFrom };
}

/** RFC 5321, 4.4: the server that delivered wrote it on top; `<>` is the null path. */
function returnPath(head: Buffer): string | null {
	const [value] = valuesOf(head, 'return-path');
	return value === undefined ? null : (/<([^<>]*)>/.exec(value)?.[1] ?? value).trim();
}
