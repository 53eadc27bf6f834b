/** What kind of failure keeps a mail from going out, and so what helps: waiting, other content, a person. */
import { REASONS } from '../../email/bounce/reasons';
import { isReason, verdictOf } from '../../email/bounce/verdict';
import type { SendRecord } from '../../store/store';

export type FailureClass =
	/** Trying again later may help. */
	| 'transient'
	/** Refused for what the sending side is or does: its address, server, login or quota. A person has to mend that. */
	| 'sender'
	/** The receiver refuses the mail on purpose. */
	| 'policy'
	/** It will never work. */
	| 'permanent'
	/** The server does not let us in: a person has to mend the credential. */
	| 'authentication'
	/** It may or may not have arrived. */
	| 'in_doubt'
	/** The address is on the suppression list. */
	| 'suppressed'
	/** We hold it back ourselves. */
	| 'limit'
	| 'paused'
	| 'breaker';

/** Reasons that the store gives while it holds a send back. */
const HELD: Readonly<Record<string, FailureClass>> = { LIMITED: 'limit', PAUSED: 'paused', BREAKER_OPEN: 'breaker' };
const AUTHENTICATION = /^(?:SMTP_AUTHENTICATION|OAUTH2)_/;
/** Reasons for which some seconds may be enough; a full mailbox or a greylist wants minutes at least. */
const SOON = new Set(['network-error', 'system-error', 'mailer-error', 'too-many-connections']);
/** No connection, or one that broke: as quickly as it went it may be back. */
const SOON_CODES = /^SMTP_(?:CONNECTION_|UNAVAILABLE|UNREACHABLE|DNS_UNAVAILABLE|FAILED)/;
/** Replies about the conversation: the next one may go better. */
const CONVERSATION = /^SMTP_(?:SERVER_CLOSING|OUT_OF_STEP|SESSION_REFUSED|REPLY_MALFORMED)$/;

/** @returns null for a send that has not failed */
export function failureClassOf({ state, reason, replyCode }: SendRecord): FailureClass | null {
	switch (state) {
		case 'in_doubt':
		case 'needs_review':
			return 'in_doubt';
		case 'suppressed':
			return 'suppressed';
		case 'deferred':
		case 'failed':
		case 'bounced':
			break;
		default:
			return null;
	}
	if (reason === null) return state === 'deferred' ? 'transient' : 'permanent';
	const held = HELD[reason];
	if (held) return held;
	if (AUTHENTICATION.test(reason)) return 'authentication';
	if (!isReason(reason)) return state === 'deferred' ? 'transient' : 'permanent';
	const { fault, nature } = REASONS[reason];
	const permanent = replyCode?.startsWith('5') === true;
	// A pace that is too fast passes by itself, unless the refusal says that it does not.
	if (fault === 'sender' && (permanent || nature !== 'transient')) return 'sender';
	if (nature === 'block') return 'policy';
	return state === 'failed' && permanent ? 'permanent' : nature;
}

/** True when the same attempt may succeed within seconds. */
export function worthAnotherTry({ state, reason, replyCode }: SendRecord): boolean {
	if (state !== 'deferred' || reason === null) return false;
	return SOON.has(reason) || CONVERSATION.test(reason) || (replyCode === null && SOON_CODES.test(reason));
}

/**
 * What the outcome says about the server and our standing with it: whether mail goes out there; null when it says
 * nothing. Who is refused for what the sending side is or does will be refused again.
 */
export function serverWorks({ state, reason, replyCode, attempts }: SendRecord): boolean | null {
	if (state === 'in_doubt') return false;
	if (replyCode === null) return state === 'deferred' && reason !== null && HELD[reason] === undefined ? false : null;
	if (attempts === 0 && state === 'suppressed') return null;
	if (reason !== null && CONVERSATION.test(reason)) return false;
	return replyCode !== '421' && verdictOf(reason).fault !== 'sender';
}
