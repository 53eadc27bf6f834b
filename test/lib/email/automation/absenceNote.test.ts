import { describe, expect, it } from 'vitest';
import { detectAutomation } from '../../../../lib/email/automation';
import { absenceNote, untagged } from '../../../../lib/email/automation/absenceNote';

const ANSWER = { 'in-reply-to': ['<a@shop.example>'] };
const detect = (
	subject: string,
	text: string,
	headers: Record<string, string[]> = {},
	answer: Record<string, string[]> = ANSWER,
) =>
	detectAutomation({
		headers: { ...answer, ...headers },
		mailFrom: 'nora@client.example',
		from: { name: 'Nora Field', address: 'nora@client.example' },
		subject,
		text,
		contentType: 'text/plain',
		reportType: null,
	}).kind;

describe('an answer under the old subject that holds nothing but an absence note', () => {
	it.each([
		[
			'en',
			'Hello,\n\nI am away from the office from 3 to 14 August with no access to email.\n\nKind regards\nNora Field',
		],
		[
			'en',
			'Thanks for your message! I am on annual leave and will be back on 17 November. For anything urgent call +44 20 7946 0000.',
		],
		[
			'de',
			'Guten Tag,\n\nich bin bis einschließlich 17.11.2026 nicht im Büro. Ihre E-Mail wird nicht weitergeleitet.\n\nMit freundlichen Grüßen\nNora Field',
		],
		['de', 'Ich befinde mich derzeit im Urlaub und bin ab dem 17.11. wieder erreichbar.'],
		[
			'fr',
			"Bonjour,\n\nJe suis en congé jusqu'au 17 novembre. En cas d'urgence, contactez max@client.example.\n\nCordialement,\nNora Field",
		],
		[
			'nl',
			'Ik ben tot en met 17 november niet op kantoor. Neem voor dringende zaken contact op met max@client.example.',
		],
		['es', 'Estoy de vacaciones hasta el 17 de noviembre. Para asuntos urgentes, contacte con max@client.example.'],
		['pt', 'Estou de férias até 17 de novembro. Em caso de urgência, contacte max@client.example. Obrigada.'],
		['it', 'Sono in ferie fino al 17 novembre. Per urgenze contattare max@client.example.'],
		[
			'sv',
			'Hej! Jag är på semester och är tillbaka den 17 november. Vid brådskande ärenden, kontakta max@client.example.',
		],
		['da', 'Jeg holder ferie til og med den 17. november. Hvis det haster, kontakt venligst max@client.example.'],
		['no', 'Jeg er ute av kontoret til 17. november. Ta kontakt med max@client.example hvis det haster.'],
		['fi', 'Olen lomalla 17.11. asti. Kiireellisissä asioissa ottakaa yhteyttä: max@client.example.'],
		['pl', 'Jestem na urlopie do 17 listopada. W pilnych sprawach proszę o kontakt z max@client.example.'],
		['cs', 'Do 17. 11. jsem na dovolené. V naléhavých případech kontaktujte max@client.example. Děkuji.'],
		['sk', 'Som mimo kancelárie do 17. novembra. V naliehavých prípadoch kontaktujte max@client.example.'],
		['sl', 'Do 17. novembra sem na dopustu. V nujnih primerih se obrnite na max@client.example.'],
		['hr', 'Na godišnjem sam do 17. studenoga. Za hitne slučajeve obratite se na max@client.example.'],
		['hu', 'November 17-ig szabadságon vagyok. Sürgős esetben forduljon hozzá: max@client.example.'],
		['ro', 'Sunt în concediu până pe 17 noiembrie. Pentru urgențe contactați max@client.example.'],
		['el', 'Θα απουσιάζω έως τις 17 Νοεμβρίου. Για επείγοντα θέματα επικοινωνήστε με max@client.example.'],
		['tr', '17 Kasım tarihine kadar izindeyim. Acil durumlarda max@client.example ile iletişime geçebilirsiniz.'],
		[
			'ru',
			'Добрый день!\n\nЯ отсутствую до 17 ноября. По срочным вопросам обращайтесь: max@client.example.\n\nС уважением,\nНора',
		],
		['uk', 'Я у відпустці до 17 листопада. У термінових справах звертайтеся: max@client.example.'],
		['bg', 'В отпуск съм до 17 ноември. За спешни въпроси се свържете се с max@client.example.'],
		['he', 'אני בחופשה עד 17 בנובמבר. לעניינים דחופים ניתן לפנות אל max@client.example.'],
		['ar', 'أنا في إجازة حتى 17 نوفمبر. للأمور العاجلة يرجى التواصل مع max@client.example.'],
		['zh', '您好,我正在休假,11月17日返回公司。紧急事宜请联系 max@client.example。'],
		[
			'ja',
			'お世話になっております。\n11月17日まで休暇をいただいております。お急ぎの方は max@client.example までご連絡ください。\nよろしくお願いいたします。',
		],
		['ko', '안녕하세요. 11월 17일까지 휴가 중입니다. 급한 용무는 max@client.example 로 연락 바랍니다.'],
		['id', 'Saya sedang cuti sampai 17 November. Untuk hal mendesak hubungi max@client.example.'],
		['vi', 'Tôi đang nghỉ phép đến ngày 17 tháng 11. Nếu khẩn, vui lòng liên hệ max@client.example.'],
	])('%s: %s', (_, text) => {
		expect(detect('Re: Order 4711', text)).toBe('auto-reply');
		expect(absenceNote(text)).not.toBeNull();
	});

	it.each([
		['the matter as well', 'Please ship before Friday, I am out of the office from 17 November on.\n\nNora'],
		['a question', 'I am on vacation until 17 November. Can you ship it on the 18th?'],
		['an order', 'Two lamps, please. I am out of the office until 17 November, call max@client.example.'],
		['a cancellation', 'I am on holiday until the 17th.\nCancel the order, please.\nNora'],
		['German', 'Ich bin bis 17.11. im Urlaub. Bitte liefern Sie erst danach.'],
		['French', "Je suis en congé jusqu'au 17 novembre. La lampe ne marche toujours pas."],
		['Spanish', 'Estoy de vacaciones hasta el 17. El pedido llegó roto.'],
		['Japanese', '17日まで休暇です。ランプを二つ送ってください。'],
		['neither date nor deputy', 'I am on vacation.'],
		['nothing of it', 'Thanks, got it on 17 November. Regards'],
	])('not %s', (_, text) => {
		expect(detect('Re: Order 4711', text)).toBe('none');
	});

	it('nor what a new mail says, nor what is only quoted', () => {
		const note = 'I am out of the office until 17 November.';
		expect(detect('Order 4711', note, {}, {})).toBe('none');
		expect(detect('Re: x', `Enjoy!\n\nOn 3 May 2016 at 10:12, Bob <bob@example.com> wrote:\n> ${note}`)).toBe('none');
	});
});

