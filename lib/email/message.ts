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
	/** Gmail's conversation (IMAP X-GM-THRID), where the mailbox tells it. */
	gmailThreadId?: string | null;
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
	/** The SMTP client that handed the mail in, and the name it gave, where a provider tells. */
	clientIp?: string | null;
	helo?: string | null;
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

/** What one check found. `reason` says why, where it did not simply pass. */
export interface AuthenticationCheck {
	result: AuthenticationResult;
	domain: string | null;
	/** Whether that domain is aligned with From (RFC 7489, 3.1); only where we verified ourselves. */
	aligned?: boolean;
	reason?: string;
}

export interface Authentication {
	spf: AuthenticationCheck | null;
	dkim: Array<AuthenticationCheck & { selector: string | null }>;
	dmarc: { result: AuthenticationResult; domain: string | null; policy: string | null; reason?: string } | null;
	/** `domain` sealed the chain last, `instance` is how many seals it has (RFC 8617). */
	arc: { result: AuthenticationResult; domain?: string | null; instance?: number; reason?: string } | null;
	/** True when SPF or DKIM passed for a domain aligned with From (RFC 7489, 3.1); null when unknown. */
	aligned: boolean | null;
	/**
	 * Whom `aligned` speaks of: the domain of From, null when From names none or has more than one reading. Why it has,
	 * is told by `ambiguity`: nothing is aligned then.
	 */
	author?: { domain: string | null; ambiguity: string | null };
	/** Who says so: a trusted Authentication-Results header, our own verification, the webhook's provider, nobody. */
	source: 'authentication-results' | 'verified' | 'provider' | 'none';
	/** What SPF was verified for, and where we know it from; only where we verified ourselves. */
	client?: { ip: string; helo: string | null; mailFrom: string | null; from: 'envelope' | 'received' } | null;
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

/** What was found in a message because somebody asked for it; what was looked for and not found is null or empty. */
export interface Extracted {
	/** A one-time code, and the phrase beside it that made it one. */
	code?: {
		/** As it is typed: without blanks between digits. */
		value: string;
		phrase: string;
		language: string;
		source: 'subject' | 'text' | 'html';
		/** The line it stands in. */
		line: string;
	} | null;
	/** The link that confirms an address, sets a password or signs in, and the phrase that made it one. */
	link?: {
		url: string;
		purpose: 'verify' | 'reset-password' | 'sign-in';
		phrase: string;
		language: string;
		source: 'text' | 'html';
		/** What the link is shown as; null in plain text. */
		label: string | null;
	} | null;
	/** What the user's patterns matched, by name, in order and each once. */
	values?: Record<string, string[]>;
	/** Patterns that were given up. */
	problems?: Array<{ name: string; code: string; message: string }>;
	/** Every recipient with a plus tag (RFC 5233), and the tag split at `-`, `_`, `.`, `=` and `+`. */
	plusAddresses?: Array<{ address: string; alias: string; tag: string; parts: string[] }>;
	/** RFC 2369 and RFC 8058. */
	unsubscribe?: {
		/** Where a POST unsubscribes; `signed` when a DKIM signature covers both headers, as RFC 8058 asks. */
		oneClick: { url: string; signed: boolean } | null;
		urls: string[];
		emails: Array<{ address: string; subject: string | null; body: string | null }>;
	} | null;
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
	/** When `html` was made safe to show: how often something was taken out, and what would have been fetched. */
	sanitized?: {
		removed: Array<{ what: string; count: number }>;
		remoteContent: Array<{ kind: string; url: string }>;
	};
	extracted?: Extracted;
	/** Whether the sender passed the rules that were set for it, and why not. */
	senderGate?: { passed: boolean; reasons: string[] };
	/** Why the message went to the output Quarantined. */
	quarantine?: { reasons: string[] };
	defects: Defect[];
}
