import type { Reason } from './reasons';
import type { SmtpCommand } from './rules/rule';

/** What a reply code says by itself (RFC 5321 section 4.2.2, RFC 7504, RFC 7505, RFC 4954). 550 and 554 say nothing. */
const REPLY_CODE_REASONS: Readonly<Record<string, Reason>> = {
	'432': 'security-refused',
	'452': 'system-full',
	'500': 'syntax-error',
	'501': 'syntax-error',
	'502': 'syntax-error',
	'503': 'syntax-error',
	'504': 'syntax-error',
	'521': 'no-mail-accepted',
	'530': 'security-refused',
	'534': 'security-refused',
	'535': 'security-refused',
	'538': 'security-refused',
	'551': 'has-moved',
	'552': 'mailbox-full',
	'556': 'no-mail-accepted',
};

/** Lookup of a three-digit code; null for one that says nothing. */
export function reasonOfReplyCode(replyCode: string | null): Reason | null {
	return replyCode === null ? null : (REPLY_CODE_REASONS[replyCode] ?? null);
}

/** Not a section of an RFC: `(See RFC2821 4.1.3)`. */
const STATUS = /(?<!rfc ?\d{3,4},? {1,3}(?:section |sec\. ?|§ ?)?)(?<![\d.])([245])\.(\d)\.(\d{1,3})(?![\d.]{0,3}\d)/gi;

/**
 * The enhanced status code (RFC 3463) in a text: the first behind a reply code, else the first that says something
 * (not x.0.0), else the first; null when there is none.
 */
export function findStatus(text: string): string | null {
	const said = findSaidStatus(text);
	if (said !== null) return said;
	const all = [...text.slice(0, 20_000).matchAll(STATUS)].map((match) => match[0]);
	return all.find((code) => !code.endsWith('.0.0')) ?? all[0] ?? null;
}

/** The last reply of a host that is quoted within another: `554 4.4.7 Message expired <421 4.4.2 Connection timed out>`. */
const QUOTED = /<([245][0-5]\d)[ -]([245]\.\d\.\d{1,3}) /;
const BEHIND_CODE = /(?<![\d.])[245][0-5]\d(?: [245]\d\d)?[ -]{1,2}[#'"]?([245]\.\d\.\d{1,3})(?![\d.]{0,3}\d)/;

/** The enhanced status code that stands behind a reply code: the refusing host's own. */
export function findSaidStatus(text: string): string | null {
	return QUOTED.exec(text)?.[2] ?? BEHIND_CODE.exec(text)?.[1] ?? null;
}

const CODE_AND_STATUS = /(?<![\w.:/@+-])([245][0-5]\d)[ -]{1,2}#?[245]\.\d\.\d{1,3}/;
const CODE_BY_PLACE =
	/(?:^|said:|responded?:?|respon[sd]e[a-z ]{0,30}:?|returned:?|smtp;|error:|error|reason:|code ?:?|#|<<<|>>>|reply:?|\[|\(|"|'|:) {0,3}\n?\s{0,10}(25[0-2]|[45][0-5]\d)(?![\d.]|:\d)(?=[ \-:,.)\]\n]|$)/im;

/** Anywhere, when words or quotes follow at once: `problem 550-'Unknown user`. */
const CODE_BY_TEXT = /(?<![\w.:/@+-])([45][0-5]\d)(?:-| | - )(?=['"<A-Z])/;

/** What is most like an SMTP reply code (RFC 5321 section 4.2) in a text; null when there is none. */
export function findReplyCode(text: string): string | null {
	return (
		QUOTED.exec(text)?.[1] ??
		CODE_AND_STATUS.exec(text)?.[1] ??
		CODE_BY_PLACE.exec(text)?.[1] ??
		CODE_BY_TEXT.exec(text)?.[1] ??
		null
	);
}

/** Ways in which notices say what the refused command was. */
const COMMANDS: ReadonlyArray<[SmtpCommand, RegExp]> = [
	[
		'CONN',
		/after initial connection|refused to talk to me|while performing the (?:initial )?greeting|banner|upon connection|connecting to/i,
	],
	['HELO', /(?:in reply to|after|following|to) (?:the )?(?:EHLO|HELO)\b|>>> (?:EHLO|HELO)/i],
	['STARTTLS', /(?:in reply to|after|following) (?:the )?STARTTLS|>>> STARTTLS/i],
	['AUTH', /(?:in reply to|after|following) (?:the )?AUTH\b/i],
	[
		'MAIL',
		/(?:in reply to|after|following|SMTP:|response to|during) ?(?:the )?(?:pipelined )?MAIL\b|>>> MAIL From|\[MAIL_FROM\]/i,
	],
	[
		'RCPT',
		/(?:in reply to|after|following|SMTP:|response to|during) ?(?:the )?(?:pipelined )?RCPT\b|>>> RCPT To|<<< RCPT To|\[RCPT_TO\]|does not like recipient/i,
	],
	[
		'DATA',
		/(?:in reply to|after|following|SMTP:|response to|during) ?(?:the )?(?:end of )?(?:pipelined )?DATA\b|>>> (?:DATA|BDAT|\.)|end of (?:data|message)|failed after I sent the message|smtp command\s{1,5}DATA/i,
	],
];

/** The command that was refused, where the text says so. */
export function findCommand(text: string): SmtpCommand | null {
	for (const [command, pattern] of COMMANDS) if (pattern.test(text)) return command;
	return null;
}

const WORDS =
	/(?:^|[\s'"<[(:])[245][0-5]\d(?:[ -]{1,2}[245]\d\d)?(?:[ :-]{1,3}[#'"]{0,2}(?:[245]\.\d\.\d{1,3})?)(?=[^]{0,200}?[a-z])/i;

/** What stands behind the first reply code in a text: the refusing host's own words; null when nothing does. */
export function hostWords(text: string): string | null {
	const match = WORDS.exec(text);
	if (match === null || match.index + match[0].length < 6) return null;
	return text.slice(match.index + match[0].length);
}
