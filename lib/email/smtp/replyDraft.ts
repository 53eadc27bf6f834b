/** The fields of a reply, from the message that is answered (RFC 5322 3.6.2 to 3.6.5, RFC 2369). */
import { InputError } from '../../errors';
import { parseAddressList } from '../addressList';
import type { CanonicalMessage, EmailAddress } from '../message';
import { normalizeSubject } from '../thread/subject';
import { hasControl } from './wireAddress';

export interface ReplyFields {
	to: EmailAddress[];
	cc: EmailAddress[];
	subject: string;
	inReplyTo: string | null;
	references: string[];
}

/** Who is answered: whoever wrote the mail, everybody on it, or the mailing list it came through. */
export type ReplyAudience = 'sender' | 'all' | 'list';

export type Answerable = Pick<
	CanonicalMessage,
	'from' | 'replyTo' | 'subject' | 'messageId' | 'inReplyTo' | 'references'
> &
	Partial<Pick<CanonicalMessage, 'to' | 'cc' | 'headers'>>;

/** Longest chain that is kept, the first and the newest: some servers refuse very long header lines. */
const MAX_REFERENCES = 50;

/**
 * @param own addresses that the pipeline has itself, with any plus tag; nobody of them is answered where others are
 * @throws InputError `SEND_LIST_MISSING` the mail names no list that one may post to
 */
export function replyFields(
	message: Answerable,
	audience: ReplyAudience = 'sender',
	own: readonly string[] = [],
): ReplyFields {
	// RFC 5322 3.6.4: the parent's References, else its In-Reply-To if that is a single id, then the parent's Message-ID.
	const ancestors =
		message.references.length > 0 ? message.references : message.inReplyTo.length === 1 ? message.inReplyTo : [];
	// Whatever the sender wrote there; what would break our header is no link.
	const usable = (id: string) => !hasControl(id) && !/[<>]/.test(id);
	const messageId = message.messageId !== null && usable(message.messageId) ? message.messageId : null;
	const chain = [...new Set([...ancestors.filter(usable), ...(messageId === null ? [] : [messageId])])];
	return {
		...recipients(message, audience, own),
		subject: replySubject(message.subject),
		inReplyTo: messageId,
		references: chain.length > MAX_REFERENCES ? [...chain.slice(0, 1), ...chain.slice(1 - MAX_REFERENCES)] : chain,
	};
}

/** `Re:` once, whatever replies in whatever language stood there (RFC 5322 3.6.5). */
export function replySubject(original: string): string {
	let rest = original.replace(/[\r\n\0]+/g, ' ').trim();
	for (;;) {
		const prefix = /^([^:：]{1,40}[:：])\s*/.exec(rest);
		if (!prefix?.[1] || !isReplyPrefix(prefix[1])) break;
		rest = rest.slice(prefix[0].length);
	}
	// A reply that goes by a tag first, such as `[list] Re: Order`, is one already.
	return normalizeSubject(rest).isReply ? rest : `Re: ${rest}`.trim();
}

function isReplyPrefix(prefix: string): boolean {
	const { base, isReply, isForward, tags } = normalizeSubject(`${prefix} x`);
	return base === 'x' && isReply && !isForward && tags.length === 0;
}

function recipients(
	message: Answerable,
	audience: ReplyAudience,
	own: readonly string[],
): Pick<ReplyFields, 'to' | 'cc'> {
	const list = listAddress(message);
	if (audience === 'list') {
		if (list === null) {
			throw new InputError('This email names no mailing list that one may post to', {
				code: 'SEND_LIST_MISSING',
				hint: 'Its List-Post header is missing or says NO. Choose another “Reply To” for it.',
			});
		}
		return { to: [{ name: '', address: list }], cc: [] };
	}
	const mine = new Set(own.map(foldOwn));
	const isOwn = ({ address }: EmailAddress) => mine.has(foldOwn(address));
	const author = authorOf(message, list);
	if (audience === 'sender') return { to: author, cc: [] };

	// Mail-Followup-To is how the author says who shall get an answer to all.
	const followUp = parseAddressList(message.headers?.['mail-followup-to']?.join(', ') ?? '').filter(isUsable);
	const seen = new Set<string>();
	const others = (people: readonly EmailAddress[]) =>
		people.filter((person) => {
			const key = person.address.toLowerCase();
			if (!isUsable(person) || isOwn(person) || seen.has(key)) return false;
			seen.add(key);
			return true;
		});
	if (followUp.length > 0) {
		const to = others(followUp);
		if (to.length > 0) return { to, cc: [] };
	}
	const to = others([...author, ...(message.to ?? [])]);
	const cc = others(message.cc ?? []);
	if (to.length > 0) return { to, cc };
	return cc.length > 0 ? { to: cc, cc: [] } : { to: author, cc: [] };
}

/** Reply-To, else From; a list that put itself into Reply-To does not stand for the author. */
function authorOf({ from, replyTo }: Answerable, list: string | null): EmailAddress[] {
	const isList = ({ address }: EmailAddress) => list !== null && address.toLowerCase() === list.toLowerCase();
	const wanted = replyTo.filter((entry) => isUsable(entry) && !isList(entry));
	if (wanted.length > 0) return wanted;
	if (from !== null && isUsable(from) && !isList(from)) return [from];
	return replyTo.length > 0 ? replyTo : from === null ? [] : [from];
}

/** RFC 2369 3.4: `<mailto:list@example.com?subject=…>` or `NO`. */
function listAddress({ headers }: Answerable): string | null {
	for (const value of headers?.['list-post'] ?? []) {
		for (const [, target] of value.matchAll(/<mailto:([^>?]+)[^>]*>/gi)) {
			try {
				const address = decodeURIComponent(target ?? '');
				if (isUsable({ name: '', address })) return address;
			} catch {
				// Percent signs that encode nothing: the next one may be readable.
			}
		}
	}
	return null;
}

function isUsable({ address }: EmailAddress): boolean {
	return /^[^\s@]+@[^\s@]+$/.test(address);
}

/** Our addresses come with reply tokens and other tags behind a plus. */
function foldOwn(address: string): string {
	return address.toLowerCase().replace(/\+[^@]*@/, '@');
}
