import type { Readable } from 'node:stream';
import {
	type CanonicalMessage,
	type EmailAddress,
	type Envelope,
	MESSAGE_SCHEMA,
	type MessageSource,
} from '../message';
import { parseAddressList } from './addresses';
import { type AuthorReading, readAuthor } from './author';
import { readAuthenticationResults } from './authenticationResults';
import { collectContent, declaredCharset, type MessageContent, recoverLostBody } from './content';
import { parseDate } from './dates';
import { Defects } from './defects';
import type { HeaderField } from './headerBlock';
import { HeaderDecoder } from './headerText';
import { parseMessageIds } from './messageIds';
import { DEFAULT_LIMITS, type ParseLimits, type ParseOptions } from './options';
import { readParts } from './readParts';
import { readRouting } from './routing';
import { readSpam } from './spam';

export type { AttachmentInfo, AttachmentSink, ParseLimits, ParseOptions } from './options';

const MANUAL_SOURCE: MessageSource = {
	kind: 'manual',
	account: null,
	mailbox: null,
	uidValidity: null,
	uid: null,
	flags: [],
	provider: null,
	eventId: null,
	receivedAt: null,
};

/** Headers that may stand there once (RFC 5322, 3.6). */
const SINGLE = [
	'from',
	'sender',
	'reply-to',
	'to',
	'cc',
	'bcc',
	'message-id',
	'in-reply-to',
	'references',
	'subject',
	'date',
];

/** A message with the parts it was made of. */
export interface ParsedMessage {
	message: CanonicalMessage;
	content: MessageContent;
	/** Every author: `message.from` is the first. */
	from: EmailAddress[];
	/** The author as far as all readers agree: whom a verdict may speak of. */
	author: AuthorReading;
}

/**
 * Reads a raw message (RFC 5322, MIME) into the canonical message, `email.message/1`.
 *
 * Streams: attachments flow to `options.onAttachment` while they are hashed and inspected, and are dropped without it.
 * Whatever the bytes, it gives a message; what had to be guessed or left out is in `defects`.
 *
 * @throws InputError `MESSAGE_UNREADABLE` when `raw` fails while it is read, `MESSAGE_ATTACHMENT_NOT_STORED` when the
 * sink fails
 */
export async function parseMessage(raw: Buffer | Readable, options: ParseOptions = {}): Promise<CanonicalMessage> {
	return (await parseWithContent(raw, options)).message;
}

/** {@link parseMessage}, with the body parts kept apart. */
export async function parseWithContent(raw: Buffer | Readable, options: ParseOptions = {}): Promise<ParsedMessage> {
	const limits: ParseLimits = { ...DEFAULT_LIMITS, ...options.limits };
	const defects = new Defects();
	const read = await readParts(
		raw,
		{ limits, policy: options.policy, scan: options.scan, sink: options.onAttachment },
		defects,
	);
	recoverLostBody(read, defects);
	const { root } = read;
	const header = new MessageHeader(root.fields, declaredCharset(read), limits, defects);

	const from = header.addresses('from');
	const reading = readAuthor(root.fields, defects.has('sender-ambiguous'));
	if (reading.ambiguity !== null)
		defects.add('sender-ambiguous', `From can be read as another author: ${reading.ambiguity}.`, 'from');
	const to = header.addresses('to');
	const [messageId = null] = header.ids('message-id');
	const envelope: Envelope = {
		...options.envelope,
		mailFrom: options.envelope?.mailFrom ?? header.returnPath(),
		rcptTo: [...(options.envelope?.rcptTo ?? [])],
	};
	const headers = header.all();
	const subject = header.text('subject');
	const spam = readSpam(headers);
	const author = from.find(({ address }) => address !== '') ?? from[0] ?? null;
	const judged = {
		...{ headers, subject, from: author, mailFrom: envelope.mailFrom, contentType: root.contentType },
		reportType: root.params.get('report-type')?.toLowerCase() ?? null,
	};
	const content = await collectContent(read, options.analyse === false ? null : judged, defects);
	const { forwarded, reply, automation } = content;
	const { text, textSource, html } = content.bodies;
	// What people look for comes first: n8n's panel shows fields in this order.
	const message: CanonicalMessage = {
		schema: MESSAGE_SCHEMA,
		id: messageId ?? `sha256:${read.raw.sha256}`,
		subject,
		from: author,
		to,
		cc: header.addresses('cc'),
		bcc: header.addresses('bcc'),
		replyTo: header.addresses('reply-to').filter(({ address }) => address !== ''),
		sender: header.addresses('sender')[0] ?? null,
		date: header.date(),
		text,
		textSource,
		reply,
		html,
		...(forwarded == null ? {} : { forwarded }),
		attachments: content.attachments,
		automation,
		authentication: readAuthenticationResults(
			headers['authentication-results'] ?? [],
			options.trustedAuthservIds ?? [],
			reading,
		),
		...(spam === undefined ? {} : { spam }),
		routing: readRouting(envelope, headers, to),
		messageId,
		inReplyTo: header.ids('in-reply-to'),
		references: header.ids('references'),
		source: { ...MANUAL_SOURCE, ...options.source },
		envelope,
		raw: { ref: options.rawRef ?? null, ...read.raw },
		headers,
		defects: defects.list,
	};
	return { message, content, from, author: reading };
}

