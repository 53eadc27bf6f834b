import type { Rule } from './rule';

/** The way and the systems on it: expiry, network, DNS, relaying, security, system and program failures. */
export const ROUTE_RULES: readonly Rule[] = [
	{
		reason: 'delivery-expired',
		weight: 5,
		line: 'retry timeout exceeded',
		match:
			"(?:retry|delivery|queue|message|retries|delivery time|time)(?: time)?(?:out| limit| period| lifetime)? (?:was |has |has been |been )?(?:exceeded|expired|not reached|too long)|(?:envelope|message|mail|delivery|queue|it|time)(?: \\S{1,12})? (?:has )?expired|in the queue too long|(?:been|stayed|remained|was) (?:in|on) (?:the|our|my) (?:mail )?queue (?:for )?(?:too|more|over|\\d)|queue(?:d)? (?:too long|lifetime|time exceed)|not (?:been )?delivered (?:within|after|for|in) |(?:could|can|was|been|has)(?: not|n't|not) (?:be |been |yet been )?(?:delivered|sent|deliver|reach\\w{0,3}|send)(?: \\S{1,12}){0,8} (?:for|within|after|in) (?:the (?:last|past) )?(?:more than )?\\d{1,4}(?:\\.\\d)? ?(?:hours?|days?|minutes?|attempts?|h\\b|d\\b|times|tries|weeks?)|(?:after|for|within) (?:more than )?\\d{1,4}(?:\\.\\d)? ?(?:hours?|hour\\(s\\)|days?|minutes?|delivery attempts|attempts|retries|tries)|giving up after|delivery (?:attempts? )?(?:timed? out|time-?out|time expired)|(?:too many|maximum|max|exceeded)(?: \\S{1,12}){0,3} (?:retries|attempts|delivery attempts|tries|retry)|failed \\d{1,4} (?:attempts|times)|still (?:being )?(?:retried|trying|undelivered)|will (?:be|keep|continue)(?: to)? (?:retr|try)|delivery (?:is |has been |was )?delayed|warning message only|you do not need to resend|message (?:is |has been )?(?:delayed|deferred)|unable to deliver (?:message )?(?:after|for|within|in)|given up|for the last \\d{1,9} (?:seconds|minutes|hours)|retry (?:limit|count)|delay(?:ed)? (?:for|by|more)",
	},
	{
		reason: 'delivery-expired',
		weight: 5,
		line: 'connect to 6jo.example.jp[192.0.2.79]:25: Connection timed out',
		match:
			"connection (?:timed|was timed|has timed|time) ?-?out|(?:timed|time)[- ]?out (?:while|waiting|during|connecting|trying|after|on|for|occurred|error|in|when|sending|receiving|exceeded|reading)|operation timed out|(?:remote |destination |recipient )?(?:host|server|mail server|system|mx)(?: \\S{1,80})? (?:is |was |did |does |has |are )?(?:not respond\\w{0,4}|not reachable|unreachable|down|not answering|unavailable|n't respond\\w{0,4})|host not reachable|no response from|did not (?:respond|accept our requests to connect|reply|answer)|not (?:able to )?establish an smtp connection|wasn't able to establish|(?:unable|failed|could not|couldn't|cannot|can't|inability|not able) (?:to )?(?:connect|contact|reach|establish (?:a |an )?(?:smtp |tcp )?(?:connection|session)|open (?:a )?(?:connection|session))|connection (?:attempt )?(?:failed|lost|broken|interrupted|aborted|could not be)|unable to connect successfully|socket error|conversation with .{0,80} timed out|smtp (?:conversation|session|protocol) (?:failed|timeout|timed out)|host or network|could not be contacted|failed to connect|multiple retries|no answer from host",
	},
	{
		reason: 'network-error',
		weight: 7,
		line: 'Name service error for domain example.com: Host not found, try again',
		match:
			'lost connection|(?:name service|dns|mx|domain name|name server|nameserver|name resolution)(?: \\S{1,40}){0,4} (?:error|fail\\w{0,4}|timeout|timed out|problem|unavailable|unresolv|loop|misconfig)|host not found, try again|(?:dns|mx) (?:lookup|query|error|server|resolution)|malformed or unexpected name server reply|name server: \\S{1,80}: host name lookup failure|host name lookup failure|temporary (?:dns|name|lookup|resolution|failure in name)|could not resolve|unresolved|mail for \\S{1,80} loops back to myself|loops? back to (?:myself|itself|me)|mail(?: is)? loop(?:ing|s)?|(?:routing|mail|message|delivery|forwarding|local|configuration) loop|loop (?:detected|found|count|detection)|looping|too many hops|hop ?count|hops? exceeded|too many received|maximum hop|local configuration error: .{0,20}loop|no route to host|network (?:is )?(?:unreachable|error|problem|down|failure|subsystem)|network error|(?:host|destination|network) (?:is )?unreachable|no path|connection (?:reset|dropped|refused by|closed|was (?:closed|dropped|reset|refused|lost))|(?:remote|peer) (?:host )?(?:closed|dropped|reset)|bad connection|points? back (?:to|at)|all (?:hosts|mx|servers|relevant mx) .{0,60}(?:fail(?!ing for a long)|unreach|unavail|down)|no (?:host|hosts|server|route) (?:found|available|reachable)|all (?:of the )?(?:hosts|mail servers|servers)|invalid mx|lowest numbered mx|mail server(?:s)? (?:is|are)? ?(?:unreachable|down)|fatal dns',
	},
	{
		reason: 'relay-denied',
		weight: 8,
		line: '554 5.7.1 <user@example.org>: Relay access denied',
		match:
			"relay(?:ing|s)?(?: (?:access|mail|is|was|of|to|from|this|not|for|via|through|message|operation|your|server|\\S{1,60})){0,4}:? ?(?:denied|not (?:allowed|permitted|authorized|authorised|supported|enabled|accepted)|prohibited|refused|rejected|forbidden|disallowed|disabled|restrict|deny)|(?:not|n't|no|cannot|unable to|will not|won't|do not|don't|refus\\w{0,3} to|denied|without|insecure mail|unauthorized|unauthorised|denied:? ) ?(?:permitted |allowed |authorized |authorised |able |accept |a |an |to |open |mail |be |our |we ){0,4}relay(?:ing|ed|s)?\\b|relay (?:operation rejected|not permitted|access)|not (?:a |an )?(?:gateway|local (?:domain|host)|relay)|(?:isn't|is not|not) in my list of allowed rcpthosts|not (?:hosted|handled|served|local|our|accepted) (?:here|domain|by this|on this)|domain (?:is )?not (?:local|hosted|served|handled|configured|accepted|in)|(?:we|i|server|host) (?:do(?:es)? not|don't|doesn't|won't|am not|are not) (?:relay|handle|accept|serve|host|configured to|responsible)(?: mail)?(?: for)?|authentication (?:is )?required for relay|please authenticate|this is not an open|that domain isn't|unauthenticated relay|unable to relay|not configured to relay|relay not|mail server (?:is )?not responsible|third[- ]party|insecure mail relay|not (?:the )?final destination",
	},
	{
		reason: 'starttls-failed',
		weight: 8,
		line: 'TLS is required, but was not offered by host mx.example.com',
		match:
			'(?:start)?tls(?: \\S{1,20}){0,3} (?:fail\\w{0,4}|not (?:available|offered|supported)|error|required, but|negotiat|handshake|but was not|cannot|could not|untrusted|unable)|(?:cannot|could not|unable to|fail\\w{0,4} to) (?:start|negotiate|establish|initialize) (?:a )?(?:tls|ssl|secure)|server certificate|certificate (?:verif|not|invalid|expired|untrusted|has)|cannot start tls|mta-sts|\\bdane\\b|tlsa|ssl handshake',
	},
	{
		reason: 'security-refused',
		weight: 9,
		line: '550 Unauthenticated senders not allowed',
		match: 'unauthenticated senders? not allowed|unauthenticated (?:user|client|connection|session)',
	},
	{
		reason: 'security-refused',
		weight: 7,
		line: '530 5.7.0 Must issue a STARTTLS command first',
		match:
			'must (?:issue|use|send) (?:a |an )?(?:starttls|tls|ssl)|(?:starttls|tls|ssl|encryption|secure (?:connection|channel)) (?:is )?(?:required|needed|mandatory|necessary)|requires? (?:tls|encryption|starttls|ssl)|authentication (?:is )?(?:required|failed|failure|needed|unsuccessful|credentials|not enabled|mechanism|aborted|error|invalid|disabled)|(?:auth|login|smtp auth\\w{0,10}|password|credentials|username and password)(?: \\S{1,16}){0,3} (?:fail\\w{0,4}|required|invalid|rejected|incorrect|not accepted|error|denied|first|wrong)|must (?:be )?(?:authenticate|authenticated|log ?in|auth)|not (?:logged in|authenticated)|(?:bad|invalid|wrong|incorrect) (?:username|credentials|login|password|user ?name or password)|unauthenticated (?:senders?|users?|connection|client|session)|codesigning|security (?:problem|violation|reason|fail|risk|check|threat|error|breach|concern)|insecure|account (?:is )?subject to|not authori[sz]ed(?! to (?:send|relay|mail))|unauthori[sz]ed|access (?:not allowed|forbidden)|crypto|digital signature',
	},
	{
		reason: 'system-full',
		weight: 8,
		line: '452 4.3.1 Insufficient system storage',
		match:
			'(?:insufficient|not enough|no|low|out of|lack of|little) (?:system|disk|server|free|queue|available)? ?(?:storage|disk space|disk|space(?: left)? on (?:device|disk)|system resources|space for (?:message|queue)|memory)|disk (?:is )?full|file ?system (?:is )?full|no space left on (?:device|disk)|system full|mail system full|queue (?:is )?full|spool full',
	},
	{
		reason: 'mailer-error',
		weight: 7,
		line: 'pipe to |/usr/local/neko/bin/cat user@example.com generated by user@example.com',
		match:
			"(?:^|[\\s\"(])pipe to \\||\\|? ?/(?:usr|bin|home|opt|etc|var)/[^ ]{1,120}(?: .{0,60})? ?(?:error|fail|exit|returned|not found|status|generated)|(?:command|process|program|child|mailer|transport|script|shell|procmail|vdelivermail|local mailer|maildrop|filter|agent|deliver)(?: \\S{1,20}){0,3} (?:fail\\w{0,4}|died|exit(?:ed)?|returned|error|crashed|output|terminated|status|killed|abort\\w{0,3})|child (?:status|process|crashed)|(?:exit|exited|return|returned)(?: with)? (?:status|code|value) \\d|x-unix; \\d{1,3}|can(?:not|'t) (?:execute|exec|create (?:user )?output|open output|fork)|mailer (?:error|failure|died|problem)|unable to (?:execute|run|fork|deliver locally)|system error code|local delivery (?:failed|error)|aliasing/forwarding|forwarding file|\\.forward|vacation|procmail|failed to (?:open|read|execute|run) |exec(?:vp|ute)? (?:fail|error)|unix; \\d|command died|an error in the (?:recipient|user)'s (?:filter|rule)|uid \\d|data format error|internal software error",
	},
	{
		reason: 'system-error',
		weight: 6,
		line: '554 Transaction failed',
		match:
			'transaction (?:has )?failed|system (?!not accepting network)(?:config\\w{0,8}|error|problem|fail\\w{0,4}|malfunction|unavailable|resource|is (?:down|busy|unavail\\w{0,6}))|(?:local|internal|server|software|unexpected|undocumented|unknown|general|fatal|serious|processing|technical|critical|generic|database|i/o|io|queue file|lookup|ldap|mailserver)(?: (?:server|system|local|configuration|processing|software|internal|mail|lookup|recipient))? (?:error|fail\\w{0,4}|exception|problem|malfunction|trouble)|error (?:in|while|during|on|occurred) (?:processing|deliver|process|server|local)|(?:mis)?config(?:uration)? (?:error|problem)|misconfigur|(?<!4.7.500 )server (?:is )?(?:busy|unavailable|down|not available|too busy|error|shutting|out of|overload\\w{0,2})|temporar(?:y|ily) (?:unavailable|problem|error|lookup|local|system)|cannot (?:open|write|create|allocate|append|lock|access|update|process|chdir|read)|could not (?:open|write|create|lock|process|complete|be processed)|resources? (?:temporarily )?(?:unavailable|not available|limit)|permission denied|read-only|stale nfs|interrupted system|out of memory|local error|local problem|not responding to|mapi|storedrv|transport\\.|resolver|unable to (?:process|complete|store|open|accept|create|lock|verify)|(?:mail|message) (?:system|service|server) (?:problem|error)|other mail system|error in processing|local policy config|duplicated message-id|operation (?:not|failed)|insufficient (?:resources|privilege|access)|access to file|not a directory|no such file',
	},
	{
		reason: 'system-error',
		weight: 2.5,
		line: '554 5.0.0 Service unavailable',
		match:
			'service (?:is )?(?:currently |temporarily )?(?:unavailable|not available)|requested action (?:aborted|not taken)',
	},
	{
		reason: 'delivery-expired',
		weight: 3,
		line: '421 Deferred: connection timed out',
		match: '^deferred|deferred: |\\btimed? ?out',
	},
	{
		reason: 'on-hold',
		weight: 9,
		line: '450 4.2.0 <foo@example.com>: Recipient address rejected: Greylisted, see http://postgrey.schweikert.ch/',
		match: 'gr[ae]y-?list',
	},
	{ reason: 'on-hold', weight: 5, line: '451 4.7.1 Try again later', match: '^(?:please )?try again later' },
	{
		reason: 'on-hold',
		weight: 3.5,
		line: '450 4.0.0 Temporary failure',
		match: 'temporary failure|transient failure|try (?:again )?later|temporarily (?:deferred|rejected)',
	},
	{
		reason: 'system-error',
		weight: 7,
		line: 'Unable to contact LDAP server. (#4.4.3)',
		match: '(?:contact|connect to|reach|query) (?:the )?(?:ldap|database|sql|directory)',
	},
	{
		reason: 'mailer-error',
		weight: 10,
		line: 'procmail: Couldn\'t create "/var/spool/mail/neko"',
		match: '(?:^|; )procmail: (?!quota)|^x-unix; \\d{1,3}$',
	},
	{ reason: 'mailer-error', weight: 6.5, line: 'x-unix; temporary failure', match: '^x-unix; ' },
	{
		reason: 'on-hold',
		weight: 3,
		line: '550 5.0.0 <user@example.jp>: Recipient address rejected: On hold.',
		match: '(?:^|: )on hold',
	},
	{
		reason: 'security-refused',
		weight: 5,
		line: '550 5.7.1 <id@email-bounces.amazonses.com>... Access denied',
		match: 'access denied',
	},
	{
		reason: 'system-error',
		weight: 9,
		line: 'Unable to deliver message after multiple retries, giving up.',
		match: 'unable to deliver message after multiple retries',
	},
	{
		reason: 'syntax-error',
		weight: 6,
		line: '500 5.5.1 Command unrecognized',
		match:
			'(?:command|verb|parameter|argument|syntax|sequence)(?: \\S{1,16}){0,3} (?:unrecogni[sz]ed|unknown|not (?:recogni[sz]ed|implemented|supported|understood)|error|invalid|out of sequence)|(?:bad|unrecogni[sz]ed|invalid|unknown|unsupported|unexpected|improper|illegal) (?:command|sequence|parameter|smtp command|argument|syntax|verb|option|protocol)|syntax error|protocol (?:error|violation|version)|(?<!temporarily )out of order|nested mail command|need (?:mail|rcpt|helo|ehlo)|polite people say|5\\.5\\.[14] ',
	},
	{
		reason: 'sender-suppressed',
		weight: 9,
		line: 'Amazon SES has suppressed sending to this address because it has a recent history of bouncing as an invalid address',
		match:
			'suppress(?:ed|ion)|has suppressed sending|suppression list|previously (?:bounced|unsubscribed|reported|marked|failed)|recent history of bounc|unsubscribed address|inactive recipient|bounced address|not delivering to previously|recipient has (?:opted|unsubscribed)',
	},
	{
		reason: 'network-error',
		weight: 8,
		line: 'CNAME lookup failed temporarily. (#4.4.3)',
		match: '(?:cname|mx|dns|a record) lookup fail',
	},
	{
		reason: 'starttls-failed',
		weight: 8,
		line: '454 4.7.1 TLS certificate verification failed',
		match: 'certificate verification fail',
	},
	{
		reason: 'network-error',
		weight: 7.5,
		line: 'connect to mx.example.com[192.0.2.1]:25: Connection refused',
		match:
			'connection (?:was |has been |is )?(?:actively )?refused(?! (?:due|because|for|by|from)|\\. your)|refused (?:the )?connection|10061|econnrefused|econnreset|enetunreach|ehostunreach|dns (?:timeout|timed out|servfail|time-?out)|servfail|temporary (?:dns|resolver|resolution)',
	},
	{
		reason: 'network-error',
		weight: 9,
		line: '553 5.3.5 system config error: mail loops back to me (MX problem?)',
		match:
			'loops? back to (?:me|myself|itself|us)|exceeded \\d{1,3} hops|message loop|routing loop|forwarding loop|mail loop|bounce between (?:two )?servers|mail is looping|message is looping|already has my delivered-to|hop count|too many hops|too many .{0,10}received.{0,10}headers|message depth exceeded|best-preference mx',
	},
	{
		reason: 'network-error',
		weight: 8.6,
		line: 'Host or domain name not found. Name service error for name=example.com type=MX: Host not found, try again',
		match:
			'host not found, try again|name service error .{0,80}(?:try again|timed? ?out|server failure|malformed|servfail)|(?:host|domain)(?: or domain name)? lookup (?:failed|failure|error)(?!: (?:no such|host not|nxdomain))(?: temporar\\w{2,3})?|look ?up .{0,40}(?:timeout|timed out)',
	},
	{
		reason: 'delivery-expired',
		weight: 8,
		line: "all hosts for 'example.com' have been failing for a long time (and retry time not reached)",
		match:
			'failing for a long time|retry time not reached|long failure period|retry timeout exceeded|(?:max(?:imum)?|all|the) (?:number of )?(?:\\S{1,10} )?(?:retries|attempts|delivery attempts|retry (?:time|period|count|limit))(?: \\S{1,10}){0,2} (?:reached|exceeded|exhausted|expired|elapsed|failed)|max(?:imum)? time without delivery|message too old|delivery time expired|queue\\.expired|message (?:has )?(?:expired|timed out)|(?:delivery|message|retry|queue) (?:attempts? )?(?:has |have |time |period )?expired|in the queue (?:for )?(?:too long|\\d)|queued too long|will not retry|giv(?:e|ing|en) up (?:after|on|trying)|not going to try again|10060',
	},
	{
		reason: 'relay-denied',
		weight: 9,
		line: '550 5.7.1 <user@example.com>... Relaying denied. Proper authentication required.',
		match:
			"relay(?:ing)?(?: access| attempt| operation| request)? (?:denied|not (?:permitted|allowed|authori[sz]ed)|prohibited|rejected|refused)|(?:not|n't|unable to|cannot|never|refuse to|no) (?:\\S{1,12} ){0,2}relay(?:ing)?\\b|(?:relay|relaying) (?:mail )?(?:to|for|from) .{1,60}? (?:is )?(?:not (?:allowed|permitted)|denied|prohibited|refused)|use me .{0,60}as a relay|(?:authenticat\\w{1,4}|authori[sz]ation|log ?in|credentials)(?: is)?(?: required)? (?:for|before|to|when) (?:\\S{1,12} ){0,4}(?:relay(?:ing)?|non-local)|non-local (?:e-?mail|address|recipient|domain|mail)|cannot deliver mail for|not (?:configured|authori[sz]ed|allowed|permitted) to relay|not a gateway|relay (?:to|for) (?:that|this) domain",
	},
	{
		reason: 'starttls-failed',
		weight: 9.3,
		line: '450 4.7.321 starttls-not-supported: Destination mail server must support TLS to receive mail.',
		match:
			'starttls-not-supported|certificate-(?:expired|host-mismatch|not-trusted)|tlsa-invalid|dnssec-invalid|must support tls|tls required for|tls (?:session|connection|encryption)(?: is)? (?:required|needed)(?: for|,| by| but)|did not offer (?:start)?tls|ssl_connect error|(?:ssl|tls)(?:_\\w{1,10})? (?:error|alert|failure|library problem)|no (?:shared cipher|matching cipher)|unsupported protocol version|dnssec',
	},
	{
		reason: 'system-error',
		weight: 7,
		line: '451 4.7.1 Sorry, the service is currently unavailable. Please come back later.',
		match:
			"service (?:is )?(?:currently |temporarily )?(?:unavailable|not available|refused|down)[.,!]? (?:please )?(?:come back|try(?: again)?|retry|later)|mail transport (?:is )?(?:unavailable|error)|unknown mail transport|(?:unable to|cannot|can't|could not) (?:chdir|stat|switch|open|lock|rename|append|access|read|write|create|get)(?: to)? (?:\\S{1,12} ){0,2}(?:maildir|mailbox|home directory|directory|file|spool|folder|queue|database|temp\\w{0,5})|resources? temporarily|server (?:configuration|is misconfigured)|incorrectly configured|shutting down|under maintenance|maintenance",
	},
	{
		reason: 'mailer-error',
		weight: 8.5,
		line: 'Uh-oh: first line of .qmail file is blank. (#4.2.1)',
		match:
			'\\.qmail|uh-oh|home directory is (?:sticky|writable)|\\.forward|(?:delivery|deliver) agent (?:failed|error|exit\\w{0,2})|failed with exit|child process of .{0,40}(?:returned|failed|crashed)|local delivery failed',
	},
	{
		reason: 'sender-suppressed',
		weight: 9.5,
		line: '607 Not delivering to a user who marked your messages as spam',
		match:
			'^60[5-7] |not delivering to (?:a |previously |an )|address suppressed|on (?:the|our|your|a) suppression list|marked as inactive|blackholed',
	},
	{
		reason: 'on-hold',
		weight: 9,
		line: '450 4.1.1 <user@example.com>: Recipient address rejected: unverified address: Address verification in progress',
		match: 'verification in progress|first[- ]time sender',
	},
	{
		reason: 'syntax-error',
		weight: 9,
		line: '504 <foo>: Recipient address rejected: need fully-qualified address',
		match: 'need fully[- ]qualified address|command pipelining|unauthorized pipelining',
	},
];
