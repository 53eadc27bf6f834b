import type { Rule } from './rule';

/** The sender and the sending host: blocked, distrusted, unauthenticated, unnamed, too fast, refused by address. */
export const SENDER_RULES: readonly Rule[] = [
	// Reverse DNS
	{
		reason: 'reverse-dns-required',
		weight: 9,
		line: '554 Comcast requires that all mail servers must have a PTR record with a valid Reverse DNS entry.',
		match:
			"(?:ptr|reverse[- ]dns|rdns|reverse (?:hostname|lookup|name|address|mapping|entry)|hostname lookup|forward[- ]confirmed|fcrdns|in-addr)|(?:cannot|can't|could not|couldn't|unable to|failed to|fail to) (?:find|resolve|verify|lookup|get|determine|reverse)(?: to)? (?:your|client|the|a)? ?(?:reverse|hostname|host name|reversed|ip name|client hostname|ptr|rdns|connecting)|reverse path (?:lookup|dns)|ip (?:name )?lookup failed|(?:no|missing|invalid|generic|dynamic|bad|without|unresolvable) (?:valid )?(?:rdns|reverse|hostname for|ptr)|(?:client|your) (?:ip|host|ip address)(?: address)?(?: \\S{1,60})? (?:does not resolve|has no (?:name|hostname|dns)|not resolve)|cannot find your hostname|cannot resolve your (?:address|hostname)|all mail servers must have",
	},
	{
		reason: 'reverse-dns-required',
		weight: 8,
		line: '450 service permits 2 unverifyable sending IPs - neko.example.com is not 203.0.113.222',
		match: 'unverif(?:y|i)able sending ips?',
	},
	{
		reason: 'reverse-dns-required',
		weight: 7,
		line: '550 domain [example.com] mismatches client ip 192.0.2.225.',
		match:
			'mismatch(?:es)? (?:the )?client ip|does not match (?:your |the )?(?:ip|reverse|connecting)|dns (?:name|entry) (?:does|mismatch)|hostname (?:does not|mismatch)',
	},

	// SPF, DKIM, DMARC
	{
		reason: 'authentication-failed',
		weight: 9,
		line: '550-5.7.26 The MAIL FROM domain [email.example.jp] has an SPF record with a hard fail policy (-all) but it fails to pass SPF checks',
		match:
			"\\bspf\\b|sender policy framework|\\bdkim\\b|\\bdmarc\\b|domainkeys|unauthenticated (?:e-?mail|mail|messages?)|unauthenticated senders? (?:is|are) not allowed|not (?:authenticated|pass(?:ing)? authentication)|fails? (?:to pass )?(?:authentication|sender (?:verification|authentication))|sender (?:authentication|id) (?:fail|check)|senderid|authentication (?:checks?|results?) failed|did ?n[o']t pass (?:the )?(?:authentication|verification)|sender domain.{0,20}(?:does not pass|verification)|5\\.7\\.2[0-7]|not designated|(?:is|are)(?: not|n't) (?:allowed|authorized|authorised|permitted|listed) to send (?:mail|e-?mail|messages?)? ?(?:for|from|on behalf)|\\barc (?:seal|fail|valid)",
	},

	{
		reason: 'security-refused',
		weight: 9.5,
		line: '550 5.7.133 RESOLVER.RST.SenderNotAuthenticatedForGroup; authentication required; Delivery restriction check failed because the sender was not authenticated when sending to this group',
		match:
			'resolver\\.rst\\.(?:sendernotauthenticated|authrequired)|sender was not authenticated by|not authenticated to send (?:anonymous )?mail',
	},

	{
		reason: 'authentication-failed',
		weight: 9,
		line: '550 5.7.1 Sender ID (PRA) Not Permitted',
		match: 'sender id \\(pra\\)',
	},

	// Blocklists
	{
		reason: 'blocked',
		weight: 8.5,
		line: "550 5.7.1 [192.0.2.1] The IP you're using to send mail is not authorized to send email directly to our servers.",
		match:
			"ip you're using to send mail is not authorized|your country is not|blacklisted ip|blackhole (?:site|list)|^(?:e?mail )?blocked(?: -)? (?:see|by|using) |your ip is blocked|^no smtp service|554.no smtp service|service not available .{0,10}no smtp service|a problem occurred. \\(ask your postmaster|email from \\[?[0-9.]{7,15}\\]? is currently blocked|(?:e?mail|messages?) from \\[?[0-9][0-9a-f.:]{6,40}\\]? (?:is |was |has been |were )?(?:currently |temporarily )?(?:refused|blocked|rejected|denied)|(?:invalid|forged|bogus|bad) (?:helo|ehlo)(?! argument)",
	},
	{
		reason: 'blocked',
		weight: 8,
		line: 'Service unavailable; client [203.0.113.225] blocked using dnsbl.sorbs.net',
		match:
			'(?:blocked|rejected|listed|refused|denied|blacklisted|found|banned)(?: by| using| in| at| on| via| from| because of| due to)(?: the| an?| our| multiple| local| your)? ?(?:[a-z0-9._-]{0,60} ?)?(?:rbl|dnsbl|blacklist|black list|block ?list|spamhaus|sorbs|spamcop|barracudacentral|uceprotect|njabl|abuseat|cbl|psbl|mailspike|sbl|xbl|pbl|zen|ordb|dul|dialup|invaluement|ldap:|b\\.barracuda|hostkarma|cloudmark|trend ?micro|senderbase|trustedsource|postmaster|s25r|blocking|talos|trustwave)',
	},
	{
		reason: 'blocked',
		weight: 7,
		line: '550 Your IP is blacklisted',
		match:
			'(?:black|block|deny|reject|ban)[- ]?list(?:ed|ing|s)?|\\b(?:dns ?)?r?bl\\b|dnsbl|\\brbls?\\b|spamhaus|spamcop|sorbs\\.net|barracudacentral|uceprotect|abuseat\\.org|senderscore\\.com/(?:block|black)|mail-abuse|spamrl|ordb\\.org|njabl|csi\\.cloudmark',
	},
	{
		reason: 'blocked',
		weight: 7,
		line: '550 5.7.606 Access denied, banned sending IP [192.0.2.25]',
		match:
			'banned (?:sending )?(?:ip|host|client)|access denied, banned|{client} (?:\\[?[0-9a-f.:]{3,45}\\]? ?)?(?:\\(.{0,60}\\) ?)?(?:is |are |has been |have been |was |were |being |currently |temporarily |address |is on ){0,4}{refuse}',
	},
	{
		reason: 'blocked',
		weight: 7,
		line: 'mail from 192.0.2.1 refused: see http://example.com/block',
		match:
			'(?:e?mails?|connections?|messages?|traffic|access|smtp|sessions?|delivery)(?: (?:coming|sent|originating))? (?:from|by|of) (?:your |this |the |that |host |ip |ips |network |server |address |you|dynamic |dial-?up |sending |client ){0,4}(?:\\[?[0-9a-f.:]{3,45}\\]?|ip|host|server|network|address|isp|range|country|mta|you|domain|subnet)(?: \\S{1,60})?(?: addresses?| range| \\(.{0,60}\\))? ?(?:is |are |has been |have been |was |temporarily |currently |being |will be |cannot be |not ){0,4}(?:reject(?:ed|s)?|refused|denied|blocked|not (?:allowed|accepted|permitted|welcome)|banned|blacklisted|prohibited|declined|accepted|filtered)',
	},
	{
		reason: 'blocked',
		weight: 7,
		line: '550 Error - Blocked for abuse. See http://example.net/nyaan',
		match:
			"blocked (?:for|due to|because of) (?:abuse|malicious|excessive|too many|suspicious|sending)|(?:is|are) blocked(?: from)?(?: sending)? ?(?:by (?:our|the|this|local)|from|due|for|$|\\.)|(?:client host|client|relay access|sender ip|sender address ip|session)(?: \\S{1,60})? (?:has been |was |is |temporarily |temporary |permanently )?(?:dropped|refused|blocked|rejected|denied)|connection(?: \\S{1,60})? (?:has been |was |is |temporarily |permanently )?(?:dropped|blocked|rejected|denied|refused(?= (?:by|due|for|because|from)|: ))|host \\S{1,80} refused to talk|rejected (?:by|your) (?:connection|ip|host|network)|go away|not welcome here|we do not accept (?:mail|connections|messages) from|no (?:mail|smtp|connections?) (?:accepted )?(?:from|here) (?:your|for|dynamic|dial)|spam source|spammer|known spam|open (?:relay|proxy)(?: .{0,30}(?:host|listed|block|not))?|trojan|dynamic(?:ally)?(?:[- ]assigned)? (?:ip|pool|address|host|user)|dial-?up (?:host|ip|user|pool|connection)|residential|consumer ip|(?:use|through|via) your (?:isp|provider)(?:'s)?|helo (?:command )?rejected|bad (?:helo|ehlo)|(?:invalid|forged|fake|bogus) (?:helo|ehlo)|helo/ehlo|access from ip",
	},
	{
		reason: 'blocked',
		weight: 8.5,
		line: 'Deferred: Connection refused by mx.example.ne.jp.',
		match: 'connection refused by [a-z]',
	},
	{
		reason: 'blocked',
		weight: 9.8,
		line: "554 You've reached your daily relay quota - 203.0.113.0",
		match: 'daily relay quota|relay quota',
	},
	{
		reason: 'blocked',
		weight: 5,
		line: '550 Rejected',
		match:
			'^(?:rejected|refused|blocked|denied|no\\.?|go away|access denied|connection rejected|not allowed|service refused)\\.?$',
		command: ['CONN', 'HELO'],
	},
	{
		reason: 'blocked',
		weight: 6,
		line: 'SMTP error from remote mail server after initial connection: 554 Access denied',
		match: 'reject|refus|denied|deny|block|ban|not (?:allowed|accepted|welcome|permitted)|abuse|spam',
		command: ['CONN', 'HELO'],
	},
	{
		reason: 'blocked',
		weight: 9,
		line: 'Your E-Mail is redundant. You cannot send E-Mail to yourself',
		match:
			'you cannot send e-?mail to yourself|redundant|is not allowed to connect|not accept(?:ing)? (?:connections|mail) from (?:your|this)|unsolicited (?:e-?mail )?(?:from|source)',
	},

	// Reputation
	{
		reason: 'bad-reputation',
		weight: 9,
		line: '421 4.7.0 [GL01] Message from (192.0.2.1) temporarily deferred - 4.16.50',
		match: '\\[(?:gl01|ts0\\d|tss?\\d\\d)\\]',
	},
	{
		reason: 'bad-reputation',
		weight: 8,
		line: '421 4.7.0 [TSS04] Messages from 192.0.2.25 temporarily deferred due to unexpected volume or user complaints',
		match:
			'reputation|unexpected volume or user complaints|user complaints|complaint rate|senderbase|poor(?: sender)? score|low (?:score|trust)|trust(?:ed)?source|sender ?score|bad history|spam-like (?:behaviou?r|activity)|suspicious (?:activity|traffic|behaviou?r)',
	},

	{
		reason: 'blocked',
		weight: 5,
		line: '550 5.7.1 <x@example.jp>: Recipient address rejected: Blocked',
		match: '^(?:is )?(?:blocked|blacklisted|banned)[.!]?$',
	},
	{
		reason: 'security-refused',
		weight: 9,
		line: '550 5.7.3 Security conversion required but not possible',
		match: 'security (?:conversion|features?|status)|delivery not authorized$',
	},

	// Rate
	{
		reason: 'rate-limited',
		weight: 9,
		line: '421 4.7.0 Try again later, too many messages from your host (rate limited)',
		match:
			'rate ?limit|ratelimit|rate-limit|throttl|too (?:fast|quickly|frequent|often)|sending (?:too|rate)|excessive (?:rate|volume|traffic)|unusual rate|(?:message|mail|e-?mail|sending|receiving|delivery|connection|daily|hourly|submission)s? (?:rate|limit|(?<!mail )quota|volume)(?: has been| was| is)? ?(?:exceed|reached|over|too high)|exceed(?:ed|s|ing)?(?: (?:the|your|his|maximum|allowed|our|a|daily|hourly)){0,3} (?:rate|sending (?:limit|quota|rate)|message limit|messages? per|hourly|daily|e?mail limit|number of messages|submission)|too many (?:messages|e?-?mails|mails|deliveries|transactions|requests|errors)(?! in (?:the|this|his|your) (?:mailbox|folder|inbox|account))|too much mail from|sending quota|daily (?:user )?sending|(?:messages|mails) per (?:hour|day|minute|second|connection)|slow down|receiving mail (?:too quickly|at a rate)|sent too (?:many|much)|limit on the number of|daily (?:limit|quota|user sending)',
	},
	{
		reason: 'too-many-connections',
		weight: 9.5,
		line: '452 4.3.2 Connection rate limit exceeded.',
		match: 'connection (?:rate )?(?:limit|frequency)(?: exceeded| reached)?',
	},
	{
		reason: 'too-many-connections',
		weight: 8,
		line: '552 Too many recipients',
		match:
			'too many (?:concurrent |simultaneous |open |smtp |parallel ){0,2}(?:connections?|sessions?|recipients?|rcpts?|hosts|clients|processes|delivery attempts|addresses)|(?:maximum|max|number of|limit of|concurrent|simultaneous|parallel)(?: (?:number of|allowed|smtp|concurrent|simultaneous|parallel))? (?:connections?|sessions?|recipients?)(?: (?:exceeded|reached|allowed|limit))|connection (?:limit|rate limit|count) (?:exceeded|reached)|all available (?:sockets|ips)|(?:exceed|exceeded|exceeds)(?: \\S{1,20}){0,5} (?:connections?|recipients|concurrent)|recipients? (?:count|limit)|multiple recipients not|sorry, that domain is.{0,20}too many|server (?:too )?busy.{0,20}connection|connections? exceeded',
	},

	// The sender's address
	{
		reason: 'sender-rejected',
		weight: 8,
		line: '553 5.1.8 Domain of sender address root@example.com does not exist',
		match:
			"(?:sender|mail from|from|return|envelope[- ]from|envelope sender|reverse[- ]path|return[- ]path|sender's|originator|mailfrom|from:)(?: (?:address|domain|e-?mail|e-?mail address|mail|header|host|path|user|address's|mailbox))?(?: address| domain)?:?(?: ?[<\\[(\"']{0,2}@?[>\\])\"']{0,2})?(?: ?[a-z0-9.-]{0,80})? ?(?:was |is |has been |must |are |has |could |can |does )?(?:\\w{1,12} )?(?:reject|refus|den(?:y|ied)|block|invalid|not (?:allowed|accepted|valid|exist|found|resolve|permitted|known|verified|authoriz|authoris|be (?:verified|resolved|found))|unknown|does not|doesn't|cannot|couldn't|could not|unverif|undeliverable|not be|blacklist|banned|bad|mal|un ?rout|illegal|verify failed|verification failed|callout)",
	},
	{
		reason: 'sender-rejected',
		weight: 8,
		line: '550 Unroutable sender address',
		match:
			"(?:unroutable|unrouteable|invalid|unknown|bad|illegal|unverified|unresolvable|unacceptable|blocked|rejected|banned|blacklisted|forged|faked?|refused|empty|null|non-?existent|missing|undeliverable|wrong|unable to verify|cannot verify|could not verify|failed to verify|can't verify|not verify) (?:the |envelope |mail |e-?mail |your )?(?:sender|return[- ]path|reverse[- ]path|mail from|from|originator|mailfrom|envelope[- ]from)|domain of (?:the )?sender|sender(?:'s)? domain|sender verif|verify(?:ing)? (?:the )?sender|callout verification|sender callout|sender address|(?:mail|messages?|e-?mails?) from (?:domain |address |sender |user |the domain )?[<\"']?(?:@|[a-z0-9-]{1,60}\\.[a-z.-]{2,60})[>\"']? (?:is |are |will |was |has been )?(?:not |blocked|reject|refus|denied|banned|rejected)|not accept(?:ing|ed)? (?:mail|messages?|e-?mail)? ?from (?:this (?:address|sender)|@|domain|your (?:domain|address))|your (?:e-?mail )?(?:address|domain) (?:is|was|has been) (?:block|reject|refus|ban|black|not )|administrative prohibition.{0,20}sender",
	},
	{
		reason: 'sender-rejected',
		weight: 8,
		line: "550 5.7.1 can't determine Purported Responsible Address",
		match: 'purported responsible address',
	},
	{
		reason: 'sender-rejected',
		weight: 9,
		line: '550 5.1.0 <x@example.org>: Sender address rejected: User unknown in virtual mailbox table',
		match:
			'sender address rejected|sender verify failed|sender verification failed|permissions? to send as this sender',
	},
	{
		reason: 'sender-rejected',
		weight: 7,
		line: '553 5.1.0 neko22nyaan neko.example.com does not exist E2110',
		match: "does not exist|doesn't exist|unknown|invalid|reject|not found|not allowed|denied|refused|prohibited",
		command: ['MAIL'],
	},
	{ reason: 'sender-rejected', weight: 4, line: '550 sender rejected', match: 'sender', command: ['MAIL'] },
	{
		reason: 'sender-rejected',
		weight: 9.2,
		line: '553 sorry, your envelope sender is in my badmailfrom list (#5.7.1)',
		match: 'badmailfrom|not accept (?:e?mail|messages) from this (?:address|sender)',
	},
	{
		reason: 'rate-limited',
		weight: 9,
		line: '550 5.2.122 The recipient has exceeded their limit for the number of messages they can receive per hour',
		match: 'limit for the number of messages|number of messages they can (?:send|receive) per',
	},
	{
		reason: 'rate-limited',
		weight: 9.6,
		line: '554 5.2.2 Submission quota exceeded',
		match:
			'submission quota|(?:(?:mail|message|recipient|inbound|e-?mail)s? (?:send|sending|receive|receiving|rate|relay|recipient|submission|daily|hourly)? ?limit|(?:send|sending|receive|receiving|relay|submission|outgoing|outbound|daily|hourly)(?: (?:mail|message|e-?mail|rate))? (?:limit|quota))s? (?:is |was |has been |have been |from .{0,40})?(?:exceed(?:ed|s)?|reached|hit)(?! (?:the )?(?:storage|mailbox))|per[- ](?:hour|day|minute|second)\\b.{0,40}(?:limit|quota|exceed|allow|maximum)|(?:limit|quota|maximum|exceed\\w{0,3}|allow\\w{0,3})\\b.{0,40}(?:per[- ](?:hour|day|minute|second|connection)|this (?:hour|day)|hourly|daily|in the last)|received this (?:hour|day)|(?:hourly|daily|monthly) (?:\\S{1,12} ){0,3}(?:limit|quota|maximum)|max(?:imum)? (?:messages?|mails?|emails?|defers)(?: and \\S{1,12})? per|permitted limits|reached your (?:\\S{1,12} ){0,2}limit|relay limit|message rate|sending limit|throttl(?:ed|ing)|flood(?:ed|ing)|too much (?:mail|e-?mail|traffic)(?! stored| in)',
	},
	{
		reason: 'too-many-connections',
		weight: 9,
		line: '550 Requested mail action not taken: too much recipient',
		match:
			'too (?:much|many) (?:recipient|rcpt|connection|session|concurrent|simultaneous|open)s?|(?:all )?(?:server )?ports are busy|(?:connection|session|recipient|rcpt)s? (?:limit|count|number)s? (?:exceeded|reached)|no more (?:connections|sessions)|recipients per (?:message|transaction|session|mail)',
	},
	{
		reason: 'rate-limited',
		weight: 9.8,
		line: '452 Too many recipients received this hour',
		match:
			'too many (?:recipients|messages|mails|e-?mails|connections) (?:\\S{1,12} ){0,4}(?:this|per|an|in the last|in an?|last) (?:hour|day|minute|\\d)',
	},
	{
		reason: 'blocked',
		weight: 9.2,
		line: '554 5.7.1 Sender IP temporary blocked',
		match:
			'(?:your|sender|sending|source|client|this|the|remote) (?:ip|ip address|ip range|ip-address|host ip)(?: \\S{1,45})? ?(?:is |was |has been |are )?(?:currently |temporarily |temporary |permanently )?(?:blocked|block listed|blocklisted|blacklisted|banned|rejected|denied|refused|listed)|ip(?: address)? is (?:block|black) ?listed|mail from your ip|(?:dynamic|residential|dial-?up|dsl|generic) (?:ip|address|host|pool|range|ptr)|over ipv6|(?:outbound|bulk) sender|traffic not accepted|ip temporarily blacklisted|from (?:hosts|servers|machines) (?:with|on) (?:dynamic|dial)',
	},
	{
		reason: 'sender-rejected',
		weight: 9.1,
		line: '550 mail from <user@example.com> refused by our blacklist',
		match:
			'mail from:? ?[<"\']?@[>"\']? (?:is |was |has been )?(?:refused|rejected|blocked|denied|not accepted|blacklisted|banned)|sender(?: address| domain)?(?: @)? is (?:on|in) (?:\\S{1,20} ){0,3}(?:blacklist|block ?list|black list)',
	},
	{
		reason: 'authentication-failed',
		weight: 9.5,
		line: '550 5.7.1 <user@example.com>: Recipient address rejected: Please see http://www.openspf.net/Why?s=mfrom',
		match:
			'openspf\\.(?:net|org)|spf\\.pobox\\.com|does not designate|permitted sender|(?:sender|mail|message|e-?mail) (?:domain )?(?:authentication|validation) (?:failed|failure|required level)|required authentication level|spoof(?:ed|ing)?|forged (?:sender|from|mail|header)',
	},
	{
		reason: 'bad-reputation',
		weight: 9.5,
		line: '451 4.7.650 The mail server [192.0.2.1] has been temporarily rate limited due to IP reputation.',
		match:
			'(?:due to|because of|based on|has|with|very|too|to|its|poor|bad|low) (?:\\S{1,12} ){0,3}reputation|reputation (?:is |was )?(?:too |very )?(?:low|poor|bad)|permanently deferred; retrying will not succeed',
	},
	{
		reason: 'blocked',
		weight: 9.7,
		line: '554 Service unavailable; Client host [mail.example.com] blocked using Barracuda Reputation; http://www.barracudanetworks.com/reputation/?r=1',
		match:
			'blocked (?:using|by) (?:the )?(?:barracuda|trend micro|cisco|sophos|mcafee|symantec|cloudmark|proofpoint|spamhaus|spamcop|sorbs) ?(?:e-?mail )?(?:reputation)?',
	},
	{
		reason: 'sender-rejected',
		weight: 8.6,
		line: '517-Domain does not exist: example.invalid. 517 Invalid domain, see http://www.courier-mta.org',
		match: '^domain does not exist:',
		code: /^517$/,
	},
	{
		reason: 'sender-rejected',
		weight: 9,
		line: '550 sender domain not found',
		match:
			"sender(?:'s)? (?:e-?mail |mail )?(?:domain|host|address) (?:was |is |does |could |has )?(?:not|no|un)[- ]?(?:found|known|exist|resolv|valid|be (?:found|resolved|verified)|mx)|purported sender",
	},
	{
		reason: 'sender-rejected',
		weight: 8.4,
		line: '553 Your e-mail address a@example.org is on our block list',
		match:
			"your (?:e-?mail )?address(?: @)? (?:is |was |has been )?(?:on |in )?(?:our |the |a )?(?:blocked|block ?list|blacklist|black list|banned)|(?:not |n't )(?:permitted|allowed|accepted|valid) as (?:a )?(?:from|sender)",
	},
	{
		reason: 'blocked',
		weight: 8,
		line: '554 your mail server [192.0.2.1] is banned here',
		match:
			'(?:mail server|server|host|gateway|mta)(?: \\S{1,60})? (?:is |was |has been )?(?:banned|blacklisted|blocklisted|blocked|refused)',
	},
];
