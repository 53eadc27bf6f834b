import type { Rule } from './rule';

/**
 * What is left when no phrase is known: a thing and what is said of it, near each other, in either order. Hints: they
 * outweigh nothing but a status that MTAs write by habit, and count only close to the refusal (decide.ts).
 */
export const LOOSE_RULES: readonly Rule[] = [
	{
		reason: 'user-unknown',
		weight: 4.2,
		line: "550 joe@example.org: Sorry, we don't know that name",
		match:
			'{who}s? … ?{absent}|{absent} … ?{who}|(?:@|name|nobody|no one) … ?{absent}|{absent} … ?(?:name|@)|no (?:\\S{1,12} )?(?:recipient|user|mailbox|account|person|one|body)\\b|(?:former|ex-?)[ -]?(?:employee|user|member|customer)|does not live here|(?<!client host |<@>: )recipient(?:s| address(?:es)?)? rejected(?!: (?:need|service|policy|access|on hold))|{who} … ?(?:unavailable|not available|closed and deleted)|unknown_|not in (?:the |our )?(?:recipient|address|user) (?:list|table|book)',
	},
	{
		reason: 'mailbox-full',
		weight: 4.6,
		line: '550 Mail quota for joe exhausted',
		match:
			'{box} … ?(?:\\bfull\\b|quota|capacity|free space|disk ?space|storage|exhausted|overflow\\w{0,3}|overloaded|allowance|over ?limit)|space left in … ?mailbox|(?:quota|storage|space|capacity|room) … ?(?:{box}|exhausted|(?:run|ran) out|exceed\\w{0,3}|reached|used up)|no free space',
	},
	{
		reason: 'mailbox-disabled',
		weight: 4.6,
		line: '550 joe@example.org has been disabled',
		match:
			'(?:{who}|@|domain [a-z0-9.-]{1,60}) … ?(?:suspended|disabled|deactivated|inactive|locked|frozen|dormant|archived|on hold|vacation hold|closed|barred|expired|non-?payment)|(?:suspended|disabled|deactivated|inactive|locked|frozen|dormant) … ?{who}',
	},
	{
		reason: 'host-unknown',
		weight: 4.6,
		line: "The recipient's domain name is not correct or does not exist",
		match:
			"(?:domain|host ?name|\\bhost|\\bmx|\\bdns|\\ba record|mail exchanger|destination (?:server|system|host)|site)s? … ?{absent}|{absent} … ?(?:domain|host ?name|\\bhost\\b|\\bmx\\b|\\bdns\\b|mail exchanger)|(?:domain|host)s? (?:[a-z0-9.-]{1,60} )?(?:could|can|was|is)(?: not|n't|not)(?: be)? (?:resolved|found|located)|domain name service|unresolvable (?:destination|address)",
	},
	{
		reason: 'no-mail-accepted',
		weight: 5.5,
		line: '521 5.2.1 This system accepts no mail',
		match:
			'(?:accepts?|receives?|takes?) no (?:e-?)?mail|(?:domain|host) … ?not to (?:receive|accept|take) (?:any )?(?:e-?)?mail|never (?:accepts?|receives?|takes?) (?:any )?(?:e-?)?mail',
	},
	{
		reason: 'has-moved',
		weight: 4.8,
		line: '550 Joe has left; write to jane@example.org instead',
		match:
			'(?:write|send|mail|contact|use|try|forward)(?: to| it to)? @ instead|has moved to|moved to @|chang\\w{1,3} (?:his|her|their|its|the) (?:e-?mail )?address',
	},
	{
		reason: 'relay-denied',
		weight: 4.8,
		line: '550 not accepting relays from 192.0.2.1',
		match:
			"\\brelay\\w{0,3}\\b|(?:domain|host)(?: [a-z0-9.-]{1,60})? (?:isn't|is not|not) (?:hosted|served|handled|local|accepted)|not (?:the )?(?:final )?destination for",
	},
	{
		reason: 'sender-rejected',
		weight: 4.7,
		line: '554 5.7.1 The sender of this mail is not accepted',
		match:
			'(?:\\bsender|mail ?from|envelope|\\bfrom (?:address|domain|field)|return[- ]path|originator|mail from) … ?(?:{refuse}|{absent}|banned|verif\\w{2,6}|must)|(?:{refuse}|{absent}|banned) … ?(?:sender|mail ?from|from address|originator)|(?:send|submit) (?:mail )?(?:as|on behalf of|from) (?:this|that|the|@)',
	},
	{
		reason: 'blocked',
		weight: 4.7,
		line: '554 mx.example.org ESMTP: connection not accepted from your network',
		match:
			'(?:\\bips?\\b|network|connections?|connecting|\\bsession|your (?:host|server|isp|country)|sending (?:host|server)|(?<![\\w.])\\d{1,3}\\.\\d{1,3}\\.\\d{1,3}\\.\\d{1,3}) … ?(?:{refuse}|listed|abuse|banned|prohibited)|(?:{refuse}|listed|banned) … ?(?:\\bips?\\b|your (?:network|host|server|isp|country)|(?<![\\w.])\\d{1,3}\\.\\d{1,3}\\.\\d{1,3}\\.\\d{1,3})|(?:for|of|due to) (?:past |repeated )?abuse|geo-?block|deny ?list|block ?list',
	},
	{
		reason: 'authentication-failed',
		weight: 7.5,
		line: '550 Sender policy: 192.0.2.1 not permitted to send for example.org',
		match:
			"sender policy(?! framework)|(?:not|n't) (?:permitted|allowed|authori[sz]ed) to send (?:mail )?(?:for|from|on behalf)|domain(?:'s)? (?:owner|policy) .{0,20}(?:reject|quarantine)",
	},
	{
		reason: 'rate-limited',
		weight: 4.8,
		line: '454 4.7.1 Over the daily allowance of messages',
		match:
			'(?:limit|rate|allowance|quota|number|volume|too (?:many|much|fast|often)|exceed\\w{0,3}) … ?(?:messages|mails|e-?mails|hour|minute|daily|per day)|(?:messages|mails|e-?mails|hourly|daily) … ?(?:limit|rate|allowance|too (?:many|much|fast|often))|slow(?:er| down)|rate (?:was |is |has been )?(?:exceeded|reached|limited|too high)',
	},
	{
		reason: 'message-too-big',
		weight: 4.7,
		line: '552 Your letter may not have more than 10 MB',
		match:
			'(?:letter|message|mail|attachment|content|body) … ?(?:\\d (?:mb|kb|megabytes|bytes)|\\d(?:mb|kb)\\b|oversi[sz]ed?|too (?:large|big|long)|larger|bigger)|oversi[sz]ed?',
	},
	{
		reason: 'content-rejected',
		weight: 7.2,
		line: '550 5.7.1 Attachments of type .js are blocked',
		match:
			'(?:attachments?|file ?types?|file ?names?|extensions?) … ?(?:{refuse}|forbidden|prohibited|banned|disallowed)|(?:{refuse}|forbidden|prohibited|banned|disallowed) … ?(?:attachments?|file|extensions?)',
	},
	{
		reason: 'not-rfc-compliant',
		weight: 7.2,
		line: '554 5.6.0 malformed header: two Subject lines',
		match:
			'malformed (?:header|message|mail|mime)|(?:headers?|mime|date|message-id|subject) … ?(?:malformed|missing|twice|duplicated?)|(?:two|several|duplicated?) (?:subject|from|date|to|message-id)|bare (?:carriage|line)|\\bnul\\b|nul (?:byte|character)s?',
	},
	{
		reason: 'delivery-expired',
		weight: 4.8,
		line: 'No answer from mail host within the retry period',
		match:
			"(?:no answer|no reply|no response|not answer|not respond\\w{0,3}|n't answer|n't respond) |(?:lifetime|life time|retry period|retries|attempts|time ?limit) … ?(?:queue|exceed\\w{0,3}|exhausted|expired|over|reached)|(?:exceeded|reached|over) … ?(?:lifetime|retry period|time ?limit)|expired|queued for \\d{3,9}|\\d{1,3} (?:days|hours|attempts)",
	},
	{
		reason: 'network-error',
		weight: 5.2,
		line: 'Remote server closed connection unexpectedly',
		match:
			'(?:closed|dropped|lost|broke|broken|reset|aborted|interrupted|terminated) … ?(?:connection|session|link|pipe)|(?:connection|session|link) … ?(?:closed|dropped|lost|broken|reset|aborted|interrupted|terminated)|broken pipe|loops? back|(?:network|routing|route|\\bdns|name ?server|resolver) … ?(?:error|fail\\w{0,4}|problem|trouble|timed? ?out|unreachable|broken)|mail loop',
	},
	{
		reason: 'system-error',
		weight: 5,
		line: '450 Server temporarily out of order',
		match:
			'(?:internal|server|system|software|database|ldap|directory|mail ?store|backend|configuration|processing) … ?(?:error|problem|fail\\w{0,4}|trouble|unavailable|overload\\w{0,2}|out of order|unreachable|down\\b|crash\\w{0,2}|broken|busy)|(?:error|problem|failure|trouble) … ?(?:internal|server|system|software|database|processing)|out of order|overload\\w{0,2}|(?:unexpected|internal) (?:condition|state|exception)',
	},
	{
		reason: 'system-error',
		weight: 8.5,
		line: '451 4.3.0 LDAP server unreachable',
		match:
			'(?:ldap|database|sql|directory|backend)(?: server| service)? … ?(?:unreachable|unavailable|down|timed? ?out|fail\\w{0,3}|error|not (?:answer|respond))',
	},
	{
		reason: 'system-full',
		weight: 8.5,
		line: '451 4.3.1 mail system storage exhausted',
		match:
			'(?:system|server|disk|queue|partition|file ?system)(?: disk| storage| space)? … ?(?:\\bfull\\b|exhausted|no space|out of (?:space|room))|(?:storage|space|disk) (?:left )?on (?:the |this )?(?:server|system|device|disk)',
	},
	{
		reason: 'recipient-filtered',
		weight: 4.9,
		line: "554 5.7.1 Sender not on this user's allow list",
		match:
			"(?:recipient|user|members?|list|group|addressee)(?:'s)? … ?(?:block\\w{0,3}|not want|n't want|only|allow ?list|white ?list|refus\\w{1,3}|declin\\w{1,3}|restrict\\w{0,3})|only (?:members|subscribers|authori[sz]ed|approved|internal)|allow ?list|white ?list",
	},
	{
		reason: 'starttls-failed',
		weight: 7.2,
		line: '550 5.7.10 Encryption needed: recipient domain enforces TLS',
		match:
			'enforces? (?:tls|encryption)|encryption (?:needed|required|mandatory)|(?:tls|ssl) (?:handshake|negotiation|version|cipher|session)|\\bciphers?\\b',
		status: /^[45]\.7\.10$|^[45]\.4\.8$/,
	},
	{
		reason: 'starttls-failed',
		weight: 4.6,
		line: 'smtp; the peer offers no TLS version we could use',
		match: '\\btls\\b|starttls|\\bssl\\b|certificate',
	},
	{
		reason: 'security-refused',
		weight: 4.6,
		line: '535 Your login was not accepted',
		match: '\\blogin\\b|password|credential\\w{0,1}|authenticat\\w{1,5}|authori[sz]ation',
	},
	{
		reason: 'mailer-error',
		weight: 4.6,
		line: '550 The filter program behind this address gave an error',
		match:
			'(?:program|script|filter|delivery agent|child|pipe) … ?(?:error|fail\\w{0,3}|crash\\w{0,2}|exit\\w{0,2}|status|returned)',
	},
	{
		reason: 'policy-rejected',
		weight: 3.4,
		line: '550 We refuse to take this',
		match: '\\brefus\\w{1,3}\\b|\\breject\\w{0,3}\\b|\\bblocked\\b|\\bdenied\\b|\\bdeclin\\w{1,3}\\b|not accepted',
	},
];
