import type { Reason } from './reasons';

/**
 * What an enhanced status code says by itself (RFC 3463 and the IANA registry it founded; RFC 4954, 6710, 7372, 7505,
 * 7817, 8621 extend it). Keys without the class digit. Weak evidence: many MTAs write 5.0.0 or 5.1.1 for everything.
 */
export const STATUS_REASONS: Readonly<Record<string, Reason>> = {
	'1.0': 'user-unknown',
	'1.1': 'user-unknown',
	'1.2': 'host-unknown',
	'1.3': 'user-unknown',
	'1.4': 'user-unknown',
	'1.6': 'has-moved',
	'1.7': 'sender-rejected',
	'1.8': 'sender-rejected',
	'1.9': 'system-error',
	'1.10': 'no-mail-accepted',
	'2.0': 'recipient-filtered',
	'2.1': 'mailbox-disabled',
	'2.2': 'mailbox-full',
	'2.3': 'size-limit-exceeded',
	'2.4': 'mailer-error',
	'3.0': 'system-error',
	'3.1': 'system-full',
	'3.2': 'no-mail-accepted',
	'3.3': 'system-error',
	'3.4': 'message-too-big',
	'3.5': 'system-error',
	'4.0': 'network-error',
	'4.1': 'delivery-expired',
	'4.2': 'network-error',
	'4.3': 'system-error',
	'4.4': 'host-unknown',
	'4.5': 'delivery-expired',
	'4.6': 'network-error',
	'4.7': 'delivery-expired',
	'5.1': 'syntax-error',
	'5.2': 'syntax-error',
	'5.3': 'too-many-connections',
	'5.4': 'syntax-error',
	'5.5': 'syntax-error',
	'6.0': 'content-rejected',
	'6.1': 'content-rejected',
	'6.2': 'content-rejected',
	'6.3': 'content-rejected',
	'6.5': 'content-rejected',
	'6.6': 'content-rejected',
	'6.7': 'not-rfc-compliant',
	'6.9': 'not-rfc-compliant',
	'7.0': 'policy-rejected',
	'7.1': 'policy-rejected',
	'7.2': 'recipient-filtered',
	'7.4': 'security-refused',
	'7.5': 'security-refused',
	'7.7': 'security-refused',
	'7.8': 'security-refused',
	'7.9': 'security-refused',
	'7.10': 'starttls-failed',
	'7.11': 'security-refused',
	'7.12': 'security-refused',
	'7.13': 'mailbox-disabled',
	'7.14': 'security-refused',
	'7.17': 'has-moved',
	'7.18': 'has-moved',
	'7.20': 'authentication-failed',
	'7.21': 'authentication-failed',
	'7.22': 'authentication-failed',
	'7.23': 'authentication-failed',
	'7.24': 'authentication-failed',
	'7.25': 'reverse-dns-required',
	'7.26': 'authentication-failed',
	'7.27': 'no-mail-accepted',
	'7.28': 'rate-limited',
	'7.30': 'starttls-failed',
};

/** Registry lookup of `5.1.1`; null for a code that says nothing (x.0.0) or is not registered. */
export function reasonOfStatus(status: string | null): Reason | null {
	const detail = /^[245]\.(\d{1,3}\.\d{1,3})$/.exec(status ?? '')?.[1];
	return detail === undefined ? null : (STATUS_REASONS[detail] ?? null);
}

const STATUS = /(?<![\d.])([245])\.(\d)\.(\d{1,3})(?![\d.])/;
/** First enhanced status code in a text, in the place where SMTP has it or after `#`; null when there is none. */
export function findStatus(text: string): string | null {
	const match = STATUS.exec(text);
	return match === null ? null : match[0];
}

const REPLY_CODE = /(?<![\w.:/@+-])([245][0-5]\d)(?=[ \-:.]|$)(?![\d.]{2})/;
/** First thing in a text that is an SMTP reply code (RFC 5321 section 4.2), null when there is none. */
export function findReplyCode(text: string): string | null {
	const match = REPLY_CODE.exec(text);
	return match === null ? null : (match[1] ?? null);
}
