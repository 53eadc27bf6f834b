import type { BounceType, Evidence } from './classification';
import { REASONS, type Reason } from './reasons';
import { reasonOfStatus } from './statusCodes';

/** One SMTP reply, or a provider's account of one. `text` is everything after the codes; multi-line replies joined. */
export interface SmtpReply {
	replyCode: string | null;
	status: string | null;
	text: string;
}

export type ReplyClass = 'transient' | 'policy' | 'permanent' | 'authentication';

export interface ReplyClassification {
	reason: Reason;
	bounceType: BounceType;
	class: ReplyClass;
	confidence: number;
	evidence: Evidence[];
}

/** What an SMTP reply means, in the taxonomy of reasons.ts. */
export function classifyReply(reply: SmtpReply): ReplyClassification {
	const byStatus = reasonOfStatus(reply.status);
	const reason = byStatus ?? 'undetermined';
	const evidence: Evidence[] =
		byStatus === null ? [] : [{ source: 'reply', rule: `status:${reply.status ?? ''}`, text: reply.status ?? '' }];
	return {
		reason,
		bounceType: REASONS[reason].bounceType,
		class: classOf(reply, reason),
		confidence: byStatus === null ? 0.2 : 0.5,
		evidence,
	};
}

function classOf(reply: SmtpReply, reason: Reason): ReplyClass {
	if (reply.replyCode?.startsWith('4') === true || (reply.replyCode === null && reply.status?.startsWith('4') === true))
		return 'transient';
	if (reason === 'security-refused' && /^53[058]$/.test(reply.replyCode ?? '')) return 'authentication';
	return REASONS[reason].nature === 'block' ? 'policy' : 'permanent';
}
