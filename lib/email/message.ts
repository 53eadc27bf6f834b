/**
 * The canonical message, `email.message/1`: what every node of the package hands on, however a mail came in.
 * Fields are only ever added within /1. Message ids are without angle brackets, times are ISO 8601 in UTC.
 */
export const MESSAGE_SCHEMA = 'email.message/1';

export interface EmailAddress {
	/** Decoded display name, or '' when there is none. */
	name: string;
	/** `local@domain` as written; '' for an address that could not be read. */
	address: string;
	/** RFC 5322 group display name this address stood in. */
	group?: string;
}

export interface MessageSource {
	kind: 'imap' | 'webhook' | 'manual';
	account: string | null;
	mailbox: string | null;
	uidValidity: string | null;
	uid: number | null;
	flags: string[];
	provider: string | null;
	eventId: string | null;
	receivedAt: string | null;
}

/** Pointer to the raw bytes in the archive. `ref` is null when the bytes were not kept. */
export interface RawPointer {
	ref: string | null;
	sha256: string;
	size: number;
}

/** RFC 5321 envelope, as far as it is known. `mailFrom` '' is the null return path, null is unknown. */
export interface Envelope {
	mailFrom: string | null;
	rcptTo: string[];
}

export interface ReplyParts {
	/** What the author wrote. */
	text: string;
	/** Quoted history that was taken off. */
	quoted: string;
	/** Signature, disclaimer and mobile footer that were taken off. */
	signature: string;
}

export interface ForwardedMessage {
	from: EmailAddress | null;
	to: EmailAddress[];
	date: string | null;
	subject: string | null;
	messageId: string | null;
	text: string;
}

export type AttachmentVerdict = 'accepted' | 'stripped' | 'quarantined';

export interface Attachment {
	/** Position among the attachments, from 0, depth first. */
	index: number;
	filename: string | null;
	/** Declared media type, lower case, without parameters. */
	contentType: string;
	/** Media type detected from the content, null when nothing was recognised. */
	detectedType: string | null;
	/** Decoded size in bytes. */
	size: number;
	/** Of the decoded content, hex. */
	sha256: string;
	disposition: 'attachment' | 'inline' | null;
	/** Without angle brackets. */
	contentId: string | null;
	/** True when the html part shows it by `cid:`. */
	inline: boolean;
	verdict: AttachmentVerdict;
	reasons: string[];
	/** Name of the n8n binary property that holds the content; null outside n8n or when it was stripped. */
	binary: string | null;
	/** What an archive lists, as far as it can be read without unpacking. */
	entries?: Array<{ name: string; size: number | null; encrypted: boolean }>;
	/** The wrapping the file was found in, when it was no MIME part of its own. */
	packedIn?: 'uuencode' | 'yenc' | 'tnef';
}

export type AutomationKind = 'none' | 'auto-reply' | 'auto-generated' | 'list' | 'bulk' | 'bounce';

export interface Automation {
	kind: AutomationKind;
	/** Header lines or phrases that led to the verdict, e.g. `Auto-Submitted: auto-replied`. */
	evidence: string[];
}

export type AuthenticationResult =
	'pass' | 'fail' | 'softfail' | 'neutral' | 'none' | 'temperror' | 'permerror' | 'policy';

export interface Authentication {
	spf: { result: AuthenticationResult; domain: string | null } | null;
	dkim: Array<{ result: AuthenticationResult; domain: string | null; selector: string | null }>;
	dmarc: { result: AuthenticationResult; domain: string | null; policy: string | null } | null;
	arc: { result: AuthenticationResult } | null;
	/** True when SPF or DKIM passed for a domain aligned with From (RFC 7489, 3.1); null when unknown. */
	aligned: boolean | null;
	/** Who says so: a trusted Authentication-Results header, our own verification, the webhook's provider, nobody. */
	source: 'authentication-results' | 'verified' | 'provider' | 'none';
}

export interface Routing {
	/** Local part without the plus tag of the address the mail came in for. */
	alias: string | null;
	/** What stands behind the first `+`. */
	plusTag: string | null;
}

/** Something in the message that was wrong and had to be guessed or left out. */
export interface Defect {
	/** Stable, e.g. `header-undecodable`, `date-invalid`, `boundary-missing`, `limit-parts`. */
	code: string;
	message: string;
	/** Header name or part path (`1.2`) concerned. */
	where?: string;
}

export interface CanonicalMessage {
	schema: typeof MESSAGE_SCHEMA;
	/** Stable within a scope: the Message-ID where there is one, else `sha256:` and the hash of the raw bytes. */
	id: string;
	source: MessageSource;
	raw: RawPointer;
	envelope: Envelope;
	messageId: string | null;
	inReplyTo: string[];
	references: string[];
	date: string | null;
	subject: string;
	from: EmailAddress | null;
	sender: EmailAddress | null;
	replyTo: EmailAddress[];
	to: EmailAddress[];
	cc: EmailAddress[];
	bcc: EmailAddress[];
	text: string;
	textSource: 'text' | 'html' | null;
	html: string | null;
	markdown?: string;
	reply: ReplyParts;
	forwarded?: ForwardedMessage;
	attachments: Attachment[];
	/** Every header, name in lower case, values decoded and unfolded, in the order of the message. */
	headers: Record<string, string[]>;
	automation: Automation;
	authentication: Authentication;
	routing: Routing;
	spam?: { score: number | null; flagged: boolean | null; source: string };
	defects: Defect[];
}
