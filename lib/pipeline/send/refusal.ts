/** What an explicit refusal of a mail decides, by the one table of verdicts (docs/bounce-taxonomy.md). */
import { classifyReply } from '../../email/bounce/classifyReply';
import type { SmtpCommand } from '../../email/bounce/rules/rule';
import { type Verdict, verdictOf } from '../../email/bounce/verdict';
import type { Transmission } from '../../email/smtp/transmission';
import { writeVerp } from '../../email/verp';
import type { SendRecord } from '../../store/store';
import type { SendRequest } from './sendRequest';

export type Refusal = Extract<Transmission, { outcome: 'refused' }>;

/**
 * @param request tells the addresses of the sending side: a refusal that names one of them is about the sender
 * @returns the verdict; `final` only where the refusal was a permanent one and its reason ends a send
 */
export function judgeRefusal(refusal: Refusal, request: SendRequest, { id, recipient }: SendRecord): Verdict {
	const { reply, stage, verdict } = refusal;
	const senders = sendersOf(request, id);
	const { replyCode, status, text } = reply;
	const command = commandOf(stage);
	const reason = verdict?.reason ?? classifyReply({ replyCode, status, text, command, senders, recipient }).reason;
	const judged = verdictOf(reason);
	const permanent = refusal.permanent ?? replyCode.startsWith('5');
	return { ...judged, final: permanent && judged.final };
}

function sendersOf({ draft, mailFrom, verp }: SendRequest, sendId: string): string[] {
	const returnPath = mailFrom ?? draft.from.address;
	const own = returnPath === '' ? [] : [returnPath, ...(verp === true ? [writeVerp(returnPath, sendId)] : [])];
	return [...own, draft.from.address];
}

/** The SMTP command a refusal answered, as the classifier names it. */
function commandOf(stage: string): SmtpCommand | null {
	const command = stage.split(' ')[0];
	return command === 'MAIL' || command === 'RCPT' || command === 'DATA' ? command : null;
}
