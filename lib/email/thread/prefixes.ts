/**
 * Reply and forward prefixes that mail clients put before a subject, and the tags that gateways put there.
 * `re` and `fw` stand with every language: clients of all languages can be set to the international form.
 * Sources: the clients' own localisations (Outlook, Lotus Notes, Thunderbird, Apple Mail, webmailers); RFC 5256, 2.1.
 */

export interface SubjectPrefixes {
	/** ISO 639 code. */
	language: string;
	reply: readonly string[];
	forward: readonly string[];
	/** A subject as a client of that language writes it. */
	sample: string;
}

/**
 * Written without the colon; compared without case, full-width forms and dots.
 * A prefix of one letter counts only in capitals, since `a: b` is ordinary text.
 */
export const SUBJECT_PREFIXES: readonly SubjectPrefixes[] = [
	{ language: 'en', reply: ['Re'], forward: ['Fw', 'Fwd', 'Forwarded'], sample: 'RE: Order 17' },
	{
		language: 'de',
		reply: ['AW', 'Antw', 'Antwort'],
		forward: ['WG', 'Wtr', 'Weitergeleitet', 'Weiterleitung'],
		sample: 'AW: Angebot',
	},
	{
		language: 'fr',
		reply: ['Re', 'Réf', 'Rép', 'Réponse'],
		forward: ['TR', 'Tr', 'Transféré', 'Transf'],
		sample: 'TR : Facture',
	},
	{ language: 'nl', reply: ['Antw', 'Antwoord', 'Betr'], forward: ['Doorst', 'Doorgestuurd'], sample: 'Antw: Factuur' },
	{
		language: 'es',
		reply: ['Re', 'Resp', 'Respuesta'],
		forward: ['RV', 'Rv', 'Reenv', 'Reenviado'],
		sample: 'RV: Pedido',
	},
	{
		language: 'pt',
		reply: ['RES', 'Resp', 'Resposta'],
		forward: ['ENC', 'Encaminhada', 'Encaminhado'],
		sample: 'RES: Pedido',
	},
	{
		language: 'it',
		reply: ['R', 'Rif', 'Risp', 'Risposta'],
		forward: ['I', 'Inoltra', 'Inoltro', 'Inoltrato'],
		sample: 'R: Ordine',
	},
	{ language: 'ca', reply: ['Re', 'Resposta'], forward: ['RV', 'Reenv', 'Reenviat'], sample: 'RV: Comanda' },
	{
		language: 'ro',
		reply: ['Re', 'Răsp', 'Răspuns'],
		forward: ['Redirecţionat', 'Redirecționat', 'Trs'],
		sample: 'Răsp: Comanda',
	},
	{ language: 'sv', reply: ['SV', 'Svar'], forward: ['VB', 'Vidarebefordrat'], sample: 'SV: Order' },
	{ language: 'da', reply: ['SV', 'Svar'], forward: ['VS', 'Videresendt'], sample: 'VS: Ordre' },
	{ language: 'no', reply: ['SV', 'Svar'], forward: ['VS', 'Videresendt'], sample: 'SV: Ordre' },
	{ language: 'is', reply: ['SV', 'Svar'], forward: ['FS', 'Framsent'], sample: 'FS: Pöntun' },
	{
		language: 'fi',
		reply: ['VS', 'Vast', 'Vastaus'],
		forward: ['VL', 'Lähetetty edelleen', 'Välitetty'],
		sample: 'VL: Tilaus',
	},
	{ language: 'et', reply: ['Vs', 'Vastus'], forward: ['Edasi', 'Edastatud'], sample: 'Edasi: Tellimus' },
	{ language: 'lv', reply: ['Atb', 'Atbilde'], forward: ['Pārs', 'Pārsūtīts'], sample: 'Atb: Pasūtījums' },
	{ language: 'lt', reply: ['Ats', 'Atsakymas'], forward: ['Pers', 'Persiųsta'], sample: 'Ats: Užsakymas' },
	{
		language: 'pl',
		reply: ['Odp', 'Odpowiedź'],
		forward: ['PD', 'Przekazane', 'Przekazano'],
		sample: 'Odp: Zamówienie',
	},
	{ language: 'cs', reply: ['Odp', 'Odpověď'], forward: ['Přep', 'Přeposláno', 'Předáno'], sample: 'Odp: Objednávka' },
	{ language: 'sk', reply: ['Odp', 'Odpoveď'], forward: ['Prep', 'Preposlané', 'Fwd'], sample: 'Odpoveď: Objednávka' },
	{ language: 'sl', reply: ['Odg', 'Odgovor'], forward: ['Posr', 'Posredovano'], sample: 'Odg: Naročilo' },
	{ language: 'hr', reply: ['Odg', 'Odgovor'], forward: ['Pros', 'Proslijeđeno'], sample: 'Odg: Narudžba' },
	{
		language: 'sr',
		reply: ['Одг', 'Одговор', 'Odg'],
		forward: ['Просл', 'Прослеђено', 'Prosl', 'Prosleđeno'],
		sample: 'Одг: Поруџбина',
	},
	{ language: 'hu', reply: ['Vá', 'Válasz'], forward: ['Továbbítás', 'Tov', 'Továbbítva'], sample: 'Vá: Megrendelés' },
	{
		language: 'el',
		reply: ['ΑΠ', 'Απ', 'Απάντηση', 'ΣΧΕΤ'],
		forward: ['ΠΡΘ', 'Πρθ', 'Προώθηση'],
		sample: 'ΑΠ: Παραγγελία',
	},
	{
		language: 'tr',
		reply: ['YNT', 'Yanıt', 'Cvp'],
		forward: ['İLT', 'ILT', 'İlet', 'İletilen'],
		sample: 'YNT: Sipariş',
	},
	{
		language: 'ru',
		reply: ['На', 'Отв', 'Ответ'],
		forward: ['Пересл', 'Перенаправлено', 'Переслано'],
		sample: 'Отв: Заказ',
	},
	{ language: 'uk', reply: ['Відп', 'Відповідь', 'На'], forward: ['Пересл', 'Переслано'], sample: 'Відп: Замовлення' },
	{ language: 'bg', reply: ['Отг', 'Отговор', 'RE'], forward: ['Препр', 'Препратено'], sample: 'Отг: Поръчка' },
	{ language: 'cy', reply: ['Atb', 'Ateb'], forward: ['Yml', 'Ymlaen'], sample: 'Atb: Archeb' },
	{ language: 'ga', reply: ['Re', 'Frg'], forward: ['Ar agh', 'Fwd'], sample: 'Frg: Ordú' },
	{ language: 'he', reply: ['השב', 'תגובה', 'תשובה', 'בעניין'], forward: ['הועבר', 'העברה'], sample: 'תגובה: הזמנה' },
	{ language: 'ar', reply: ['رد', 'الرد'], forward: ['إعادة توجيه', 'تحويل', 'مُعاد توجيهها'], sample: 'رد: الطلب' },
	{ language: 'fa', reply: ['پاسخ'], forward: ['هدایت', 'ارسال'], sample: 'پاسخ: سفارش' },
	{ language: 'hi', reply: ['उत्तर', 'प्रत्युत्तर'], forward: ['अग्रेषित'], sample: 'उत्तर: आदेश' },
	{ language: 'th', reply: ['ตอบ', 'ตอบกลับ'], forward: ['ส่งต่อ'], sample: 'ตอบกลับ: คำสั่งซื้อ' },
	{ language: 'vi', reply: ['TL', 'Trả lời', 'Hồi âm'], forward: ['Chuyển tiếp'], sample: 'TL: Đơn hàng' },
	{
		language: 'id',
		reply: ['Bls', 'Balas', 'Balasan'],
		forward: ['Trs', 'Terusan', 'Diteruskan'],
		sample: 'Bls: Pesanan',
	},
	{
		language: 'zh',
		reply: ['回复', '回覆', '答复', '答覆', '回信'],
		forward: ['转发', '轉寄', '轉發', '转寄'],
		sample: '回复：订单',
	},
	{ language: 'ja', reply: ['返信', '回答'], forward: ['転送'], sample: '転送: 注文' },
	{ language: 'ko', reply: ['답장', '회신', '답변'], forward: ['전달', 'FW'], sample: '답장: 주문' },
];

/**
 * Words that a gateway or a spam filter puts before a subject without brackets, or in other brackets than `[]`.
 * Every `[…]` in front is a tag anyway (RFC 5256 calls it a subj-blob).
 */
export const GATEWAY_TAGS: readonly string[] = [
	'EXTERNAL',
	'EXTERNAL EMAIL',
	'EXTERNAL MAIL',
	'EXTERNAL SENDER',
	'EXT',
	'EXTERN',
	'EXTERNE',
	'EXTERNO',
	'ESTERNO',
	'EKSTERN',
	'CAUTION',
	'WARNING EXTERNAL',
	'SPAM',
	'SPAM?',
	'SUSPECTED SPAM',
	'POSSIBLE SPAM',
	'PROBABLE SPAM',
	'BULK',
	'VIRUS',
	'DISARMED',
	'SECURE',
	'ENCRYPTED',
	'UNCLASSIFIED',
];
