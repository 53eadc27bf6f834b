import { describe, expect, it } from 'vitest';
import { extractReply } from '../../../../lib/email/reply/extractReply';

/** Client and language, body as that client writes it, the author's own words. */
const REPLIES: Array<[string, string, string]> = [
	[
		'gmail en',
		'Thanks, that works.\n\nOn Tue, Nov 17, 2026 at 9:14 AM Support <support@vendor.example> wrote:\n\n> Hello\n> there\n',
		'Thanks, that works.',
	],
	[
		'gmail el',
		'Ναι, εντάξει.\n\nΣτις Τρί 17 Νοε 2026 στις 9:14 π.μ., ο χρήστης Support <support@vendor.example> έγραψε:\n\n> Hello\n',
		'Ναι, εντάξει.',
	],
	[
		'gmail hu',
		'Igen.\n\nSupport <support@vendor.example> ezt írta (időpont: 2026. nov. 17., K, 9:14):\n\n> Hello\n',
		'Igen.',
	],
	[
		'gmail cs',
		'Ano.\n\nút 17. 11. 2026 v 9:14 odesílatel Support <support@vendor.example>\nnapsal:\n\n> Hello\n',
		'Ano.',
	],
	['gmail sk', 'Áno.\n\nut 17. 11. 2026 o 9:14 Support <support@vendor.example> napísal(a):\n\n> Hello\n', 'Áno.'],
	['gmail ro', 'Da.\n\nÎn mar., 17 nov. 2026 la 09:14, Support <support@vendor.example> a scris:\n\n> Hello\n', 'Da.'],
	[
		'gmail fi',
		'Kyllä.\n\nti 17. marrask. 2026 klo 9.14 Support (support@vendor.example) kirjoitti:\n\n> Hello\n',
		'Kyllä.',
	],
	['gmail da', 'Ja.\n\nDen tirs. 17. nov. 2026 kl. 09.14 skrev Support <support@vendor.example>:\n\n> Hello\n', 'Ja.'],
	['gmail no', 'Ja.\n\ntir. 17. nov. 2026 kl. 09:14 skrev Support <support@vendor.example>:\n\n> Hello\n', 'Ja.'],
	['gmail sv', 'Ja.\n\nDen tis 17 nov. 2026 kl 09:14 skrev Support <support@vendor.example>:\n\n> Hello\n', 'Ja.'],
	['gmail nl', 'Ja.\n\nOp di 17 nov 2026 om 09:14 schreef Support <support@vendor.example>:\n\n> Hello\n', 'Ja.'],
	[
		'gmail tr',
		'Evet.\n\nSupport <support@vendor.example>, 17 Kas 2026 Sal, 09:14 tarihinde şunu yazdı:\n\n> Hello\n',
		'Evet.',
	],
	[
		'gmail he',
		'כן.\n\n\u202bבתאריך יום ג׳, 17 בנוב׳ 2026 ב-9:14 מאת \u202aSupport\u202c\u200f <\u202asupport@vendor.example\u202c\u200f>:\u202c\n\n> Hello\n',
		'כן.',
	],
	[
		'gmail ar',
		'نعم.\n\nفي الثلاثاء، 17 نوفمبر 2026 في 9:14 ص تمت كتابة ما يلي بواسطة Support <support@vendor.example>:\n\n> Hello\n',
		'نعم.',
	],
	['gmail th', 'ใช่\n\nเมื่อ อ. 17 พ.ย. 2026 เวลา 09:14 Support <support@vendor.example> เขียนว่า:\n\n> Hello\n', 'ใช่'],
	[
		'gmail vi',
		'Vâng.\n\nVào Th 3, 17 thg 11, 2026 vào lúc 09:14 Support <support@vendor.example> đã viết:\n\n> Hello\n',
		'Vâng.',
	],
	[
		'gmail id',
		'Ya.\n\nPada tanggal Sel, 17 Nov 2026 pukul 09.14 Support <support@vendor.example> menulis:\n\n> Hello\n',
		'Ya.',
	],
	['gmail ja', 'はい。\n\n2026年11月17日(火) 9:14 Support <support@vendor.example>:\n\n> Hello\n', 'はい。'],
	[
		'gmail ko',
		'네.\n\n2026년 11월 17일 (화) 오전 9:14, Support <support@vendor.example>님이 작성:\n\n> Hello\n',
		'네.',
	],
	['gmail zh', '好的。\n\nSupport <support@vendor.example> 于2026年11月17日周二 09:14写道：\n\n> Hello\n', '好的。'],
	[
		'gmail zh-tw',
		'好的。\n\nSupport <support@vendor.example> 於 2026年11月17日 週二 上午9:14寫道：\n\n> Hello\n',
		'好的。',
	],
	['gmail uk', 'Так.\n\nвт, 17 лист. 2026 р. о 09:14 Support <support@vendor.example> пише:\n\n> Hello\n', 'Так.'],
	['gmail bg', 'Да.\n\nНа вт, 17.11.2026 г. в 9:14 Support <support@vendor.example> написа:\n\n> Hello\n', 'Да.'],
	['gmail hr', 'Da.\n\nuto, 17. stu 2026. u 09:14 Support <support@vendor.example> napisao je:\n\n> Hello\n', 'Da.'],
	[
		'gmail sr',
		'Da.\n\nдана уто, 17. нов 2026. у 09:14 Support <support@vendor.example> је написао/ла:\n\n> Hello\n',
		'Da.',
	],
	[
		'gmail sl',
		'Da.\n\nV V tor., 17. nov. 2026 ob 09:14 je oseba Support <support@vendor.example>\nnapisala:\n\n> Hello\n',
		'Da.',
	],
	[
		'gmail ca',
		'Sí.\n\nEl dt., 17 de nov. 2026, 9:14, Support <support@vendor.example> va escriure:\n\n> Hello\n',
		'Sí.',
	],
	[
		'gmail et',
		'Jah.\n\nKontakt Support (<support@vendor.example>) kirjutas kuupäeval T, 17. november\n2026 kell 09:14:\n\n> Hello\n',
		'Jah.',
	],
	['gmail lt', 'Taip.\n\n2026-11-17, an, 09:14 Support <support@vendor.example> rašė:\n\n> Hello\n', 'Taip.'],
	[
		'gmail lv',
		'Jā.\n\notrd., 2026. g. 17. nov., plkst. 9:14 — lietotājs Support (<support@vendor.example>) rakstīja:\n\n> Hello\n',
		'Jā.',
	],
	[
		'gmail fa',
		'بله\n\nدر تاریخ سه‌شنبه ۱۷ نوامبر ۲۰۲۶،\u200f ۹:۱۴ Support <support@vendor.example> نوشت:\n\n> Hello\n',
		'بله',
	],
	[
		'apple pl',
		'Tak.\n\nWysłane z iPhone’a\n\n> Wiadomość napisana przez Support <support@vendor.example> w dniu 17.11.2026, o godz. 09:14:\n> \n> Hello\n',
		'Tak.',
	],
	[
		'apple ja',
		'はい。\n\niPhoneから送信\n\n> 2026/11/17 9:14、Support <support@vendor.example>のメール:\n> \n> Hello\n',
		'はい。',
	],
	[
		'apple de',
		'Ja.\n\nVon meinem iPhone gesendet\n\n> Am 17.11.2026 um 09:14 schrieb Support <support@vendor.example>:\n> \n> Hello\n',
		'Ja.',
	],
	[
		'apple ko',
		'네.\n\n나의 iPhone에서 보냄\n\n2026. 11. 17. 오전 9:14, Support <support@vendor.example> 작성:\n\n> Hello\n',
		'네.',
	],
	[
		'apple zh',
		'好。\n\n发自我的iPhone\n\n> 在 2026年11月17日，09:14，Support <support@vendor.example> 写道：\n> \n> Hello\n',
		'好。',
	],
	[
		'apple da',
		'Ja.\n\nSendt fra min iPhone\n\n> Den 17. nov. 2026 kl. 09.14 skrev Support <support@vendor.example>:\n> \n> Hello\n',
		'Ja.',
	],
	[
		'apple nb',
		'Ja.\n\nSendt fra min iPhone\n\n17. nov. 2026 kl. 09:14 skrev Support <support@vendor.example>:\n\n> Hello\n',
		'Ja.',
	],
	[
		'outlook fi',
		'Kiitos.\n\nLähettäjä: Support <support@vendor.example>\nLähetetty: tiistai 17. marraskuuta 2026 9.14\nVastaanottaja: Aino <aino@corp.example>\nAihe: Ticket\n\nHello\n',
		'Kiitos.',
	],
	[
		'outlook cs',
		'Díky.\n\nOd: Support <support@vendor.example>\nOdesláno: úterý 17. listopadu 2026 9:14\nKomu: Jan <jan@corp.example>\nPředmět: Ticket\n\nHello\n',
		'Díky.',
	],
	[
		'outlook hu',
		'Köszönöm.\n\nFeladó: Support <support@vendor.example>\nElküldve: 2026. november 17., kedd 9:14\nCímzett: Anna <anna@corp.example>\nTárgy: Ticket\n\nHello\n',
		'Köszönöm.',
	],
	[
		'outlook tr',
		'Teşekkürler.\n\nKimden: Support <support@vendor.example>\nGönderildi: 17 Kasım 2026 Salı 09:14\nKime: Ali <ali@corp.example>\nKonu: Ticket\n\nHello\n',
		'Teşekkürler.',
	],
	[
		'outlook zh',
		'谢谢。\n\n发件人: Support <support@vendor.example>\n发送时间: 2026年11月17日 9:14\n收件人: Li <li@corp.example>\n主题: Ticket\n\nHello\n',
		'谢谢。',
	],
	[
		'outlook ko',
		'감사합니다.\n\n보낸 사람: Support <support@vendor.example>\n보낸 날짜: 2026년 11월 17일 화요일 오전 9:14\n받는 사람: Kim <kim@corp.example>\n제목: Ticket\n\nHello\n',
		'감사합니다.',
	],
	[
		'outlook el',
		'Ευχαριστώ.\n\nΑπό: Support <support@vendor.example>\nΑπεστάλη: Τρίτη, 17 Νοεμβρίου 2026 9:14 πμ\nΠρος: Nikos <nikos@corp.example>\nΘέμα: Ticket\n\nHello\n',
		'Ευχαριστώ.',
	],
	[
		'outlook ro',
		'Mulțumesc.\n\nDe la: Support <support@vendor.example>\nTrimis: marți, 17 noiembrie 2026 09:14\nCătre: Ion <ion@corp.example>\nSubiect: Ticket\n\nHello\n',
		'Mulțumesc.',
	],
	[
		'outlook uk',
		'Дякую.\n\nВід: Support <support@vendor.example>\nНадіслано: вівторок, 17 листопада 2026 р. 9:14\nКому: Оля <olya@corp.example>\nТема: Ticket\n\nHello\n',
		'Дякую.',
	],
	[
		'outlook mobile',
		'Sure.\n\nGet Outlook for iOS<https://aka.ms/o0ukef>\n________________________________\nFrom: Support <support@vendor.example>\nSent: Tuesday, November 17, 2026 9:14:00 AM\nTo: Joe <joe@corp.example>\nSubject: Ticket\n\nHello\n',
		'Sure.',
	],
	[
		'outlook android de',
		'Gern.\n\nOutlook für Android<https://aka.ms/AAb9ysg> herunterladen\n________________________________\nVon: Support <support@vendor.example>\nGesendet: Tuesday, November 17, 2026 9:14:00 AM\nAn: Joe <joe@corp.example>\nBetreff: Ticket\n\nHello\n',
		'Gern.',
	],
	['thunderbird de', 'Passt.\n\nAm 17.11.26 um 09:14 schrieb Support:\n> Hello\n', 'Passt.'],
	['thunderbird fr', 'Oui.\n\nLe 17/11/2026 à 09:14, Support a écrit :\n> Hello\n', 'Oui.'],
	['thunderbird ru', 'Да.\n\n17.11.2026 09:14, Support пишет:\n> Hello\n', 'Да.'],
	['thunderbird ja', 'はい。\n\nOn 2026/11/17 9:14, Support wrote:\n> Hello\n', 'はい。'],
	[
		'yahoo',
		'Yes please.\n\nSent from Yahoo Mail on Android\n\n  On Tue, Nov 17, 2026 at 9:14, Support<support@vendor.example> wrote:   Hello\n',
		'Yes please.',
	],
	[
		'yahoo web',
		'Yes.\n    On Tuesday, November 17, 2026 at 09:14:00 AM EST, Support <support@vendor.example> wrote:  \n \n Hello\n',
		'Yes.',
	],
	[
		'yahoo it',
		'Sì.\n\n    Il martedì 17 novembre 2026 alle ore 09:14:00 CET, Support <support@vendor.example> ha scritto:  \n \n Hello\n',
		'Sì.',
	],
	[
		'proton',
		'Yes.\n\nSent with [Proton Mail](https://proton.me/) secure email.\n\nOn Tuesday, November 17th, 2026 at 09:14, Support <support@vendor.example> wrote:\n\n> Hello\n',
		'Yes.',
	],
	[
		'samsung',
		'Ok.\n\nSent from my Galaxy\n\n\n-------- Original message --------\nFrom: Support <support@vendor.example>\nDate: 17/11/2026 09:14 (GMT+01:00)\nTo: joe@corp.example\nSubject: Ticket\n\nHello\n',
		'Ok.',
	],
	[
		'samsung es',
		'Vale.\n\nEnviado desde mi Galaxy\n\n-------- Mensaje original --------\nDe: Support <support@vendor.example>\nFecha: 17/11/26 9:14 (GMT+01:00)\nPara: joe@corp.example\nAsunto: Ticket\n\nHello\n',
		'Vale.',
	],
	[
		'spark',
		'Ok!\n\nSent from Spark\nOn Nov 17, 2026 at 9:14 AM +0100, Support <support@vendor.example>, wrote:\n> Hello\n',
		'Ok!',
	],
	[
		'zoho',
		'Fine.\n\n---- On Tue, 17 Nov 2026 09:14:00 +0530 Support <support@vendor.example> wrote ---\n\nHello\n',
		'Fine.',
	],
	[
		'mailru',
		'Да, спасибо.\n\n--\nАнна\n\n>Вторник, 17 ноября 2026, 9:14 +03:00 от Support <support@vendor.example>:\n> \n>Hello\n',
		'Да, спасибо.',
	],
	['yandex', 'Да.\n\n17.11.2026, 09:14, "Support" <support@vendor.example>:\n> Hello\n\n-- \nАнна', 'Да.'],
	[
		'qq',
		'好的\n\n------------------ 原始邮件 ------------------\n发件人: "Support" <support@vendor.example>;\n发送时间: 2026年11月17日(星期二) 上午9:14\n收件人: "Li"<li@qq.example>;\n主题: Ticket\n\nHello\n',
		'好的',
	],
	['163', '好的\n\nAt 2026-11-17 09:14:00, "Support" <support@vendor.example> wrote:\n>Hello\n', '好的'],
	['163 zh', '好的\n\n在 2026-11-17 09:14:00，"Support" <support@vendor.example> 写道：\n\nHello\n', '好的'],
	[
		'naver',
		'네 알겠습니다.\n\n-----Original Message-----\nFrom: "Support"<support@vendor.example>\nTo: "Kim"<kim@naver.example>;\nCc:\nSent: 2026-11-17 (화) 09:14:00 (GMT+09:00)\nSubject: Ticket\n\nHello\n',
		'네 알겠습니다.',
	],
	['hey', 'Yes.\n\nOn November 17, 2026, Support <support@vendor.example> wrote:\n\nHello\n', 'Yes.'],
	['front', 'Yes.\n\nOn November 17, 2026 at 9:14 AM GMT+1 support@vendor.example wrote:\n\nHello\n', 'Yes.'],
	[
		'superhuman',
		'Yes.\n\nSent via Superhuman ( https://sprh.mn/?vip=joe@corp.example )\n\nOn Tue, Nov 17, 2026 at 9:14 AM, Support < support@vendor.example > wrote:\n\n> Hello\n',
		'Yes.',
	],
	['roundcube', 'Yes.\n\nOn 2026-11-17 09:14, Support wrote:\n\n> Hello\n', 'Yes.'],
	['roundcube pl', 'Tak.\n\nDnia 2026-11-17 09:14 Support napisał(a):\n\n> Hello\n', 'Tak.'],
	[
		'zimbra fr',
		'Oui.\n\nDe: "Support" <support@vendor.example>\nÀ: "Luc" <luc@corp.example>\nEnvoyé: Mardi 17 Novembre 2026 09:14:00\nObjet: Ticket\n\nHello\n',
		'Oui.',
	],
	[
		'sogo',
		'Yes.\n\nOn Tuesday, November 17, 2026 09:14 CET, Support <support@vendor.example> wrote:\n\nHello\n',
		'Yes.',
	],
	['tutanota', 'Yes.\n\n17 Nov 2026, 09:14 by support@vendor.example:\n\n> Hello\n', 'Yes.'],
	[
		'disclaimer',
		'Yes, go ahead.\n\nThis e-mail and any attachments are confidential and intended solely for the addressee. If you are not the intended recipient, please delete it.\n',
		'Yes, go ahead.',
	],
	[
		'huawei',
		'Sì.\n\nInviato dal mio telefono Huawei\n\n\n-------- Messaggio originale --------\nDa: Support <support@vendor.example>\nData: mar 17 nov 2026, 09:14\nA: joe@corp.example\nOggetto: Ticket\n\nHello\n',
		'Sì.',
	],
	[
		'ms teams-like plain prose',
		'He said on Tuesday at 9:14 that he wrote: nothing.\nSo what?\n',
		'He said on Tuesday at 9:14 that he wrote: nothing.\nSo what?',
	],
	[
		'prose from',
		'From: my point of view\nTo: be honest\n\nit is fine.\n',
		'From: my point of view\nTo: be honest\n\nit is fine.',
	],
];

describe('replies as the common clients write them', () => {
	it.each(REPLIES)('%s', (_, body, own) => {
		expect(extractReply({ text: body }).text.trim()).toBe(own);
	});
});
