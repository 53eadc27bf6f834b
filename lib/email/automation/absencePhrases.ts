import { list } from '../reply/locales/list';

/**
 * Of what an absence note is made, by language: the texts that Outlook, Gmail, Apple Mail and the help pages of hosting
 * companies propose. In lower case; stems where a language bends its words.
 */
export interface AbsenceWords {
	/** ISO 639 code. */
	language: string;
	/** That the writer is away; found anywhere in a sentence. */
	away: readonly string[];
	/** That he comes back, or reads and answers later. */
	back: readonly string[];
	/** Whom to turn to meanwhile. */
	deputy: readonly string[];
	/** Courtesy around it: thanks for the mail, and how it ends. */
	courtesy: readonly string[];
}

export const ABSENCE_WORDS: readonly AbsenceWords[] = [
	{
		language: 'en',
		away: list`
			out of the office | out of office | out-of-office | away from the office | away from my desk | i am away | i'm away |
			on vacation | on holiday | on annual leave | on leave | on parental leave | on maternity leave | on sick leave |
			travelling | traveling | limited access | no access to | not be checking | not in the office
		`,
		back: list`
			i will be back | i'll be back | i am back | i return | i will return | returning on | back in the office | back on |
			reply as soon as | respond as soon as | respond to your | reply to your | get back to you | upon my return |
			when i return | after my return | not be forwarded | not forwarded
		`,
		deputy: list`
			urgent | please contact | please reach out | reach out to | please call | emergenc | immediate assistance |
			in my absence | during my absence | my colleague
		`,
		courtesy: list`thank you for your | thanks for your | thank you for contacting | regards | thank you | sincerely`,
	},
	{
		language: 'de',
		away: list`
			nicht im büro | nicht im hause | außer haus | ausser haus | im urlaub | abwesend | in elternzeit | im mutterschutz |
			auf dienstreise | nicht erreichbar | nicht am platz | nicht im dienst | krankheitsbedingt
		`,
		back: list`
			wieder im büro | wieder erreichbar | wieder da | wieder für sie da | wieder zurück | zurück am | bin zurück |
			nach meiner rückkehr | bearbeite ich | werde ich beantworten | nicht weitergeleitet | melde mich
		`,
		deputy: list`
			dringend | wenden sie sich | wende dich | vertretung | vertritt mich | kontaktieren sie | notfällen | notfall |
			meine kollegin | meinen kollegen | meine kollegen
		`,
		courtesy: list`danke für | dank für | grüße | grüßen | gruß | verständnis | ihre nachricht | ihre e-mail`,
	},
	{
		language: 'fr',
		away: list`
			absent du bureau | absente du bureau | suis absent | serai absent | actuellement absent | en congé | en vacances |
			hors du bureau | en déplacement | congé maternité | congé parental | indisponible
		`,
		back: list`de retour | mon retour | je reviens | répondrai | accès limité | consulterai`,
		deputy: list`urgen | contacter | contactez | adressez-vous | vous adresser | mon collègue | ma collègue | mon absence`,
		courtesy: list`merci de votre | merci pour votre | merci | cordialement | je vous remercie`,
	},
	{
		language: 'nl',
		away: list`
			niet op kantoor | afwezig | met vakantie | op vakantie | niet aanwezig | buiten kantoor | met verlof | met zwangerschapsverlof
		`,
		back: list`weer op kantoor | weer bereikbaar | ben ik terug | terug op | weer aanwezig | na terugkomst | beantwoord`,
		deputy: list`dringend | spoed | contact opnemen | neem contact | mijn collega | urgent`,
		courtesy: list`bedankt voor | dank voor | groet | dank u | bedankt`,
	},
	{
		language: 'es',
		away: list`
			fuera de la oficina | fuera de oficina | de vacaciones | estoy ausente | estaré ausente | de baja | de viaje |
			no estaré disponible | no estoy disponible
		`,
		back: list`regreso | vuelvo | volveré | regresaré | estaré de vuelta | acceso limitado | responderé | a mi vuelta`,
		deputy: list`urgen | contacte | contactar | contacta con | póngase en contacto | diríjase | mi compañer | mi ausencia`,
		courtesy: list`gracias por | saludos | gracias | un saludo | atentamente`,
	},
	{
		language: 'pt',
		away: list`
			fora do escritório | fora do escritorio | de férias | ausente | em viagem | de licença | não estarei disponível
		`,
		back: list`regresso | retorno | retornarei | voltarei | estarei de volta | acesso limitado | responderei`,
		deputy: list`urgen | contacte | contate | entre em contato | contactar | dirija-se | minha ausência | meu colega`,
		courtesy: list`obrigado | obrigada | agradeço | cumprimentos | atenciosamente`,
	},
	{
		language: 'it',
		away: list`
			fuori ufficio | fuori sede | in ferie | in vacanza | sono assente | sarò assente | in trasferta | in maternità |
			non sono in ufficio | non sarò in ufficio
		`,
		back: list`rientro | rientrerò | tornerò | di ritorno | accesso limitato | risponderò | al mio ritorno`,
		deputy: list`urgen | contattare | contatti | contatta | rivolgersi | rivolgetevi | mia assenza | collega`,
		courtesy: list`grazie per | saluti | grazie | cordialmente`,
	},
	{
		language: 'ca',
		away: list`fora de l'oficina | de vacances | absent`,
		back: list`tornaré | de tornada | respondré`,
		deputy: list`urgen | contacteu | poseu-vos en contacte`,
		courtesy: list`gràcies | salutacions`,
	},
	{
		language: 'ro',
		away: list`în concediu | in concediu | nu sunt la birou | plecat din birou | plecată din birou | absent din birou`,
		back: list`revin | voi reveni | mă întorc | voi răspunde`,
		deputy: list`urgen | contactați | contactaţi | vă rog să contact | adresați`,
		courtesy: list`mulțumesc | mulţumesc | multumesc | cu stimă`,
	},
	{
		language: 'sv',
		away: list`
			inte på kontoret | ej på kontoret | på semester | frånvarande | är ledig | föräldraledig | tjänstledig | bortrest
		`,
		back: list`tillbaka | åter på kontoret | återkommer | svarar när`,
		deputy: list`brådskande | kontakta | vänd dig | akuta ärenden | min kollega`,
		courtesy: list`tack för | hälsning | hälsningar | mvh`,
	},
	{
		language: 'da',
		away: list`ikke på kontoret | på ferie | holder ferie | ikke til stede | på barsel | fraværende | på kursus`,
		back: list`tilbage | retur den | svarer når | vender tilbage`,
		deputy: list`haster | kontakt venligst | kontakte | bedes du kontakte | min kollega | akut`,
		courtesy: list`tak for | hilsen | mvh`,
	},
	{
		language: 'no',
		away: list`ikke på kontoret | på ferie | har ferie | fraværende | i permisjon | ute av kontoret | på reise`,
		back: list`tilbake | svarer når`,
		deputy: list`haster | kontakt | ta kontakt | min kollega | akutt`,
		courtesy: list`takk for | hilsen | mvh`,
	},
	{
		language: 'is',
		away: list`í fríi | í sumarfríi | ekki við | ekki á skrifstofunni | frá vinnu`,
		back: list`kem aftur | til baka | aftur til vinnu`,
		deputy: list`áríðandi | hafið samband | hafðu samband`,
		courtesy: list`takk fyrir | kveðja`,
	},
	{
		language: 'fi',
		away: list`poissa toimistolta | olen poissa | lomalla | vuosilomalla | en ole toimistolla | vapaalla | tavoitettavissa`,
		back: list`palaan | takaisin | vastaan viesti`,
		deputy: list`kiireelli | ota yhteyttä | ottakaa yhteyttä | yhteyshenkilö`,
		courtesy: list`kiitos | terveisin`,
	},
	{
		language: 'et',
		away: list`puhkusel | kontorist väljas | kontorist eemal | ei ole kontoris`,
		back: list`tagasi | naasen | vastan`,
		deputy: list`kiire | pöörduge | võtke ühendust | palun pöördu`,
		courtesy: list`tänan | täname | tervitades | aitäh`,
	},
	{
		language: 'lv',
		away: list`atvaļinājum | prombūtn | neesmu birojā | ārpus biroja`,
		back: list`atgriez | atbildēšu`,
		deputy: list`steidzam | sazinieties | vērsieties`,
		courtesy: list`paldies | ar cieņu`,
	},
	{
		language: 'lt',
		away: list`atostog | nesu biure | ne biure | išvykęs | išvykusi`,
		back: list`grįšiu | grįžtu | atsakysiu`,
		deputy: list`skubi | skubiais | kreipkitės | susisiekite`,
		courtesy: list`dėkoju | ačiū | pagarbiai`,
	},
	{
		language: 'pl',
		away: list`poza biurem | na urlopie | nieobecn | nie ma mnie w biurze | na zwolnieniu | w delegacji`,
		back: list`wracam | wrócę | z powrotem | po powrocie | odpowiem | odpiszę | będę dostępn`,
		deputy: list`piln | proszę o kontakt | proszę kontaktować | kontakt z | skontaktować | zastęp`,
		courtesy: list`dziękuję za | pozdrawiam | dziękuję | z poważaniem | pozdrowienia`,
	},
	{
		language: 'cs',
		away: list`mimo kancelář | na dovolené | nejsem v kanceláři | nepřítom | čerpám dovolenou | na služební cestě`,
		back: list`vracím | vrátím | zpět | odpovím | po návratu`,
		deputy: list`naléhav | kontaktujte | obraťte se | urgentní | obrátit na | zastupuje`,
		courtesy: list`děkuji za | s pozdravem | děkuji | děkujeme`,
	},
	{
		language: 'sk',
		away: list`mimo kancelári | na dovolenke | nie som v kancelárii | neprítom | čerpám dovolenku | na služobnej ceste`,
		back: list`vrátim | vraciam | späť | odpoviem | po návrate`,
		deputy: list`naliehav | kontaktujte | obráťte sa | súrn | urgentn | zastupuje`,
		courtesy: list`ďakujem za | s pozdravom | ďakujem | ďakujeme`,
	},
	{
		language: 'sl',
		away: list`odsot | na dopustu | nisem v pisarni | ne bom v pisarni`,
		back: list`vrnem | vrnil | nazaj | odgovoril`,
		deputy: list`nujn | obrnite na | kontaktirajte | pokličite`,
		courtesy: list`hvala | lep pozdrav | pozdrav`,
	},
	{
		language: 'hr',
		away: list`izvan ureda | godišnjem odmoru | na godišnjem | nisam u uredu | odsutan | odsutna | van kancelarije`,
		back: list`vraćam | natrag | vratit | odgovorit`,
		deputy: list`hitn | kontaktirajte | obratite | javite se`,
		courtesy: list`hvala | pozdrav | s poštovanjem`,
	},
	{
		language: 'sr',
		away: list`на одмору | ван канцеларије | одсутан | одсутна | нисам у канцеларији | na odmoru | nisam u kancelariji`,
		back: list`враћам | вратићу | vraćam se`,
		deputy: list`хитн | контактирајте | обратите | hitn`,
		courtesy: list`хвала | поздрав | hvala`,
	},
	{
		language: 'hu',
		away: list`szabadságon | házon kívül | nem vagyok az irodában | irodán kívül | nem tartózkodom | távol`,
		back: list`vissza | térek | válaszol`,
		deputy: list`sürgős | forduljon | keresse | kérem keress | helyettes | lépjen kapcsolatba`,
		courtesy: list`köszön | üdvözlettel | tisztelettel`,
	},
	{
		language: 'el',
		away: list`λείπω | εκτός γραφείου | απουσιάζω | σε άδεια | απουσία`,
		back: list`επιστρέφω | θα επιστρέψω | επιστροφή | θα απαντήσω`,
		deputy: list`επείγον | επικοινωνήστε | επικοινωνία | απευθυνθείτε`,
		courtesy: list`ευχαριστώ | εκτίμηση | χαιρετισμ`,
	},
	{
		language: 'tr',
		away: list`ofis dışında | izinde | izindeyim | tatilde | ofiste değilim | işyeri dışında | seyahatte`,
		back: list`dönece | geri dön | döndüğümde | yanıtlaya | döneceğim`,
		deputy: list`acil | iletişime geç | ulaşabilir | başvur`,
		courtesy: list`teşekkür | saygılar | selamlar | iyi günler | iyi çalışmalar`,
	},
	{
		language: 'ru',
		away: list`в отпуске | отсутству | вне офиса | нет на месте | не в офисе | в командировке | на больничном | нет в офисе`,
		back: list`вернусь | возвращ | отвечу | выйду на работу`,
		deputy: list`срочн | обращайтесь | обратитесь | свяжитесь | связаться | пишите на | по вопросам`,
		courtesy: list`спасибо | уважением | благодарю | пожеланиями`,
	},
	{
		language: 'uk',
		away: list`у відпустці | відсутн | поза офісом | не в офісі | у відрядженні | на лікарняному | немає в офісі`,
		back: list`повернуся | поверну | відповім | повертаюс`,
		deputy: list`термінов | звертайтеся | зверніться | зв'яжіться | звʼяжіться`,
		courtesy: list`дякую | повагою | дякуємо`,
	},
	{
		language: 'bg',
		away: list`в отпуск | извън офиса | отсъств | не съм в офиса | в командировка`,
		back: list`връщам | ще се върна | ще отговоря`,
		deputy: list`спешн | неотложн | свържете се | обърнете се`,
		courtesy: list`благодар | поздрав | уважение`,
	},
	{
		language: 'he',
		away: list`מחוץ למשרד | בחופשה | לא במשרד | נעדר`,
		back: list`אחזור | חוזר | אשוב | אענה`,
		deputy: list`דחוף | דחופים | לפנות | פנו | צרו קשר`,
		courtesy: list`תודה | בברכה`,
	},
	{
		language: 'ar',
		away: list`خارج المكتب | في إجازة | غائب | لست في المكتب`,
		back: list`سأعود | العودة | عودتي | سأرد`,
		deputy: list`عاجل | العاجلة | التواصل | الاتصال | يرجى`,
		courtesy: list`شكرا | شكراً | تحيات | تحياتي`,
	},
	{
		language: 'fa',
		away: list`مرخصی | خارج از دفتر | در دفتر نیستم`,
		back: list`بازمی‌گردم | برمی‌گردم | بازخواهم`,
		deputy: list`فوری | تماس`,
		courtesy: list`تشکر | سپاس | احترام`,
	},
	{
		language: 'th',
		away: list`ไม่อยู่ที่สำนักงาน | ลาพักร้อน | ไม่อยู่ในสำนักงาน | ลางาน | ไม่อยู่ที่ออฟฟิศ`,
		back: list`กลับมา | จะตอบ`,
		deputy: list`เร่งด่วน | ติดต่อ | ฉุกเฉิน`,
		courtesy: list`ขอบคุณ | ขอแสดงความนับถือ`,
	},
	{
		language: 'vi',
		away: list`nghỉ phép | vắng mặt | không có mặt | không ở văn phòng | đi công tác`,
		back: list`trở lại | quay lại | trả lời`,
		deputy: list`khẩn | liên hệ | gấp`,
		courtesy: list`cảm ơn | trân trọng`,
	},
	{
		language: 'id',
		away: list`cuti | di luar kantor | tidak di kantor | tidak berada di kantor`,
		back: list`kembali | membalas`,
		deputy: list`mendesak | hubungi | menghubungi | darurat`,
		courtesy: list`terima kasih | salam | hormat`,
	},
	{
		language: 'zh',
		away: list`休假 | 不在办公室 | 不在辦公室 | 外出 | 出差 | 度假 | 请假 | 請假 | 年假 | 不在公司`,
		back: list`返回 | 回来 | 回來 | 回到 | 回复您 | 回覆您 | 尽快回复 | 盡快回覆`,
		deputy: list`紧急 | 緊急 | 急事 | 请联系 | 請聯絡 | 请联络 | 聯繫`,
		courtesy: list`您好 | 谢谢 | 謝謝 | 感谢 | 感謝 | 此致`,
	},
	{
		language: 'ja',
		away: list`不在 | 休暇 | 外出 | 休業 | 出張 | お休み`,
		back: list`戻り | 戻る | 復帰 | 出社 | 返信 | 返答 | ご連絡いたします`,
		deputy: list`緊急 | お急ぎ | ご連絡ください | までご連絡 | 連絡先 | 代わり`,
		courtesy: list`ありがとう | お世話に | よろしく | ご了承 | 申し訳`,
	},
	{
		language: 'ko',
		away: list`부재중 | 부재 중 | 휴가 | 출장 | 자리를 비`,
		back: list`복귀 | 돌아 | 회신 | 답변`,
		deputy: list`급한 | 긴급 | 연락 | 문의`,
		courtesy: list`감사 | 안녕하`,
	},
];

