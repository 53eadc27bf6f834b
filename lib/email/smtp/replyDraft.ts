/** The fields of a reply, from the message that is answered (RFC 5322 3.6.2 to 3.6.5). */
import type { CanonicalMessage, EmailAddress } from '../message';
import { normalizeSubject } from '../thread/subject';

export interface ReplyFields {
	to: EmailAddress[];
	subject: string;
	inReplyTo: string | null;
	references: string[];
}

/** Longest chain that is kept, the first and the newest: some servers refuse very long header lines. */
const MAX_REFERENCES = 50;

export function replyFields(
	message: Pick<CanonicalMessage, 'from' | 'replyTo' | 'subject' | 'messageId' | 'inReplyTo' | 'references'>,
): ReplyFields {
	const to = message.replyTo.length > 0 ? message.replyTo : message.from ? [message.from] : [];
	const subject = message.subject.replace(/[\r\n\0]+/g, ' ');
	// RFC 5322 3.6.4: the parent's References, else its In-Reply-To if that is a single id, then the parent's Message-ID.
	const ancestors =
		message.references.length > 0 ? message.references : message.inReplyTo.length === 1 ? message.inReplyTo : [];
	const chain = [...new Set([...ancestors, ...(message.messageId === null ? [] : [message.messageId])])];
	return {
		to,
		subject: normalizeSubject(subject).isReply ? subject : `Re: ${subject}`.trim(),
		inReplyTo: message.messageId,
		references: chain.length > MAX_REFERENCES ? [...chain.slice(0, 1), ...chain.slice(1 - MAX_REFERENCES)] : chain,
	};
}
