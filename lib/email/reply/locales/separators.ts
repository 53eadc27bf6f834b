import { list } from './list';

export interface SeparatorLocale {
	/** ISO 639 code. */
	language: string;
	/** "Original Message": history follows, of a reply or of a forward. */
	original: readonly string[];
	/** "Forwarded message": a forward follows. */
	forwarded: readonly string[];
	/** Whole lines that lead a forward in without dashes, as Apple Mail's "Begin forwarded message:". */
	begin: readonly string[];
}

/** Lines between a message and the one it answers or forwards; in lower case, without dashes, stars and colon. */
export const SEPARATOR_LOCALES: readonly SeparatorLocale[] = [
	{
		language: 'en',
		original: list`
			original message | original email | original mail | original text | reply message | previous message |
			message from | original appointment | in reply to | quoted message | replied message
		`,
		forwarded: list`
			forwarded message | forwarded mail | forwarded email | forward message | forwarded by | forwarded by: |
			begin forwarded message | start of forwarded message
		`,
		begin: list`begin forwarded message | forwarded message | start of forwarded message`,
	},
	{
		language: 'de',
		original: list`
			ursprüngliche nachricht | originalnachricht | original-nachricht | originalmail | original nachricht |
			ursprüngliche mail | orginalnachricht | original-termin | ursprünglicher termin | antwort auf
		`,
		forwarded: list`
			weitergeleitete nachricht | weitergeleitet von | weitergeleitete mail |
			ende der weitergeleiteten nachricht
		`,
		begin: list`
			anfang der weitergeleiteten nachricht | anfang der weitergeleiteten e-mail | weitergeleitete nachricht
		`,
	},
	{
		language: 'nl',
		original: list`oorspronkelijk bericht | oorspronkelijke bericht | origineel bericht | originele bericht`,
		forwarded: list`doorgestuurd bericht | doorgestuurd door`,
		begin: list`begin doorgestuurd bericht`,
	},
	{
		language: 'fr',
		original: list`
			message d'origine | message d’origine | message original | courriel original | e-mail d'origine |
			message initial | mail original
		`,
		forwarded: list`message transféré | message transmis | transféré par | message réexpédié | courriel transféré`,
		begin: list`début du message transféré | début du message réexpédié | message transféré`,
	},
	{
		language: 'es',
		original: list`mensaje original | correo original | mensaje de origen | mensaje anterior`,
		forwarded: list`mensaje reenviado | forwarded message | reenviado por`,
		begin: list`inicio del mensaje reenviado | comienzo del mensaje reenviado | mensaje reenviado`,
	},
	{
		language: 'pt',
		original: list`mensagem original | mensagem de origem | e-mail original`,
		forwarded: list`mensagem encaminhada | mensagem reencaminhada | encaminhado por | mensagem reenviada`,
		begin: list`início da mensagem encaminhada | início da mensagem reencaminhada | iniciar mensagem encaminhada`,
	},
	{
		language: 'it',
		original: list`messaggio originale | messaggio di origine | messaggio originario`,
		forwarded: list`messaggio inoltrato | inoltrato da | messaggio inoltrato da`,
		begin: list`inizio messaggio inoltrato | inizio messaggio inoltrato da`,
	},
	{
		language: 'ca',
		original: list`missatge original`,
		forwarded: list`missatge reenviat`,
		begin: list`inici del missatge reenviat`,
	},
	{
		language: 'ro',
		original: list`mesaj original | mesajul original`,
		forwarded: list`mesaj redirecționat | mesaj redirecţionat | mesaj transmis mai departe`,
		begin: list`început mesaj redirecționat | începutul mesajului redirecționat`,
	},
	{
		language: 'sv',
		original: list`ursprungligt meddelande | originalmeddelande | ursprungliga meddelandet | originalmeddelandet`,
		forwarded: list`vidarebefordrat meddelande | vidarebefordrat brev | vidarebefordrat mail`,
		begin: list`vidarebefordrat brev | börja vidarebefordrat meddelande | påbörja vidarebefordrat meddelande`,
	},
	{
		language: 'da',
		original: list`
			oprindelig meddelelse | oprindelig besked | originalmeddelelse | original meddelelse | oprindelig mail
		`,
		forwarded: list`videresendt meddelelse | videresendt besked | videresendt mail`,
		begin: list`start på videresendt besked | start på videresendt meddelelse`,
	},
	{
		language: 'no',
		original: list`opprinnelig melding | opprinnelig e-post | original melding | originalmelding`,
		forwarded: list`videresendt melding | videresendt e-post`,
		begin: list`start på videresendt melding | videresendt melding`,
	},
	{
		language: 'is',
		original: list`upprunaleg skilaboð | upphaflegt skeyti`,
		forwarded: list`framsent skeyti | áframsend skilaboð`,
		begin: list`upphaf framsendra skilaboða`,
	},
	{
		language: 'fi',
		original: list`alkuperäinen viesti | alkuperäinen sähköposti`,
		forwarded: list`välitetty viesti | edelleenlähetetty viesti | lähetetty edelleen`,
		begin: list`välitetty viesti alkaa | välitetty viesti | edelleenlähetetty viesti alkaa`,
	},
	{
		language: 'et',
		original: list`algne sõnum | algne kiri | algteade`,
		forwarded: list`edastatud sõnum | edastatud kiri`,
		begin: list`edastatud sõnumi algus`,
	},
	{
		language: 'lv',
		original: list`sākotnējais ziņojums | oriģinālais ziņojums`,
		forwarded: list`pārsūtīts ziņojums | pārsūtītā ziņa`,
		begin: list`pārsūtītās ziņas sākums`,
	},
	{
		language: 'lt',
		original: list`originalus laiškas | pradinis pranešimas | pirminis laiškas`,
		forwarded: list`persiųstas laiškas | persiunčiamas laiškas`,
		begin: list`persiųsto laiško pradžia`,
	},
	{
		language: 'pl',
		original: list`
			wiadomość oryginalna | oryginalna wiadomość | wiadomość pierwotna | treść oryginalnej wiadomości
		`,
		forwarded: list`
			wiadomość przekazana dalej | przekazana wiadomość | treść przekazanej wiadomości | forwarded message |
			wiadomość przesłana dalej
		`,
		begin: list`
			początek przekazywanej wiadomości | początek wiadomości przekazanej dalej | wiadomość napisana przez
		`,
	},
	{
		language: 'cs',
		original: list`původní zpráva | původní e-mail | původní email`,
		forwarded: list`přeposlaná zpráva | přeposlaný e-mail`,
		begin: list`začátek přeposílané zprávy | začátek přeposlané zprávy`,
	},
	{
		language: 'sk',
		original: list`pôvodná správa`,
		forwarded: list`preposlaná správa | preposlaný e-mail`,
		begin: list`začiatok preposielanej správy | začiatok preposlanej správy`,
	},
	{
		language: 'sl',
		original: list`izvirno sporočilo | prvotno sporočilo`,
		forwarded: list`posredovano sporočilo`,
		begin: list`začetek posredovanega sporočila`,
	},
	{
		language: 'hr',
		original: list`izvorna poruka | originalna poruka | izvorna poruka od`,
		forwarded: list`proslijeđena poruka | prosleđena poruka`,
		begin: list`početak proslijeđene poruke | započni proslijeđenu poruku`,
	},
	{
		language: 'sr',
		original: list`оригинална порука | изворна порука`,
		forwarded: list`прослеђена порука`,
		begin: list`почетак прослеђене поруке`,
	},
	{
		language: 'hu',
		original: list`eredeti üzenet | eredeti levél`,
		forwarded: list`továbbított üzenet | továbbított levél`,
		begin: list`továbbított levél kezdete | továbbított üzenet eleje`,
	},
	{
		language: 'el',
		original: list`αρχικό μήνυμα | πρωτότυπο μήνυμα`,
		forwarded: list`προωθημένο μήνυμα | προωθούμενο μήνυμα`,
		begin: list`έναρξη προωθημένου μηνύματος | αρχή προωθημένου μηνύματος`,
	},
	{
		language: 'tr',
		original: list`orijinal mesaj | özgün ileti | asıl mesaj | orijinal ileti | i̇lk ileti | özgün mesaj`,
		forwarded: list`
			yönlendirilmiş ileti | i̇letilen ileti | iletilen mesaj | yönlendirilen mesaj | forwarded message |
			i̇letilen mesaj
		`,
		begin: list`iletilmiş mesajın başlangıcı | iletilen iletinin başlangıcı | i̇letilmiş mesajın başlangıcı`,
	},
	{
		language: 'ru',
		original: list`исходное сообщение | оригинальное сообщение | первоначальное сообщение | исходное письмо`,
		forwarded: list`
			пересылаемое сообщение | пересылаемое письмо | перенаправленное сообщение | пересланное сообщение |
			начало переадресованного сообщения
		`,
		begin: list`начало переадресованного сообщения | начало пересылаемого сообщения | пересылаемое сообщение`,
	},
	{
		language: 'uk',
		original: list`вихідне повідомлення | оригінальне повідомлення | первинне повідомлення`,
		forwarded: list`переслане повідомлення | перенаправлене повідомлення`,
		begin: list`початок пересланого повідомлення | початок листа, що пересилається`,
	},
	{
		language: 'bg',
		original: list`оригинално съобщение`,
		forwarded: list`препратено съобщение`,
		begin: list`начало на препратено съобщение`,
	},
	{
		language: 'he',
		original: list`הודעה מקורית | ההודעה המקורית`,
		forwarded: list`הודעה שהועברה | הודעה מועברת`,
		begin: list`תחילת ההודעה שהועברה`,
	},
	{
		language: 'ar',
		original: list`الرسالة الأصلية | رسالة أصلية | الرسالة الأصليّة`,
		forwarded: list`رسالة معاد توجيهها | رسالة مُعاد توجيهها | الرسالة المحولة`,
		begin: list`بداية الرسالة المعاد توجيهها | بدء الرسالة المحولة`,
	},
	{
		language: 'fa',
		original: list`پیام اصلی`,
		forwarded: list`پیام هدایت‌شده | پیام هدایت شده`,
		begin: list`شروع پیام هدایت‌شده`,
	},
	{
		language: 'th',
		original: list`ข้อความต้นฉบับ | ข้อความเดิม`,
		forwarded: list`ข้อความที่ส่งต่อ`,
		begin: list`เริ่มต้นข้อความที่ส่งต่อ`,
	},
	{
		language: 'vi',
		original: list`thư gốc | tin nhắn gốc | thư ban đầu`,
		forwarded: list`thư đã chuyển tiếp | thư chuyển tiếp | tin nhắn chuyển tiếp`,
		begin: list`bắt đầu thư được chuyển tiếp | bắt đầu chuyển tiếp thư`,
	},
	{
		language: 'id',
		original: list`pesan asli | pesan awal`,
		forwarded: list`pesan terusan | pesan diteruskan | pesan yang diteruskan`,
		begin: list`mulai pesan terusan | awal pesan terusan`,
	},
	{
		language: 'zh',
		original: list`原始邮件 | 原始郵件 | 原邮件 | 原信件 | 原始信件 | 回复的原邮件 | 回覆的原郵件 | 回复的原信 | 原始訊息`,
		forwarded: list`转发的原邮件 | 轉寄的原郵件 | 转发的邮件 | 转发邮件 | 轉寄郵件 | 轉寄的郵件 | 转发邮件信息 | 被转发邮件信息 | 轉寄的信件 | 已轉寄的訊息 | forwarded message`,
		begin: list`开始转发的邮件 | 下面是被转发的邮件 | 下面是被轉發的郵件 | 被转发的邮件 | 開始轉寄郵件 | 以下為轉寄郵件`,
	},
	{
		language: 'ja',
		original: list`元のメッセージ | オリジナルメッセージ | 元のメール | オリジナル メッセージ`,
		forwarded: list`転送されたメッセージ | 転送メッセージ | 転送されたメール | 転送元のメッセージ`,
		begin: list`転送されたメッセージ | 転送されたメール | 以下は転送されたメッセージです`,
	},
	{
		language: 'ko',
		original: list`원본 메시지 | 원본 메일 | 원본메시지 | 원본메일 | 원래 메시지`,
		forwarded: list`전달된 메시지 | 전달된 메일 | 전달된메시지`,
		begin: list`전달된 메시지 시작 | 전달된 메시지`,
	},
];

