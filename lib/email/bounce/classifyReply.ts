import type { BounceType, Evidence } from './classification';
import { decideReason } from './decide';
import { REASONS, type Reason } from './reasons';
import type { SmtpCommand } from './rules/rule';
import { findReplyCode, findStatus } from './statusCodes';

/** One SMTP reply, or a provider's account of one. `text` is everything after the codes; multi-line replies joined. */
export interface SmtpReply {
	replyCode: string | null;
	status: string | null;
	text: string;
	/** Host that replied, for words that mean something else at one provider. */
	remoteMta?: string | null;
	/** SMTP command it answered. */
	command?: SmtpCommand | null;
	/** Addresses of the sending side (return path, From): words about one of them are about us. */
	senders?: readonly string[];
	/** Whom the mail was for. */
	recipient?: string | null;
}

/**
 * What the sender does next. `transient`: the same transmission may work later. `authentication`: our login or TLS was
 * refused, nobody's mail will go out. `sender`: refused for what the sending side is or does; the same mail may go out
 * once that is mended. `policy`: refused on purpose, for something other than the address. `permanent`: will not work
 * again unchanged.
 */
export type ReplyClass = 'transient' | 'sender' | 'policy' | 'permanent' | 'authentication';

export interface ReplyClassification {
	reason: Reason;
	bounceType: BounceType;
	class: ReplyClass;
	/** How sure the reason is, 0 to 1. */
	confidence: number;
	evidence: Evidence[];
}

/**
 * What an SMTP reply means, in the taxonomy of reasons.ts: the same engine as for returned mail. Never throws.
 * Codes that are not given are looked for in the text.
 */
export function classifyReply(reply: SmtpReply): ReplyClassification {
	const replyCode = reply.replyCode ?? findReplyCode(reply.text);
	const status = reply.status ?? findStatus(reply.text);
	const decision = decideReason(
		{
			text: reply.text,
			replyCode,
			status,
			remote: reply.remoteMta ?? '',
			command: reply.command ?? null,
			senders: reply.senders ?? [],
			recipient: reply.recipient ?? null,
		},
		'reply',
	);
	return { ...decision, class: classOf(replyCode, status, decision.reason) };
}

/** A provider's delivery event (SES, SparkPost, Postmark, …): the diagnostic text it passes on, and what it says itself. */
export interface DiagnosticEvent {
	diagnostic: string | null;
	replyCode?: string | null;
	status?: string | null;
	remoteMta?: string | null;
}

/** What a provider's diagnostic text means; see {@link classifyReply}. */
export function classifyDiagnostic(event: DiagnosticEvent): ReplyClassification {
	return classifyReply({
		replyCode: event.replyCode ?? null,
		status: event.status ?? null,
		text: event.diagnostic ?? '',
		remoteMta: event.remoteMta ?? null,
	});
}

function classOf(replyCode: string | null, status: string | null, reason: Reason): ReplyClass {
	if (/^53[0458]$/.test(replyCode ?? '') || /^5\.7\.(?:8|9|11|14)$/.test(status ?? '')) return 'authentication';
	if (/^4/.test(replyCode ?? status ?? '')) return 'transient';
	const { fault, nature, final } = REASONS[reason];
	if (fault === 'sender') return 'sender';
	if (nature === 'block') return 'policy';
	return final && /^5/.test(replyCode ?? status ?? '') ? 'permanent' : nature;
}
