/** What the state of a send record means to whoever asked for the send. */
import type { Millis, SendRecord } from '../store/store';

/**
 * What a recipient's record means to the caller. `duplicate` is a stored success, `rejected` a final or doubtful
 * failure; both may stem from an earlier call (`replayed`).
 */
export type Disposition = 'sent' | 'duplicate' | 'deferred' | 'rejected';

export interface RecipientOutcome {
	disposition: Disposition;
	record: SendRecord;
	replayed: boolean;
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
			return { ...base, disposition: 'deferred', retryAt: record.notBefore };
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
				error: {
					code: `SEND_${record.state.toUpperCase()}`,
					message: rejection[record.state],
					hint: record.reason === null ? null : `Reason: ${record.reason}`,
				},
			};
	}
}

const rejection = {
	failed: 'The server refused this mail for good',
	suppressed: 'The recipient is on the suppression list',
	canceled: 'This send was canceled',
	expired: 'This send was not possible before it expired',
};