describe('what asks for no answer is no proof of a responder', () => {
	it.each(['x-auto-response-suppress: All', 'return-path: <>'])('%s', (line) => {
		const [name = '', value = ''] = line.split(': ');
		const headers = { [name]: [value] };
		expect(detect('Re: Order 4711', 'The lamp is broken. I am out of the office from Monday on.', headers)).toBe(
			'none',
		);
		expect(detect('Re: Order 4711', 'I am out of the office until 17 November.', headers)).toBe('auto-reply');
	});
});

describe('a responder’s subject', () => {
	const text = 'I am back on 17 November.';
	it.each([
		'AUTO: Nora Field is out of the office (returning 17.11.2026)',
		'AUTO: Nora Field ist außer Haus (Rückkehr am 17.11.2026)',
		'AUTO: Nora Field está fuera de la oficina (volverá el 17/11/2026)',
		'AUTO: Nora Field è fuori ufficio (rientro 17/11/2026)',
		'Nora Field is out of the office',
		'Abwesenheit: Bestellung 4711',
		'OOO: Order 4711',
	])('%s', (subject) => {
		expect(detect(subject, text)).toBe('auto-reply');
		expect(detect(`[EXT] ${subject}`, text)).toBe('auto-reply');
	});

	it.each(['Auto: Frage zum Golf', 'Re: Out of office next week', 'Autos zu verkaufen'])('is not: %s', (subject) => {
		expect(detect(subject, 'Hello, is it still there?')).toBe('none');
	});

	it('counts with the text’s own word for it', () => {
		expect(detect('Auto: Order', 'Danke! Dies ist eine automatische Antwort.')).toBe('auto-reply');
	});
});

describe('tags of gateways', () => {
	it.each([
		'[EXTERNAL] ',
		'[EXT]',
		'[SPAM] [EXT] ',
		'(EXT) ',
		'(EXTERNAL)',
		'{Spam?} ',
		'{EXTERNAL} ',
		'<EXTERNAL> ',
		'***SPAM*** ',
		'*** EXTERNAL *** ',
		'**SPAM** ',
		'*****SPAM***** ',
		'EXTERNAL: ',
		'EXTERN - ',
		'Externe : ',
		'SPAM: ',
		'⚠ ',
		'⚠️ ',
		'🔒 ',
		'[Shop #4711] ',
		'-- external -- ',
		'== EXT == ',
		'Suspected Spam: ',
		'ВНЕШНИЙ: ',
		'【外部】',
		'社外: ',
		'Caution - ',
		'!EXTERNAL! ',
		'| EXT | ',
	])('%s', (tag) => {
		expect(untagged(`${tag}Automatic reply: Order`.toLowerCase())).toContain('automatic reply: order');
	});

	it.each(['re: automatic reply: order', 'fwd: automatic reply: order', 'question about automatic reply: order'])(
		'not %s',
		(subject) => {
			expect(untagged(subject)).not.toContain('automatic reply: order');
		},
	);
});
