import { list } from './list';

export interface DisclaimerLocale {
	/** ISO 639 code. */
	language: string;
	/** What a disclaimer speaks of … */
	about: readonly string[];
	/** … and what it says of it: one of each within the first lines of a paragraph. */
	claim: readonly string[];
	/** A paragraph that begins so is one without more. */
	begin: readonly string[];
	samples: readonly string[];
}

/** Legal notes, appeals not to print, and stamps of virus scanners below a message; in lower case. */
export const DISCLAIMER_LOCALES: readonly DisclaimerLocale[] = [
	{
		language: 'en',
		about: list`
			this email | this e-mail | this message | this communication | this transmission | this electronic mail |
			the information contained in this | the contents of this e | the information in this e |
			this mail and any
		`,
		claim: list`
			is confidential | are confidential | be confidential | confidential and | privileged | intended only for |
			intended solely for | solely for the use | for the sole use | intended recipient | strictly prohibited
		`,
		begin: list`
			disclaimer: | confidentiality notice | confidentiality note: | legal notice: | legal disclaimer |
			important notice: | privileged and confidential | if you are not the intended recipient |
			if you have received this e | please consider the environment before printing |
			please think about the environment before | think before you print | save a tree | virus-free. |
			this email has been checked for viruses | this e-mail has been checked for viruses |
			this email has been scanned | this e-mail has been scanned | this message has been scanned |
			scanned by mailscanner | no virus found in this | this email is free from viruses | avast logo
		`,
		samples: [
			'This e-mail and any attachments are confidential and intended solely for the addressee.',
			'CONFIDENTIALITY NOTICE: This message may contain privileged information.',
			'Please consider the environment before printing this email.',
			'This email has been checked for viruses by Avast antivirus software.',
			'Virus-free. www.avast.com',
		],
	},
	{
		language: 'de',
		about: list`
			diese e-mail | diese nachricht | diese mail | dieser e-mail | die in dieser e-mail | der inhalt dieser
		`,
		claim: list`
			vertraulich | rechtlich geschützt | ausschließlich für | nicht der richtige adressat |
			nicht der beabsichtigte | nur für den adressaten | irrtümlich erhalten
		`,
		begin: list`
			bitte denken sie an die umwelt | bitte prüfen sie, ob | bitte prüfen sie der umwelt | virenfrei. |
			diese e-mail wurde von avast | diese e-mail wurde auf viren | denken sie an die umwelt |
			haftungsausschluss | rechtlicher hinweis: | vertraulichkeitshinweis
		`,
		samples: [
			'Diese E-Mail enthält vertrauliche und/oder rechtlich geschützte Informationen.',
			'Virenfrei. www.avast.com',
			'Der Inhalt dieser E-Mail ist ausschließlich für den bezeichneten Adressaten bestimmt.',
		],
	},
	{
		language: 'nl',
		about: list`deze e-mail | dit bericht | dit e-mailbericht | de informatie in deze e-mail | de inhoud van dit`,
		claim: list`vertrouwelijk | uitsluitend bestemd | niet de geadresseerde | alleen bestemd | niet bestemd`,
		begin: list`denk aan het milieu | virusvrij. | proclaimer`,
		samples: [
			'Dit bericht is vertrouwelijk en uitsluitend bestemd voor de geadresseerde.',
			'Denk aan het milieu voordat u deze e-mail print.',
		],
	},
	{
		language: 'fr',
		about: list`ce message | ce courriel | cet e-mail | ce mail | ce courrier électronique | le présent message`,
		claim: list`
			confidentiel | destiné exclusivement | exclusivement destiné | usage exclusif | à l'intention exclusive |
			destinataire | établis à l'intention | établi à l'intention
		`,
		begin: list`
			pensez à l'environnement | pensez à l’environnement | avant d'imprimer |
			merci de penser à l'environnement | garanti sans virus | l'absence de virus | avis de confidentialité
		`,
		samples: [
			"Ce message et toutes les pièces jointes sont confidentiels et établis à l'intention exclusive de ses destinataires.",
			"Pensez à l'environnement avant d'imprimer ce message.",
		],
	},
	{
		language: 'es',
		about: list`
			este mensaje | este correo | este e-mail | la información contenida en este | este email |
			el contenido de este
		`,
		claim: list`confidencial | exclusivamente | destinatario | privilegiada | uso exclusivo`,
		begin: list`
			aviso legal | aviso de confidencialidad | antes de imprimir | piense en el medio ambiente |
			libre de virus. | por favor considere el medio ambiente | por favor, antes de imprimir
		`,
		samples: [
			'Este mensaje es confidencial y va dirigido exclusivamente a su destinatario.',
			'Libre de virus. www.avast.com',
			'Antes de imprimir este mensaje, piense en el medio ambiente.',
		],
	},
	{
		language: 'pt',
		about: list`
			esta mensagem | este e-mail | este email | esta comunicação | a informação contida |
			as informações contidas
		`,
		claim: list`confidencia | exclusiv | destinatário | privilegiada | sigilos`,
		begin: list`
			aviso legal | aviso de confidencialidade | antes de imprimir | pense no meio ambiente | livre de vírus. |
			sem vírus.
		`,
		samples: [
			'Esta mensagem pode conter informações confidenciais destinadas exclusivamente ao destinatário.',
			'Antes de imprimir pense no meio ambiente.',
		],
	},
	{
		language: 'it',
		about: list`
			questo messaggio | questa e-mail | questa email | le informazioni contenute | il presente messaggio |
			la presente comunicazione | il contenuto di questa
		`,
		claim: list`riservat | confidenzial | esclusiv | destinatari | analizzato`,
		begin: list`
			avviso di riservatezza | prima di stampare | rispetta l'ambiente | privo di virus. | ai sensi del |
			ai sensi e per gli effetti
		`,
		samples: [
			'Le informazioni contenute in questo messaggio sono riservate ed esclusive per il destinatario.',
			'Prima di stampare, pensa all’ambiente.',
		],
	},
	{
		language: 'sv',
		about: list`detta meddelande | detta e-post | detta mejl | informationen i detta`,
		claim: list`konfidentiel | endast avsedd | avsedd mottagare | sekretess`,
		begin: list`tänk på miljön | virusfritt. | var vänlig tänk på miljön`,
		samples: [
			'Detta meddelande är konfidentiellt och endast avsett för mottagaren.',
			'Tänk på miljön innan du skriver ut detta mejl.',
		],
	},
	{
		language: 'da',
		about: list`denne e-mail | denne mail | denne meddelelse`,
		claim: list`fortrolig | kun beregnet | udelukkende`,
		begin: list`tænk på miljøet | virusfri. | virusfri www`,
		samples: ['Denne e-mail er fortrolig og kun beregnet for modtageren.', 'Tænk på miljøet, før du printer.'],
	},
	{
		language: 'no',
		about: list`denne e-posten | denne meldingen | denne e-post`,
		claim: list`konfidensiell | fortrolig | kun beregnet | taushetsplikt`,
		begin: list`tenk på miljøet | virusfri. | vennligst tenk på miljøet`,
		samples: ['Denne e-posten er konfidensiell og kun beregnet på mottakeren.', 'Tenk på miljøet før du skriver ut.'],
	},
	{
		language: 'fi',
		about: list`tämä viesti | tämä sähköposti | tämän viestin`,
		claim: list`luottamuksel | ainoastaan | vain vastaanottaj | tarkoitettu`,
		begin: list`ajattele ympäristöä | ei viruksia. | säästä luontoa`,
		samples: ['Tämä viesti on luottamuksellinen ja tarkoitettu vain vastaanottajalle.'],
	},
	{
		language: 'pl',
		about: list`ta wiadomość | niniejsza wiadomość | treść tej wiadomości | informacje zawarte | ten e-mail`,
		claim: list`poufn | wyłącznie | adresat | zastrzeżon`,
		begin: list`zanim wydrukujesz | pomyśl o środowisku | wolne od wirusów. | nie zawiera wirusów`,
		samples: [
			'Niniejsza wiadomość jest poufna i przeznaczona wyłącznie dla adresata.',
			'Wolne od wirusów. www.avast.com',
		],
	},
	{
		language: 'cs',
		about: list`tato zpráva | tento e-mail | tento email | obsah tohoto | obsah této zprávy`,
		claim: list`důvěrn | určen | výhradně | adresát`,
		begin: list`myslete na životní prostředí | neobsahuje žádné viry | tento e-mail byl zkontrolován`,
		samples: ['Tato zpráva je důvěrná a je určena výhradně adresátovi.'],
	},
	{
		language: 'sk',
		about: list`táto správa | tento e-mail | tento email`,
		claim: list`dôvern | určen | výhradne | adresát`,
		begin: list`neobsahuje žiadne vírusy | myslite na životné prostredie`,
		samples: ['Táto správa je dôverná a je určená výhradne adresátovi.'],
	},
	{
		language: 'hu',
		about: list`ez az üzenet | ez az e-mail | jelen üzenet | jelen e-mail`,
		claim: list`bizalmas | kizárólag | címzett`,
		begin: list`gondoljon a környezet | vírusmentes.`,
		samples: ['Ez az üzenet bizalmas, kizárólag a címzettnek szól.'],
	},
	{
		language: 'ro',
		about: list`acest mesaj | acest e-mail | acest email | informațiile conținute`,
		claim: list`confidenț | confident | destinat exclusiv | exclusiv`,
		begin: list`gândiți-vă la mediul | fără viruşi. | fără viruși.`,
		samples: ['Acest mesaj este confidențial și este destinat exclusiv persoanei menționate.'],
	},
	{
		language: 'el',
		about: list`αυτό το μήνυμα | το παρόν μήνυμα | το παρόν ηλεκτρονικό | αυτό το e-mail`,
		claim: list`εμπιστευτικ | απόρρητ | αποκλειστικά`,
		begin: list`χωρίς ιούς. | σκεφτείτε το περιβάλλον`,
		samples: ['Το παρόν μήνυμα είναι εμπιστευτικό και απευθύνεται αποκλειστικά στον παραλήπτη.'],
	},
	{
		language: 'tr',
		about: list`bu e-posta | bu mesaj | bu elektronik posta | bu ileti`,
		claim: list`gizli | yalnızca | sadece | alıcı`,
		begin: list`virüs bulunmuyor. | yasal uyarı | çevreye saygı`,
		samples: ['Bu e-posta gizli bilgiler içerebilir ve yalnızca alıcısı içindir.'],
	},
	{
		language: 'ru',
		about: list`
			это сообщение | настоящее сообщение | данное сообщение | данное письмо | настоящее электронное |
			информация, содержащаяся
		`,
		claim: list`конфиденциальн | предназначен | исключительно`,
		begin: list`без вирусов. | проверено на отсутствие вирусов | это сообщение проверено на вирусы`,
		samples: [
			'Настоящее сообщение является конфиденциальным и предназначено исключительно для адресата.',
			'Без вирусов. www.avast.ru',
		],
	},
	{
		language: 'uk',
		about: list`це повідомлення | цей лист | цей електронний лист`,
		claim: list`конфіденційн | призначен | виключно`,
		begin: list`без вірусів.`,
		samples: ['Це повідомлення є конфіденційним і призначене виключно для адресата.'],
	},
	{
		language: 'he',
		about: list`הודעה זו | דואר אלקטרוני זה`,
		claim: list`סודי | חסוי | מיועד`,
		begin: list`נא לחשוב על הסביבה | ללא וירוסים.`,
		samples: ['הודעה זו מכילה מידע סודי ומיועדת לנמען בלבד.'],
	},
	{
		language: 'zh',
		about: list`本邮件 | 此邮件 | 本郵件 | 此電子郵件 | 此电子邮件 | 本电子邮件`,
		claim: list`保密 | 机密 | 機密 | 仅供 | 收件人 | 僅供`,
		begin: list`免责声明 | 保密声明 | 不含病毒 | 请考虑环境 | 打印前请考虑`,
		samples: ['本邮件及其附件含有保密信息，仅限于发送给上面地址中列出的个人。'],
	},
	{
		language: 'ja',
		about: list`このメール | 本メール | 本電子メール`,
		claim: list`機密 | 秘密 | 宛先 | 受信者`,
		begin: list`ウイルス フリー | ウイルスフリー | 免責事項`,
		samples: ['このメールには機密情報が含まれている場合があります。'],
	},
	{
		language: 'ko',
		about: list`본 메일 | 이 메일 | 본 이메일 | 이 이메일`,
		claim: list`기밀 | 비밀 | 수신인`,
		begin: list`바이러스 없음`,
		samples: ['본 메일은 지정된 수신인만을 위한 것이며 기밀 정보를 포함할 수 있습니다.'],
	},
];

/** Footers that list servers and group services put under every message. */
export const LIST_FOOTERS: readonly string[] = list`
	you received this message because you are subscribed | you are receiving this because you |
	you're receiving this | to unsubscribe from this |
	to unsubscribe, | to view this discussion on the web | for more options, visit https://groups |
	to post to this group | to manage your subscription |
	you received this email because | unsubscribe: | sie erhalten diese nachricht, weil sie |
	vous recevez ce message | has recibido este mensaje porque |
	você recebeu essa mensagem porque | reply to this email directly or view it on
`;
