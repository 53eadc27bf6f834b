/** Who speaks in a mail, as far as that can be known: on their word two conversations may become one. */
import type { CanonicalMessage } from '../message';

type Spoken = Pick<CanonicalMessage, 'from' | 'to' | 'cc'> &
	Partial<Pick<CanonicalMessage, 'authentication' | 'defects' | 'envelope' | 'headers'>>;

export interface Speakers {
	/** Addresses: the author of a mail that came in, the recipients of one of ours. */
	people: string[];
	/** `list:` and a List-Id (RFC 2919): whoever wrote there, all its subscribers got it. */
	groups: string[];
}

/**
 * - An author who is known to be forged (verified, and not aligned) or cannot be told for sure speaks for nobody.
 * - Our own address in From proves nothing either: everybody knows it. In a mail of ours (`ours`, or our domain aligned)
 *   its recipients speak, for a program that answers copies the ids that a stranger wrote into his mail.
 */
export function speakersOf(
	message: Spoken,
	options: { ownAddresses?: readonly string[]; ours?: boolean } = {},
): Speakers {
	const { authentication } = message;
	const author = message.from?.address.toLowerCase() ?? '';
	const groups = groupsOf(message);
	const { envelope, headers } = message;
	const arrivedFor = [...(envelope?.rcptTo ?? []), ...(headers?.['delivered-to'] ?? [])];
	const own = [...(options.ownAddresses ?? []), ...arrivedFor].map((one) => one.trim().toLowerCase());
	const recipients = [...message.to, ...message.cc].map(({ address }) => address.toLowerCase()).filter(Boolean);
	const others = recipients.filter((address) => address !== author && !own.includes(address));
	if (options.ours === true) return { people: others, groups };
	if (believedAuthor(message) === null) return { people: [], groups };
	if (!own.includes(author)) return { people: [author], groups };
	return { people: authentication?.aligned === true ? others : [], groups };
}

/** The address in From, in lower case; null where it is known to be forged, or has more than one reading. */
export function believedAuthor({ from, authentication, defects = [] }: Omit<Spoken, 'to' | 'cc'>): string | null {
	if (from === null || from.address === '' || defects.some(({ code }) => code === 'sender-ambiguous')) return null;
	if (authentication && authentication.source !== 'none' && authentication.aligned === false) return null;
	return from.address.toLowerCase();
}

/** Mails of an archive that keeps no recipients, and that no server carried to us, are of one list. */
function groupsOf({ to, cc, headers = {}, envelope }: Spoken): string[] {
	const ids = (headers['list-id'] ?? []).flatMap((line) => /<([^<>\s]{1,255})>\s*$/.exec(line)?.[1] ?? []);
	if (ids.length > 0) return ids.slice(0, 1).map((id) => `list:${id.toLowerCase()}`);
	const carried = headers.received !== undefined || headers['delivered-to'] !== undefined;
	const kept = to.length > 0 || cc.length > 0 || (envelope?.rcptTo.length ?? 0) > 0;
	return carried || kept || headers.from === undefined ? [] : ['list:'];
}
