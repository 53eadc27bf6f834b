import { header, rawHeader } from '../mime/headerBlock';
import type { Anatomy } from './anatomy';
import type { Evidence } from './classification';
import { DAEMON_ADDRESS, saysWhatANoticeSays } from './corroboration';
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

/**
 * "Not delivered" in other languages, as subjects and texts word it. The verbs are those of mail systems; of parcels and
 * invitations the same is said, which is why it takes an origin, too.
 */
const NOT_DELIVERED = [
	// German, Dutch
	'(?:nicht|konnte nicht|kann nicht) .{0,40}?(?:zugestellt|zustell|ausgeliefert|übermittelt|gesendet|versendet|weitergeleitet)|unzustellbar|zustellung .{0,60}?(?:fehlgeschlagen|gescheitert|nicht möglich|misslungen)|fehler bei der (?:nachrichten)?(?:zustellung|übermittlung)|zustell(?:fehler|problem)|rückläufer|niet .{0,40}?(?:bezorg|afgeleverd|bestel|verzonden)|onbestelbaar|bezorging .{0,40}?mislukt|konnte nicht an',
	// French
	"(?:n'a pas|n'ont pas|n'est pas|pas pu|impossible d[e']|non|n'a pu|ne peut) .{0,30}?(?:remis|remettre|distribu|livr|délivr|parvenu|envoy|achemin|transmi)|échec (?:de|d'|lors) .{0,30}?(?:remise|distribution|livraison|envoi|acheminement)|courrier retourné|message retourné",
	// Spanish, Portuguese, Italian, Romanian
	'\\bno (?:se |ha |pudo |fue |es |puede ){0,4}.{0,20}?(?:entreg|envia|enviad|llegar)|error (?:en|al) (?:la )?(?:entrega|entregar|enviar)|fallo (?:en|de) (?:la )?entrega|imposible entregar|correo devuelto|mensaje devuelto|n[ãa]o .{0,30}?(?:entreg|enviad)|falha na entrega|falha ao entregar|mensagem devolvida|impossível entregar|non .{0,30}?(?:recapit|consegn|inviat)|mancat[oa] (?:recapito|consegna)|impossibile (?:recapitare|consegnare|inviare)|recapito non riuscito|messaggio restituito|nu a putut fi livrat|nelivrat',
	// Nordic and Finnish
	'(?:inte|ikke|ikkje|ej) .{0,30}?lever\\w{1,6}|o?u?levererbar\\w?|leverans\\w{0,2} .{0,60}?misslyckades|levering\\w{0,2} .{0,60}?mislyk\\w{2,6}|kunde inte skickas|ei void?a? ?(?:tu )?toimit\\w{2,6}|ei voitu toimittaa|toimitus .{0,40}?epäonnistui',
	// Slavic, Hungarian, Turkish, Greek
	'niedostarczon|nie .{0,30}?(?:dostarcz|doręcz|wysłan)|dostarczenie .{0,80}?nie powiodło|niepowodzenie|nedoručiteln|nedoručen|nepodařilo .{0,20}?doručit|nebyl\\w? .{0,20}?doručen|nebol\\w? .{0,20}?doručen|nedoručen|nemohl\\w? být doruč|kézbesíthetetlen|nem sikerült|nem .{0,20}?kézbesít|kézbesít\\w{1,6} .{0,30}?sikertelen|teslim edileme\\w{1,4}|iletileme\\w{1,3}|gönderileme\\w{1,3}|не (?:был[оа]? |может быть |могло быть |можем )?доставлен|не .{0,30}?доставить|сбой доставки|ошибка доставки|недоставлен|невозможно доставить|возврат (?:письма|сообщения|почты)|не доставлено|не вдалося доставити|αδύνατη η παράδοση|δεν (?:ήταν δυνατή η παράδοση|παραδόθηκε)',
	// Japanese, Chinese, Korean and others
	'(?:配信|配送|送信|送付|伝送|お届け|届け).{0,16}?(?:でき|失敗|不能|ません|エラー|不可)|(?:届き|届け|送れ|配信され|送信され)ませんでした|不達|差し戻|(?:未能?|无法|無法|不能|没有|未)(?:成功)?(?:将|把)?.{0,12}?(?:传递|投递|送达|發送|传送|傳送|傳遞|送達|寄達|发送|递送|投遞|寄出)|退信|退回|(?:投递|发送|发信|寄送|傳遞|傳送)失[败敗]|(?:배달|전송|발송|전달).{0,16}?(?:못|실패|없|않|되지)|반송|không thể (?:gửi|chuyển)|tidak (?:dapat|berhasil) (?:di)?kirim|gagal (?:ter|di)?kirim|تعذر (?:تسليم|إرسال)|לא ניתן (?:למסור|לשלוח)',
].join('|');

