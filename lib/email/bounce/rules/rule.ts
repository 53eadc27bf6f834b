import type { Reason } from '../reasons';

/** SMTP command that a refusal answered, as far as a notice says so. */
export type SmtpCommand = 'CONN' | 'HELO' | 'AUTH' | 'STARTTLS' | 'MAIL' | 'RCPT' | 'DATA';

/** One row of a table of rules: a phrase, what it means, and the real line it stems from. */
export interface Rule {
	reason: Reason;
	/** A line as seen in the wild, which the row must match (a test sees to it). */
	line: string;
	/** Phrase, see phrase.ts. */
	match: string;
	/** How sure the row is. 5 unless given: 3 hints, 7 names the thing, 9 is unmistakable. */
	weight?: number;
	/** Only where the reply came from such a host, in that state of the transaction, or with such a code. */
	remote?: RegExp;
	command?: readonly SmtpCommand[];
	code?: RegExp;
	status?: RegExp;
}
