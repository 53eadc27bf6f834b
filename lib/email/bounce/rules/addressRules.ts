import type { Rule } from './rule';

/** The address: no such mailbox, no such domain, a domain without mail, a mailbox that has moved. */
export const ADDRESS_RULES: readonly Rule[] = [
	// No such mailbox.
	{
		reason: 'user-unknown',
		weight: 7,
		line: '550 5.1.1 <user@example.jp>... User Unknown',
		match:
			"(?:user|recipient|mailbox|account|address|addressee|alias|subscriber|local user|local recipient|rcpt|adress|mail box)s?(?: name)?(?:\\(s\\))?(?: '?\"?<?@?>?\"?'?)?:? (?:is |are |was |here )?(?:a )?(?:unknown|not known|unknow|not found|not listed|non-?existent|nonexist|not exist|invalid|not valid|not recognized|not recognised|no longer (?:exists?|valid|active|here|available on|on server)|doesn't exist|does not exist|doesnt exist|does not exists|dose not exist|not a valid|can(?:not|'t) be found|could(?: not|n't) be found|was not found|isn't (?:valid|known|found|recognized))",
	},
	{
		reason: 'user-unknown',
		weight: 7,
		line: '550 5.1.1 unknown user',
		match:
			"(?:unknown|invalid|non-?existent|nonexistent|no such|bad|illegal|unrecognized|unrecognised|undefined|wrong|incorrect|not a valid|not an? (?:existing|active|known)|not valid|no valid|unable to find|not find|could not find|cannot find|can't find|unkown)(?: or (?:illegal|invalid|unknown|misspelled|disabled))?(?: (?:local|destination|final|virtual|mail|e-mail|email|the|a|recipient|user|this|delivery|specified|rcpt|forward))?(?:-part)? (?:user|recipient|mailbox|account|address|addressee|alias|subscriber|userid|username|mail ?drop|person|name|user name|rcpt|e-mail address|email address|part)s?\\b",
	},
	{
		reason: 'user-unknown',
		weight: 8,
		line: 'Sorry, no mailbox here by that name. (#5.1.1)',
		match:
			'no (?:mailbox|user|account|such (?:user|mailbox|person|recipient|account|address|local))(?: is)? (?:here|found|exists?|by that name|with that name|at this|on this|by this)',
	},
	{
		reason: 'user-unknown',
		weight: 8,
		line: '550 No such user here',
		match:
			'no such (?:user|mailbox|person|recipient|account|address|alias|local user|email|e-mail|mail|id|name|user/mailbox|addressee|local|customer)',
	},
	{
		reason: 'user-unknown',
		weight: 7,
		line: "554 delivery error: dd This user doesn't have a yahoo.com account",
		match:
			"(?:user|recipient|person|addressee)s? (?:doesn't|does not|do not|don't) have an? … ?(?:account|mailbox|address)",
	},
	{
		reason: 'user-unknown',
		weight: 7,
		line: '550 5.1.1 The email account that you tried to reach does not exist. Please try',
		match:
			"(?:account|address|mailbox|recipient|user)(?: that)? (?:you|we|was|were|the)(?: have)? (?:tried|entered|trying|specified|sent|attempted|typed|used|given|provided) .{0,40}?(?:does(?: not|n't)|did(?: not|n't)) exist",
	},
	{
		reason: 'user-unknown',
		weight: 7,
		line: '550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient not found by SMTP address lookup',
		match:
			'recipientnotfound|recipnotfound|resolver\\.adr\\.(?:exrecipnotfound|recipientnotfound|recipnotfound)|recipient not found by smtp|nosuchuser',
	},
	{
		reason: 'user-unknown',
		weight: 6,
		line: 'mail.local: unknown user: kijitora',
		match:
			'unknown (?:local )?user|user unknown|unknown user account|unknown local[- ]part|unknown addressee|unknown virtual|unknown recipient|unknown mailbox|unknown address|unknown login|unknown alias|unknown account',
	},
	{
		reason: 'user-unknown',
		weight: 6,
		line: 'The e-mail account does not exist at the organization this message was sent to.',
		match: "{who}(?: … | )(?:does(?: not|n't)|did(?: not|n't)|do not) exist",
	},
	{
		reason: 'user-unknown',
		weight: 6,
		line: '550 Address rejected user@example.co.jp',
		match: '^(?:[<(@>) ]{0,5})?(?:address|recipient|user)(?: address)? rejected(?:[:.]? ?@?$| @)',
		command: ['RCPT'],
	},
	{
		reason: 'user-unknown',
		weight: 5,
		line: '550 5.1.1 Address rejected',
		match: '^(?:recipient |rcpt )?address rejected',
	},
	{
		reason: 'user-unknown',
		weight: 7,
		line: '550 Requested action not taken: mailbox unavailable',
		match: '(?:mailbox|recipient|user|account) (?:is )?(?:currently )?(?:unavailable|not available)',
		code: /^5/,
	},
	{
		reason: 'on-hold',
		weight: 7,
		line: '450 Requested mail action not taken: mailbox unavailable',
		match: '(?:mailbox|recipient|user|account) (?:is )?(?:currently |temporarily )?(?:unavailable|not available|busy)',
		code: /^4/,
	},
	{
		reason: 'user-unknown',
		weight: 6,
		line: "Sorry, I couldn't find any mailbox by that name",
		match:
			"(?:couldn't|could not|can't|cannot|unable to|not able to) (?:find|locate|resolve|verify|identify|recognize|match) (?:any |the |a |this |your |your mail )?(?:mailbox|user|recipient|account|address|person|name|addressee)",
	},
	{
		reason: 'user-unknown',
		weight: 7,
		line: 'Bad destination mailbox address',
		match:
			'bad (?:destination|recipient|mailbox|email|e-mail|address)(?: mailbox)?(?: address| syntax|$)|bad-address|badaddress',
	},
	{
		reason: 'user-unknown',
		weight: 6,
		line: '550 <user@example.com> is not a valid mailbox',
		match:
			'(?:is|was) (?:not a|an in|an un)(?:valid|known|existing| valid| known)? ?(?:mailbox|user|recipient|account|address|local)',
	},
	{
		reason: 'user-unknown',
		weight: 6,
		line: 'He/Her is not HBC e-mail users.',
		match:
			'(?:is|are) not (?:an? |a known |our |in our |a registered |one of our )?(?:[a-z0-9-]{1,20} )?(?:e-?mail |local |registered )?(?:users?|customers?|subscribers?|local|members?|known here|recognized|a mailbox|listed in|in (?:our|my|the) (?:directory|list|database|rcpthosts? list))',
	},
	{
		reason: 'user-unknown',
		weight: 6,
		line: '550 5.1.1 user@example.com User is unknown {mx-us012}',
		match: 'is unknown(?:$|[ .,{(])',
	},
	{
		reason: 'user-unknown',
		weight: 6,
		line: '550 Unrouteable address',
		match: 'unroute?able (?:address|mail ?domain)?|unable to route to (?:address|user)|not routable',
	},
	{
		reason: 'user-unknown',
		weight: 6,
		line: 'User SMITH (user@example.com) not listed in Domino Directory',
		match:
			'not (?:listed|found|exist) in (?:domino|the domino|public|name (?:&|and)? ?address|address book|directory|.{0,20}directory|ldap|table|database)|no match in (?:the )?(?:domino|directory|address book)|user not (?:listed|found)',
	},
	{
		reason: 'user-unknown',
		weight: 6,
		line: '550 5.1.1 user@example.com does not exist here',
		match:
			"(?:doesn't|does not|not|didn't|did not|doesnt) (?:currently )?exists?(?: (?:here|on this|at this|in (?:our|the|this|local)|within))",
	},
	{
		reason: 'user-unknown',
		weight: 6,
		line: '550 relay not permitted: no such local user / mailbox not found',
		match:
			'(?:mailbox|account|user|recipient|address) (?:not|never|could not be|cannot be|was not) (?:found|located|resolved|recognized|recognised|exist)',
	},
	{
		reason: 'user-unknown',
		weight: 5,
		line: 'Destination user name is wrong; account has been deleted, retired, removed',
		match:
			'(?:account|mailbox|user|address|employee|recipient)s? (?:has|have|was|were|is|has been)(?: been)? (?:been )?(?:deleted|removed|retired|terminated|closed|cancelled|canceled|left|purged)|no longer (?:with|works|employed|at) ',
	},
	{
		reason: 'user-unknown',
		weight: 5,
		line: '550 5.1.1 @: Recipient address rejected: undeliverable address: host said: unknown',
		match: 'undeliverable address',
	},
	{
		reason: 'user-unknown',
		weight: 6,
		line: 'The following destination addresses were unknown (please check the addresses and re-mail the message):',
		match: 'addresses? (?:were|was|is|are) (?:unknown|invalid|not found|incorrect)|unknown, invalid',
	},
	{
		reason: 'user-unknown',
		weight: 6,
		line: '550 5.1.1 Unknown or illegal alias',
		match:
			'unknown or illegal|illegal alias|address (?:unknown|error)|no account by that name|(?:verify|check)(?: that)? (?:the|this|your) (?:address|recipient|name).{0,20}(?:exist|correct|and try|valid)|misspell?ed|check if (?:the )?address is correct',
	},
	{
		reason: 'user-unknown',
		weight: 7,
		line: '550 5.1.1 Utilisateur inconnu',
		match:
			"invalid final delivery userid|no local mailbox|mailbox not local|not (?:a )?local (?:user|address|recipient|mailbox)|not our customer|no existe|usuario desconocido|destinatario desconocido|utilisateur inconnu|destinataire inconnu|adresse (?:inconnue|d'au moins un destinataire invalide|destinataire invalide)|aucun utilisateur|compte inexistant|unbekannter (?:empfänger|benutzer)|empfänger (?:unbekannt|existiert nicht)|benutzer unbekannt|adresse (?:existiert nicht|unbekannt)|utente (?:sconosciuto|non trovato)|destinatario sconosciuto|casella inesistente|non esiste|usuário desconhecido|usuario inexistente|destinatário desconhecido|onbekende gebruiker|gebruiker onbekend|bestaat niet|пользователь не (?:найден|существует)|несуществующ|адрес не существует|nieznany (?:użytkownik|odbiorca)|nie istnieje|neexistuje|finnes ikke|findes ikke|finns inte|収容先.{0,10}不明|宛先不明|宛先.{0,12}(?:存在しません|見つかりません)|アドレスが(?:見つかりません|存在し|見つからな)|アドレスは存在|ユーザーは存在|ユーザ.{0,40}見つかりません|该用户不存在|用户不存在|邮箱不存在|收件人(?:地址)?不存在|帐号不存在|账号不存在|地址(?:错误|不存在)|無此(?:帳號|使用者|用戶)|找不到(?:收件|此|使用者)|존재하지 않",
	},
	{
		reason: 'user-unknown',
		weight: 4,
		line: '553 5.1.3 Invalid address format / syntax error in recipient',
		match:
			'(?:malformed|bad|invalid|illegal|incorrect|wrong|improper)(?:ly formatted|ly formed)? (?:recipient |mailbox |rcpt |to |e-?mail |smtp )?(?:address|syntax|mailbox name|name syntax)|syntax error in (?:recipient|mailbox|address|rcpt)|mailbox syntax|mailbox name not allowed',
	},
	{
		reason: 'user-unknown',
		weight: 5,
		line: '554 5.5.1 Error: no valid recipients',
		match:
			'no valid recipients?|recipient (?:is )?invalid|address is (?:incorrect|invalid|wrong)|is not valid(?:$|[ .,])|recipient(?: address)?(?: rejected)?: (?:no such|unknown|invalid|not found|user)|invalid recipient',
	},

	{
		reason: 'user-unknown',
		weight: 7.5,
		line: '553 sorry, that recipient is not in my validrcptto list (#5.7.1)',
		match:
			'validrcptto|recipient is not in my|no such domain at this location|(?:not|no) (?:found|exist|match\\w{0,3}) in ldap|no matching (?:recipient|user|address)|(?:unable|failed|could not|cannot) (?:to )?(?:validate|verify) (?:the )?recipient|non-?existing (?:recipient|user|mailbox|address|account)',
	},
	{
		reason: 'user-unknown',
		weight: 7,
		line: '550 Der Empfänger ist unbekannt',
		match:
			'empfänger(?:adresse)? .{0,20}(?:unbekannt|nicht (?:gefunden|vorhanden|bekannt))|utente (?:non )?(?:inesistente|esistente|sconosciuto|trovato)|utilisateur .{0,20}(?:inconnu|introuvable)|destinataire .{0,20}(?:inconnu|introuvable|n.existe pas)|destinatario .{0,20}(?:desconocido|no (?:existe|encontrado)|inexistente|non trovato|não (?:existe|encontrado))|usuário .{0,20}(?:não (?:existe|encontrado)|inexistente)|ontvanger .{0,20}(?:onbekend|bestaat niet)|mottaker .{0,20}(?:ukjent|finnes ikke)|mottagaren .{0,20}(?:finns inte|okänd)|modtager .{0,20}(?:ukendt|findes ikke)|vastaanottajaa ei|получател.{0,20}не (?:найден|существует)|odbiorca .{0,20}(?:nieznany|nie istnieje)|příjemce .{0,20}(?:neznámý|neexistuje)|címzett .{0,20}(?:ismeretlen|nem létezik)|alıcı .{0,20}(?:bulunamadı|bilinmiyor)|受信者.{0,10}(?:存在しま|見つか)',
	},

	// No such domain.
	{
		reason: 'host-unknown',
		weight: 8,
		line: 'Host or domain name not found. Name service error for name=neko.example.jp type=AAAA: Host not found',
		match:
			"(?:host|domain|server|mail ?server|domain name|hostname|host name)(?:\\(s\\))?(?: name)?(?: or domain(?: name)?)?(?: [a-z0-9-]{1,60}\\.[a-z0-9.-]{1,80})? (?:not found|unknown|not known|does not exist|doesn't exist|is unknown|is invalid|is not valid|not valid|invalid|could not be found|couldn't be found|was not found|cannot be found|non-?existent)(?!, try again)",
	},
	{
		reason: 'host-unknown',
		weight: 8,
		line: '550 Unknown domain',
		match:
			'(?:unknown|invalid|non-?existent|nonexistent|no such|bad|illegal|unresolvable|unrouteable|unroutable|unregistered) (?:host|domain|mail ?domain|destination (?:host|domain|server|system)|recipient domain|hostname|mx|mail server|internet (?:address|domain))',
	},
	{
		reason: 'host-unknown',
		weight: 7,
		line: "Sorry, I couldn't find any host named example.invalid. (#5.1.2)",
		match:
			"(?:couldn't|could not|can't|cannot|unable to|not able to) (?:find|resolve|locate|look ?up|determine)(?: any| the| a| this)? (?:host|domain|server|mx|mail exchanger|mail server|dns|address of|destination domain|route)",
	},
	{
		reason: 'host-unknown',
		weight: 7,
		line: "Sorry, I couldn't find a mail exchanger or IP address. (#5.4.4)",
		match:
			"find a mail exchanger|no mail exchanger|all relevant mx records point to non-?existent hosts|domain (?:does not|doesn't) (?:exist|accept mail or)|domain must exist|nxdomain|recipient domain must",
	},
	{
		reason: 'host-unknown',
		weight: 7,
		line: '554 The mail could not be delivered to the recipient because the domain is not reachable. Please check the domain and try again',
		match:
			"domain is not reachable|(?:domain|host) (?:has|had) no |domain (?:name )?(?:has )?(?:expired|lapsed|not registered|is not registered|invalid)|address couldn't be found.{0,40}domain|because the domain .{0,80}couldn't be found|not a valid domain|no es un dominio|domaine inconnu|dominio (?:no existe|desconocido|inesistente)|domain existiert nicht|домен не (?:существует|найден)|域名(?:不存在|错误|无法解析)|ドメイン.{0,12}(?:存在しません|見つかりません)",
	},
	{
		reason: 'host-unknown',
		weight: 7,
		line: 'DNS lookup failure: host cx.libsisimai.org not found',
		match:
			'dns lookup failure: (?:host|domain|no such)|host [a-z0-9.-]{1,80} not found(?!, try)|dns error: .{0,80}(?:nxdomain|domain name not found|no such domain)|domain name not found|unrouteable mail domain|invalid dns mx|lookup of .{0,80}had no relevant|no route to domain|name or service not known|authoritative answer',
	},
	{
		reason: 'host-unknown',
		weight: 6,
		line: '553 neko.example.com does not exist',
		match: "^[a-z0-9-]{1,60}(?:\\.[a-z0-9-]{1,60}){1,6} (?:does not|doesn't) exist$",
	},

	// A domain that takes no mail.
	{
		reason: 'no-mail-accepted',
		weight: 8,
		line: 'Domain example.com does not accept mail (nullMX)',
		match:
			"(?:domain|host|server|system|machine|site|it)(?: [a-z0-9.-]{1,80})? (?:does not|doesn't|do not|will not|never|cannot) (?:accept|receive|handle|process) (?:any )?(?:e-?)?mail|(?<!sender address has )null ?mx|smtp protocol returned a permanent error|does not accept mail|no smtp service$|indicated no smtp service|no (?:mx|valid mx)(?: or a)?(?: records?| hosts?)?(?: was| were)? (?:found|exist)|mx (?:record|host)s? (?:not found|does not exist)|has no (?:mx|mail exchangers?|valid mail)|server does not accept mail|no mail accepted|host (?:is )?not accepting (?:mail|messages)|mail (?:service )?(?:is )?not (?:accepted|available) (?:here|at this)|not accepting (?:any )?(?:mail|messages)(?: here| at this| for this domain)",
	},

	{
		reason: 'no-mail-accepted',
		weight: 8,
		line: '521 5.3.2 System not accepting network messages',
		match: 'system not accepting network messages',
		code: /^5/,
	},

	{ reason: 'no-mail-accepted', weight: 9, line: '554 No SMTP service here', match: '^no smtp service here' },

	// Moved.
	{
		reason: 'has-moved',
		weight: 8,
		line: '550 5.1.6 recipient no longer on server: user@example.jp',
		match:
			'(?:has|have) (?:moved|relocated|changed (?:his|her|their|its|the)? ?(?:e-?mail|address))|user has moved|recipient no longer on server|mailbox (?:has )?moved|moved to (?:new|another|@)|address (?:has )?changed|new (?:e-?mail )?address is|is now @|please (?:use|try|forward|change)(?: to)?:? @|replaced by (?:the )?(?:following|new|address)|user not local; please try|not local[;,] please try|gone to a new|adresse a changé|neue adresse',
	},
];
