import { list } from './list';

/**
 * A line that a client or a gateway adds by itself under what the author wrote. In lower case.
 * `begin` and `end` must both hold where both are given.
 */
export interface FooterRule {
	/** ISO 639 code. */
	language: string;
	begin?: readonly string[];
	end?: readonly string[];
	samples: readonly string[];
}

/** Footers of mobile clients and webmailers. A footer is one line; the engine puts limits to its length (see signature.ts). */
export const FOOTER_RULES: readonly FooterRule[] = [
	{
		language: 'en',
		begin: list`
			sent from | sent via | sent with | sent using | sent on the go | sent securely | sent in haste from |
			from my iphone |
			from my ipad | from my android | from my mobile | from my phone | from my blackberry | from my samsung |
			from my galaxy | from my pixel |
			get outlook for | get bluemail for | download outlook for | get the outlook app | typed on my |
			composed on my | written on my |
			dictated from | dictated by siri | dictated on | this message was sent from my |
			this email was sent from my | this e-mail was sent from my | this mail was sent from my |
			message sent from my | email sent from my | please excuse brevity | please excuse my brevity |
			please excuse any typos | please excuse typos | excuse typos |
			yahoo mail: search, organize | yahoo mail for | connected by motorola | powered by blackberry |
			envoyé de blackberry | secured by
		`,
		samples: [
			'Sent from my iPhone',
			'Sent from Yahoo Mail on Android',
			'Get Outlook for iOS',
			'Sent from my mobile device, please excuse any typos',
			'Sent via BlackBerry by AT&T',
			'Sent with Proton Mail secure email.',
		],
	},
	{
		language: 'de',
		begin: list`
			gesendet von | gesendet mit | gesendet vom | gesendet über | gesendet via | gesendet aus |
			von unterwegs gesendet | von meinem iphone | von meinem ipad | von meinem smartphone |
			von samsung mobile | outlook für ios | outlook für android | holen sie sich outlook |
			diese nachricht wurde mit | unterwegs gesendet | mobil gesendet
		`,
		samples: [
			'Gesendet von Mail für Windows 10',
			'Gesendet mit der GMX Mail App',
			'Outlook für Android herunterladen',
			'Holen Sie sich Outlook für iOS',
		],
	},
	{
		language: 'de',
		begin: list`
			von mein | vom iphone | vom ipad | vom handy | vom smartphone | vom tablet | vom mobil |
			diese nachricht wurde von | diese e-mail wurde von | diese mail wurde von | diese email wurde von
		`,
		end: list`gesendet | versendet | verschickt`,
		samples: [
			'Von meinem iPhone gesendet',
			'Vom iPad gesendet',
			'Diese Nachricht wurde von meinem Android-Mobiltelefon mit K-9 Mail gesendet.',
		],
	},
	{
		language: 'nl',
		begin: list`
			verzonden vanaf | verzonden met | verzonden via | verstuurd vanaf | verstuurd met | verstuurd via |
			verzonden van | outlook voor ios downloaden | outlook voor android downloaden | download outlook voor |
			verstuurd van
		`,
		samples: ['Verzonden vanaf mijn iPhone', 'Verstuurd vanaf mijn iPad', 'Outlook voor Android downloaden'],
	},
	{
		language: 'fr',
		begin: list`
			envoyé de | envoyé depuis | envoyé à partir | envoyé avec | envoyé via | envoyé par | envoyée depuis |
			provenance : courrier | télécharger outlook pour | téléchargez outlook pour | obtenir outlook pour |
			message envoyé depuis | e-mail envoyé depuis | mail envoyé depuis | envoye de mon | envoye depuis
		`,
		samples: [
			'Envoyé de mon iPhone',
			'Envoyé depuis mon appareil Galaxy',
			'Télécharger Outlook pour iOS',
			'Provenance : Courrier pour Windows 10',
		],
	},
	{
		language: 'es',
		begin: list`
			enviado desde | enviado de | enviado con | enviado mediante | enviado a través | enviado por |
			obtener outlook para | descargar outlook para | obtén outlook para | mensaje enviado desde
		`,
		samples: ['Enviado desde mi iPhone', 'Obtener Outlook para Android', 'Enviado desde Correo para Windows 10'],
	},
	{
		language: 'pt',
		begin: list`
			enviado do | enviado da | enviado a partir | enviado de | enviado pelo | enviado via | enviado por |
			enviado com | obter o outlook para | baixe o outlook para | obter outlook para | mensagem enviada do |
			enviada do meu
		`,
		samples: [
			'Enviado do meu iPhone',
			'Enviado via iPhone',
			'Obter o Outlook para iOS',
			'Enviado do Yahoo Mail no Android',
		],
	},
	{
		language: 'it',
		begin: list`
			inviato da | inviato dal | inviato con | inviato tramite | inviata da | inviato via |
			ottieni outlook per | scarica outlook per | messaggio inviato da
		`,
		samples: ['Inviato da iPhone', 'Inviato dal mio dispositivo Samsung', 'Ottieni Outlook per Android'],
	},
	{
		language: 'ca',
		begin: list`
		enviat des del | enviat des de | enviat amb
	`,
		samples: ['Enviat des del meu iPhone'],
	},
	{
		language: 'ro',
		begin: list`
			trimis de pe | trimis din | trimis cu | trimis de la | descărcați outlook pentru |
			obțineți outlook pentru
		`,
		samples: ['Trimis de pe iPhone-ul meu'],
	},
	{
		language: 'sv',
		begin: list`
			skickat från | skickat med | skickat via | skickades från | skaffa outlook för | hämta outlook för |
			ladda ned outlook för | sänt från
		`,
		samples: ['Skickat från min iPhone', 'Skaffa Outlook för iOS'],
	},
	{
		language: 'da',
		begin: list`sendt fra | sendt med | sendt via | hent outlook til | hent outlook for | få outlook til`,
		samples: ['Sendt fra min iPhone', 'Hent Outlook til iOS'],
	},
	{
		language: 'no',
		begin: list`
			sendt fra | sendt med | sendt via | få outlook for | skaff deg outlook for | last ned outlook for |
			hent outlook for
		`,
		samples: ['Sendt fra min iPad', 'Skaff deg Outlook for iOS'],
	},
	{ language: 'is', begin: list`sent úr | sent frá`, samples: ['Sent úr iPhone-símanum mínum'] },
	{
		language: 'fi',
		begin: list`
			lähetetty iphone | lähetetty ipad | lähetetty laitteesta | lähetetty minun | lähetetty puhelimesta |
			lähetetty windows | lähetetty samsung | lähetetty android | lähetetty blackberry | lähetetty yahoo |
			lähetetty outlook | lähetetty nokia | lähetetty matkapuhelimesta | hanki outlook | lataa outlook |
			lähetetty sähköpostista | lähetetty omasta
		`,
		samples: ['Lähetetty iPhonesta', 'Hanki Outlook for Android', 'Lähetetty Windowsin Sähköpostista'],
	},
	{
		language: 'et',
		begin: list`saadetud minu | saadetud i | saadetud seadmest | hankige outlook`,
		samples: ['Saadetud minu iPhone’ist'],
	},
	{ language: 'lv', begin: list`nosūtīts no | sūtīts no`, samples: ['Nosūtīts no mana iPhone'] },
	{ language: 'lt', begin: list`išsiųsta iš | siųsta iš`, samples: ['Išsiųsta iš mano iPhone'] },
	{
		language: 'pl',
		begin: list`
			wysłane z | wysłano z | wysłane przez | wysłano przez | wysłane za pomocą | wysłano za pomocą |
			wysłany z | pobierz outlook dla | pobierz program outlook dla | uzyskaj aplikację outlook
		`,
		samples: ['Wysłane z iPhone’a', 'Wysłano z mojego urządzenia Samsung', 'Pobierz program Outlook dla systemu iOS'],
	},
	{
		language: 'cs',
		begin: list`
			odesláno z | odesláno pomocí | odesláno ze | posláno z | získejte outlook pro | získat outlook pro |
			odesláno přes
		`,
		samples: ['Odesláno z iPhonu', 'Získat Outlook pro Android'],
	},
	{
		language: 'sk',
		begin: list`
			odoslané z | odoslané zo | odoslané pomocou | poslané z | získajte outlook pre | získať outlook pre
		`,
		samples: ['Odoslané z iPhonu'],
	},
	{
		language: 'sl',
		begin: list`
		poslano z | poslano iz | prenesite outlook za
	`,
		samples: ['Poslano z mojega iPhona'],
	},
	{
		language: 'hr',
		begin: list`poslano s | poslano sa | poslato sa | poslato s | послато са | preuzmite outlook za`,
		samples: ['Poslano s mog iPhonea', 'Poslato sa mog iPhone-a'],
	},
	{
		language: 'hu',
		begin: list`küldve | elküldve | iphone-omról küldve | ipademről küldve | a windows posta | outlook letöltése`,
		end: list`
			készülékemről | iphone-omról | ipademről | androidról | mailből | küldve | appal | telefonról |
			outlookból | telefonomról
		`,
		samples: ['Elküldve az iPhone-omról', 'iPhone-omról küldve'],
	},
	{
		language: 'el',
		begin: list`στάλθηκε από | εστάλη από | αποστολή από | απεστάλη από | στάλθηκε με | λήψη του outlook`,
		samples: ['Στάλθηκε από το iPhone μου', 'Εστάλη από το iPad μου'],
	},
	{
		language: 'tr',
		begin: list`iphone | ipad | samsung | android | windows | yahoo | benim`,
		end: list`gönderildi | gönderilmiştir`,
		samples: ["iPhone'umdan gönderildi", 'Windows 10 için Posta ile gönderildi'],
	},
	{
		language: 'tr',
		begin: list`outlook for ios'u edinin | outlook for android'i edinin | ios için outlook | android için outlook`,
		samples: ["Outlook for iOS'u edinin", 'Android için Outlook uygulamasını edinin'],
	},
	{
		language: 'ru',
		begin: list`
			отправлено с | отправлено из | отправлено от | отправлено через | отправлено со | послано с |
			скачайте outlook для | получите outlook для | загрузить outlook для | написано с
		`,
		samples: ['Отправлено с iPhone', 'Отправлено из мобильной Яндекс.Почты', 'Отправлено с моего устройства Samsung'],
	},
	{
		language: 'uk',
		begin: list`надіслано з | надіслано із | відправлено з | відправлено із | отримайте outlook для`,
		samples: ['Надіслано з iPhone'],
	},
	{
		language: 'bg',
		begin: list`изпратено от | изпратено с | вземете outlook за`,
		samples: ['Изпратено от моя iPhone'],
	},
	{
		language: 'he',
		begin: list`
			נשלח מה-i | נשלח מהi | נשלח מ- | נשלח מהמכשיר | נשלח מהנייד | נשלח מהטלפון | נשלח מה-outlook |
			נשלח באמצעות | קבל את outlook
		`,
		samples: ['נשלח מה-iPhone שלי'],
	},
	{
		language: 'ar',
		begin: list`أرسلت من | أُرسلت من | أرسل من | تم الإرسال من | مرسل من | مرسلة من | احصل على outlook`,
		samples: ['أُرسلت من الـ iPhone'],
	},
	{ language: 'fa', begin: list`ارسال شده از | ارسال از`, samples: ['ارسال شده از iPhone من'] },
	{ language: 'hi', begin: list`मेरे`, end: list`से भेजा गया`, samples: ['मेरे iPhone से भेजा गया'] },
	{ language: 'th', begin: list`ส่งจาก | ส่งมาจาก | รับ outlook`, samples: ['ส่งจาก iPhone ของฉัน'] },
	{
		language: 'vi',
		begin: list`được gửi từ | đã gửi từ | gửi từ | tải outlook cho | nhận outlook cho`,
		samples: ['Được gửi từ iPhone của tôi', 'Đã gửi từ iPhone của tôi'],
	},
	{
		language: 'id',
		begin: list`dikirim dari | terkirim dari | dapatkan outlook untuk | dikirimkan dari`,
		samples: ['Dikirim dari iPhone saya'],
	},
	{
		language: 'zh',
		begin: list`发自 | 發自 | 來自我的 | 来自我的 | 获取 outlook for | 取得 outlook | 下载 outlook | 发送自 | 傳送自 | 由 outlook`,
		samples: ['发自我的 iPhone', '發自我的 iPhone', '获取 Outlook for iOS', '发送自 Windows 10 版邮件应用'],
	},
	{
		language: 'zh',
		begin: list`从我的 | 從我的 | 从 iphone | 从 ipad | 从手机 | 從手機 | 由我的`,
		end: list`发送 | 傳送 | 發送 | 寄出 | 发出`,
		samples: ['从我的 iPhone 发送', '從我的 iPhone 傳送'],
	},
	{
		language: 'ja',
		end: list`から送信 | から送信されました | で送信 | より送信 | から送信しました`,
		samples: ['iPhoneから送信', 'Yahoo!メールアプリから送信'],
	},
	{
		language: 'ja',
		begin: list`outlook for ios を入手 | outlook for android を入手 | ios 版 outlook | android 版 outlook`,
		samples: ['Outlook for iOS を入手'],
	},
	{
		language: 'ko',
		end: list`에서 보냄 | 에서 전송됨`,
		samples: ['나의 iPhone에서 보냄', '내 Galaxy 스마트폰에서 보냄'],
	},
	{
		language: 'ko',
		begin: list`outlook for ios 다운로드 | ios용 outlook | android용 outlook`,
		samples: ['iOS용 Outlook 다운로드'],
	},
];

/** What a footer that someone wrote himself speaks of: "Someone from mobile", "(sent from a phone)", "<<sent by galaxy>>". */
export const DEVICES: readonly string[] = list`
	mobile | mobile phone | mobile device | phone | cell | cell phone | cellphone | smartphone | iphone |
	ipad | ipod | tablet | android | galaxy | blackberry |
	handheld | pda | pixel | nexus | samsung | htc | nokia | handy | mobil | telefon | móvil | celular |
	téléphone | portable | telefoon | mobiltelefon
`;
