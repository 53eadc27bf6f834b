import type { Rule } from './rule';

/**
 * The same things in a site's own words: postmasters write their own refusals, in sentences no mail system ships.
 * Wider than the tables of known phrases and lighter, so that a known phrase decides where there is one.
 */
export const PLAIN_RULES: readonly Rule[] = [
	{
		reason: 'user-unknown',
		weight: 4.9,
		line: '550 There is nobody called jo at this site',
		match:
			"(?:nobody|no ?one|no (?:person|man|woman|human)) (?:\\S{1,12} ){0,2}?(?:called|named|known|of|by|with|under)\\b|(?:recipient|user|address|mailbox|alias|name) (?:lookup|search|query) (?:returned|gave|found|yielded) (?:no|nothing|zero|0)|never heard of|(?:mailbox|user|address|recipient|account) (?:is not|isn't|was not|no longer) (?:\\S{1,12} )?(?:hosted|kept|served|housed) (?:here|by us|any)|(?:recipient|user|address|mailbox|account) (?:is )?not in (?:\\S{1,12} )?(?:database|directory|list|system)",
	},
	{
		reason: 'mailbox-full',
		weight: 9.2,
		line: '552 Mail for jo is not accepted: the inbox holds too many messages',
		match:
			'(?:mail ?box|in ?box|mail ?drop|mail ?folder|maildir|mail ?store) (?:already |now )?(?:holds|contains|has|stores|keeps) too (?:many|much) (?:messages|mails?|e-?mails?)|(?:mail ?box|in ?box|mail ?store) (?:would|will) (?:go|be|run) (?:over|beyond|past)|(?:empty|clean (?:up|out)|clear) (?:the |his |her |their )?(?:mail ?box|in ?box)',
	},
	{
		reason: 'mailbox-disabled',
		weight: 7.3,
		line: '550 This account was switched off by the administrator',
		match:
			'(?:account|mailbox|user|address|subscription|delivery to this mailbox)(?: @)? (?:is|was|were|has been|have been|has|currently|being) (?:\\S{1,12} )?(?:(?:switched|turned|shut|taken) (?:off|down|offline|out of)|parked|shelved|decommissioned|in quarantine)|(?:cancell?ed|ended|terminated|quit) (?:the |his |her |their )?(?:contract|subscription|account|service|membership)|withdrawn from (?:service|use)|subscription (?:has |is |was )?(?:ended|lapsed|over|run out|expired|terminated)|(?:user|account|mailbox|recipient) (?:is )?(?:no longer|not currently) (?:permitted|allowed|entitled|able) to receive',
	},
	{
		reason: 'blocked',
		weight: 7.4,
		line: '550 No mail is accepted from your country',
		match:
			'no (?:e-?mails?|mails?|messages?|connections?|traffic) (?:is |are |will be )?(?:accepted|taken|allowed|wanted|welcome|permitted) from (?:your|this|that|these|any|dynamic|dial|residential|cloud)|(?:your|this|the|source|cloud|dynamic|sending) (?:\\S{1,12} )?(?:network|provider|isp|country|(?:ip |address )?ranges?|subnet|netblock)s? … ?(?:{refuse}|listed|banned|closed|prohibited|forbidden|shut out)|(?:server|host|network|ip) (?:is |was |has been )?(?:temporarily |permanently )?barred|\\bips?(?: address(?:es)?)? … ?(?:has |have )?(?:sent|sends|sending|sources?) (?:\\S{1,12} )?spam|hit (?:our |a )?spam ?traps?',
	},
	{
		reason: 'bad-reputation',
		weight: 8.2,
		line: '421 Too many complaints about mail from your address range',
		match:
			"(?:many|several|numerous|excessive|high) (?:\\S{1,12} )?complaints|complaints? (?:about|against|level)|(?:poor|bad|no|low|negative) (?:sending |mail )?(?:history|standing)|(?:sender|trust|confidence)(?:'s)? (?:\\S{1,8} )?(?:level|score|rating) (?:is |was )?(?:too )?(?:low|insufficient|bad|poor)|newly[- ](?:registered|created|observed|seen)|(?:domain|host|sender) (?:was |is |has been )?(?:registered|created|first seen) (?:only |just )?(?:recently|a few|\\d{1,3} (?:days|hours))|domain (?:is )?too (?:new|young)",
	},
	{
		reason: 'reverse-dns-required',
		weight: 8,
		line: '450 4.7.1 Name of your host does not match its address',
		match:
			"name of (?:your|the) (?:host|server|machine) … ?(?:not match|n't match|mismatch)|(?:host ?name|server name) (?:\\S{1,12} ){0,2}?(?:does not|doesn't|not) match|names? and (?:ip )?address(?:es)? do not match|no (?:host ?name|name) (?:is |was )?(?:assigned|known|registered|found|set|configured) (?:to|for) (?:your|the|this)",
	},
	{
		reason: 'authentication-failed',
		weight: 9,
		line: '550 From domain alignment failed',
		match: '(?:domain|identifier|from|header) alignment|(?:not|un)[- ]?aligned|alignment (?:failed|failure|required)',
	},
	{
		reason: 'relay-denied',
		weight: 9,
		line: '550 We are not the mail exchanger of that domain',
		match:
			"(?:not|n't) (?:the |a |an )?(?:mail exchanger|mx|mail ?host|mail server) (?:of|for)\\b|(?:does not|doesn't|do not|don't|not) (?:handle|serve|process|host) (?:any )?(?:e-?)?mail (?:for|of)\\b|(?:log ?in|authenticate|sign in) (?:\\S{1,12} ){0,3}?before (?:relaying|(?:sending|mailing) (?:\\S{1,12} )?to (?:other|outside|external|foreign|remote))|(?<!user|@|recipient|address) (?:is |are )?not (?:one of|among) (?:our|the|my) (?:\\S{1,12} )?domains?\\b|not (?:pass|go|be sent|travel) through this (?:gateway|server|relay|host|system)|not send (?:e-?)?mail (?:through|via|using|over) (?:this|our)",
	},
	{
		reason: 'spam-detected',
		weight: 8,
		line: '550 5.7.1 Rejected by Rspamd: score 17.2',
		match:
			'\\brspamd\\b|\\bpyzor\\b|\\brazor2?\\b|bogofilter|(?:resembles?|similar to|reads like|taken for|think this is|believe this is) (?:\\S{1,12} ){0,2}?(?:junk|spam|bulk|an? advert)|(?:bulk|unwanted|commercial|unsolicited) (?:\\S{1,12} )?advert\\w{0,8}|\\badvertis(?:ing|ements?) (?:mail|message|e-?mail)|known for phishing|(?:links?|urls?|site) … ?phishing',
	},
	{
		reason: 'content-rejected',
		weight: 7.2,
		line: '550 Messages in HTML only are refused',
		match:
			"(?:messages?|mails?) in html|html[- ](?:only|mail|messages?|e-?mails?|formatted)|plain[- ]text (?:only|mail|messages?)|(?:executables?|programs?|scripts?|zip|archives?|macros?)(?: files?)? … ?(?:not|never|n't) (?:be )?(?:mailed|sent|accepted|let (?:through|in)|delivered|received|taken|pass)|attachments? … ?(?:cannot|can not|can't|must not|may not|will not|never) be (?:sent|accepted|delivered|received)",
	},
	{
		reason: 'not-rfc-compliant',
		weight: 9,
		line: '550 5.6.0 The To header cannot be parsed',
		match:
			"(?:headers?|fields?|message|date|from|to) (?:line )?(?:cannot|can not|can't|could not|couldn't) be (?:parsed|understood|interpreted)|unparse?able (?:headers?|from|to|date|address)|missing (?:from|date|to|message-id|subject)$|more than one (?:from|date|subject|to|sender)\\b|bare <(?:lf|cr)>|\\bnul(?:l)? (?:byte|character|octet)s?",
	},
	{
		reason: 'rate-limited',
		weight: 8,
		line: '450 4.7.1 You send faster than we accept',
		match:
			'\\b(?:send|sending|sent|sends) (?:\\S{1,12} ){0,3}?(?:faster|slower|quicker|less often)|(?:reduce|lower|limit) (?:the |your )(?:\\S{1,12} )?(?:rate|speed|volume|frequency)|\\d{1,6} (?:messages|mails|e-?mails|recipients) (?:per|in|within|an|a|every|each) (?:\\d{1,3} )?(?:hour|minute|second|day)',
	},
	{
		reason: 'too-many-connections',
		weight: 8,
		line: '421 4.7.0 Only 5 connections at a time, please',
		match:
			'(?:only|just|more than|maximum of|limit of|up to) \\d{1,4} (?:\\S{1,12} )?(?:connections?|sessions?|recipients|rcpts)\\b(?! (?:per|in|within|an|a|every|each) (?:\\d|hour|minute|day))|(?:ports?|lines?|slots?|workers?|connections) (?:are |is )?(?:all )?(?:busy|in use|taken|occupied)|(?:connections?|sessions?|slots?) (?:\\S{1,12} ){0,4}?(?:are |is )(?:in use|taken|occupied|used up)',
	},
	{
		reason: 'network-error',
		weight: 8,
		line: 'Message has been through 30 servers and seems to go in circles',
		match:
			'in circles|connection … ?(?:broke|dropped|fell|was cut|cut) ?(?:off|out|down|short)?|(?:name ?servers?|dns servers?|dns) … ?(?:cannot|can not|could not|not) be (?:reached|contacted|queried)|(?:been|passed|gone|went|travell?ed) (?:through|over|via) (?:too many|\\d{1,3}) (?:\\S{1,12} )?(?:servers|hosts|hops|systems|relays|gateways)',
	},
	{
		reason: 'mailer-error',
		weight: 7,
		line: "Error in the user's sieve script: line 3",
		match:
			'(?:error|fault|bug|problem|failure) in (?:\\S{1,16} ){0,4}?(?:script|filter|rules?|sieve|alias(?:es)?|procmailrc)|(?:sieve|filter|mail) script (?:error|fail\\w{0,4}|abort\\w{0,3})',
	},
	{
		reason: 'sender-rejected',
		weight: 8.6,
		line: '550 5.1.8 the domain of your return address has no MX',
		match:
			'domain of (?:your|the) (?:return|sender|envelope|from|reply)|^your (?:e-?mail |return |sender )?address(?: @)? … ?(?:{absent}|not exist|unverified)|(?:must|may|can|do) ?not use (?:this|that|the|a|such an?) (?:\\S{1,12} )?(?:from|sender|return|e-?mail|envelope)[- ]?(?:address|domain|name)?',
	},
	{
		reason: 'recipient-filtered',
		weight: 7,
		line: '550 jo does not wish to get mail from you',
		match:
			"(?:not|n't) (?:wish|want|like|care|choose) to (?:get|receive|read|accept|have|hear)|(?:internal|known|registered|local|in-?house) (?:e-?mails?|mails?|messages?|senders?|users?) only|(?:takes?|accepts?|receives?) only (?:internal|known|registered|local|authenticated)|(?:not|n't) (?:among|one of) the (?:approved |allowed |known |accepted )?senders|from (?:my |their |his |her )?contacts only|(?:chosen|decided|opted|set up) to (?:only )?(?:receive|accept|get)|senders? (?:that |whom )?(?:this|the) (?:recipient|user|mailbox) (?:allows|accepts|trusts|knows)",
	},
	{
		reason: 'on-hold',
		weight: 5.5,
		line: '451 4.7.1 First delivery attempt deferred, try again in a while',
		match:
			'first (?:delivery )?attempt|(?:try|come back|retry|resend|return) (?:again )?(?:in|after) (?:a (?:while|few|moment|bit)|some|\\d{1,4} ?(?:minutes?|mins?|seconds?|secs?|hours?|s\\b|m\\b))',
		code: /^4/,
	},
	{
		reason: 'sender-suppressed',
		weight: 9,
		line: 'Recipient is on the do-not-send list of your account',
		match:
			'do[- ]not[- ](?:send|mail|e-?mail|contact) list|(?:address|recipient|user|contact|subscriber) (?:has |had |have )?(?:already |previously |once )?(?:complained|unsubscribed|opted[- ]out)',
	},
	{
		reason: 'starttls-failed',
		weight: 7.2,
		line: 'No encrypted session could be set up with mx.dest.example; TLS is mandatory for this domain',
		match:
			'(?:encrypted|secure|tls|ssl) (?:session|connection|channel) … ?(?:could|can) ?not|no (?:encrypted|secure) (?:session|connection|channel)',
	},
	{
		reason: 'virus-detected',
		weight: 7.4,
		line: '550 our scanner found a trojan in the message',
		match: '(?:found|detected|contains?|carries) (?:an? )?(?:trojan|worm|exploit|ransomware|backdoor|dropper)',
	},
];
