import type { Rule } from './rule';

/** The domain, and where the address has gone: no such domain, a domain without mail, a mailbox that has moved. */
export const DOMAIN_RULES: readonly Rule[] = [
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
			"domain is not reachable|(?:domain|host) (?:has|had) no |domain (?:name )?(?:has )?(?:expired|lapsed|not registered|is not registered|invalid)|address couldn't be found.{0,40}domain|because the domain .{0,80}couldn't be found|not a valid domain",
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

	{
		reason: 'host-unknown',
		weight: 8.5,
		line: 'unable to route: no mail hosts for domain',
		match:
			"no (?:mail ?(?:hosts?|servers?|exchangers?)|smtp servers?|mx or (?:a|aaaa|address)|a or mx|such host|hosts?)(?: records?)? (?:for|found for|is known|known|defined for|available for|listed for|exists? for)|there (?:are|is) no (?:mail ?(?:servers?|hosts?|exchangers?)|mx|dns)|(?:no|any) mx(?: record| host)?s? or (?:a|aaaa|address)(?: record| entries)?s?|not a known (?:tcp/ip )?host|unknown (?:tcp/ip |smtp |mail |remote |internet )?(?:host|domain|server)\\b|domain lookup failed|no dns (?:entry|record|information)s? (?:for|found)|(?:domain(?: name)?|host(?: name)?) (?:of|in|portion|part|for) (?:\\S{1,12} ){1,5}(?:could|can|was|does|is|did)(?:n't| ?not)(?: be)? (?:found|exist|resolve|valid|known)|domain name of the address|(?:is|was) not (?:an? )?(?:existing|registered|known) (?:host|domain)|no (?:valid )?(?:ip address|a record|dns)|domain (?:is )?not (?:found|registered|known|in dns)|(?:host|domain) (?:name )?lookup (?:failed|failure|error): (?:no such|host not|domain not|nxdomain)|no route found to domain|dns hard error|nonexistent ?domain|noconnectorforaddresstype|nodata|null mx record and no|illegal host",
	},
	{
		reason: 'host-unknown',
		weight: 8.8,
		line: '550 5.4.310 DNS domain does not exist [Message=InfoDomainNonexistent]',
		match: 'infodomainnonexistent|dns domain [a-z0-9.-]{0,80} ?does not exist|nxdomain',
	},
	// A domain that takes no mail.
	{
		reason: 'no-mail-accepted',
		weight: 8,
		line: 'Domain example.com does not accept mail (nullMX)',
		match:
			"(?:domain|host|server|system|machine|site|it)(?: [a-z0-9.-]{1,80})? (?:does not|doesn't|do not|will not|never|cannot) (?:accept|receive|handle|process) (?:any )?(?:e-?)?mail(?! from| that| with| over)|(?<!sender address has )null ?mx|smtp protocol returned a permanent error|does not accept mail(?! from| that| with| over)|no smtp service$|indicated no smtp service|no (?:mx|valid mx)(?: or a)?(?: records?| hosts?)?(?: was| were)? (?:found|exist)|mx (?:record|host)s? (?:not found|does not exist)|has no (?:mx|mail exchangers?|valid mail)|server does not accept mail|no mail accepted|host (?:is )?not accepting (?:mail|messages)|mail (?:service )?(?:is )?not (?:accepted|available) (?:here|at this)|not accepting (?:any )?(?:mail|messages)(?: here| at this| for this domain)",
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
			'(?:has|have) (?:moved|relocated|changed (?:his|her|their|its|the)? ?(?:e-?mail|address))|user has moved|recipient no longer on server|mailbox (?:has )?moved|moved to (?:new|another|@)|address (?:has )?changed|new (?:e-?mail )?address is|is now @|please (?:use|try|forward|change)(?: to)?:? @|replaced by (?:the )?(?:following|new|address)|user not local; please try|not local[;,] please try|gone to a new',
	},
	{
		reason: 'has-moved',
		weight: 8,
		line: '550 This address has been changed to new@example.com',
		match:
			'(?:address|mailbox|account|user)(?: @)? (?:has been|was|is|has) (?:now )?(?:changed|moved|relocated|transferred|migrated|replaced|superseded)(?: to| by|$|[.,;])|my new address|new e-?mail address|please update your (?:address ?book|records|contacts)|(?:forwarding|new) address(?: is)?:? @|neue (?:e-?mail-?)?adresse|nouvelle adresse|adresse a chang|nueva direcci[oó]n|nuovo indirizzo|novo endere[cç]o|новый адрес|アドレス(?:が|を)?変更|新しいアドレス',
	},
	{
		reason: 'no-mail-accepted',
		weight: 8,
		line: '550 This address does not receive mail: send-only domain',
		match:
			'send-?only|null-?mx|domain does not (?:accept|receive|handle|use) (?:any )?(?:e-?)?mail|does not (?:receive|accept) (?:any |inbound |incoming |internet )?(?:e-?)?mail(?! from| that| with| over)|not a mail (?:server|host|domain)',
	},
];