/** Matched against normalised text (phrase.ts). One sign of each place counts: the first that matches. */
export const SIGNS: readonly Sign[] = [
	sign(
		'daemon',
		'from',
		3,
		'MAILER-DAEMON@example.jp (Mail Delivery System)',
		'mailer[-_ ]?daemon|mail delivery (?:sub)?system|mail[-_ ]daemon|delivery (?:sub)?system|mail administrator|mail[. ]delivery[. ]system|bounce[-_ ]?(?:daemon|handler)|mdaemon|\\bmail system|internet mail delivery|mailer daemon|メール配信システム|mailsystem|mail router|mail transport|\\bmmdf\\b|\\buucp\\b|^xmail',
	),
	sign(
		'postmaster',
		'from',
		2,
		'postmaster@mail.hotmail.com',
		'post_?master|poostmaster|mail[-_ ]service|smtp[-_ ]mail|interscan|mail[-_ ]?master|system administrator|systemadministrator|microsoft outlook|microsoft exchange|exchange server|systemverwalter|administrat\\w{2,4} (?:syst|d[eoi]l? sistema|systemu)|syst(?:eem|em)(?:beheerder|administrat)|j(?:ä|a)rjestelm(?:ä|a)nvalvoja|rendszergazda|spr(?:á|a)vce syst|системный администратор|システム管理者|系统管理员|系統管理員|시스템 관리자|sistem y(?:ö|o)neticisi|listserv|majordomo|ecartis|listmanager|\\bimss\\b|ezmlm|sympa@|content[- ]filter|mail ?scanner|virus ?scanner|anti-?virus|mail ?gateway',
	),
	sign('loop', 'subject', 6, 'Loop Alert: Duplicated Message-ID (neko ML)', '^loop (?:alert|back warning)'),
	sign(
		'undelivered',
		'subject',
		3,
		'Undelivered Mail Returned to Sender',
		'undeliver(?:ed|able|ables)|non[- ]?deliver(?:y|able|ed)|not (?:been )?delivered|returned e-?mail',
	),
	sign(
		'failed',
		'subject',
		3,
		'Mail delivery failed: returning message to sender',
		"(?:mail|message|e-?mail|delivery|deliver|sending|transmission)(?: (?:delivery|status|transmission|system))?(?: (?:has|was|is))? ?:? ?(?:failed|failure|error|problem|unsuccessful|impossible)|fail(?:ed|ure)(?: of| in| to)? (?:notice|deliver|mail|message)|failure notice|failed mail|error sending your mail|permanent(?: delivery)? (?:fail|error)|could not be delivered|cannot be delivered|can't be delivered|unable to deliver|couldn't be delivered|mail system error|fehlgeschlagen|échec|mail problem|mail error|delivery not possible|there was an error",
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
	sign('undelivered-elsewhere', 'subject', 3, 'Kan ikke leveres: hej', NOT_DELIVERED),
	sign(
		'blocked',
		'subject',
		2,
		'**Message you sent blocked by our bulk email filter**',
		'(?:message|mail|e-?mail)(?: you sent)?(?: was| has been| is)? ?(?:blocked|rejected|refused|quarantined|denied|not allowed)|rejected mail|blocked (?:by|mail)|considered unsolicited|(?:virus|banned|spam) (?:found|detected|in mail|alert)|unknown (?:user|recipient|address)|user unknown|no such user|mailbox (?:full|unavailable)|over quota|(?:mail|message|e-?mail) (?:has |was |is )?bounced|delivery error|systems? bounce|(?:banned|virus|infected|spam) .{0,40}(?:from you|you sent)|(?:error|problem) (?:sending|delivering|with your (?:mail|message))',
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
		"(?:could|can|was|has|were|did|is|are)(?: not|n't|not)(?: be| been| yet been)?(?: able to be)? ?(?:delivered|sent|deliver|reach(?:ed)? the following|processed)|(?:unable|able|failed|trouble|error|problems?|impossible) (?:to |in |while |when |attempting to )?(?:deliver|be delivered|delivering|send)|delivery (?:to|for) (?:the following|these) .{0,40}(?:failed|delayed)|(?:had|have) (?:permanent fatal errors|delivery problems|transient non-fatal|transient non-fatal errors|permanent delivery|delivery notifications)|undeliverable|undelivered|delivery (?:has )?(?:failed|error|failure)|(?:message|mail) (?:was |has been )?(?:rejected|refused|blocked|undelivered|returned)|not been delivered|been delayed|failed addresses follow|failure reasons|returned mail|following address(?:es)?(?:\\(es\\))? (?:had|failed|failures)|(?:was|were) rejected by|not delivered within|because they are not accepting|delivery failed|message delayed|is delayed|duplicated message-id|invalid final delivery|unknown (?:local )?(?:user|recipient)|non[- ]delivery|will not be delivered|did not (?:reach|receive)|(?:mail|message|e-?mail)(?: .{1,60}?)? (?:has been|was|is) (?:returned|bounced|undeliverable)|could not be (?:reached|contacted)|identified as a delivery error|(?:message|mail|e-?mail) .{0,80}?(?:failed|was stopped|was not accepted)|(?:message|mail|e-?mail) .{1,120}? was (?:rejected|refused|returned|blocked|bounced)|delivery of .{0,30}(?:stopped|blocked|refused)|triggered by a message you sent|presumably from you|(?:server|host) (?:said|responded|told us|replied)|(?:failed|undeliverable) (?:addresses|recipients|to)\\b",
	),
	sign('could-not-elsewhere', 'notice', 3, 'Ihre Nachricht konnte nicht zugestellt werden', NOT_DELIVERED),
];

export interface Recognition {
	/** True when the mail is a notice of a mail system. */
	isNotice: boolean;
	points: number;
	evidence: Evidence[];
}

/** Points from which a mail counts as a notice of a mail system. */
const THRESHOLD = 6;
/** Subjects of answers and of forwarded mail. */
const REPLY = /^(?:re|aw|sv|antw|ref|回复|答复|res|fwd?|wg|tr|rv|i|enc|vs|转发)\s{0,2}(?:\[\d{1,3}\])?[:：]/i;

/** Carriers say the same of parcels. */
const PARCEL =
	/\b(?:parcels?|packages?|shipments?|courier|tracking (?:number|code)|pakete?s?|sendungs\w{1,8}|paketshop|colis|livreur|paquete|encomenda|pacco|spedizione|pakket|przesyłk\w{1,3}|zásilk\w{1,3})\b|посылк|お荷物|宅配|包裹|快递|택배/u;
/** `550 5.1.1`, `(550)`, `#5.2.2`: what only a mail system's words hold. */
const SMTP_CODE = /(?<![\w.:/@-])(?:[45][0-5]\d(?=[ \-:)])|#?[45]\.\d\.\d{1,3}(?![\w.]))/u;
/** The signs that show who wrote: one of them there must be. */
const ORIGINS =
	/^(?:from:daemon|notice:lead$|subject:loop|qmail|x-failed-recipients|delivery-status|report-type|x-ms-exchange)/;
/** A lead opens a notice; behind more characters than this stand the words of somebody who pastes one. */
const FOREWORD = 12;
/** Others write so, too: see corroboration.ts. */
const WEAK_ORIGINS = /^(?:from:postmaster|null-return-path)/;

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
		if (name === 'lead' && match.index > FOREWORD) add('notice:lead-later', value, match[0], 'notice');
		else add(`${where}:${name}`, value, match[0], where === 'notice' ? 'notice' : 'header');
	}
	const returnPath = rawHeader(fields, 'return-path');
	if (returnPath !== null && /^<\s{0,3}>|^<?mailer-daemon/i.test(returnPath))
		add('null-return-path', 2, `Return-Path: ${returnPath}`);
	if (rawHeader(fields, 'x-failed-recipients') !== null) add('x-failed-recipients', 4, 'X-Failed-Recipients');
	if (
		fields.some(({ name, value }) => name === 'received' && /^\s{0,4}\(qmail \d{1,9} invoked for bounce\)/.test(value))
	)
		add('qmail', 2, 'Received: (qmail … invoked for bounce)');
	const auto = rawHeader(fields, 'auto-submitted');
	if (auto !== null && /^auto-(?:replied|generated|notified)/i.test(auto))
		add('auto-submitted', 1, `Auto-Submitted: ${auto}`);
	if (/report-type="?delivery-status/i.test(rawHeader(fields, 'content-type') ?? ''))
		add('report-type', 2, 'report-type=delivery-status', 'structure');
	if (anatomy.deliveryStatus !== null) {
		if (anatomy.deliveryStatusPart) add('delivery-status', 4, 'delivery-status part', 'structure');
		else add('status-fields', 3, 'delivery-status fields', 'structure');
	}
	if (anatomy.returned !== null) add('returned-message', 1, 'returned message', 'structure');
	if (rawHeader(fields, 'x-ms-exchange-message-is-ndr') !== null)
		add('x-ms-exchange-message-is-ndr', 4, 'X-MS-Exchange-Message-Is-Ndr');
	if (/^multipart\/report/i.test(rawHeader(fields, 'content-type') ?? ''))
		add('multipart-report', 1, 'multipart/report', 'structure');
	const daemon = matched.has('from');
	const isReply = REPLY.test(subject.trim());
	if (daemon && !isReply && matched.has('notice') && SMTP_CODE.test(texts.notice))
		add('smtp-code', 1, 'a reply or status code', 'notice');
	if (!daemon && PARCEL.test(`${texts.subject} ${texts.notice}`)) add('parcel', -4, 'words of a carrier', 'notice');
	if (!daemon && isReply) add('reply-or-forward', -6, subject);
	if (!daemon && !matched.has('subject') && rawHeader(fields, 'list-id') !== null) add('list', -3, 'List-Id');
	const isNotice =
		points >= THRESHOLD &&
		(evidence.some(({ rule }) => ORIGINS.test(rule)) ||
			(evidence.some(({ rule }) => WEAK_ORIGINS.test(rule)) &&
				saysWhatANoticeSays(anatomy, Number(daemon) + Number(matched.has('subject')))));
	return { isNotice, points, evidence };
}

/** The first line of a header that a client puts above what is forwarded. */
const FORWARDED = /^\s{0,4}\*?(?:from|von|de|da|van|från|fra|od|feladó|от|发件人|寄件者|差出人|보낸 사람)\*?\s?[:：]/i;

/** The text without quoted lines and what stands behind a forwarding mark. */
function unquoted(notice: string): string {
	const lines: string[] = [];
	for (const line of notice.split('\n')) {
		if (/^\s{0,4}[>|]/.test(line)) continue;
		if (FORWARDED.test(line) && DAEMON_ADDRESS.test(line)) break;
		if (/^-{2,20} ?(?:original|forwarded|weitergeleitete|mensaje|message) ?/i.test(line.trim())) break;
		lines.push(line);
	}
	return lines.join('\n');
}
