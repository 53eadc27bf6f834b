import { list } from '../reply/locales/list';

/**
 * What automatic answers and delivery reports say in their subject and text, by language.
 * All in lower case; compared with text in lower case whose white space is single blanks.
 * Sources: the default texts of Exchange/Outlook, Gmail, Lotus Notes, Vacation(1)/Sieve, OTRS/Zendesk/Freshdesk and of the MTAs.
 */

export interface AutomationPhrases {
	/** ISO 639 code. */
	language: string;
	/** A subject that begins so was written by a responder: no person types it. */
	responder: readonly string[];
	/** A subject that begins so speaks of absence or receipt; a person may write it too, so it needs other evidence. */
	absence: readonly string[];
	/** The first lines of an absence note. */
	opening: readonly string[];
}

export const AUTOMATION_PHRASES: readonly AutomationPhrases[] = [
	{
		language: 'en',
		responder: list`
			automatic reply: | automatic reply from | auto reply: | autoreply: | auto-reply: | auto response: |
			auto-response: | autoresponse: | automated reply: | automated response: | automatic response: |
			out of office reply: | out of office autoreply: | out of office auto reply: | out of office automatic reply: |
			out-of-office reply: | vacation reply: | [auto-reply] | [autoreply] | [auto reply] | [automatic reply] |
			[out of office] | [ooo] | away from my mail: | (auto-reply) | (automatic reply)
		`,
		absence: list`
			out of office | out of the office | out-of-office | on vacation | on holiday | on leave | annual leave |
			maternity leave | parental leave | away from | ooo: | oof: | absence | not in the office | we have received your | we received your |
			thank you for contacting | thank you for your message | thank you for your email | thanks for contacting |
			your request has been received | request received | ticket received | ticket created | auto reply |
			autoreply | auto-reply | automatic reply | automated reply | no longer with | left the company | vacation
		`,
		opening: list`
			i am out of the office | i'm out of the office | i am currently out of | i'm currently out of |
			i will be out of the office | i am away | i am currently away | i'm away | i will be away | i am on vacation |
			i'm on vacation | i am on holiday | i'm on holiday | i am on annual leave | i am on leave |
			i am currently on | i'm currently on | out of office | i have limited access to |
			i will have limited access to | i am back | i'll be back | i will be back | i will return | with limited access to email | thank you for your email. i am
		`,
	},
	{
		language: 'de',
		responder: list`
			automatische antwort: | automatische antwort von | abwesenheitsnotiz: | abwesenheitsmeldung: |
			abwesenheitsbenachrichtigung | abwesenheitsassistent | automatische rückantwort | automatische rueckantwort |
			autom. antwort | auto-antwort:
		`,
		absence: list`
			abwesenheit | abwesend | außer haus | ausser haus | nicht im büro | im urlaub | urlaub | eingangsbestätigung |
			wir haben ihre | ihre anfrage | vielen dank für ihre | mutterschutz | elternzeit | automatische antwort
		`,
		opening: list`
			ich bin nicht im büro | ich bin zur zeit nicht | ich bin derzeit nicht | ich bin momentan nicht |
			ich bin aktuell nicht | ich bin abwesend | ich bin im urlaub | ich befinde mich | ich bin bis | ich bin vom |
			ich bin ab | ich bin am | ich bin erst | ich bin wieder | ich bin außer haus | ich bin ausser haus |
			bis einschließlich | vielen dank für ihre nachricht. ich bin | in dringenden fällen
		`,
	},
	{
		language: 'fr',
		responder: list`
			réponse automatique | reponse automatique | message d'absence | réponse auto | notification d’absence |
			notification d'absence
		`,
		absence: list`
			absence | absent | en congé | congés | en vacances | hors du bureau | accusé de réception |
			nous avons bien reçu
		`,
		opening: list`
			je suis absent | je suis actuellement absent | je suis en congé | je suis actuellement en congé |
			je suis en vacances | je serai absent | je serai de retour | absent du bureau | en cas d’urgence |
			en cas d'urgence
		`,
	},
	{
		language: 'nl',
		responder: list`
			automatisch antwoord | afwezigheidsbericht | afwezigheidsmelding | automatische beantwoording
		`,
		absence: list`
			afwezig | afwezigheid | niet op kantoor | met vakantie | op vakantie | ontvangstbevestiging | wij hebben uw |
			niet aanwezig
		`,
		opening: list`
			ik ben afwezig | ik ben momenteel | ik ben niet aanwezig | ik ben op vakantie | ik ben met vakantie |
			ik ben vanaf | ik ben van | ik ben tot | bedankt voor uw bericht. ik ben
		`,
	},
	{
		language: 'es',
		responder: list`
			respuesta automática | respuesta automatica | mensaje automático | autorespuesta | auto respuesta
		`,
		absence: list`
			fuera de la oficina | fuera de oficina | de vacaciones | ausencia | ausente | hemos recibido su |
			acuse de recibo
		`,
		opening: list`
			estoy fuera de la oficina | estaré fuera | me encuentro fuera | me encuentro de vacaciones |
			estoy de vacaciones | actualmente estoy | actualmente me encuentro
		`,
	},
	{
		language: 'pt',
		responder: list`resposta automática | resposta automatica | mensagem automática`,
		absence: list`
			fora do escritório | de férias | ausência | ausente | recebemos sua | recebemos a sua | fora do escritorio
		`,
		opening: list`
			estou fora do escritório | estarei fora | estarei ausente | estou de férias | estarei de férias |
			encontro-me ausente | encontro-me de férias | estou ausente
		`,
	},
	{
		language: 'it',
		responder: list`risposta automatica | messaggio automatico`,
		absence: list`fuori sede | fuori ufficio | in ferie | assenza | assente | abbiamo ricevuto`,
		opening: list`
			sono fuori ufficio | sono fuori sede | sono in ferie | sarò in ferie | sarò assente | sono assente |
			sarò fuori
		`,
	},
	{
		language: 'ca',
		responder: list`resposta automàtica`,
		absence: list`fora de l'oficina | de vacances`,
		opening: list`sóc fora de l'oficina | estic fora de l'oficina | estic de vacances`,
	},
	{
		language: 'ro',
		responder: list`răspuns automat | raspuns automat | mesaj automat`,
		absence: list`în concediu | in concediu | absent`,
		opening: list`sunt în concediu | sunt plecat | nu sunt la birou`,
	},
	{
		language: 'sv',
		responder: list`autosvar | automatiskt svar | frånvaromeddelande`,
		absence: list`frånvarande | frånvaro | på semester | ej på kontoret | inte på kontoret`,
		opening: list`
			jag är inte på kontoret | jag är på semester | jag är ledig | jag är frånvarande | jag är tillbaka
		`,
	},
	{
		language: 'da',
		responder: list`automatisk svar | autosvar | fraværsbesked`,
		absence: list`ikke til stede | på ferie | fravær | ikke på kontoret`,
		opening: list`jeg er ikke på kontoret | jeg er på ferie | jeg holder ferie | jeg er tilbage`,
	},
	{
		language: 'no',
		responder: list`automatisk svar | autosvar | fraværsmelding`,
		absence: list`ikke på kontoret | på ferie | fravær | fraværende`,
		opening: list`
			jeg er ikke på kontoret | jeg er på ferie | jeg har ferie | jeg er fraværende | jeg er tilbake
		`,
	},
	{
		language: 'is',
		responder: list`sjálfvirkt svar`,
		absence: list`í fríi | ekki við`,
		opening: list`ég er í fríi | ég er ekki við`,
	},
	{
		language: 'fi',
		responder: list`automaattinen vastaus | poissaoloilmoitus | automaattivastaus`,
		absence: list`poissa | lomalla | poissaolo`,
		opening: list`olen poissa | olen lomalla | olen vuosilomalla`,
	},
	{
		language: 'et',
		responder: list`automaatvastus | automaatne vastus`,
		absence: list`puhkusel | kontorist väljas`,
		opening: list`olen puhkusel | viibin puhkusel | olen kontorist väljas`,
	},
	{
		language: 'lv',
		responder: list`automātiska atbilde | automātiskā atbilde`,
		absence: list`atvaļinājum | prombūtn`,
		opening: list`esmu atvaļinājumā | atrodos atvaļinājumā | esmu prombūtnē`,
	},
	{
		language: 'lt',
		responder: list`automatinis atsakymas | automatinis atsakas`,
		absence: list`atostog | nesu biure`,
		opening: list`atostogauju | šiuo metu atostogauju | esu atostogose | nesu biure`,
	},
	{
		language: 'pl',
		responder: list`odpowiedź automatyczna | automatyczna odpowiedź | autoodpowiedź | odpowiedz automatyczna`,
		absence: list`poza biurem | nieobecno | na urlopie | urlop`,
		opening: list`
			jestem na urlopie | przebywam na urlopie | jestem nieobecn | jestem poza biurem | obecnie przebywam
		`,
	},
	{
		language: 'cs',
		responder: list`automatická odpověď | automaticka odpoved`,
		absence: list`mimo kancelář | nepřítom | dovolen`,
		opening: list`
			jsem mimo kancelář | jsem na dovolené | nejsem v kanceláři | nejsem přítom | čerpám dovolenou
		`,
	},
	{
		language: 'sk',
		responder: list`automatická odpoveď | automaticka odpoved`,
		absence: list`mimo kancelárie | neprítom | dovolenk`,
		opening: list`som mimo kancelárie | som na dovolenke | čerpám dovolenku | nie som v kancelárii`,
	},
	{
		language: 'sl',
		responder: list`samodejni odgovor | avtomatski odgovor`,
		absence: list`odsotn | na dopustu`,
		opening: list`sem na dopustu | sem odsot | trenutno sem odsot`,
	},
	{
		language: 'hr',
		responder: list`automatski odgovor | automatski odgovor:`,
		absence: list`izvan ureda | godišnjem odmoru | van kancelarije`,
		opening: list`na godišnjem sam | nisam u uredu | trenutno sam na godišnjem | odsutan sam | odsutna sam`,
	},
	{
		language: 'hu',
		responder: list`automatikus válasz | automatikus értesítés`,
		absence: list`házon kívül | szabadság`,
		opening: list`szabadságon vagyok | házon kívül vagyok | nem vagyok az irodában`,
	},
	{
		language: 'el',
		responder: list`αυτόματη απάντηση | αυτοματη απαντηση`,
		absence: list`εκτός γραφείου | σε άδεια`,
		opening: list`απουσιάζω | θα απουσιάζω | βρίσκομαι σε άδεια | είμαι σε άδεια | βρίσκομαι εκτός γραφείου`,
	},
	{
		language: 'tr',
		responder: list`otomatik yanıt | otomatik cevap | otomatik cevaplama`,
		absence: list`ofis dışında | izindeyim | yıllık izin | i̇şyeri dışında`,
		opening: list`ofis dışındayım | izinde olduğum | yıllık izindeyim | şu anda ofis dışındayım`,
	},
	{
		language: 'ru',
		responder: list`автоматический ответ | автоответ`,
		absence: list`отпуск | отсутств | вне офиса | нет на месте`,
		opening: list`
			я в отпуске | я нахожусь в отпуске | нахожусь в отпуске | я буду отсутствовать | в настоящее время я |
			сейчас я в отпуске | меня нет
		`,
	},
	{
		language: 'uk',
		responder: list`автоматична відповідь | автовідповідь`,
		absence: list`відпуст | відсутн`,
		opening: list`я у відпустці | я перебуваю у відпустці | перебуваю у відпустці | мене немає`,
	},
	{
		language: 'bg',
		responder: list`автоматичен отговор | автоматично съобщение`,
		absence: list`отпуск | извън офиса`,
		opening: list`в отпуск съм | извън офиса съм | отсъствам`,
	},
	{
		language: 'he',
		responder: list`תשובה אוטומטית | מענה אוטומטי | הודעה אוטומטית`,
		absence: list`מחוץ למשרד | בחופשה`,
		opening: list`אני מחוץ למשרד | אני בחופשה | אני נמצא בחופשה | אני נמצאת בחופשה`,
	},
	{
		language: 'ar',
		responder: list`رد تلقائي | الرد التلقائي`,
		absence: list`خارج المكتب | في إجازة`,
		opening: list`أنا خارج المكتب | أنا في إجازة`,
	},
	{
		language: 'th',
		responder: list`ตอบกลับอัตโนมัติ | การตอบกลับอัตโนมัติ`,
		absence: list`ไม่อยู่ที่สำนักงาน | ลาพักร้อน`,
		opening: list`ไม่อยู่ที่สำนักงาน | ขณะนี้ลาพักร้อน`,
	},
	{
		language: 'vi',
		responder: list`trả lời tự động | thư trả lời tự động`,
		absence: list`nghỉ phép | vắng mặt`,
		opening: list`tôi đang nghỉ phép | tôi hiện không có mặt | hiện tại tôi`,
	},
	{
		language: 'id',
		responder: list`balasan otomatis | jawaban otomatis`,
		absence: list`sedang cuti | di luar kantor`,
		opening: list`saya sedang cuti | saya sedang tidak | saya berada di luar kantor`,
	},
	{
		language: 'zh',
		responder: list`自动回复 | 自動回覆 | 自动答复 | 自動回復`,
		absence: list`不在办公室 | 休假 | 外出 | 出差 | 不在公司 | 不在辦公室`,
		opening: list`我不在办公室 | 我目前不在 | 我正在休假 | 我現在不在 | 我目前休假 | 您好，我正在休假`,
	},
	{
		language: 'ja',
		responder: list`自動応答 | 自動返信 | 自動回答 | 不在通知 | 【自動返信】 | [自動返信]`,
		absence: list`不在 | 休暇 | 外出`,
		opening: list`不在にして | 現在不在 | 休暇を | 休暇中 | 外出して`,
	},
	{
		language: 'ko',
		responder: list`자동 회신 | 자동회신 | 자동 응답 | 자동응답`,
		absence: list`부재 | 휴가`,
		opening: list`부재중 | 부재 중 | 휴가 중 | 현재 휴가`,
	},
];

