/**
 * Who may change what. Every change of a send's state and every suppression that something from outside causes needs a
 * {@link Permit}, and only {@link decide} gives one; docs/security.md shows the table, and a test holds the two together.
 */
import type { SignatureOutcome } from '../../email/event';
import type { FoundSend } from './findSend';

/** What somebody said, and what shows that it is so. `found` is the send that it is about, null when it names none. */
export type Evidence =
	/** The server's own reply in our session: nobody else can speak there. */
	| { kind: 'own-session' }
	/** A person with access to n8n. */
	| { kind: 'operator' }
	/** A provider's webhook. `allowed`: the user takes events whose caller proved nothing, by name. */
	| { kind: 'event'; signature: SignatureOutcome; allowed: boolean; found: FoundSend | null }
	/** A mail that reports a bounce, a delay, a delivery or a complaint (RFC 3464, RFC 5965): anybody can write one. */
	| { kind: 'report'; found: FoundSend | null }
	/** Any other mail. */
	| { kind: 'person' };

export type Grounds =
	| 'own-session'
	| 'operator'
	| 'signed-event'
	| 'signed-event-unknown-send'
	| 'secret-event'
	| 'unproven-event'
	| 'report'
	| 'report-shared-id'
	| 'report-forwarded'
	| 'report-other-recipient'
	| 'report-unproven'
	| 'person';

/** What each kind of evidence may do. `says` is the row of docs/security.md. */
export const AUTHORITY: Readonly<Record<Grounds, { says: string; moves: boolean; suppresses: boolean }>> = {
	'own-session': {
		says: 'The server’s reply to us while we hand a mail over',
		moves: true,
		suppresses: true,
	},
	operator: {
		says: 'A person or a workflow by the node Email Ledger',
		moves: true,
		suppresses: true,
	},
	'signed-event': {
		says: 'A provider’s event with a valid signature that names a send of ours',
		moves: true,
		suppresses: true,
	},
	'signed-event-unknown-send': {
		says: 'A provider’s event with a valid signature that names no send of ours, but an address',
		moves: false,
		suppresses: true,
	},
	'secret-event': {
		says: 'An event whose caller knew a secret, or whose signature leaves its body open, and that names a send of ours',
		moves: true,
		suppresses: true,
	},
	'unproven-event': {
		says: 'An event whose caller was checked by its IP address alone, or by nothing; or one without a whole signature that names no send of ours',
		moves: false,
		suppresses: false,
	},
	report: {
		says: 'A report that names an unguessable id of one send (Message-ID, variable return path, reply token) and its recipient, or nobody',
		moves: true,
		suppresses: true,
	},
	'report-shared-id': {
		says: 'A report that names the Message-ID of a mail that several people got, and one of them',
		moves: true,
		suppresses: false,
	},
	'report-forwarded': {
		says: 'A report to the variable return path of one send that names somebody else: the mail was forwarded',
		moves: true,
		suppresses: false,
	},
	'report-other-recipient': {
		says: 'A report that names the Message-ID of a send, but a recipient that the send did not have',
		moves: false,
		suppresses: false,
	},
	'report-unproven': {
		says: 'A report that names only an address, a subject, a date, or an id that can be guessed',
		moves: false,
		suppresses: false,
	},
	person: {
		says: 'A person’s mail, whatever it quotes',
		moves: false,
		suppresses: false,
	},
};

/** What may be done. Made by {@link decide} alone. */
export class Permit {
	readonly moves: boolean;
	readonly suppresses: boolean;

	private constructor(readonly grounds: Grounds) {
		({ moves: this.moves, suppresses: this.suppresses } = AUTHORITY[grounds]);
	}

	static for(evidence: Evidence): Permit {
		return new Permit(groundsOf(evidence));
	}
}

/** What the evidence may change. */
export function decide(evidence: Evidence): Permit {
	return Permit.for(evidence);
}

function groundsOf(evidence: Evidence): Grounds {
	switch (evidence.kind) {
		case 'own-session':
		case 'operator':
		case 'person':
			return evidence.kind;
		case 'event':
			return groundsOfEvent(evidence);
		case 'report':
			return groundsOfReport(evidence.found);
	}
}

function groundsOfEvent({ signature, allowed, found }: Extract<Evidence, { kind: 'event' }>): Grounds {
	const proof = proofOf(signature);
	// A provider knows its own ids, however short: only an address alone names no send.
	const named = found !== null && found.matchedBy !== 'recipient';
	if (proof === 'signature') return named ? 'signed-event' : 'signed-event-unknown-send';
	return named && (proof === 'caller' || allowed) ? 'secret-event' : 'unproven-event';
}

/** Without `checkedBy` the scheme tells: `basic` and `token` are shared secrets, the rest proves nothing unless verified. */
function proofOf({ checkedBy, verified, scheme }: SignatureOutcome): 'signature' | 'caller' | 'nothing' {
	switch (checkedBy) {
		case 'signature':
			return 'signature';
		case 'signed-token':
		case 'secret':
			return 'caller';
		case 'address':
			return 'nothing';
		case undefined:
			// Mailgun signs a time and a token, not the event.
			if (verified) return scheme === 'mailgun' ? 'caller' : 'signature';
			return scheme === 'basic' || scheme === 'token' ? 'caller' : 'nothing';
	}
}

function groundsOfReport(found: FoundSend | null): Grounds {
	if (found === null || found.proof === 'none') return 'report-unproven';
	if (found.names === 'other') return found.proof === 'send-id' ? 'report-forwarded' : 'report-other-recipient';
	return found.proof === 'mail-id' && found.shared ? 'report-shared-id' : 'report';
}
