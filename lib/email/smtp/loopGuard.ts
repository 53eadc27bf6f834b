/** Refuses automatic replies that would start or feed a mail loop (RFC 3834 section 2). */
import type { CanonicalMessage, EmailAddress } from '../message';

/** RFC 2142 and custom: nobody reads what is sent there. */
const unattended =
	/^(?:no-?_?\.?reply|do-?_?\.?not-?_?\.?reply|mailer-daemon|postmaster|bounces?|bounce-[^@]*|owner-[^@]*|[^@]*-(?:request|bounces|owner))(?:[+=][^@]*)?@/i;

export interface LoopRefusal {
	code: 'LOOP_GUARD';
	message: string;
	hint: string;
}

/**
 * @param message the mail that would be answered
 * @param recipients who would get the answer
 * @param own addresses the pipeline itself sends from
 * @returns why no automatic reply may be sent, or null
 */
export function loopRefusal(
	message: Pick<CanonicalMessage, 'automation' | 'envelope'>,
	recipients: EmailAddress[],
	own: string[],
): LoopRefusal | null {
	if (message.automation.kind !== 'none') {
		const evidence = message.automation.evidence[0];
		return refusal(`The mail is itself automatic (${message.automation.kind}${evidence ? `: ${evidence}` : ''})`);
	}
	if (message.envelope.mailFrom === '') return refusal('The mail has the null return path, as notices have');
	const mine = new Set(own.map((address) => address.toLowerCase()));
	for (const { address } of recipients) {
		if (unattended.test(address)) return refusal(`Nobody reads ${address}`);
		if (mine.has(address.toLowerCase())) return refusal('The reply would go to the address it is sent from');
	}
	return null;
}

function refusal(message: string): LoopRefusal {
	return {
		code: 'LOOP_GUARD',
		message,
		hint: 'Automatic replies to it could loop. If a person approved this one, switch “Automatic Reply” off.',
	};
}
