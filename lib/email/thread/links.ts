/** What ties a message to its conversation (RFC 5322 3.6.4, RFC 5256 REFERENCES), strongest first. */
import type { CanonicalMessage } from '../message';

export interface MessageLink {
	/** `mid:` and a Message-ID. */
	key: string;
	evidence: 'in-reply-to' | 'references';
}

/** Message-IDs are compared as written, but for the domain, which mail systems rewrite in either case. */
export function messageIdKey(messageId: string): string {
	const at = messageId.lastIndexOf('@');
	return at < 0 ? `mid:${messageId}` : `mid:${messageId.slice(0, at)}@${messageId.slice(at + 1).toLowerCase()}`;
}

/** Key of the message itself: its Message-ID, else its content. */
export function ownKey(message: Pick<CanonicalMessage, 'id' | 'messageId'>): string {
	return message.messageId === null ? `id:${message.id}` : messageIdKey(message.messageId);
}

/** The parent first (the last of References is nearest, RFC 5322 3.6.4), then the ancestors. */
export function threadLinks(message: Pick<CanonicalMessage, 'messageId' | 'inReplyTo' | 'references'>): MessageLink[] {
	const own = message.messageId === null ? null : messageIdKey(message.messageId);
	const links = new Map<string, MessageLink>();
	const add = (id: string, evidence: MessageLink['evidence']) => {
		const key = messageIdKey(id);
		if (key !== own && !links.has(key)) links.set(key, { key, evidence });
	};
	for (const id of message.inReplyTo) add(id, 'in-reply-to');
	for (const id of [...message.references].reverse()) add(id, 'references');
	return [...links.values()];
}