/** "Reply above this line" of ticket systems, which stands over the history; whole line without dashes, hashes and stars. */
export const REPLY_ABOVE: readonly string[] = list`
	please type your reply above this line | please reply above this line | reply above this line |
	type your reply above this line |
	write above this line to reply | respond above this line | please do not write below this line |
	do not write below this line |
	add your reply above this line | in replies all text above this line is added to the ticket |
	reply above this line to comment |
	answer above this line | please answer above this line | reply above this line to respond | type above this line to reply |
	please enter your reply above this line | please reply above the line | reply above the line | reply above |
	antwort bitte über dieser linie | antworten sie bitte über dieser linie | antworten sie bitte oberhalb dieser linie |
	bitte antworten sie über dieser linie | bitte antworten sie über dieser zeile | bitte antworten sie oberhalb dieser zeile |
	bitte schreiben sie ihre antwort über diese linie | bitte schreiben sie ihre antwort oberhalb dieser linie |
	bitte oberhalb dieser linie antworten | bitte über dieser linie antworten | antworten sie über dieser zeile |
	antworten sie über dieser linie | antworten sie oberhalb dieser linie | bitte geben sie ihre antwort oberhalb dieser zeile ein |
	bitte antworten sie oberhalb dieser linie | bitte geben sie ihre antwort über dieser zeile ein |
	antworten sie oberhalb dieser zeile |
	répondre au-dessus de cette ligne | merci de répondre au-dessus de cette ligne | saisissez votre réponse au-dessus de cette ligne |
	veuillez saisir votre réponse au-dessus de cette ligne | veuillez écrire votre réponse au-dessus de cette ligne |
	por favor, responda por encima de esta línea | responda encima de esta línea | escriba su respuesta encima de esta línea |
	responde por encima de esta línea | por favor responda por encima de esta línea |
	por favor, responda acima desta linha | responda por cima desta linha | escreva a sua resposta acima desta linha |
	rispondi sopra questa riga | si prega di rispondere sopra questa riga | rispondere sopra questa linea |
	inserisci la tua risposta sopra questa riga | digita la risposta sopra questa riga |
	antwoord boven deze regel | reageer boven deze regel | typ uw antwoord boven deze lijn | gelieve boven deze lijn te antwoorden |
	responeu per sobre d'aquesta línia | răspundeți deasupra acestei linii | vă rugăm să răspundeți deasupra acestei linii |
	svara ovanför denna rad | svara ovanför den här linjen | skriv ditt svar ovanför den här raden |
	skriv venligst dit svar over denne linje | vennligst svar over denne linjen | svar over denne linjen |
	vastaa tämän rivin yläpuolelle | kirjoita vastaus tämän rivin yläpuolelle | vastake selle rea kohal |
	atbildiet virs šīs līnijas | atsakykite virš šios eilutės | napisz odpowiedź powyżej tej linii |
	prosimy odpowiadać powyżej tej linii | proszę wpisać odpowiedź powyżej tej linii | odpowiedz powyżej tego wiersza |
	odpovězte nad tímto řádkem | prosím odpovězte nad tímto řádkem | odpovedzte nad týmto riadkom |
	prosím odpovedzte nad týmto riadkom | odgovorite nad to vrstico | odgovorite iznad ove linije | odgovorite iznad ove crte |
	одговорите изнад ове линије | válaszát e sor fölé írja | kérjük, e sor fölé írja a válaszát | kérjük, a sor felett válaszoljon |
	απαντήστε πάνω από αυτή τη γραμμή | παρακαλώ απαντήστε πάνω από αυτή τη γραμμή |
	lütfen yanıtınızı bu satırın üzerine yazın | yanıtınızı bu satırın üzerine yazın | bu satırın üzerine yanıt yazın |
	ответьте выше этой строки | ответьте выше этой линии | пожалуйста, напишите ответ выше этой строки | введите ответ над этой строкой |
	відповідайте вище цього рядка | напишіть відповідь вище цього рядка | отговорете над този ред | моля, отговорете над този ред |
	השיבו מעל שורה זו | יש להשיב מעל שורה זו | أجب فوق هذا السطر | يرجى الرد فوق هذا السطر | پاسخ خود را بالای این خط بنویسید |
	โปรดตอบกลับเหนือบรรทัดนี้ | vui lòng trả lời phía trên dòng này | trả lời phía trên dòng này | balas di atas baris ini |
	silakan balas di atas baris ini | 请在此行以上回复 | 请在此线上方回复 | 請在此行上方回覆 | 請在此線上方回覆 | この行より上に返信を入力してください |
	この行の上に返信してください | 返信はこの行より上にご記入ください | 이 줄 위에 답장을 작성해 주세요 | 이 줄 위에 회신해 주세요 |
	répondez au-dessus de cette ligne | veuillez répondre au-dessus de cette ligne | écrivez au-dessus de cette ligne |
	responda por encima de esta línea | escriba su respuesta por encima de esta línea |
	por favor, escriba su respuesta sobre esta línea |
	responda acima desta linha | por favor, digite sua resposta acima desta linha |
	rispondi sopra questa linea | rispondere sopra questa riga |
	antwoord boven deze lijn | typ uw antwoord boven deze regel | svara ovanför den här raden |
	skriv ditt svar ovanför denna rad |
	svar over denne linje | skriv dit svar over denne linje | skriv svaret ditt over denne linjen |
	odpowiedz powyżej tej linii |
	kirjoita vastauksesi tämän rivin yläpuolelle | пишите ответ выше этой линии |
	напишите ответ выше этой строки | 请在此行上方回复 | この行より上に返信してください
`;
