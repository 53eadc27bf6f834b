import type { Rule } from './rule';

/**
 * The commonest reasons as mail systems word them in other languages, a row per reason and family of languages. With and
 * without accents: many servers send ASCII. `…` bridges the address or the name that often stands in between.
 */
export const LOCALE_RULES: readonly Rule[] = [
	// Exchange Online: "nora wasn't found at client.example.", in the languages of its notices (support.microsoft.com, NDR 5.1.10).
	{
		reason: 'user-unknown',
		weight: 8,
		line: "nora wasn't found at client.example.",
		match:
			"\\b(?:wasn't|was not|couldn't be|could not be) found (?:at|in|on) (?:the )?[a-z0-9-]{1,60}\\.[a-z0-9.-]{1,80}|wurde (?:unter|in|bei|auf) … ?nicht gefunden|(?:est introuvable|n'a pas [eé]t[eé] trouv[eé]e?|est introuvables?) (?:sur|dans|[aà]|chez)|non [eè] stat[oa] trovat[oa] (?:in|su|presso)|n[aã]o foi encontrad[oa] (?:em|no|na)|(?:no se (?:encontr[oó]|ha encontrado|pudo encontrar)|no fue encontrad[oa]) … ?en|is niet gevonden (?:bij|op|in)|(?:kan|kon) niet worden gevonden (?:bij|op|in)|nie znaleziono … (?:w|na)\\b|nie zosta[lł]\\w{0,2} znalezion\\w{0,2}",
	},
	{
		reason: 'user-unknown',
		weight: 8,
		line: 'nora が client.example で見つかりませんでした。',
		match:
			"(?:で|に)見つかりません|(?:hittades|hittas|kunde) inte (?:hittas )?(?:på|hos|i)\\b|blev ikke fundet (?:på|hos|i)|ble ikke funnet (?:på|hos|i)|ei löyty(?:nyt|nyttä)|nebyl[oa]? (?:na|v|u) … ?nalezen|nebol[oa]? … ?nájden|nem található|nu a fost găsit|δεν βρέθηκε (?:σ|στ)|bulunamadı|не (?:найден|удалось найти) … ?(?:в|на)\\b|не (?:знайдено|вдалося знайти) … ?(?:в|у|на)\\b|не (?:е|беше) намерен|לא נמצא(?:ה)? ב|لم يتم العثور على|ไม่พบ … ที่|không tìm thấy … tại|tidak ditemukan di|(?:未在|在) ?… ?(?:中|上)?(?:找到|未找到|找不到)|找不到|에서 찾을 수 없|no s'ha trobat … ?a\\b|nije pronađen|ni bil[oa]? najden|ei leitud|netika atrasts|nerastas",
	},
	// No such mailbox.
	{
		reason: 'user-unknown',
		weight: 7,
		line: '550 Der Empfänger ist unbekannt',
		match:
			'(?:empf(?:ä|ae|a)nger|benutzer|teilnehmer|adressat|postfach|mailbox|adresse|konto|anwender|nutzer)\\w{0,8} … ?(?:unbekannt|existiert (?:hier )?nicht|nicht (?:gefunden|vorhanden|bekannt|existent|g(?:ü|ue)ltig|ermittelt)|ung(?:ü|ue)ltig|gibt es (?:hier )?nicht|falsch)|(?:unbekannte[rs]?|ung(?:ü|ue)ltige[rs]?|kein(?:e|en)? (?:solche[rsn]? )?|falsche[rs]?) ?(?:empf(?:ä|ae)nger|benutzer|postfach|mailbox|adress|teilnehmer|konto)|gibt es keinen benutzer',
	},
	{
		reason: 'user-unknown',
		weight: 7,
		line: "550 5.1.1 L'adresse e-mail du destinataire n'existe pas",
		match:
			"(?:utilisateur|destinataire|adresse|compte|bo[iî]te|usager|abonn[eé]|correspondant|bal)\\w{0,3} … ?(?:inconnue?|introuvable|n'existe (?:pas|plus)|inexistante?|invalide|n'est (?:pas valide|plus valide|pas connue?)|incorrecte?|non trouv[eé]e?|erron[eé]e?)|(?:aucune?|pas d[e'] ?) ?(?:tel )?(?:utilisateur|destinataire|bo[iî]te|compte)|inconnu [aà] cette adresse",
	},
	{
		reason: 'user-unknown',
		weight: 7,
		line: '550 El usuario no existe en este servidor',
		match:
			"(?:usu[aá]ri[oa]|destinat[aá]ri[oa]|direcci[oó]n|cuenta|buz[oó]n|casilla|correo|endere[cç]o|conta|caixa|utilizador|e-?mail|usuari d'aquest) … ?(?:desconocid[oa]|desconhecid[oa]|no (?:existe|se (?:encuentra|encontr[oó])|encontrad[oa]|es v[aá]lid[oa]|v[aá]lid[oa]|fue encontrad[oa])|n[aã]o (?:existe|foi encontrad[oa]|encontrad[oa]|[eé] v[aá]lid[oa]|localizad[oa])|inexistente|inv[aá]lid[oa]|incorrect[oa])|no existe (?:el|la|ning[uú]n|tal|ese|este) (?:usuario|buz[oó]n|cuenta|destinatario|direcci[oó]n)|no hay (?:ning[uú]n )?(?:usuario|buz[oó]n)",
	},
	{
		reason: 'user-unknown',
		weight: 7,
		line: "550 5.1.1 L'indirizzo non esiste",
		match:
			'(?:utente|destinatario|indirizzo|casella|account|mailbox) … ?(?:sconosciut[oa]|inesistente|non (?:esiste(?:nte)?|trovat[oa]|valid[oa]|[eè] valid[oa]|[eè] stat[oa] trovat[oa]|presente|attiva)|errat[oa])|nessun (?:utente|destinatario)',
	},
	{
		reason: 'user-unknown',
		weight: 7,
		line: '550 Gebruiker bestaat niet',
		match:
			'(?:gebruiker|ontvanger|geadresseerde|postbus|mailbox|adres|e-mailadres|postvak)s? … ?(?:onbekend|bestaat niet|niet gevonden|ongeldig)|onbekende (?:gebruiker|ontvanger)|(?:finn?s|findes|finnes) (?:inte |ikke )?(?:ingen|inget|noen|nogen|n[aå]gon) (?:\\S{1,12} )?(?:anv[aä]ndare|bruker|bruger|mottaker|mottagare|modtager|adress|postkass|konto)|(?:mottag|anv[aä]nd|adress|br[eu]ker|modtager|bruger|mottaker|brevl[aå]da|postkass?e|konto)\\w{0,5} … ?(?:finn?s (?:ikke|inte|ej)|findes ikke|ukjent|ukendt|ok[aä]nd|eksisterer ikke|existerar inte|ogiltig|ugyldig)|(?:ok[aä]nd|ukjent|ukendt) (?:mottagare|anv[aä]ndare|mottaker|bruker|modtager|bruger)|(?:k[aä]ytt[aä]j[aä]|vastaanottaja|osoite|postilaatikko)\\S{0,4} … ?(?:ei (?:l[oö]ydy|ole|tunneta|l[oö]ytynyt)|tuntematon|virheellinen)|tuntematon (?:k[aä]ytt[aä]j[aä]|vastaanottaja)',
	},
	{
		reason: 'user-unknown',
		weight: 7,
		line: '550 Такого ящика не существует',
		match:
			'(?:пользовател|получател|адресат|ящик|адрес|учетн|учётн|аккаунт|користувач|одержувач|скринь)\\S{0,8} … ?(?:не (?:найден|существует|зарегистрирован|известен|обнаружен|знайдено|існує|определ)|неизвестен|невідом|неверн|недействител|отсутствует)|(?:нет|не существует) (?:такого|такой|указанн) … ?(?:пользовател|получател|адрес|ящик)|(?:неизвестн|несуществующ|неверн)\\S{1,4} (?:пользовател|получател|адрес|ящик)|нет такого (?:пользовател|адрес|ящик|получател)|(?:u[zż]ytkownik|odbiorca|adres|skrzynka|konto|p[rř][ií]jemce|u[zž]ivatel|adresa|schr[aá]nka|c[ií]mzett|felhaszn[aá]l[oó]|postafi[oó]k|c[ií]m|utilizator|destinatar|adresa)\\S{0,3} … ?(?:nie (?:istnieje|zosta[lł] znaleziony|odnaleziono)|nieznany|neexistuje|nezn[aá]m[yý]|nenalezen|nem (?:l[eé]tezik|tal[aá]lhat[oó])|ismeretlen|nu exist[aă]|necunoscut|inexistent)|nieznany (?:u[zż]ytkownik|odbiorca|adresat)|nie ma takiego (?:u[zż]ytkownika|adresu|odbiorcy|konta)|nezn[aá]m[yý] (?:u[zž]ivatel|p[rř][ií]jemce)|(?:al[iı]c[iı]|kullan[iı]c[iı]|adres|posta kutusu|hesap)\\S{0,4} … ?(?:bulunamad[iı]|bilinmiyor|mevcut de[gğ]il|yok|ge[cç]ersiz)|(?:παραλήπτης|χρήστης|διεύθυνση|λογαριασμός) … ?(?:άγνωστ|δεν (?:υπάρχει|βρέθηκε))',
	},
	{
		reason: 'user-unknown',
		weight: 7,
		line: '550 受信者のメールアドレスが存在しません',
		match:
			'(?:受信者|宛先|アドレス|ユーザー?|アカウント|メールボックス|利用者|相手先|収容先|送信先).{0,40}?(?:存在し(?:ません|ない|ま)|見つか(?:りません|らな|りませ)|不明|ありません|正しくありません|登録されてい(?:ません|ない)|無効|誤り|間違)|宛先不明|該当するユーザ|(?:用户|用戶|收件人|邮箱|郵箱|帐号|账号|帳號|账户|地址|使用者|信箱|收信人).{0,16}?(?:不存在|未找到|找不到|不正确|错误|錯誤|无效|無效|有误|不对|未注册|查無)|(?:找不到|没有|沒有|無此|无此|查無此|不存在(?:的|该)).{0,6}?(?:收件(?!.{0,6}(?:域|网域))|此|使用者|用户|用戶|帳號|帐号|账号|邮箱|信箱|这个用户)|(?:사용자|수신자|수신인|메일 ?주소|이메일 ?주소|계정|메일함|주소|받는 ?사람).{0,16}?(?:없습니다|없는|존재하지|찾을 수 없|알 수 없|잘못|유효하지)|존재하지 않는|người (?:dùng|nhận) … ?không tồn tại|địa chỉ … ?không (?:tồn tại|hợp lệ)|(?:pengguna|alamat|penerima) … ?tidak (?:ditemukan|dikenal|ada)|ไม่พบ(?:ผู้ใช้|ผู้รับ)|المستخدم غير (?:موجود|معروف)|העמית לא קיים|הנמען (?:לא|אינו) (?:קיים|ידוע)',
	},

	// Mailbox full.
	{
		reason: 'mailbox-full',
		weight: 8,
		line: '552 Speicherplatz des Empfängers erschöpft',
		match:
			"(?:postfach|mailbox|postkorb|posteingang|briefkasten|konto|speicher\\w{0,5}|kontingent|quota) … ?(?:(?:über|ueber)?voll\\b|(?:ü|ue)ber(?:f(?:ü|ue)llt|schritten|lastet)|ersch(?:ö|oe)pft|zu voll|aufgebraucht|ausgesch(?:ö|oe)pft)|speicherplatz … ?(?:ersch|nicht aus|belegt|voll|(?:ü|ue)ber)|zu ?viele (?:mails|nachrichten)|(?:bo[iî]te|bal|messagerie|compte|quota|espace|corbeille)\\w{0,2} … ?(?:pleine?s?\\b|satur[eé]e?|d[eé]pass[eé]e?|insuffisant|[aà] court d'espace)|(?:buz[oó]n|casilla|bandeja|cuota|caixa|quota|cota|conta|cuenta|espacio|espa[cç]o) … ?(?:super[oó] (?:su|la) cuota|excedi[oó] (?:su|la) cuota|llen[oa]|chei[oa]|lotad[oa]|excedid[oa]|superad[oa]|sobrepas|esgotad[oa]|insuficiente|agotad[oa]|completa)|(?:casella|spazio|quota|cassetta|account|mailbox) … ?(?:pien[oa]\\b|esaurit[oa]|superat[oa]|insufficiente|satur[oa])|(?:postbus|mailbox|postvak|inbox|quotum) … ?(?:is |zit )?(?:vol\\b|overschreden)",
	},
	{
		reason: 'mailbox-full',
		weight: 8,
		line: '552 Почтовый ящик получателя переполнен',
		match:
			'(?:ящик|почтов|квот|скринь|место|папк|хранилищ)\\S{0,6} … ?(?:переполнен|заполнен|превышен|переповнен|исчерпан|закончил|полон)|(?:превышен|исчерпан|переполнен)\\S{0,3} … ?(?:квот|ящик|лимит ящик|размер ящик|объ[её]м)|недостаточно (?:свободного )?места|(?:skrzynka|konto|schr[aá]nka|postafi[oó]k|brevl[aå]da|inkorg|postkass?e\\w?|postilaatikko|innboks|indbakke|c[aă]su[tț]a|kvota|kvóta) … ?(?:pe[lł]na|przepe[lł]niona|pln[aá]|p[rř]epln[eě]n[aá]|megtelt|betelt|full\\w?\\b|t[aä]ynn[aä]|plin[aă]|p[rř]ekro[cč]ena|[öo]verskriden)|(?:posta kutusu|kutusu|kotas[iı]|gelen kutusu) … ?(?:dolu|dolmu[sş]|a[sş][iı]ld[iı])|(?:γραμματοκιβώτιο|θυρίδα) … ?(?:γεμάτ|πλήρ)',
	},
	{
		reason: 'mailbox-full',
		weight: 8,
		line: '552 受信者のメールボックスがいっぱいです',
		match:
			'(?:メールボックス|受信(?:箱|トレイ|ボックス)|ボックス|メール ?box|保存(?:容量|領域)|容量).{0,20}?(?:いっぱい|一杯|満杯|満タン|超え|超過|オーバー|不足|あふれ)|(?:邮箱|郵箱|信箱|邮件箱|邮箱空间|空间|空間|容量|配额|配額|磁盘).{0,12}?(?:已?满|已?滿|不足|超出|超过|超過|已用完|用盡)|(?:超出|超过|超過|没有足够).{0,10}?(?:配额|配額|容量|空间|空間)|(?:편지함|메일함|사서함|용량|저장 ?공간|받은 ?편지함).{0,12}?(?:가득|초과|부족|꽉)|hộp thư … ?đầy|kotak (?:surat|masuk) … ?penuh',
	},

	// Mailbox disabled.
	{
		reason: 'mailbox-disabled',
		weight: 9.2,
		line: '550 Das Konto ist gesperrt',
		match:
			'(?:konto|postfach|mailbox|benutzer|empf(?:ä|ae)nger|account|adresse)\\w{0,8} … ?(?:gesperrt|deaktiviert|inaktiv|nicht (?:mehr )?aktiv|stillgelegt|eingefroren|geschlossen|abgeschaltet)|(?:bo[iî]te|compte|destinataire|adresse|utilisateur|bal|bo[iî]te aux lettres) … ?(?:d[eé]sactiv[eé]e?|suspendue?|inactive?|bloqu[eé]e?|archiv[eé]e?|cl[oô]tur[eé]e?|ferm[eé]e?|r[eé]sili[eé]e?)|(?:cuenta|buz[oó]n|casilla|usuario|conta|caixa|usu[aá]rio|correo) … ?(?:suspendid[oa]|suspens[oa]|desactivad[oa]|desativad[oa]|deshabilitad[oa]|desabilitad[oa]|inactiv[oa]|inativ[oa]|bloquead[oa]|cancelad[oa])|(?:account|casella|utente|indirizzo|mailbox) … ?(?:disattivat[oa]|sospes[oa]|disabilitat[oa]|bloccat[oa]|inattiv[oa]|non attiv[oa]|chius[oa])|(?:account|mailbox|gebruiker|postbus) … ?(?:geblokkeerd|uitgeschakeld|opgeheven|gedeactiveerd)',
	},
	{
		reason: 'mailbox-disabled',
		weight: 9.2,
		line: '550 Почтовый ящик отключен',
		match:
			'(?:ящик|учетн|учётн|аккаунт|пользовател|получател|скринь|адрес)\\S{0,6} … ?(?:заблокирован|отключ[её]н|приостановлен|деактивирован|неактивен|удал[её]н|заморожен|вимкнен)|(?:konto|skrzynka|adres|schr[aá]nka|[uú][cč]et) … ?(?:zablokowan[ea]|nieaktywn[ea]|zawieszon[ea]|wy[lł][aą]czon[ea]|zablokov[aá]n\\w?|deaktivov[aá]n\\w?)|(?:kontot?|brevl[aå]da\\w?|postkass?en?|tili) … ?(?:sp[aä]rrat|sp[aæ]rret|avst[aä]ngt|inaktiv\\w?|deaktivert|deaktiveret|suljettu|lukittu)|hesap … ?(?:ask[iı]ya|devre d[iı][sş][iı]|kapal[iı])|(?:アカウント|メールアドレス|メールボックス|ユーザー?|サービス).{0,20}?(?:停止|休止|無効(?:になって|化)|凍結|ロック|解約|利用できません)|利用(?:停止|できません)|(?:帐号|账号|帳號|邮箱|信箱|用户|用戶|账户).{0,8}?(?:被?禁用|停用|冻结|凍結|锁定|鎖定|封停|注销|暂停|停權|失效)|(?:계정|메일함|사용자).{0,12}?(?:정지|휴면|차단|비활성|중지|잠겨|해지)',
	},

	// No such domain.
	{
		reason: 'host-unknown',
		weight: 8,
		line: '550 Die Domain existiert nicht',
		match:
			"(?:domain|dom(?:ä|ae)ne|zielserver|host|domaine|dominio|dom[ií]nio|serveur de destination|domein|dom[eé]na|domeniul|domen[ay]?) … ?(?:existiert nicht|unbekannt|nicht (?:gefunden|aufl(?:ö|oe)sbar|vorhanden)|ung(?:ü|ue)ltig|n'existe pas|inconnue?|introuvable|inexistante?|invalide|no (?:existe|encontrad[oa]|v[aá]lid[oa])|desconocid[oa]|n[aã]o (?:existe|encontrad[oa]|foi encontrad[oa])|desconhecid[oa]|inexistente|inv[aá]lid[oa]|non (?:esiste|trovato|valido|raggiungibile)|sconosciuto|bestaat niet|onbekend|nie istnieje|nieznan[ay]|neexistuje|nem l[eé]tezik|nu exist[aă]|finns inte|finnes ikke|findes ikke|ei l[oö]ydy|bulunamad[iı])|no es un dominio|(?:домен|хост|сервер)\\S{0,4} … ?не (?:существует|найден|знайдено|існує)",
	},
	{
		reason: 'host-unknown',
		weight: 8.5,
		line: '找不到收件人的域名',
		match:
			'(?:ドメイン|ホスト|メールサーバー?).{0,16}?(?:存在し(?:ません|ない|ま)|見つか(?:りません|らな)|不明|ありません|解決でき)|(?:域名|网域|網域|域|主机名|主機).{0,10}?(?:不存在|错误|錯誤|无法解析|無法解析|未找到|找不到|无效)|(?:找不到|无法找到|無法找到).{0,12}?(?:域名|网域|網域|主机|主機)|도메인.{0,12}?(?:존재하지|찾을 수 없|없습니다)',
	},

	// Refused for content, size, sender.
	{
		reason: 'spam-detected',
		weight: 8,
		line: '550 Message détecté comme spam',
		match:
			'(?:als|wegen) (?:spam|werbung|unerw(?:ü|ue)nscht)|spam-?verdacht|unter spam|(?:comme|pour|suspect[eé] de) (?:du )?(?:spam|pourriel|ind[eé]sirable)|courrier ind[eé]sirable|(?:como|por (?:ser|conter|contener)|es|[eé]) (?:um |un )?(?:spam|correo no deseado|lixo)|(?:come|perch[eé]) (?:[eè] )?spam|(?:на|как|за|является|содержит|подозрени[ея] (?:на|в)) ?спам\\S{0,2}|спам|jako spam|som (?:spam|skr[aä]ppost)|spam olarak|垃圾(?:邮件|郵件|信)|迷惑メール|スパム|스팸|thư rác',
	},
	{
		reason: 'message-too-big',
		weight: 8,
		line: '552 La taille du message dépasse la limite',
		match:
			"(?:nachricht|mail|e-mail|anhang)\\w{0,3} … ?zu gro(?:ß|ss)|(?:maximale|zul(?:ä|ae)ssige) (?:nachrichten|mail)?gr(?:ö|oe)(?:ß|ss)e|taille (?:maximale|du (?:message|mail)|de l'e?-?mail)|message trop (?:gros|volumineux|long)|(?:mensaje|correo|mensagem|e-?mail|tama[nñ]o|tamanho|archivo|anexo) … ?(?:demasiado grande|muy grande|muito grande|excede el|excede o|supera el|grande demais)|(?:messaggio|dimensione|e-?mail|allegato) … ?(?:troppo grande|supera|eccede)|bericht … ?te groot|(?:слишком|превышен|превышает) … ?(?:больш|размер)|размер (?:письма|сообщения)|(?:サイズ|容量制限|メッセージ).{0,10}?(?:大きすぎ|超え|制限)|サイズ(?:が|超|を)|(?:邮件|郵件|附件|信件).{0,8}?(?:太大|过大|過大)|大小超|太大|(?:wiadomo[sś][cć]|zpr[aá]va|meddelandet?|melding\\w?|viesti) … ?(?:zbyt du[zż]a|p[rř][ií]li[sš] velk|f[oö]r stor\\w?|liian suuri)",
	},
	{
		reason: 'sender-rejected',
		weight: 8,
		line: '550 Absender abgelehnt',
		match:
			'absender(?:adresse|domain)?\\w{0,2} … ?(?:abgelehnt|unbekannt|ung(?:ü|ue)ltig|gesperrt|nicht (?:akzeptiert|erlaubt|gefunden)|existiert nicht)|exp[eé]diteur … ?(?:refus[eé]|rejet[eé]|inconnu|invalide|bloqu[eé]|non autoris[eé])|(?:remitente|remetente) … ?(?:rechazad[oa]|rejeitad[oa]|no (?:v[aá]lid[oa]|permitid[oa]|autorizad[oa])|inv[aá]lid[oa]|desconocid[oa]|bloquead[oa]|n[aã]o (?:permitido|autorizado))|mittente … ?(?:rifiutat[oa]|non (?:valid[oa]|autorizzat[oa]|esiste|accettat[oa])|bloccat[oa]|sconosciut[oa])|отправител\\S{1,3} … ?(?:отклонен|отклонён|не существует|заблокирован|запрещ[её]н|неизвестен)|(?:発信元|送信者|送信元|差出人).{0,12}?(?:拒否|無効|許可され|存在し)|发(?:件|信)人(?:地址)?.{0,6}?(?:被拒|无效|不存在|拒绝)|寄件(?:人|者).{0,6}?(?:拒絕|無效|不存在)',
	},
	{
		reason: 'blocked',
		weight: 9.4,
		line: '550 Ihre IP-Adresse ist gesperrt',
		match:
			"(?:\\bip(?:-adresse)?|server|host|rechner)\\b … ?(?:gesperrt|blockiert|geblockt)|sperrliste|(?:votre|l')? ?(?:adresse )?ip … ?(?:bloqu[eé]e|blacklist[eé]e|sur liste noire)|liste noire|lista (?:negra|nera|de bloqueio)|(?:su|sua|tu|seu) (?:ip|servidor) … ?(?:bloquead[oa]|rechazad[oa])|(?:indirizzo )?ip … ?bloccat[oa]|(?:ip|адрес|сервер)\\S{0,4} … ?(?:в черном списке|в чёрном списке|заблокирован по ip)|черн(?:ый|ом|ого) спис|czarn(?:a|ej) li[sś]|黑名单|黑名單|ブラックリスト|接続を拒否|접속이? 차단",
	},
	{
		reason: 'recipient-filtered',
		weight: 8,
		line: '550 Der Empfänger hat die Annahme verweigert',
		match:
			"(?:empf(?:ä|ae)nger|benutzer)\\w{0,2} … ?(?:annahme verweigert|m(?:ö|oe)chte keine|lehnt|abgelehnt)|annahme verweigert|destinataire … ?(?:refuse|n'accepte pas|a refus[eé]|ne souhaite)|destinatario … ?(?:rechaz[oó]|rechaza|no acepta|non accetta|ha rifiutato)|destinat[aá]rio … ?(?:recus|n[aã]o aceita|rejeit)|получател\\S{1,3} … ?(?:отказал|не принимает|отклонил|запретил)|(?:受信者|相手|宛先).{0,16}?(?:受信を?拒否|受け取りを|受信拒否)|受信拒否|(?:对方|收件人|收信人).{0,8}?(?:拒收|拒绝|拒絕)|수신(?:을)? ?(?:거부|차단)",
	},
	{
		reason: 'delivery-expired',
		weight: 6,
		line: 'Die Nachricht konnte innerhalb von 5 Tagen nicht zugestellt werden',
		match:
			'(?:innerhalb|seit|nach|w(?:ä|ae)hrend) (?:von |der letzten )?\\d{1,3} (?:tage|stunden|minuten)|zeit(?:ü|ue)berschreitung|(?:depuis|pendant|apr[eè]s|dans les?) (?:plus de )?\\d{1,3} (?:jours?|heures?)|d[eé]lai (?:d[eé]pass[eé]|expir[eé])|(?:durante|despu[eé]s de|en|hace|ap[oó]s|por|dopo|per|da|entro) (?:m[aá]s de |mais de |pi[uù] di )?\\d{1,3} (?:d[ií]as|horas|giorni|ore|dias)|tiempo de espera|tempo (?:limite|scaduto|esgotado)|(?:в течение|более|через|за) \\d{1,3} (?:дн|час|сут)|истек|\\d{1,3} ?(?:時間|日間?|天|小时|小時|시간|일).{0,10}?(?:経過|以内に|以上|内未|无法|無法|동안)|タイムアウト|超时|逾時|시간 ?초과',
	},
	{
		reason: 'relay-denied',
		weight: 8.5,
		line: '550 Weiterleitung nicht erlaubt',
		match:
			'(?:weiterleit(?:ung|en)|relay\\w{0,3}|durchleiten) … ?(?:nicht (?:erlaubt|gestattet|zugelassen|m(?:ö|oe)glich)|verweigert|verboten|abgelehnt)|relais … ?(?:non autoris|refus|interdit|pas autoris)|(?:re-?env[ií]o|relay|retransmisi[oó]n|retransmiss[aã]o|encaminhamento|inoltro|relais|doorsturen|vidarebefordran|videresending|przekazywanie) … ?(?:no (?:est[aá] )?(?:permitid|autorizad|admitid)|denegad|n[aã]o (?:[eé] )?(?:permitid|autorizad)|negad|recusad|non (?:[eè] )?(?:consentit|permess|autorizzat)|negat[oa]|niet toegestaan|inte till[aå]t|ikke till?at|zabronione|niedozwolone)|(?:пересылк|ретрансляц|релей)\\S{0,3} … ?(?:запрещ|не разреш|отклон|не допуска|заборон)|中继.{0,10}?(?:拒绝|禁止|不允许|被拒)|(?:拒绝|禁止|不允许|不接受).{0,6}?(?:中继|转发)|中継.{0,10}?(?:拒否|許可|禁止|でき)|릴레이.{0,10}?(?:거부|허용|금지|차단)',
	},
	{
		reason: 'policy-rejected',
		weight: 6,
		line: '550 Rechazado por las políticas del servidor',
		match:
			'(?:richtlinie|regel|policy)\\w{0,3} … ?(?:abgelehnt|zur(?:ü|ue)ckgewiesen|verletzt|nicht erlaubt)|(?:abgelehnt|zur(?:ü|ue)ckgewiesen|verweigert) … ?(?:richtlinie|regel)|(?:refus[eé]|rejet[eé])e? … ?(?:politique|r[eè]gle)|(?:rechazad[oa]|rejeitad[oa]|rifiutat[oa]|bloquead[oa]) … ?pol[ií]tica|политик\\S{1,3} (?:безопасности|сервера)|ポリシー.{0,10}?(?:違反|拒否|より)|(?:策略|政策|规则).{0,8}?(?:拒绝|拒絕|禁止)',
	},
];
