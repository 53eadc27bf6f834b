import { list } from './list';

export interface AttributionLocale {
	/** ISO 639 code. */
	language: string;
	/** First words of a line that leads a quote in. */
	openers: readonly string[];
	/** Words that say "wrote"; `(a)` and the like are written out. */
	verbs: readonly string[];
	/** Lines as clients write them. */
	samples: readonly string[];
}

/**
 * The lines "On (date), (sender) wrote:" of the clients' localisations; all words in lower case.
 * What a language writes without a verb (Gmail in Russian, Japanese, Hebrew: date, name, address, colon) needs no
 * entry here: the engine in attribution.ts knows it by date, time and address.
 */
export const ATTRIBUTION_LOCALES: readonly AttributionLocale[] = [
	{
		language: 'en',
		openers: list`on | at | in article | in message | in`,
		verbs: list`wrote | writes | quoting | has written | said the following | spake thusly`,
		samples: [
			'On Mon, Feb 1, 2016 at 6:32 PM, Ann Lee <ann@example.com> wrote:',
			'On 28 Jan 2016, at 19:04, Ann Lee wrote:',
			'On Tue, 2011-03-01 at 18:02 +0530, Ann Lee wrote:',
			'At 10:12 AM 5/3/2016, Ann Lee wrote:',
			'In article <1234@news.example.com>, Ann Lee <ann@example.com> wrote:',
			'---- On Mon, 01 Feb 2016 18:32:00 +0530 Ann Lee <ann@example.com> wrote ----',
			'--- On Mon, 2/1/16, Ann Lee <ann@example.com> wrote:',
			'On May 15, 2017 7:32 PM, "Ann Lee" <ann@example.com> wrote:',
			'On 15 May 2017 at 10:00:00, Ann Lee (ann@example.com) wrote:',
			'-----"Ann Lee" <ann@example.com> wrote: -----',
			'Quoting Ann Lee <ann@example.com>:',
		],
	},
	{
		language: 'de',
		openers: list`am | um | in | den`,
		verbs: list`schrieb | schreibt | geschrieben | hat geschrieben | schrieb folgendes | zitat von`,
		samples: [
			'Am Di., 3. Mai 2016 um 10:12 Uhr schrieb Ann Lee <ann@example.com>:',
			'Am 03.05.2016 um 10:12 schrieb Ann Lee:',
			'Am 03.05.2016 10:12 schrieb "Ann Lee" <ann@example.com>:',
			'Ann Lee <ann@example.com> schrieb am Di., 3. Mai 2016 um 10:12 Uhr:',
			'Am Dienstag, 3. Mai 2016, 10:12:33 schrieb Ann Lee:',
			'Zitat von Ann Lee <ann@example.com>:',
			'Ann Lee <ann@example.com> hat am 3. Mai 2016 um 10:12 geschrieben:',
		],
	},
	{
		language: 'nl',
		openers: list`op`,
		verbs: list`
			schreef | schreef het volgende | heeft geschreven | het volgende geschreven | geschreven | citeren van
		`,
		samples: [
			'Op di 3 mei 2016 om 10:12 schreef Ann Lee <ann@example.com>:',
			'Op 3 mei 2016 10:12 schreef "Ann Lee" <ann@example.com>:',
			'Op 3 mei 2016, om 10:12 heeft Ann Lee <ann@example.com> het volgende geschreven:',
			'Op 03-05-16 om 10:12 schreef Ann Lee:',
		],
	},
	{
		language: 'fr',
		openers: list`le | à | selon`,
		verbs: list`a écrit | a ecrit | écrit | a envoyé | écrivait | citation de`,
		samples: [
			'Le mar. 3 mai 2016 à 10:12, Ann Lee <ann@example.com> a écrit :',
			'Le 3 mai 2016 à 10:12, Ann Lee a écrit :',
			'Le 03/05/2016 10:12, Ann Lee a écrit :',
			'Le 3 mai 2016 10:12, "Ann Lee" <ann@example.com> a écrit :',
		],
	},
	{
		language: 'es',
		openers: list`el | en | con fecha`,
		verbs: list`escribió | escribio | escribía | ha escrito | citando a`,
		samples: [
			'El mar., 3 may. 2016 a las 10:12, Ann Lee (<ann@example.com>) escribió:',
			'El 3 de mayo de 2016, 10:12, Ann Lee<ann@example.com> escribió:',
			'El 3/5/2016 10:12, "Ann Lee" <ann@example.com> escribió:',
			'El martes, 3 de mayo de 2016 10:12, Ann Lee <ann@example.com> escribió:',
		],
	},
	{
		language: 'pt',
		openers: list`em | a | no dia | no`,
		verbs: list`escreveu | escreveu no dia | enviou | escreveu o seguinte | citando`,
		samples: [
			'Em ter., 3 de mai. de 2016 às 10:12, Ann Lee <ann@example.com> escreveu:',
			'Em 3 de maio de 2016 10:12, Ann Lee <ann@example.com> escreveu:',
			'A 3 mai 2016, às 10:12, Ann Lee <ann@example.com> escreveu:',
			'No dia 3 de maio de 2016 às 10:12, Ann Lee <ann@example.com> escreveu:',
			'Ann Lee <ann@example.com> escreveu no dia terça, 3/05/2016 à(s) 10:12:',
		],
	},
	{
		language: 'it',
		openers: list`il | il giorno | in data | alle`,
		verbs: list`ha scritto | scrive | scriveva`,
		samples: [
			'Il giorno mar 3 mag 2016 alle ore 10:12 Ann Lee <ann@example.com> ha scritto:',
			'Il giorno 3 maggio 2016 10:12, Ann Lee <ann@example.com> ha scritto:',
			'Il 03/05/2016 10:12, Ann Lee ha scritto:',
			'Il 3 maggio 2016 alle 10:12, Ann Lee <ann@example.com> ha scritto:',
		],
	},
	{
		language: 'ca',
		openers: list`el | missatge de`,
		verbs: list`va escriure | ha escrit`,
		samples: ['El dt., 3 de maig 2016, 10:12, Ann Lee <ann@example.com> va escriure:'],
	},
	{
		language: 'ro',
		openers: list`pe | în | in | la data`,
		verbs: list`a scris | scria`,
		samples: [
			'În mar., 3 mai 2016 la 10:12, Ann Lee <ann@example.com> a scris:',
			'Pe 3 mai 2016, la 10:12, Ann Lee a scris:',
		],
	},
	{
		language: 'sv',
		openers: list`den | på`,
		verbs: list`skrev | skrev följande`,
		samples: [
			'Den tis 3 maj 2016 kl 10:12 skrev Ann Lee <ann@example.com>:',
			'3 maj 2016 kl. 10:12 skrev Ann Lee <ann@example.com>:',
			'Den 2016-05-03 kl. 10:12, skrev Ann Lee:',
		],
	},
	{
		language: 'da',
		openers: list`den | d.`,
		verbs: list`skrev | skrev følgende`,
		samples: [
			'Den tirs. 3. maj 2016 kl. 10.12 skrev Ann Lee <ann@example.com>:',
			'Den 03-05-2016 kl. 10:12 skrev Ann Lee:',
		],
	},
	{
		language: 'no',
		openers: list`den | på | fra`,
		verbs: list`skrev | skrev følgende`,
		samples: [
			'tir. 3. mai 2016 kl. 10:12 skrev Ann Lee <ann@example.com>:',
			'Den 15. jun. 2016 kl. 20.42 skrev Ann Lee <ann@example.com<mailto:ann@example.com>>:',
			'På 3. mai 2016 kl. 10:12:00, Ann Lee (ann@example.com) skrev:',
		],
	},
	{
		language: 'is',
		openers: list`þann | á`,
		verbs: list`skrifaði | reit`,
		samples: ['Þann þri., 3. maí 2016 kl. 10:12 skrifaði Ann Lee <ann@example.com>:'],
	},
	{
		language: 'fi',
		openers: list`klo`,
		verbs: list`kirjoitti | kirjoittaa | kirjoitti seuraavaa`,
		samples: [
			'ti 3. toukok. 2016 klo 10.12 Ann Lee (ann@example.com) kirjoitti:',
			'Ann Lee <ann@example.com> kirjoitti 3.5.2016 kello 10.12:',
			'3.5.2016 10.12, Ann Lee kirjoitti:',
		],
	},
	{
		language: 'et',
		openers: list`kuupäev | kuupäeval`,
		verbs: list`kirjutas`,
		samples: [
			'Kuupäev T, 3. mai 2016 kell 10:12 kirjutas Ann Lee <ann@example.com>:',
			'Ann Lee kirjutas 03.05.2016 kell 10:12:',
		],
	},
	{
		language: 'lv',
		openers: list`otrd.`,
		verbs: list`rakstīja`,
		samples: ['otrd., 2016. g. 3. maijs, plkst. 10:12 — lietotājs Ann Lee (<ann@example.com>) rakstīja:'],
	},
	{
		language: 'lt',
		openers: list`an`,
		verbs: list`rašė | parašė`,
		samples: ['2016-05-03, an, 10:12 Ann Lee <ann@example.com> rašė:'],
	},
	{
		language: 'pl',
		openers: list`dnia | w dniu | w wiadomości`,
		verbs: list`napisał | napisała | napisał(a) | napisał/a | pisze | napisano | cytowanie`,
		samples: [
			'wt., 3 maj 2016 o 10:12 Ann Lee <ann@example.com> napisał(a):',
			'W dniu 3 maja 2016 10:12 użytkownik Ann Lee <ann@example.com> napisał:',
			'W dniu 2016-05-03 o 10:12, Ann Lee pisze:',
			'Dnia 3 maj 2016 o godz. 10:12 Ann Lee <ann@example.com> napisał(a):',
			'3 maj 2016 10:12 "Ann Lee" <ann@example.com> napisał(a):',
		],
	},
	{
		language: 'cs',
		openers: list`dne`,
		verbs: list`napsal | napsala | napsal(a) | napsal/a | píše`,
		samples: [
			'út 3. 5. 2016 v 10:12 odesílatel Ann Lee <ann@example.com> napsal:',
			'Dne 03.05.2016 v 10:12 Ann Lee napsal(a):',
			'Dne 3. května 2016 10:12 Ann Lee <ann@example.com> napsal(a):',
		],
	},
	{
		language: 'sk',
		openers: list`dňa`,
		verbs: list`napísal | napísala | napísal(a) | napísal/a | píše`,
		samples: [
			'ut 3. 5. 2016 o 10:12 Ann Lee <ann@example.com> napísal(a):',
			'Dňa 3. 5. 2016 o 10:12 Ann Lee napísal(a):',
		],
	},
	{
		language: 'sl',
		openers: list`v | dne | oseba`,
		verbs: list`je napisal | je napisala | je napisal/a | napisal/a | napisal(a) | napisala | napisal | piše`,
		samples: [
			'V V tor., 3. maj 2016 ob 10:12 je oseba Ann Lee <ann@example.com> napisala:',
			'Dne 3. maj 2016 ob 10:12 je Ann Lee napisal/a:',
		],
	},
	{
		language: 'hr',
		openers: list`dana | dne | u`,
		verbs: list`
			napisao je | napisala je | je napisao | je napisala | je napisao/la | napisao/la | piše | je napisao(la)
		`,
		samples: [
			'uto, 3. svi 2016. u 10:12 Ann Lee <ann@example.com> napisao je:',
			'Dana 3. svibnja 2016. u 10:12 Ann Lee <ann@example.com> je napisao/la:',
		],
	},
	{
		language: 'sr',
		openers: list`дана | dana`,
		verbs: list`је написао | је написала | је написао/ла | написао је | написа`,
		samples: ['Дана 3. мај 2016. 10:12 Ann Lee <ann@example.com> је написао/ла:'],
	},
	{
		language: 'hu',
		openers: list`dátum`,
		verbs: list`írta | ezt írta | ezt írta (időpont | írja`,
		samples: [
			'Ann Lee <ann@example.com> ezt írta (időpont: 2016. máj. 3., K, 10:12):',
			'2016-05-03 10:12 keltezéssel, Ann Lee írta:',
			'2016. május 3. 10:12 Ann Lee <ann@example.com> írta:',
		],
	},
	{
		language: 'el',
		openers: list`στις | την | στην`,
		verbs: list`έγραψε | έγραψε τα εξής | γράφει | εγραψε`,
		samples: [
			'Στις Τρί, 3 Μαΐ 2016 στις 10:12 π.μ., ο/η Ann Lee <ann@example.com> έγραψε:',
			'Στις 3 Μαΐου 2016 - 10:12 π.μ., ο χρήστης Ann Lee <ann@example.com> έγραψε:',
			'Στις 3/5/2016 10:12 πμ, ο Ann Lee έγραψε:',
		],
	},
	{
		language: 'tr',
		openers: list`tarihinde`,
		verbs: list`yazdı | şunu yazdı | şunları yazdı | yazmış`,
		samples: [
			'Ann Lee <ann@example.com>, 3 May 2016 Sal, 10:12 tarihinde şunu yazdı:',
			'3 Mayıs 2016 10:12 tarihinde Ann Lee <ann@example.com> yazdı:',
			'Ann Lee <ann@example.com> şunları yazdı (3 May 2016 10:12):',
		],
	},
	{
		language: 'ru',
		openers: list`в сообщении от | вы писали`,
		verbs: list`написал | написала | написал(а) | написал(a) | пишет | писал | писала | писал(а) | вы писали`,
		samples: [
			'3 мая 2016 г., 10:12 пользователь Ann Lee <ann@example.com> написал:',
			'20 окт. 2016 г. 19:37 пользователь "Ann Lee" <ann@example.com> написал:',
			'03.05.2016 10:12, Ann Lee пишет:',
			'3 мая 2016 г., в 10:12, Ann Lee <ann@example.com> написал(а):',
			'Вы писали 3 мая 2016 г., 10:12:',
		],
	},
	{
		language: 'uk',
		openers: list`у`,
		verbs: list`пише | написав | написала | написав(ла) | написав(-ла) | писав`,
		samples: [
			'вт, 3 трав. 2016 р. о 10:12 Ann Lee <ann@example.com> пише:',
			'3 травня 2016 р. 10:12 Ann Lee <ann@example.com> написав:',
		],
	},
	{
		language: 'bg',
		openers: list`на`,
		verbs: list`написа | пише`,
		samples: ['На вт, 3.05.2016 г. в 10:12 Ann Lee <ann@example.com> написа:'],
	},
	{
		language: 'he',
		openers: list`בתאריך | ביום`,
		verbs: list`כתב | כתבה | כתב/ה | כתב/ה: | מאת`,
		samples: [
			'בתאריך יום ג׳, 3 במאי 2016 ב-10:12 מאת \u202aAnn Lee\u202c\u200f <\u202aann@example.com\u202c\u200f>:\u202c',
			'ב-3 במאי 2016, בשעה 10:12, \u200fAnn Lee <ann@example.com> כתב/ה:',
		],
	},
	{
		language: 'ar',
		openers: list`في | بتاريخ`,
		verbs: list`كتب | كتبت | كتب/ت`,
		samples: [
			'في الثلاثاء، 3 مايو 2016 في 10:12 ص تمت كتابة ما يلي بواسطة Ann Lee <ann@example.com>:',
			'في 3 مايو 2016، الساعة 10:12 ص، كتب Ann Lee <ann@example.com>:',
		],
	},
	{
		language: 'fa',
		openers: list`در | در تاریخ`,
		verbs: list`نوشت | نوشته است | نوشته`,
		samples: ['در تاریخ سه‌شنبه ۳ مهٔ ۲۰۱۶،‏ ۱۰:۱۲ Ann Lee <ann@example.com> نوشت:'],
	},
	{
		language: 'hi',
		openers: list`को`,
		verbs: list`लिखा | ने लिखा`,
		samples: ['मंगल, 3 मई 2016 को 10:12 पूर्वाह्न पर Ann Lee <ann@example.com> ने लिखा:'],
	},
	{
		language: 'th',
		openers: list`ในวันที่ | เมื่อ`,
		verbs: list`เขียนว่า | เขียน`,
		samples: ['ในวันที่ อ. 3 พ.ค. 2016 เวลา 10:12 Ann Lee <ann@example.com> เขียนว่า:'],
	},
	{
		language: 'vi',
		openers: list`vào | ngày`,
		verbs: list`đã viết | viết`,
		samples: [
			'Vào 10:12, Th 3, 3 thg 5, 2016 Ann Lee <ann@example.com> đã viết:',
			'Vào ngày 3 thg 5, 2016, lúc 10:12, Ann Lee <ann@example.com> đã viết:',
		],
	},
	{
		language: 'id',
		openers: list`pada | pada tanggal`,
		verbs: list`menulis`,
		samples: ['Pada tanggal Sel, 3 Mei 2016 pukul 10.12 Ann Lee <ann@example.com> menulis:'],
	},
	{
		language: 'zh',
		openers: list`在 | 于 | 於`,
		verbs: list`写道 | 寫道 | 写信说 | 撰写 | 写到 | 来信`,
		samples: [
			'在 2016年5月3日，上午10:12，Ann Lee <ann@example.com> 写道：',
			'Ann Lee <ann@example.com> 于2016年5月3日周二 10:12写道：',
			'Ann Lee <ann@example.com> 於 2016年5月3日 週二 上午10:12寫道：',
			'在 2016-05-03 10:12:00，"Ann Lee" <ann@example.com> 写道：',
		],
	},
	{
		language: 'ja',
		openers: list``,
		verbs: list`書きました | のメール | のメッセージ | 書き込みました`,
		samples: [
			'2016年5月3日(火) 10:12 Ann Lee <ann@example.com>:',
			'2016/05/03 10:12、Ann Lee <ann@example.com>のメール:',
			'Ann Lee さんは書きました:',
		],
	},
	{
		language: 'ko',
		openers: list``,
		verbs: list`작성 | 님이 작성 | 쓰신 글 | 쓴 글 | 님의 말`,
		samples: [
			'2016년 5월 3일 (화) 오전 10:12, Ann Lee <ann@example.com>님이 작성:',
			'2016. 5. 3. 오전 10:12, Ann Lee <ann@example.com> 작성:',
		],
	},
];
