/** What is known of a mail at the moment it arrives, before anything has parsed it. */
import { Readable } from 'node:stream';
import type { MailboxMessage } from '../../email/imap/fetch';
import { EVENT_SCHEMA } from '../../email/event';
import { parseMessage } from '../../email/parse/parseMessage';
import type { IngestionRecord, JsonObject } from '../../store/store';

/** What a trigger emits: metadata and a reference to the raw bytes, not yet the parsed message. */
export const RECEIVED_SCHEMA = 'email.received/1';

const HEAD_BYTES = 64 * 1024;

/** Source, archive reference and the headers one looks for in a list; MIME Parse reads the rest. */
export async function describeMail(arrival: {
	account: string;
	mailbox: string;
	message: Omit<MailboxMessage, 'source'>;
	/** The first bytes of the message. */
	head: Buffer;
	raw: { ref: string; sha256: string; size: number };
}): Promise<JsonObject> {
	const { account, mailbox, message, raw } = arrival;
	return {
		...(await listedHeaders(arrival.head)),
		source: {
			kind: 'imap',
			account,
			mailbox,
			uidValidity: message.uidValidity,
			uid: message.uid,
			flags: message.flags,
			provider: null,
			eventId: null,
			receivedAt: message.internalDate?.toISOString() ?? null,
			...(message.gmailThreadId === null ? {} : { gmailThreadId: message.gmailThreadId }),
		},
		raw: { ref: raw.ref, sha256: raw.sha256, size: raw.size },
		...(message.defects === undefined || message.defects.length === 0
			? {}
			: { defects: message.defects.map((defect) => ({ ...defect })) }),
	};
}

/** The headers one looks for in a list of mails, from the first bytes of a message. */
export async function listedHeaders(bytes: Buffer): Promise<{
	messageId: string | null;
	subject: string;
	from: JsonObject | null;
	to: JsonObject[];
	date: string | null;
	cc?: JsonObject[];
	replyTo?: JsonObject[];
	sender?: JsonObject;
}> {
	const { messageId, subject, from, to, cc, replyTo, sender, date } = await parseMessage(headerSection(bytes), {
		analyse: false,
	});
	const person = ({ name, address }: { name: string; address: string }): JsonObject => ({ name, address });
	return {
		messageId,
		subject,
		from: from && person(from),
		to: to.map(person),
		date,
		// Most mails have none of these.
		...(cc.length > 0 ? { cc: cc.map(person) } : {}),
		...(replyTo.length > 0 ? { replyTo: replyTo.map(person) } : {}),
		...(sender ? { sender: person(sender) } : {}),
	};
}

/** The people a record is about, so that erasing an address finds it. */
export function addressesIn({ from, sender, to, cc, replyTo, recipient }: JsonObject): string[] {
	const lists = [to, cc, replyTo].flatMap((list) => (Array.isArray(list) ? list : []));
	const people = [from, sender, ...lists, { address: recipient ?? null }];
	return people.flatMap((person) => {
		if (person === null || person === undefined || typeof person !== 'object' || Array.isArray(person)) return [];
		return typeof person.address === 'string' && person.address !== '' ? [person.address] : [];
	});
}

/** Where the archive keeps what an item was made of. */
export function rawRefOf({ raw }: JsonObject): string | null {
	const ref = raw !== null && typeof raw === 'object' && !Array.isArray(raw) ? raw.ref : null;
	return typeof ref === 'string' ? ref : null;
}

/** The item a trigger emits. `record` is absent for a test run in the editor, which leaves no trace. */
export function receivedItem(metadata: JsonObject, record?: Pick<IngestionRecord, 'key' | 'attempt'>): JsonObject {
	return {
		// A webhook records delivery events too, which say themselves what they are.
		...(metadata.schema === EVENT_SCHEMA ? {} : { schema: RECEIVED_SCHEMA, event: 'message.received' }),
		...metadata,
		...(record ? { ingestion: { key: record.key, attempt: record.attempt } } : {}),
	};
}

/** The same under another UID, UIDVALIDITY or server. */
export function contentKeyOf(feed: string, identity: string): string {
	return `${feed}:${identity}`;
}

/** @returns null for a record that names no identity */
export function identityIn(feed: string, contentKey: string | null): string | null {
	const identity = contentKey?.startsWith(`${feed}:`) === true ? contentKey.slice(feed.length + 1) : '';
	return /^[0-9a-f]{32}$/.test(identity) ? identity : null;
}

/** Lets the source flow on, and keeps its first bytes. */
export function tapHead(source: Buffer | Readable): { source: Buffer | Readable; head: () => Buffer } {
	if (Buffer.isBuffer(source)) return { source, head: () => source.subarray(0, HEAD_BYTES) };
	let head = Buffer.alloc(0);
	async function* chunks(stream: Readable): AsyncGenerator<Buffer> {
		for await (const chunk of stream as AsyncIterable<Buffer>) {
			if (head.length < HEAD_BYTES) head = Buffer.concat([head, chunk.subarray(0, HEAD_BYTES - head.length)]);
			yield chunk;
		}
	}
	return { source: Readable.from(chunks(source), { objectMode: false }), head: () => head };
}

/** The header section alone, whatever the line ends. */
function headerSection(bytes: Buffer): Buffer {
	const head = bytes.subarray(0, HEAD_BYTES);
	const ends = ['\r\n\r\n', '\n\n'].map((blank) => head.indexOf(blank)).filter((end) => end >= 0);
	return ends.length === 0 ? head : head.subarray(0, Math.min(...ends) + 2);
}
