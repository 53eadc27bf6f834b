import { header, rawHeader } from '../mime/headerBlock';
import type { Anatomy } from './anatomy';
import type { Evidence } from './classification';
import { normalise } from './phrase';

/** A sign that a mail is (or is not) a notice of a mail system. Points add up; see {@link recogniseNotice}. */
interface Sign {
	name: string;
	points: number;
	/** The real line the sign stems from. */
	line: string;
	where: 'from' | 'subject' | 'notice';
	pattern: RegExp;
}

function sign(name: string, where: Sign['where'], points: number, line: string, source: string): Sign {
	return { name, where, points, line, pattern: new RegExp(source, 'u') };
}

/** Matched against normalised text (phrase.ts). One sign of each place counts: the first that matches. */
export const SIGNS: readonly Sign[] = [
	sign(
		'daemon',
		'from',
		3,
		'MAILER-DAEMON@example.jp (Mail Delivery System)',
		'mailer[-_ ]?daemon|mail delivery (?:sub)?system|mail[-_ ]daemon|delivery (?:sub)?system|mail administrator|mail[. ]delivery[. ]system|bounce[-_ ]?(?:daemon|handler)|mdaemon|mail system|internet mail delivery|mailer daemon|メール配信システム|mailsystem|mail router|mail transport',
	),
	sign(
		'postmaster',
		'from',
		2,
		'postmaster@mail.hotmail.com',
		'post_?master|poostmaster|mail[-_ ]service|smtp[-_ ]mail|interscan|mail[-_ ]?master|system administrator|systemadministrator|microsoft outlook|microsoft exchange|exchange server|systemverwalter|administrateur syst|administrador del sistema',
	),
	sign('loop', 'subject', 6, 'Loop Alert: Duplicated Message-ID (neko ML)', '^loop (?:alert|back warning)'),
	sign(
		'undelivered',
		'subject',
		3,
		'Undelivered Mail Returned to Sender',
		'undeliver(?:ed|able|ables)|non[- ]?deliver(?:y|able|ed)|unzustellbar|nicht zugestellt|not delivered|non remis|non distribu|no se (?:ha )?(?:podido )?entreg|non recapitat|niet besteld|onbestelbaar|kunne ikke leveres|недоставлен|не доставлен|niedostarczon|не(?:возможно|льзя) доставить|mancata consegna|mensaje no entregado|não entregue|nao entregue|falha na entrega|退信|無法傳遞|无法投递|無法送達|系统退信|配信不能|配信できません|送信エラー|不達|returned e-?mail|rückläufer|imposible entregar|non è stato possibile|nepodařilo|doručení',
	),
	sign(
		'failed',
		'subject',
		3,
		'Mail delivery failed: returning message to sender',
		"(?:mail|message|e-?mail|delivery|deliver|sending|transmission)(?: (?:delivery|status|transmission|system))?(?: (?:has|was|is))? ?:? ?(?:failed|failure|error|problem|unsuccessful|impossible)|fail(?:ed|ure)(?: of| in| to)? (?:notice|deliver|mail|message)|failure notice|failed mail|error sending your mail|permanent(?: delivery)? (?:fail|error)|could not be delivered|cannot be delivered|can't be delivered|unable to deliver|couldn't be delivered|mail system error|zustellung fehlgeschlagen|fehlgeschlagen|échec|fallo de entrega|mail problem|mail error|delivery not possible|there was an error",
	),
	sign(
		'returned',
		'subject',
		3,
		'Returned mail: User unknown',
		'^\\[bounce\\]|returned (?:mail|message|to sender|e-?mail)|return(?:ing)? (?:message|mail|to sender)|mail returned|message returned|bounce(?:d)? (?:mail|message|notice|action)|uncaught bounce|bounced:',
	),
	sign(
		'status',
		'subject',
		3,
		'Delivery Status Notification (Failure)',
		"deliver(?:y|ed)? (?:status|report|notification|status report)|status notification|mail delivery (?:status|report|notification|delayed)|postmaster notify|notification d'état|notificación de estado|zustellungsstatus|zustellstatus|benachrichtigung zum|notifica(?:zione)? (?:dello|sullo) stato",
	),
	sign(
		'delayed',
		'subject',
		3,
		'Warning: message 14jRTi-0007jE-00 delayed 24 hours',
		"warning: (?:message|could not send|your message)|delayed (?:mail|message|delivery)|(?:mail|message|delivery)(?: has been| is)? ?delay(?:ed)?|still being retried|could not send message for|cannot send message for|verzögert|doesn't go through yet",
	),
	sign(
		'blocked',
		'subject',
		2,
		'**Message you sent blocked by our bulk email filter**',
		'(?:message|mail|e-?mail)(?: you sent)?(?: was| has been| is)? ?(?:blocked|rejected|refused|quarantined|denied|not allowed)|rejected mail|blocked (?:by|mail)|considered unsolicited|(?:virus|banned|spam) (?:found|detected|in mail|alert)|unknown (?:user|recipient|address)|user unknown|no such user|mailbox (?:full|unavailable)|over quota',
	),
	sign(
		'lead',
		'notice',
		4,
		'This is the mail system at host mail.example.com.',
		'this is the (?:mail (?:system|delivery (?:agent|system))|mailer-daemon|postfix|qmail-send|[a-z ]{0,20}(?:postfix|qmail-send|mta)) ?(?:program)?|this message was created automatically by|this is a(?:n)? (?:automatically generated )?delivery status notification|this is an automatically generated delivery status|the original message was received at|transcript of session follows|this report relates to (?:a|your) message you sent|non-delivery report|error message below:?|this is a delivery status notification|hi\\. this is the|это письмо (?:создано автоматически|отправлено почтовым)|dragonfly mail agent',
	),
	sign(
		'could-not',
		'notice',
		3,
		"I'm sorry to have to inform you that your message could not be delivered to one or more recipients.",
		"(?:could|can|was|has|were|did|is|are)(?: not|n't|not)(?: be| been| yet been)?(?: able to be)? ?(?:delivered|sent|deliver|reach(?:ed)? the following|processed)|(?:unable|able|failed|trouble|error|problems?|impossible) (?:to |in |while |when |attempting to )?(?:deliver|be delivered|delivering|send)|delivery (?:to|for) (?:the following|these) .{0,40}(?:failed|delayed)|(?:had|have) (?:permanent fatal errors|delivery problems|transient non-fatal|transient non-fatal errors|permanent delivery|delivery notifications)|undeliverable|undelivered|delivery (?:has )?(?:failed|error|failure)|(?:message|mail) (?:was |has been )?(?:rejected|refused|blocked|undelivered|returned)|not been delivered|been delayed|failed addresses follow|failure reasons|returned mail|following address(?:es)?(?:\\(es\\))? (?:had|failed|failures)|(?:was|were) rejected by|not delivered within|because they are not accepting|delivery failed|message delayed|is delayed|duplicated message-id|invalid final delivery|unknown (?:local )?(?:user|recipient)|non[- ]delivery|will not be delivered",
	),
	sign(
		'could-not-elsewhere',
		'notice',
		3,
		'Ihre Nachricht konnte nicht zugestellt werden',
		"nicht (?:zugestellt|ausgeliefert|übermittelt|zustellen)|konnte nicht an|unzustellbar|n'a (?:pas )?pu être|n'a pas été (?:remis|distribu)|pas pu (?:être )?(?:livr|remis|délivr|distribu)|impossible de (?:remettre|délivrer|distribuer)|no (?:se )?(?:ha )?(?:podido|pudo) (?:ser )?entreg|no ha sido entregado|não (?:pôde|foi|pode) (?:ser )?entreg|nao (?:pode|foi) (?:ser )?entreg|non è stato possibile (?:recapitare|consegnare)|non (?:è stato|può essere) (?:recapitato|consegnato)|niet (?:worden )?(?:bezorgd|afgeleverd|besteld)|не (?:может|могло|был[оа]?) (?:быть )?доставлен|не удалось доставить|не доставлен|nie (?:mógł|mogła|można|został[oa]?) (?:zostać )?(?:dostarcz|doręcz)|送信できませんでした|配信できません|配送できません|お届けできません|届けることができません|送信することができません|無法(?:傳|投|送|寄)|无法(?:传|投|送|发)|退信|退回|投递失败|可能不存在|メッセージを配信|届きませんでした|送れませんでした|kunne ikke (?:leveres|afleveres)|kunde inte levereras|nem sikerült|不能投递|nemohla být doručena|couldn't be delivered",
	),
];