/** A delivery report's subject begins so; counts only with a report's structure, a null return path or a mail system as sender. */
export const REPORT_SUBJECTS: readonly string[] = list`
	undelivered mail returned to sender | mail could not be delivered | non-delivery | undeliverable | undelivered | delivery status notification |
	delivery failure | delivery failed | delivery notification | delivery report | delivery delayed |
	delivery problem | mail delivery failed | mail delivery failure | mail delivery problem | mail delivery system |
	mail delivery subsystem | mail system error | message delivery failure | message undeliverable | message delayed |
	failure notice | failed mail | failure delivery | returned mail | returned to sender | return receipt |
	nondeliverable mail | non-deliverable | warning: could not send message | warning: message |
	could not send message | unzustellbar | nicht zustellbar | nachricht nicht zugestellt | übermittlungsfehler |
	non remis | échec de la remise | non distribuable | onbestelbaar | no se puede entregar | no entregado |
	error de entrega | não é possível entregar | não entregue | falha na entrega | impossibile recapitare |
	mancato recapito | ej levererbart | kan ikke leveres | kan ikke levere | ei voi toimittaa | ei toimitettavissa |
	niedostarczalne | nie można dostarczyć | nedoručitelné | kézbesíthetetlen | teslim edilemedi |
	не удается доставить | недоставленное сообщение | недоставленное | 无法送达 | 無法傳遞 | 退信 | 系统退信 | 配信不能 | 配信できません |
	배달되지 않음 | 배달 실패
`;
