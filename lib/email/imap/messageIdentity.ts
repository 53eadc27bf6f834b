/**
 * What makes a message this one and no other, whatever UID, mailbox or server it lies under: Message-ID, Date and the
 * header section without its volatile fields; without a Message-ID also the time the server received it. Never the
 * size: servers tell it wrongly (RFC822.SIZE of Exchange), and migrations add header fields.
 *
 * What is computed here is kept for years. It must not change, so it has a reader of its own: the one of messages learns.
 */
import { createHash } from 'node:crypto';

/** Bytes of a message that its identity is taken from; a longer header section counts up to there. */
export const IDENTITY_BYTES = 64 * 1024;

export interface MessageIdentity {
	/** 32 hexadecimal digits. */
	identity: string;
	/** Without angle brackets; null when it has none. */
	messageId: string | null;
}

/** Fields that deliveries, stores, mail programs and migrations add or change; everything else is the author's. */
const VOLATILE_FIELDS: ReadonlySet<string> = new Set([
	// Trace of the delivery (RFC 5321 4.4, RFC 8601, RFC 7208 9.1); two copies of one mail differ in them.
	...['received', 'return-path', 'delivered-to', 'authentication-results', 'received-spf', 'apparently-to'],
	// Added by Exim and Postfix at the final delivery.
	...['envelope-to', 'envelope-from', 'delivery-date', 'original-recipient', 'message-context'],
	// Signatures that relays and mailbox providers add.
	...['dkim-signature', 'domainkey-signature', 'arc-seal', 'arc-message-signature', 'arc-authentication-results'],
	// What mbox files, Dovecot, UW IMAP and mail programs keep in the header (`Status: RO`, `X-Status`, `X-UID`).
	...['status', 'content-length', 'lines', 'imap-uid'],
	// Rendered anew from other formats by Exchange: boundary, encoding, language.
	...['mime-version', 'thread-index', 'thread-topic', 'accept-language'],
]);

/** `X-` fields; what filters and list servers put before those they rename; Content- fields, which servers render anew. */
const VOLATILE_PREFIX = /^(?:x-|old-|original-|arc-|dkim-|content-)/;

/**
 * @param head the first bytes of the message: its header section, or `IDENTITY_BYTES`
 * @param internalDate when the server received it; only for a message without Message-ID
 */
export function identityOf(head: Buffer, internalDate: Date | null): MessageIdentity {
	const { fields } = fieldsOf(head);
	const messageId = messageIdOf(fields);
	const hash = createHash('sha256');
	if (messageId === null) {
		const content = fields.filter(({ name }) => name.startsWith('content-'));
		hash.update(`received ${secondOf(internalDate)}\n${canonical(content)}\n`);
	} else hash.update(`id ${messageId}\ndate ${valueOf(fields, 'date')}\n`);
	hash.update(canonical(fields.filter(({ name }) => !isVolatile(name))));
	return { identity: hash.digest('hex').slice(0, 32), messageId };
}

/** True when the header section may go on behind these bytes. */
export function isCutShort(head: Buffer): boolean {
	if (head.length >= IDENTITY_BYTES) return false;
	return !fieldsOf(head).ended;
}

/** Characters before the colon; a line without one for so long is no field. */
const LONGEST_NAME = 200;

/** Name in lower case, value unfolded (RFC 5322 section 2.2.3). */
interface Field {
	name: string;
	value: string;
}

/** Lines up to the empty one; what is neither a field nor the continuation of one is left out. */
function fieldsOf(head: Buffer): { fields: Field[]; ended: boolean } {
	const fields: Field[] = [];
	let current: Field | null = null;
	for (const line of head.toString('latin1', 0, IDENTITY_BYTES).split(/\r*\n/)) {
		if (line === '' && fields.length > 0) return { fields, ended: true };
		const colon = line.indexOf(':');
		if (/^[ \t]/.test(line)) {
			if (current !== null) current.value += line;
		} else if (colon > 0 && colon <= LONGEST_NAME && /^\S+[ \t]*$/.test(line.slice(0, colon))) {
			current = { name: line.slice(0, colon).trimEnd().toLowerCase(), value: line.slice(colon + 1) };
			fields.push(current);
		} else current = null;
	}
	return { fields, ended: false };
}

function valueOf(fields: readonly Field[], name: string): string {
	return (fields.find((field) => field.name === name)?.value ?? '').replace(/\s+/g, ' ').trim();
}

function isVolatile(name: string): boolean {
	return VOLATILE_FIELDS.has(name) || VOLATILE_PREFIX.test(name);
}

/** In the order of their text: migrations sort and fold fields anew. */
function canonical(fields: readonly Field[]): string {
	return fields
		.map(({ name, value }) => `${name}:${value.replace(/\s+/g, ' ').trim()}`)
		.sort()
		.join('\n');
}

function messageIdOf(fields: readonly Field[]): string | null {
	const raw = valueOf(fields, 'message-id');
	const id = (/<([^<>]+)>/.exec(raw)?.[1] ?? raw).replace(/[\s<>]+/g, '');
	return id === '' ? null : id;
}

/** INTERNALDATE counts in seconds; one that cannot be read says nothing. */
function secondOf(date: Date | null): string {
	const time = date?.getTime() ?? Number.NaN;
	return Number.isNaN(time) ? '' : String(Math.floor(time / 1_000));
}
