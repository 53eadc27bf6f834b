import type { Rule } from './rule';

/** The message: spam, malware, content, form, size, policy. */
export const MESSAGE_RULES: readonly Rule[] = [
	{
		reason: 'spam-detected',
		weight: 7,
		line: '550 5.7.1 Message content rejected, UBE, id=22220-02-222',
		match:
			'(?:message|mail|e-?mail|content|it|this|text|body)(?: \\S{1,20}){0,3} (?:is|was|as|has been|looks?|appears?|seems?|considered|classified|identified|detected|determined|contains?|flagged|scored|recognized|marked|rejected)(?: \\S{1,16}){0,5} (?:spam|ube|uce|unsolicited|junk|bulk|phish\\w{0,4})|\\bube\\b|\\buce\\b|unsolicited (?:bulk |commercial )?(?:e-?mail|mail|message)|spam (?:message|mail|content|score|detected|found|filter|blocked|rejected|rejection|e-?mail|signature|is not|reject|engine|check|probability|threshold|level|identified|suspected|pattern|assassin)|(?:identified|classified|detected|rejected|considered|marked|tagged|blocked|flagged|categori[sz]ed|suspected|refused|seen|treated|recogni[sz]ed|regarded|reported|looks?|appears?|score)(?: (?:as|to be|like|by|because|for|due to|being|of|it|is|the|probable|likely|possible|possibly|a|an|our|too|high|content|was|mail)){0,4} (?:spam\\w{0,8}|junk|phishing)|spamassassin|spam-like|anti-?spam|looks like (?:spam|phish)|high(?:ly)? (?:spam|probability of spam)|blacklisted url|uribl|surbl|\\bdcc\\b|dspam|spam & virus|spam or virus|suspected spam|bulk e-?mail filter|not accept spam|spam not|no spam',
	},
	{
		reason: 'spam-detected',
		weight: 8,
		line: '550 5.7.1 message content rejected',
		match: '^message content rejected',
	},
	{
		reason: 'spam-detected',
		weight: 9,
		line: '550-5.7.1 [192.0.2.1] Our system has detected that this message is likely unsolicited mail.',
		match:
			'likely unsolicited mail|blacklisted (?:url|link)|dt:spm|(?:blocked|rejected|refused|denied) (?:due to|because of|as|for) (?:spam|junk)(?!ming)|^e?-?mail blocked\\. spam|(?:refused|rejected|blocked)[:.] ?spam',
	},
	{
		reason: 'spam-detected',
		weight: 6,
		line: 'Our system has detected that this message is likely unsolicited mail. To reduce the amount of spam',
		match:
			'likely (?:unsolicited|spam|suspicious)|reduce the amount of spam|considered (?:unsolicited|spam|junk)|blocked (?:as|by) (?:our )?(?:spam|junk|bulk)|content (?:filter|scan)(?:ing|ner)? (?:reject|block)|message (?:content )?(?:looks|seems)|bayes|fingerprint|\\bspam\\b',
	},
	{
		reason: 'virus-detected',
		weight: 9,
		line: '550 5.7.0 Message rejected: contains a virus',
		match:
			'virus(?:es)?(?! (?:firewall|filter|gateway|checked|scanner (?:error|fail|timeout|unavailable)))|malware|infected|worm\\b|trojan (?:horse|found|detected)|eicar|malicious (?:content|software|code|attachment|file)|ウイルス|ウィルス|вирус|病毒|вредонос',
	},
	{
		reason: 'message-too-big',
		weight: 8,
		line: '552 5.3.4 Message size exceeds fixed limit',
		match:
			"(?:message|mail|e-?mail|body|header|content|data|attachment|msg|object|line|size)s?(?: (?:file|body|header|header size|data))? ?(?:size |length |limit )?(?:is |was |has |are |of \\S{1,12} (?:bytes )?)?(?:too (?:large|big|long|huge)|exceed(?:s|ed)?(?: \\S{1,16}){0,6} (?:limit|size|maximum|max\\w{0,4}|allowed|bytes|kb|mb)|larger than|bigger than|over (?:the )?(?:size|maximum|limit)|limit exceeded|exceeded(?! \\d{1,3} hops| message rate| (?:its |the )?(?:life|time|retry))|exceeds)|(?:maximum|max|exceeds?|exceeded|exceeding|over)(?: (?:the|allowed|permitted|server'?s?|fixed|administrative|allowable|your|our|its|a)){0,3} ?(?:message|mail|e-?mail|msg|file|data|inbound)?[- ]?(?:size|length) ?(?:limit|exceed)?|message length exceeds|size limit|too (?:large|big) (?:message|mail|for)|(?:message|mail) (?:is )?(?:over (?:the |its |our |\\d)|bigger|larger)|sizelimit|msg_?too_?(?:big|large)|exceeds size|exceeded storage allocation",
	},
	{
		reason: 'size-limit-exceeded',
		weight: 9,
		line: '552 5.2.3 Message size exceeds fixed maximum message size for this recipient',
		match:
			"(?:message|mail|size).{0,40}(?:exceeds|larger than|too (?:large|big)).{0,60}(?:for (?:this|the) (?:recipient|user|mailbox|account)|recipient's|user's|mailbox)|resolver\\.rst\\.(?:recip)?sizelimit|message length exceeds administrative limit",
	},
	{
		reason: 'size-limit-exceeded',
		weight: 7,
		line: '552 5.2.3 Message length exceeds administrative limit',
		match: '(?:size|length|large|big|long|exceed)',
		status: /^[45]\.2\.3$/,
	},
	{
		reason: 'message-too-big',
		weight: 7,
		line: '552 5.3.4 Message too long',
		match: '(?:size|length|large|big|long|exceed)',
		status: /^[45]\.3\.4$/,
	},
	{
		reason: 'not-rfc-compliant',
		weight: 9.5,
		line: '550-5.7.1 Messages with multiple addresses in From: header are not accepted.',
		match:
			"(?:not|non|violat\\w{0,5}|requires?|according to|required by|breaks)[- ](?:the )?rfc ?-?\\d{3,4}|rfc ?-?\\d{3,4}[- ](?:compli\\w{0,4}|violation|conform\\w{0,4}|section|requires?|states)|rfc-?ignorant|not (?:rfc|standards?)[- ]?(?:compli|conform)|multiple (?:addresses in from|from|to|subject|sender|message-id|date)|duplicate header|(?:missing|no|without|lacks?|invalid|bad|malformed|duplicate|multiple|illegal|more than one|empty|wrong) (?:a |an |the |valid )?(?:'?(?:from|to|date|message-id|subject|sender|resent-from|reply-to|mime-version|content-type|received)'?:?)(?: header| field| line){0,2}(?: is)? (?:header|field|given|line|missing)|header (?:error|is missing|syntax)|no resent-from|bare (?:lf|linefeed|newline|cr|line feed)|stray (?:cr|lf|newline)|8-?bit (?:data|character|in header)|non-?ascii|unescaped|line (?:too long|length)|(?:headers?|message) (?:is |are )?(?:malformed|missing|not valid|badly)|improper use of 8-bit|syntactically (?:invalid|incorrect) (?:header|address in header|message)|does not comply with required|(?:comply|compliance) with (?:required )?(?:standards|rfc)|invalid (?:header|mime|message format)|mime (?:error|violation|syntax)|mail loop.{0,5}header",
	},
	{
		reason: 'policy-rejected',
		weight: 9,
		line: '552-5.7.0 This message was blocked because its content presents a potential security issue.',
		match: 'its content presents a potential',
	},
	{
		reason: 'content-rejected',
		weight: 7,
		line: '554 5.6.0 Message content is not acceptable: attachment with prohibited file type',
		match:
			'(?:attach\\w{0,8}|file ?type|file name|filename|extension|content|executable|mime type|\\.exe|\\.zip|format|url|link|subject|charset|language|character set|header content|body)(?: \\S{1,20}){0,4} (?:is |are |was |not |has been |been |have been )?(?:not (?:allowed|acceptable|accepted|permitted|supported)|prohibited|forbidden|banned|blocked|rejected|refused|disallowed|denied|illegal|restricted|invalid|unacceptable|violat)|(?:prohibited|forbidden|banned|blocked|disallowed|illegal|unacceptable|restricted|rejected|dangerous|refuse[ds]?|denied|inappropriate|undesirable|prohibit|objectionable)(?: \\S{1,12})? (?:attach\\w{0,8}|file|content|extension|file ?type|url|link|subject|mime|charset|header|words?|phrase|body)|content (?:reject|error|not|refus|filter|block|conver|policy|restrict)|message content|conversion (?:required|not|fail)|improper mail header|header content',
	},
	{
		reason: 'policy-rejected',
		weight: 7,
		line: '550 Denied by policy',
		match:
			'(?:by|to|with|of|against|violates?|violation of|violated|due to|for|because of|under|per|local|site|security|company|mail|our|your|spam|message|administrative|delivery|system|network|content|corporate|usage|sending|email|organization)(?: (?:a|an|the|our|local|site|company|mail|e-?mail|security|message|administrative|content|spam|sender|organi[sz]ation|system|server|recipient|user|this|your|corporate|acceptable use|us(?:e|age)|delivery|network|dmarc)){0,4} (?:polic(?:y|ies)|prohibition)\\b|by (?:the |an? |your |our |local |system |mail |network ){0,3}administrat(?:or|ion)\\b|policy (?:violation|restrict|reject|reason|problem|refus|block|rule|prohibit|denied|error|check|filter)|prohibited by|administratively (?:denied|prohibited|rejected|blocked)|administrative prohibition|(?:message|mail|e-?mail|delivery|transaction)(?: was| is| has been)? ?(?:rejected|refused|denied|blocked|not allowed|not accepted|prohibited)(?: by| due| for| because)(?: \\S{1,12}){0,3} (?:security|rule|reasons|filter|rules)|(?:security|site|company|local|transport|mail flow) (?:polic|rule|restrict|guidelines)|rule imposed|not (?:allowed|permitted) (?:by|under|due)|rejected (?:by|due to|for) (?:rule|header|filter|policy|security)|mail (?:rule|contents? protect)|message refused|policy',
	},
	{
		reason: 'policy-rejected',
		weight: 6,
		line: '554 Denied [CS] [abc123] (Mode: normal)',
		match: '^denied \\[|envelope blocked|backscatter protection|possible abuse',
	},
	{
		reason: 'policy-rejected',
		weight: 4,
		line: '554 5.7.1 Message rejected',
		match:
			'(?:message|mail|e-?mail|transaction|delivery|data)(?: was| is| has been| content)? ?(?:rejected|refused|denied|blocked|not accepted|not allowed|declined|prohibited)|rejected(?: message| mail)|(?:denied|refused|rejected|blocked) (?:by|due|for)|not (?:allowed|accepted|permitted|authorized)|prohibited|forbidden',
	},
	{
		reason: 'spam-detected',
		weight: 9,
		line: '550 Message contains URL blacklisted by surbl',
		match: '(?:url|link|domain in (?:the )?(?:body|message))s?(?: is| are)? (?:blacklisted|listed|blocked)|surbl|uribl',
	},
	{
		reason: 'policy-rejected',
		weight: 7.5,
		line: '550 5.7.1 Your message violates our content policy',
		match: 'violat\\w{0,4} (?:\\S{1,20} ){0,4}polic',
	},
	{
		reason: 'spam-detected',
		weight: 9.5,
		line: '554 5.2.0 Message considered as spam or virus',
		match: 'spam (?:or|and|/|&) ?(?:a )?virus|spamassassin|spam[- ]?(?:filter|wall|trap|guard)(?!ed)',
	},
	{
		reason: 'content-rejected',
		weight: 8,
		line: '554 5.7.0 Reject, id=12345-06 - BANNED: .exe,.exe-ms',
		match:
			'\\bbanned: ?\\.?[a-z]|mail content denied|potentially (?:dangerous|harmful|executable)|(?:zip|archive|encrypted|password[- ]protected|macro)s?(?: \\S{1,16}){0,3} (?:which |that |are |is )?(?:not allowed|not accepted|prohibited|blocked|rejected|forbidden|refused|denied|banned)',
	},
	{
		reason: 'policy-rejected',
		weight: 9,
		line: '550 Rejected by Content Examination policy',
		match: 'content examination',
	},
	{
		reason: 'not-rfc-compliant',
		weight: 9,
		line: '451 See http://pobox.com/~djb/docs/smtplf.html.',
		match:
			'pobox\\.com|smtplf|bare (?:lf|cr)s?\\b|lone (?:cr|lf)|no (?:valid )?(?:from|date|to|message-id) (?:header|line|field)|rfc ?-?(?:822|2822|5322|2047|5321|821|2821)\\b(?:.{0,30}(?:compli|section|violat|conform|see))',
	},
	{
		reason: 'spam-detected',
		weight: 8,
		line: '554 5.7.1 Junk mail rejected',
		match:
			'(?:junk|bulk|phishing)(?: mail| message| e-?mail)? (?:rejected|refused|blocked|denied|detected|found|not accepted)',
	},
	{
		reason: 'content-rejected',
		weight: 9,
		line: '550 5.7.1 EXE attachments are not accepted here',
		match: '(?:attachments?|file ?types?) (?:is |are )?(?:not |never )(?:accepted|allowed|permitted|supported)',
	},
	{
		reason: 'not-rfc-compliant',
		weight: 9,
		line: '550 5.6.0 header line exceeds 998 characters (RFC 5322)',
		match: '(?:header )?line (?:length )?(?:exceeds?|longer|too long|over)',
	},
];