/** What software says of itself, at the beginning of its answer. */
export const AUTOMATIC_BY_OWN_WORDS: readonly string[] = list`
	this is an automated reply | this is an automatic reply | this is an automated response | this is an automatic response |
	this is an auto-generated reply | this is an auto reply | this is an auto-reply | this is an autoreply |
	this message was generated automatically | this email was generated automatically | this is an automated message |
	dies ist eine automatische antwort | dies ist eine automatisch generierte | diese nachricht wurde automatisch |
	diese e-mail wurde automatisch | ceci est une réponse automatique | ceci est un message automatique |
	dit is een automatisch antwoord | dit is een automatisch gegenereerd | esta es una respuesta automática |
	este es un mensaje automático | esta é uma resposta automática | esta é uma mensagem automática |
	questa è una risposta automatica | questo è un messaggio automatico | aquesta és una resposta automàtica |
	acesta este un răspuns automat | acesta este un mesaj automat | detta är ett automatiskt svar |
	detta är ett autosvar | dette er et automatisk svar | dette er et autosvar | tämä on automaattinen vastaus |
	tämä on automaattinen viesti | see on automaatne vastus | šī ir automātiska atbilde | tai automatinis atsakymas |
	to jest automatyczna odpowiedź | to jest odpowiedź automatyczna | wiadomość wygenerowana automatycznie |
	toto je automatická odpověď | toto je automatická odpoveď | to je samodejni odgovor | ovo je automatski odgovor |
	ez egy automatikus válasz | ez egy automatikus üzenet | αυτή είναι μια αυτόματη απάντηση | bu otomatik bir yanıt |
	bu bir otomatik yanıt | это автоматический ответ | это автоматическое сообщение | це автоматична відповідь |
	това е автоматичен отговор | זוהי תשובה אוטומטית | هذا رد تلقائي | ini adalah balasan otomatis | ini adalah jawaban otomatis |
	đây là thư trả lời tự động | 这是一封自动回复 | 这是自动回复 | 這是自動回覆 | これは自動返信 | このメールは自動返信 | 자동 회신 메일입니다 |
	자동 응답 메일입니다 | นี่คือการตอบกลับอัตโนมัติ
`;

/** What gateways write before a subject without brackets, in lower case: `EXTERNAL: `, `EXTERN - `, `SPAM: `. */
export const GATEWAY_WORDS: readonly string[] = list`
	external | external email | external mail | external sender | external message | ext | extern | externe e-mail | externe mail |
	externer absender | externe | expéditeur externe | courriel externe | externo | externa | correo externo | remitente externo | e-mail externo |
	esterno | esterna | mittente esterno | eksternt | ekstern | ulkoinen | zewnętrzny | zewnętrzna | externí | externý | külső | εξωτερικό |
	dış | harici | внешнее | внешний | внешняя | зовнішній | зовнішнє | външен | חיצוני | خارجي | ภายนอก | bên ngoài | eksternal | 外部 | 外部邮件 | 外部メール |
	社外 | 외부 | 외부메일 | spam | spam? | suspected spam | possible spam | probable spam | spam suspect | bulk | junk | caution |
	warning | attention | achtung | vorsicht | phishing | suspected phishing | suspicious | untrusted | unverified | unverified sender |
	newsletter | graymail | marketing | low | medium | high | confidential | internal | intern | encrypted | secure | sec | dlp
`;
