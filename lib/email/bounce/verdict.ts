/** What a reason for a failure decides: who is at fault, whether the send is over, whether the address gets no more mail. */
import { type Fault, REASONS, type Reason } from './reasons';

/** One row of the decision table (docs/bounce-taxonomy.md), with the name of the reason. */
export interface Verdict {
	reason: Reason;
	fault: Fault;
	/** Whether a permanent refusal (5yz, RFC 5321 section 4.2.1) for this reason ends the send; else it is deferred. */
	final: boolean;
	/** `always`: at the first bounce. `repeated`: when it goes on. `never`: says nothing about the address. */
	suppress: 'always' | 'repeated' | 'never';
}

/**
 * The verdict on a failure; of one whose reason is not known, that it decides nothing. Never throws.
 * @param reason a name of {@link REASONS}; any other, and null, count as `undetermined`
 */
export function verdictOf(reason: string | null): Verdict {
	const known = isReason(reason) ? reason : 'undetermined';
	const { fault, final, suppress } = REASONS[known];
	return { reason: known, fault, final, suppress };
}

/**
 * The verdict on a provider's bounce. That an address will never work is the provider's own judgement, by which it keeps
 * its own list: where it gives no reason, that is one.
 */
export function verdictOfBounce(bounce: { type: 'hard' | 'soft' | null; reason: string | null }): Verdict {
	return verdictOf(bounce.reason ?? (bounce.type === 'hard' ? 'user-unknown' : null));
}

/** The reasons that are a matter of the sending side: what a person has to mend there before such mail goes out. */
export const SENDER_FAULTS: readonly Reason[] = (Object.keys(REASONS) as Reason[]).filter(
	(reason) => REASONS[reason].fault === 'sender',
);

export function isReason(name: string | null): name is Reason {
	return name !== null && Object.hasOwn(REASONS, name);
}
