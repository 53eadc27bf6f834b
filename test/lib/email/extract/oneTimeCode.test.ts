import { describe, expect, it } from 'vitest';
import { findOneTimeCode } from '../../../../lib/email/extract/oneTimeCode';

const find = (text: string, more: { subject?: string; html?: string } = {}) =>
	findOneTimeCode({ subject: '', html: null, text, ...more });

describe('a one-time code is found', () => {
	it.each<[language: string, text: string, code: string, phrase: string]>([
		['en', 'Hi Ann,\n\nYour verification code is 482913. It expires in 10 minutes.', '482913', 'verification code'],
		[
			'en',
			'Use the following one-time passcode to sign in:\n\n   739 204\n\nIt is valid until 2027.',
			'739204',
			'one-time passcode',
		],
		['en', 'G-581203 is your Google verification code.', 'G-581203', 'verification code'],
		['en', 'Enter this code\n\n\nXK3-9QD\n\nThe Slack team, 500 Howard Street', 'XK3-9QD', 'this code'],
		['en', 'Your code: A7K2Q9', 'A7K2Q9', 'your code'],
		['en', 'Your login code is 2024', '2024', 'login code'],
		['en', 'Order #12345678. Your security code is 551 208 (phone ending in 4471).', '551208', 'security code'],
		['en', 'verification code\n1 2 3 4 5 6', '123456', 'verification code'],
		['en', 'Your verification code\n4  8  2  9  1  3', '482913', 'verification code'],
		['en', 'Use G-445 102 as your verification code', 'G-445102', 'verification code'],
		['en', 'Your verification code for order 4829134 is 112233.', '112233', 'verification code'],
		['de', 'Ihr Bestätigungscode lautet: 904 117\nEr gilt 15 Minuten.', '904117', 'bestätigungscode'],
		['fr', 'Votre code de vérification est le 220918.', '220918', 'code de vérification'],
		['es', 'Tu código de verificación:\n\n881203\n\nCaduca en 10 minutos.', '881203', 'código de verificación'],
		['it', 'Il tuo codice di verifica è 771920', '771920', 'codice di verifica'],
		['pt', 'Seu código de segurança é 118273.', '118273', 'código de segurança'],
		['nl', 'Je verificatiecode is 662190.', '662190', 'verificatiecode'],
		['sv', 'Din engångskod är 448120', '448120', 'engångskod'],
		['da', 'Din bekræftelseskode er 990121', '990121', 'bekræftelseskode'],
		['no', 'Bekreftelseskoden din er 310200', '310200', 'bekreftelseskode'],
		['fi', 'Vahvistuskoodisi on 553311', '553311', 'vahvistuskoodi'],
		['pl', 'Twój kod weryfikacyjny to 129038', '129038', 'kod weryfikacyjny'],
		['cs', 'Váš ověřovací kód je 667788', '667788', 'ověřovací kód'],
		['sk', 'Váš overovací kód je 667788', '667788', 'overovací kód'],
		['hu', 'Az ellenőrző kódja: 443322', '443322', 'ellenőrző kód'],
		['ro', 'Codul de verificare este 909090', '909090', 'codul de verificare'],
		['bg', 'Вашият код за потвърждение е 232425', '232425', 'код за потвърждение'],
		['el', 'Ο κωδικός επαλήθευσης είναι 556677', '556677', 'κωδικός επαλήθευσης'],
		['ru', 'Ваш код подтверждения: 784512. Никому его не сообщайте.', '784512', 'код подтверждения'],
		['uk', 'Ваш код підтвердження: 784512', '784512', 'код підтвердження'],
		['tr', 'Doğrulama kodunuz: 615243', '615243', 'doğrulama kodu'],
		['ar', 'رمز التحقق الخاص بك هو ٤٨٢٩١٣', '482913', 'رمز التحقق'],
		['he', 'קוד האימות שלך הוא 771204', '771204', 'קוד האימות'],
		['fa', 'کد تأیید شما: ۱۲۳۴۵۶', '123456', 'کد تأیید'],
		['hi', 'आपका सत्यापन कोड 445566 है', '445566', 'सत्यापन कोड'],
		['id', 'Kode verifikasi Anda adalah 302010', '302010', 'kode verifikasi'],
		['vi', 'Mã xác minh của bạn là 889900', '889900', 'mã xác minh'],
		['th', 'รหัสยืนยันของคุณคือ 121314', '121314', 'รหัสยืนยัน'],
		['ja', '認証コード：739201\n10分以内に入力してください。', '739201', '認証コード'],
		['ja', '認証コード\n\n７３９２０１', '739201', '認証コード'],
		['ko', '인증번호는 [442211] 입니다.', '442211', '인증번호'],
		['zh', '【示例】您的验证码为 660912，10分钟内有效。', '660912', '验证码'],
	])('%s: %s', (language, text, value, phrase) => {
		expect(find(text)).toMatchObject({ value, phrase, language, source: 'text' });
	});

	it('in the subject, and in html that the text lacks', () => {
		expect(find('Welcome back.', { subject: '739204 is your Example login code' })).toMatchObject({
			value: '739204',
			source: 'subject',
		});
		const html = '<p>Your verification code</p><table><tr><td style="font-size:32px">55 09 21</td></tr></table>';
		expect(find('Please view this mail in a browser.', { html })).toMatchObject({ value: '550921', source: 'html' });
	});

	it('with the line it stands in', () => {
		expect(find('Hello,\n\nYour verification code is 482913.\n\nBye')?.line).toBe('Your verification code is 482913.');
	});
});

describe('what is no one-time code', () => {
	it.each([
		['an order', 'Your order 48291345 has shipped. Track it with parcel number 993011223.'],
		['a promotion', 'Use your promo code SAVE2025 before Friday.\nYour discount code: 20OFF'],
		['a voucher', 'Your code for 20% off: WINTER2026'],
		['a German voucher', 'Ihr Code: HERBST26\nEinlösbar bis Sonntag, 15 % Rabatt auf alles.'],
		['a French voucher', 'Votre code : NOEL2026\nProfitez de 20 % de réduction.'],
		['a Spanish voucher', 'Tu código: VERANO26. Disfruta del descuento.'],
		['an Italian voucher', 'Il tuo codice: ESTATE26, sconto del 10%'],
		['a Polish voucher', 'Twój kod: LATO2026 – zniżka 10%'],
		['a Russian voucher', 'Ваш код: LETO2026. Скидка 10%'],
		['a Japanese voucher', 'クーポンコード：FUYU2026 10%割引'],
		['an order behind it', 'See the code below.\nOrder 4829134'],
		['a post code', 'Zip code: 94107'],
		['a warning', 'Never share your verification code with anybody. Call us: +1 555 019 2834'],
		['an amount', 'Enter this code at the till and get $2500 off'],
		['a year', 'This code of conduct is from 2019.'],
		['a mask', 'We sent a verification code to the phone ending in 4471.'],
		['a link', 'Your code: https://example.com/verify/482913'],
		['an invoice beside it', 'See the code below.\n\nInvoice 4482913 of 12 March, total due in June'],
		['nothing', ''],
	])('%s', (_, text) => {
		expect(find(text)).toBeNull();
	});

	it('takes no longer for much text', () => {
		expect(find('your code '.repeat(100_000))).toBeNull();
		expect(find('1 2 '.repeat(100_000))).toBeNull();
		expect(find('A1-'.repeat(100_000))).toBeNull();
	});
});
