import type { Reason } from './reasons';

/**
 * What an enhanced status code says by itself (RFC 3463 and the IANA registry it founded; RFC 4468, 4954, 6710, 7293,
 * 7372, 7504, 7505, 7817, 8621 extend it). Keys without the class digit.
 */
const REGISTERED: Readonly<Record<string, Reason>> = {
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
	'2.4': 'recipient-filtered',
	'3.0': 'system-error',
	'3.1': 'system-full',
	'3.2': 'system-error',
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
	'4.8': 'starttls-failed',
	'5.1': 'syntax-error',
	'5.2': 'syntax-error',
	'5.3': 'too-many-connections',
	'5.4': 'syntax-error',
	'5.5': 'syntax-error',
	'5.6': 'syntax-error',
	'6.0': 'content-rejected',
	'6.1': 'content-rejected',
	'6.2': 'content-rejected',
	'6.3': 'content-rejected',
	'6.5': 'content-rejected',
	'6.6': 'content-rejected',
	'6.7': 'not-rfc-compliant',
	'6.8': 'not-rfc-compliant',
	'6.9': 'not-rfc-compliant',
	'6.10': 'not-rfc-compliant',
	'7.0': 'security-refused',
	'7.1': 'security-refused',
	'7.2': 'recipient-filtered',
	'7.3': 'security-refused',
	'7.4': 'security-refused',
	'7.5': 'security-refused',
	'7.6': 'security-refused',
	'7.7': 'security-refused',
	'7.8': 'security-refused',
	'7.9': 'security-refused',
	'7.10': 'starttls-failed',
	'7.11': 'security-refused',
	'7.12': 'security-refused',
	'7.13': 'mailbox-disabled',
	'7.14': 'security-refused',
	'7.15': 'on-hold',
	'7.16': 'on-hold',
	'7.17': 'has-moved',
	'7.18': 'has-moved',
	'7.19': 'system-error',
	'7.20': 'authentication-failed',
	'7.21': 'authentication-failed',
	'7.22': 'authentication-failed',
	'7.23': 'authentication-failed',
	'7.24': 'authentication-failed',
	'7.25': 'reverse-dns-required',
	'7.26': 'authentication-failed',
	'7.27': 'no-mail-accepted',
	'7.28': 'rate-limited',
	'7.29': 'authentication-failed',
	'7.30': 'starttls-failed',
};

/** Written for one thing only, by the system that coined them: no MTA has them as its default for anything else. */
const COINED: Readonly<Record<string, Reason>> = {
	// Exchange and Microsoft 365 (learn.microsoft.com, "Email non-delivery reports and SMTP errors in Exchange Online").
	'1.90': 'rate-limited',
	'2.121': 'rate-limited',
	'2.122': 'rate-limited',
	'3.190': 'policy-rejected',
	'4.11': 'network-error',
	'4.14': 'network-error',
	'4.300': 'delivery-expired',
	'4.310': 'host-unknown',
	'4.312': 'network-error',
	'4.316': 'delivery-expired',
	'4.317': 'starttls-failed',
	'6.11': 'not-rfc-compliant',
	'7.54': 'relay-denied',
	'7.57': 'security-refused',
	'7.64': 'relay-denied',
	'7.124': 'recipient-filtered',
	'7.129': 'recipient-filtered',
	'7.133': 'security-refused',
	'7.134': 'security-refused',
	'7.135': 'security-refused',
	'7.136': 'security-refused',
	'7.139': 'security-refused',
	'7.193': 'recipient-filtered',
	'7.321': 'starttls-failed',
	'7.322': 'starttls-failed',
	'7.323': 'starttls-failed',
	'7.324': 'starttls-failed',
	'7.325': 'starttls-failed',
	'7.501': 'blocked',
	'7.502': 'blocked',
	'7.503': 'blocked',
	'7.505': 'recipient-filtered',
	'7.506': 'blocked',
	'7.507': 'recipient-filtered',
	'7.508': 'rate-limited',
	'7.509': 'authentication-failed',
	'7.510': 'blocked',
	'7.511': 'blocked',
	'7.512': 'not-rfc-compliant',
	'7.513': 'blocked',
	'7.515': 'authentication-failed',
	'7.700': 'rate-limited',
	'7.701': 'rate-limited',
	'7.702': 'rate-limited',
	'7.703': 'policy-rejected',
	'7.705': 'blocked',
	'7.708': 'blocked',
	'7.750': 'sender-rejected',
	// Gmail (support.google.com/a/answer/3726730).
	'7.40': 'authentication-failed',
};

/** Registered codes that MTAs write by habit, for many things. */
const HABITUAL = /^(?:1\.[01]|7\.[01]|0\.0|5\.0|3\.0|2\.0|4\.0|6\.0)$/;

/** Registered codes that are written only where they are meant. */
const RARE: ReadonlySet<string> = new Set([
	'1.6',
	'1.9',
	'7.13',
	'7.17',
	'7.18',
	'7.20',
	'7.21',
	'7.22',
	'7.24',
	'7.25',
	'7.26',
	'7.27',
	'7.28',
	'7.30',
]);

/** What a status says, and how much that counts beside a phrase (rules/rule.ts). */
export interface StatusVoice {
	reason: Reason;
	weight: number;
}

/** Registry lookup of `5.1.1`; null for a code that says nothing (x.0.0) or is not registered. */
export function statusVoice(status: string | null): StatusVoice | null {
	const detail = /^[245]\.(\d{1,3}\.\d{1,3})$/.exec(status ?? '')?.[1];
	if (detail === undefined) return null;
	const coined = COINED[detail] ?? (/^7\.6[0-4]\d$/.test(detail) ? 'blocked' : undefined);
	if (coined !== undefined) return { reason: coined, weight: 7.5 };
	const registered = REGISTERED[detail];
	if (registered === undefined) return null;
	return { reason: registered, weight: HABITUAL.test(detail) ? 3 : RARE.has(detail) ? 6.5 : 4 };
}