/** The header section of the message, with what must be said about it. */
class MessageHeader {
	private readonly decoder: HeaderDecoder;

	constructor(
		private readonly fields: readonly HeaderField[],
		hint: string | null,
		private readonly limits: ParseLimits,
		private readonly defects: Defects,
	) {
		this.decoder = new HeaderDecoder(hint);
		for (const key of SINGLE) {
			if (this.values(key).length > 1) defects.add('header-duplicate', `${key} stands there more than once.`, key);
		}
	}

	/** Raw values, empty ones left out. */
	private values(key: string): string[] {
		return this.fields.filter((field) => field.key === key && field.value !== '').map((field) => field.value);
	}

	text(key: string): string {
		return collapse(this.decoder.decode(this.values(key)[0] ?? ''));
	}

	/** Recipients of all headers of that name; of an originator header only the first counts. */
	addresses(key: string): EmailAddress[] {
		const values = this.values(key);
		const used = key === 'to' || key === 'cc' || key === 'bcc' ? values : values.slice(0, 1);
		const list = used.flatMap((value) => parseAddressList(value, this.decoder, this.limits.addresses + 1));
		if (list.length > this.limits.addresses) {
			this.defects.add(
				'limit-addresses',
				`${key} has more than ${this.limits.addresses} addresses; the rest was left out.`,
				key,
			);
			list.length = this.limits.addresses;
		}
		if (list.some((entry) => entry.address === ''))
			this.defects.add('address-invalid', `${key} holds something that is no address.`, key);
		return list;
	}

	ids(key: string): string[] {
		return [...new Set(this.values(key).flatMap((value) => parseMessageIds(value)))];
	}

	date(): string | null {
		const [value] = this.values('date');
		if (value === undefined) return null;
		const { iso, guessed } = parseDate(this.decoder.decode(value));
		if (iso === null) this.defects.add('date-invalid', 'The date cannot be read.', 'date');
		else if (guessed) this.defects.add('date-guessed', 'The date is not in the standard notation.', 'date');
		return iso;
	}

	/** RFC 5321, 4.4: `<>` is the null return path. */
	returnPath(): string | null {
		const [value] = this.fields.filter((field) => field.key === 'return-path');
		if (value === undefined) return null;
		const path = /<([^<>]*)>/.exec(value.value)?.[1] ?? value.value;
		return path.trim();
	}

	/** Every header decoded, in order; values of one name in theirs. */
	all(): Record<string, string[]> {
		const headers = new Map<string, string[]>();
		for (const { key, value } of this.fields) {
			const decoded = collapse(this.decoder.decode(value));
			if (this.decoder.tookGuess())
				this.defects.add('header-charset-guessed', `${key} holds 8-bit text of no declared charset.`, key);
			const list = headers.get(key);
			if (list === undefined) headers.set(key, [decoded]);
			else list.push(decoded);
		}
		return Object.fromEntries(headers);
	}
}

/** Folding leaves tabs and runs of blanks, decoding may bring control characters: none belongs in a value. */
function collapse(text: string): string {
	return text.replace(/[\x00-\x1f\x7f]+/g, ' ').trim();
}