export interface Recognition {
	/** True when the mail is a notice of a mail system. */
	isNotice: boolean;
	points: number;
	evidence: Evidence[];
}

/** Points from which a mail counts as a notice of a mail system. */
const THRESHOLD = 6;
/** The signs that show who wrote: one of them there must be. */
const ORIGINS =
	/^(?:from:|notice:lead|subject:loop|null-return-path|x-failed-recipients|delivery-status|report-type|x-ms-exchange)/;

/**
 * Adds up the signs that a mail system wrote this mail.
 *
 * No single text makes a notice: a person may write, quote or forward any of it. It takes an origin (null return
 * path, daemon, delivery-status part, X-Failed-Recipients, a subject only mail systems write) and a statement.
 */
export function recogniseNotice(anatomy: Anatomy): Recognition {
	const fields = anatomy.root.headers;
	const evidence: Evidence[] = [];
	let points = 0;
	const add = (rule: string, value: number, text: string, source: Evidence['source'] = 'header') => {
		points += value;
		evidence.push({ source, rule, text: text.slice(0, 200) });
	};
	const from = header(fields, 'from') ?? '';
	const subject = header(fields, 'subject') ?? '';
	const texts = {
		from: from.toLowerCase(),
		subject: normalise(subject),
		notice: normalise(unquoted(anatomy.notice), 4000),
	};
	const matched = new Set<string>();
	for (const { name, where, points: value, pattern } of SIGNS) {
		const match = matched.has(where) ? null : pattern.exec(texts[where]);
		if (match === null) continue;
		matched.add(where);
		add(`${where}:${name}`, value, match[0], where === 'notice' ? 'notice' : 'header');
	}
	const returnPath = rawHeader(fields, 'return-path');
	if (returnPath !== null && /^<\s{0,3}>|^<?mailer-daemon/i.test(returnPath))
		add('null-return-path', 2, `Return-Path: ${returnPath}`);
	if (rawHeader(fields, 'x-failed-recipients') !== null) add('x-failed-recipients', 4, 'X-Failed-Recipients');
	const auto = rawHeader(fields, 'auto-submitted');
	if (auto !== null && /^auto-(?:replied|generated|notified)/i.test(auto))
		add('auto-submitted', 1, `Auto-Submitted: ${auto}`);
	if (/report-type="?delivery-status/i.test(rawHeader(fields, 'content-type') ?? ''))
		add('report-type', 2, 'report-type=delivery-status', 'structure');
	if (anatomy.deliveryStatus !== null) {
		add('delivery-status', anatomy.deliveryStatusPart ? 4 : 3, 'delivery-status fields', 'structure');
	}
	if (anatomy.returned !== null) add('returned-message', 1, 'returned message', 'structure');
	if (rawHeader(fields, 'x-ms-exchange-message-is-ndr') !== null)
		add('x-ms-exchange-message-is-ndr', 4, 'X-MS-Exchange-Message-Is-Ndr');
	if (/^multipart\/report/i.test(rawHeader(fields, 'content-type') ?? ''))
		add('multipart-report', 1, 'multipart/report', 'structure');
	const daemon = [...matched].includes('from');
	if (
		!daemon &&
		/^(?:re|aw|sv|antw|ref|回复|答复|res|fwd?|wg|tr|rv|i|enc|vs|转发)\s{0,2}(?:\[\d{1,3}\])?[:：]/i.test(subject.trim())
	)
		add('reply-or-forward', -6, subject);
	if (!daemon && !matched.has('subject') && rawHeader(fields, 'list-id') !== null) add('list', -3, 'List-Id');
	const hasOrigin = evidence.some(({ rule }) => ORIGINS.test(rule));
	return { isNotice: hasOrigin && points >= THRESHOLD, points, evidence };
}

/** The text without quoted lines and what stands behind a forwarding mark. */
function unquoted(notice: string): string {
	const lines: string[] = [];
	for (const line of notice.split('\n')) {
		if (/^\s{0,4}[>|]/.test(line)) continue;
		if (/^-{2,20} ?(?:original|forwarded|weitergeleitete|mensaje|message) ?/i.test(line.trim())) break;
		lines.push(line);
	}
	return lines.join('\n');
}
