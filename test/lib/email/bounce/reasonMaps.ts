import { REASONS, type Reason, type ReasonDefinition } from '../../../../lib/email/bounce/reasons';

/** The coarser names of Mail::DeliveryStatus::BounceParser, which one of the judging sets is labelled in. */
const RJBS: Partial<Record<Reason, string | string[]>> = {
	'user-unknown': 'user_unknown',
	'has-moved': 'user_unknown',
	'host-unknown': 'domain_error',
	'no-mail-accepted': ['domain_error', 'user_unknown'],
	'mailbox-full': 'over_quota',
	'mailbox-disabled': ['user_disabled', 'user_unknown'],
	'sender-suppressed': 'user_disabled',
	'network-error': ['domain_error', 'unknown'],
	'spam-detected': 'spam',
	blocked: ['spam', 'denied'],
	'bad-reputation': ['spam', 'denied'],
	'message-too-big': 'message_too_large',
	'size-limit-exceeded': 'message_too_large',
	'policy-rejected': ['denied', 'spam'],
	'relay-denied': ['denied', 'unknown'],
	'sender-rejected': ['denied', 'unknown'],
	'recipient-filtered': ['denied', 'unknown'],
	'authentication-failed': ['denied', 'spam'],
	'security-refused': ['denied', 'unknown'],
	'reverse-dns-required': ['denied', 'spam'],
};

/** bench/score/bounce-reasons.json: what the scorer takes our reasons for, per naming. */
export function reasonMaps(): Record<'sisimai' | 'rjbs', Record<string, string | string[]>> {
	const names = Object.entries(REASONS) as Array<[Reason, ReasonDefinition]>;
	return {
		sisimai: Object.fromEntries(names.map(([name, { others }]) => [name, others.sisimai])),
		rjbs: Object.fromEntries(names.map(([name]) => [name, RJBS[name] ?? 'unknown'])),
	};
}
