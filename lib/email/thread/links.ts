/** What ties a message to its conversation (RFC 5322 3.6.4, RFC 5256 REFERENCES), strongest first. */
import type { CanonicalMessage } from '../message';

export interface MessageLink {
	/** `mid:` and a Message-ID. */
	key: string;
	evidence: 'in-reply-to' | 'references';
}

/** Of an endless References, the root's end and the parent's end. RFC 5537, 3.4.4 trims likewise. */
const FIRST_REFERENCES = 20;
const LAST_REFERENCES = 80;

/**
 * Message-IDs are compared as written, but for the domain, which mail systems rewrite in either case. Amazon SES names a
 * mail by an id whose domain tells the region in one place and not in another.
 */
export function messageIdKey(messageId: string): string {
	const at = messageId.lastIndexOf('@');
	if (at < 0) return `mid:${messageId}`;
	const domain = messageId.slice(at + 1).toLowerCase();
	return `mid:${messageId.slice(0, at)}@${domain.endsWith('.amazonses.com') ? 'amazonses.com' : domain}`;
}

/** The keys under which answers may name a mail whose provider gave it this id. */
export function providerIdKeys(providerId: string): string[] {
	const id = providerId.trim().replace(/^<|>$/g, '');
	if (id === '') return [];
	// SES returns its id without a domain; its shape is `010001…-uuid-000000`.
	const domain = !id.includes('@') && /^[\da-f]{16}-[\da-f-]{36}-\d{6}$/i.test(id) ? '@amazonses.com' : '';
	return [messageIdKey(id + domain)];
}

/** Key of the message itself: its Message-ID, else its content. */
export function ownKey(message: Pick<CanonicalMessage, 'id' | 'messageId'>): string {
	return message.messageId === null ? `id:${message.id}` : messageIdKey(message.messageId);
}

/** What programs write where they have no id: a variable that was empty, or a template that nobody filled. */
const EMPTY_WORD = /^(?:undefined|null|none|nil|nan|n\/a|unknown|false|true|\d{0,3}|message-?id|\[object object\])$/i;

/** Whether an id names no mail: many mails that have nothing to do with each other carry the same one. */
export function isPlaceholder(id: string): boolean {
	if (/\{\{|\}\}|\$\{|<%|%>/.test(id)) return true;
	const at = id.lastIndexOf('@');
	// RFC 5322, 3.6.4 asks for both sides; older systems leave out the right one.
	return at < 0 ? EMPTY_WORD.test(id) || id.length < 6 : EMPTY_WORD.test(id.slice(0, at));
}

/**
 * The parent first, then the ancestors from the nearest. In-Reply-To says which of the References is the parent; where it
 * names none of them, its first id (RFC 5256) is the parent.
 */
export function threadLinks(
	message: Pick<CanonicalMessage, 'messageId' | 'inReplyTo' | 'references'> &
		Partial<Pick<CanonicalMessage, 'to' | 'cc'>>,
): MessageLink[] {
	const own = message.messageId === null ? null : messageIdKey(message.messageId);
	const mailboxes = new Set([...(message.to ?? []), ...(message.cc ?? [])].map(({ address }) => address.toLowerCase()));
	const real = (id: string): boolean => !isPlaceholder(id) && !mailboxes.has(id.toLowerCase());
	const inReplyTo = message.inReplyTo.filter(real);
	const references = message.references.filter(real);
	const answered = new Set(inReplyTo.map(messageIdKey));
	// References may be cut, hold a ticket system's constant or the history before we joined: In-Reply-To counts beside them.
	const [answeredFirst] = inReplyTo;
	const named =
		answeredFirst === undefined || references.some((id) => answered.has(messageIdKey(id)))
			? references
			: [...references, answeredFirst];
	const kept =
		named.length > FIRST_REFERENCES + LAST_REFERENCES
			? [...named.slice(0, FIRST_REFERENCES), ...named.slice(-LAST_REFERENCES)]
			: named;
	const keys = [...new Set(kept.map(messageIdKey).reverse())].filter((key) => key !== own);
	const parents = keys.filter((key) => answered.has(key));
	return [
		...parents.map((key): MessageLink => ({ key, evidence: 'in-reply-to' })),
		...keys.filter((key) => !answered.has(key)).map((key): MessageLink => ({ key, evidence: 'references' })),
	];
}
