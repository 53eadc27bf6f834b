/** What the state of a send record means to whoever asked for the send. */
import type { Draft } from '../../email/smtp/compose';
import type { HeldSend, HoldCause, Millis, SendRecord } from '../../store/store';

/**
 * What a recipient's record means to the caller. `duplicate` is a stored success, `rejected` a final or doubtful
 * failure; both may stem from an earlier call (`replayed`).
 */
export type Disposition = 'sent' | 'duplicate' | 'deferred' | 'rejected';

export interface RecipientOutcome {
	disposition: Disposition;
	record: SendRecord;
	replayed: boolean;
	/** The result is of other content than what was asked to be sent now. */
	contentDiffers?: true;
	/** That content, where it is still known. */
	content?: Draft;
	/** When it is worth trying again; only with `deferred`. */
	retryAt: Millis | null;
	error: { code: string; message: string; hint: string | null } | null;
}

/** What a stored state means to the caller. */
export function outcomeOf(record: SendRecord, replayed: boolean): RecipientOutcome {
	const base = { record, replayed, retryAt: null, error: null };
	switch (record.state) {
		case 'accepted':
		case 'delivered':
		case 'bounced':
		case 'complained':
			return { ...base, disposition: replayed ? 'duplicate' : 'sent' };
		case 'reserved':
		case 'leased':
		case 'transmitting':
			return {
				...base,
				disposition: 'deferred',
				retryAt: record.leaseUntil ?? Date.now(),
				error: {
					code: 'IN_PROGRESS',
					message: 'Another execution is sending this mail right now',
					hint: 'Try again after retryAt; it is then answered with the result.',
				},
			};
		case 'deferred':
			return { ...base, disposition: 'deferred', retryAt: record.notBefore, error: heldError(record) };
		case 'in_doubt':
		case 'needs_review':
			return {
				...base,
				disposition: 'rejected',
				error: {
					code: 'SEND_IN_DOUBT',
					message: 'The connection broke after the mail was handed over: it may or may not have arrived',
					hint: 'It is not sent again by itself. Look for it at the recipient or in the server’s log, then resolve it.',
				},
			};
		case 'failed':
		case 'suppressed':
		case 'canceled':
		case 'expired':
			return {
				...base,
				disposition: 'rejected',
				error: { ...rejections[record.state], hint: record.reason === null ? null : `Reason: ${record.reason}` },
			};
	}
}

const rejections = {
	failed: { code: 'SEND_FAILED', message: 'The server refused this mail for good' },
	suppressed: { code: 'SEND_SUPPRESSED', message: 'The recipient is on the suppression list' },
	canceled: { code: 'SEND_CANCELED', message: 'This send was canceled' },
	expired: { code: 'SEND_EXPIRED', message: 'This send was not possible before it expired' },
};

/** @param before why an earlier attempt of the same call failed, which says more than what holds the next one */
export function heldOutcome(held: HeldSend, before: RecipientOutcome['error']): RecipientOutcome {
	const { record, retryAt, cause, name, reason } = held;
	const about = { paused: reason, breaker: null, limit: name }[cause];
	return {
		disposition: 'deferred',
		record,
		replayed: false,
		retryAt,
		error: before ?? { ...holds[cause], message: holds[cause].message + (about === null ? '' : ` (${about})`) },
	};
}

/** Of a send that was held back earlier and is not due yet. */
function heldError({ reason }: SendRecord): RecipientOutcome['error'] {
	const cause = reason === 'LIMITED' ? 'limit' : reason === 'PAUSED' ? 'paused' : 'breaker';
	return cause === 'breaker' && reason !== 'BREAKER_OPEN' ? null : holds[cause];
}

const holds: Record<HoldCause, { code: string; message: string; hint: string }> = {
	limit: {
		code: 'SEND_LIMITED',
		message: 'A limit was reached',
		hint: 'The mail has its turn at retryAt: send the item back to this node then.',
	},
	paused: {
		code: 'SEND_PAUSED',
		message: 'Sending is paused',
		hint: 'Resume it with Email Ledger → Control, and send the item back to this node at retryAt.',
	},
	breaker: {
		code: 'SEND_BREAKER_OPEN',
		message: 'The server failed repeatedly or refused the login, so it is left alone for a while',
		hint: 'One mail will try it again at retryAt. Check the server and the credential meanwhile.',
	},
};
