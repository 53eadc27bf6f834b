import type { Rule } from './rule';

/** Sentences that large receivers and gateways document, and that a general row would read as something else. */
export const RECEIVER_RULES: readonly Rule[] = [
	// Gmail (support.google.com/a/answer/3726730): what bulk senders must do.
	{
		reason: 'security-refused',
		weight: 9.9,
		line: "421 4.7.29 Your email has been rate limited because it wasn't sent over a TLS connection.",
		match: "(?:not|n't) sent over (?:an? )?(?:tls|encrypted|secure)",
	},
	{
		reason: 'not-rfc-compliant',
		weight: 9.4,
		line: '550 5.7.1 Messages missing a valid Message-ID header are not accepted.',
		match:
			'(?:missing|without|lacks?|lacking|have no|has no|no) (?:an? )?(?:valid )?(?:message-id|date|from|to|subject|sender|mime-version)[ :]{1,2}(?:header|field)',
	},
	{
		reason: 'blocked',
		weight: 9,
		line: '421 4.7.0 IP not in whitelist for RCPT domain, closing connection',
		match: '\\bips?(?: address)? (?:is )?not (?:in|on) (?:\\S{1,12} ){0,2}?(?:white|allow) ?-?list',
	},
	// Exchange: 5.1.7 is about the sender.
	{
		reason: 'sender-rejected',
		weight: 9,
		line: '550 5.1.7 Invalid address - sender',
		match: 'invalid (?:e-?mail )?address(?:es)?\\b.{0,12}\\bsender',
	},
	// Mimecast ("Mimecast SMTP error codes").
	{
		reason: 'too-many-connections',
		weight: 8,
		line: '550 Exceeding outbound thread limit',
		match:
			'(?:exceed\\w{0,3}|reached|over) (?:\\S{1,12} ){0,3}?threads? limit|threads? limit (?:has been |was )?(?:exceeded|reached)',
	},
	// AT&T, and others that give an address to write to.
	{
		reason: 'blocked',
		weight: 8,
		line: '554 5.7.1 blocked. Forward this error to abuse_rbl@abuse-att.net',
		match: '^(?:\\S{1,60} )?blocked\\. (?:forward|send|report|contact|please|see|for)\\b',
	},
	// Cox ("Error Codes" of its postmaster page), Naver.
	{
		reason: 'rate-limited',
		weight: 8,
		line: '452 Message threshold exceeded',
		match: '(?:message|mail|rate|sending|volume|hourly|daily) threshold (?:was |has been |is )?(?:exceeded|reached)',
	},
	{
		reason: 'blocked',
		weight: 7.5,
		line: '421 Your IP is filtered',
		match:
			'(?:your|sender|sending|client) ips?(?: address)?(?: \\S{1,45})? (?:is |was |has been |are )?(?:filtered|restricted|suspended|limited by policy)',
	},
	// Tencent's Exmail: mail sent as if it were the answer to another.
	{
		reason: 'blocked',
		weight: 7,
		line: '550 Suspected bounce attacks',
		match: '(?:bounce|directory harvest|dictionary|harvest(?:ing)?|denial of service|\\bdos\\b) attacks?',
	},
	// Free and La Poste.
	{
		reason: 'rate-limited',
		weight: 9,
		line: '450 4.7.1 Trop de messages, veuillez ralentir',
		match: 'trop de (?:messages|mails|courriers|courriels|requ[eê]tes)|veuillez ralentir|d[eé]bit trop [eé]lev[eé]',
	},
	// The name a client greets with is about the client, whatever is wrong with it.
	{
		reason: 'blocked',
		weight: 8.8,
		line: '450 4.7.1 <mail.example>: Helo command rejected: Host not found',
		match: '(?:helo|ehlo) (?:command|name|hostname|argument) (?:was |is )?(?:rejected|refused)',
	},
	// Postfix and Exim, where a word of the sentence stands for something else in another.
	{
		reason: 'starttls-failed',
		weight: 9.6,
		line: 'TLS is required, but host mx.example.com[192.0.2.1] refused to start TLS: 454 4.7.0 TLS not available',
		match:
			'(?:refused|failed|declined|unable|not able) to (?:start|negotiate|establish|use|offer) (?:an? )?(?:tls|ssl)',
	},
	{
		reason: 'network-error',
		weight: 9.4,
		line: 'unable to look up host mx.example.com: Temporary failure in name resolution',
		match:
			'temporary (?:failure|error|problem) in name resolution|try again \\(name server\\)|name server: .{0,80}host name lookup fail',
	},
	{
		reason: 'content-rejected',
		weight: 9.2,
		line: '550 This message contains an attachment of a type which we do not accept',
		match:
			"(?:attachments?|content-type|mime type|file) (?:\\S{1,20} ){0,6}?(?:which |that )?(?:we |is |are |i )?(?:do |does )?(?:not|n't) (?:accept|allow|permit)|(?:not|n't) accept messages of (?:mime )?content-type",
	},
	{
		reason: 'mailbox-full',
		weight: 8.5,
		line: 'cannot update mailbox /var/mail/jo for user jo. error writing message: File too large',
		match: 'error writing (?:message|mailbox|file): (?:file too large|disk quota|no space)',
	},
	{
		reason: 'network-error',
		weight: 9.2,
		line: 'unable to find primary relay for example.com',
		match: 'find (?:the |a )?primary relay',
	},
	{
		reason: 'syntax-error',
		weight: 6,
		line: '503 Valid RCPT command must precede DATA',
		match: 'must precede (?:data|rcpt|mail)|(?:rcpt|mail|helo|ehlo|data) (?:command )?(?:first|before|expected)\\b',
	},
	{
		reason: 'system-error',
		weight: 7,
		line: '451 4.3.0 Please try again later: milter unavailable',
		match:
			'(?:milter|content filter|spam filter|scanner|back-?end|policy (?:server|service|daemon)|proxy|amavisd?|clamd) (?:is |was )?(?:temporarily |currently )?(?:unavailable|not (?:available|responding|reachable)|down|timed? ?out|timeout|offline|error)|internal resources',
	},
	// MDaemon ("IP Screening", "Dynamic Screening"), Free.
	{
		reason: 'blocked',
		weight: 8.5,
		line: '550 Your IP address has been dynamically screened',
		match:
			'(?:ip|host|dynamic\\w{0,4}|country|location) ?-?screen(?:ed|ing)|too many (?:spams?|junk mails?|viruses|spam complaints) (?:\\S{1,12} ){0,2}?from',
	},
	// Barracuda names the recipient and in a word what it did.
	{
		reason: 'blocked',
		weight: 8.5,
		line: '550 permanent failure for one or more recipients (user@example.com:blocked)',
		match: 'recipients? \\(@:(?:blocked|rejected|quarantined)\\)',
	},
	{
		reason: 'mailbox-disabled',
		weight: 8,
		line: '450 4.2.1 user@example.com: account is in maintenance mode',
		match: '(?:account|mailbox|user|recipient) (?:is )?(?:currently )?(?:in|under) maintenance',
	},
	{
		reason: 'recipient-filtered',
		weight: 8,
		line: '550 5.7.1 The recipient has blocked messages from you',
		match:
			"(?:recipient|user|addressee|customer|owner) (?:has |have )?(?:block(?:ed|s)|refuse[ds]|reject(?:ed|s)|filter(?:ed|s)|banned|blacklisted) (?:all |any )?(?:e-?mails?|mails?|messages?|you\\b|your|the sender|this sender)|set up (?:a |an |some )?(?:filter|rule|block)|(?:recipient|user|owner)(?:'s|s)? (?:personal |own |mail |e-?mail |inbox )?(?:filters?|rules?|settings?|preferences?) (?:\\S{1,12} ){0,3}?(?:reject|refus|block|den(?:y|ies)|not allow)",
	},
	{
		reason: 'virus-detected',
		weight: 9.7,
		line: '554 5.7.1 ClamAV: Heuristics.Phishing.Email.SpoofedDomain FOUND',
		match: '\\bclam(?:av|d)\\b|\\b(?:heuristics|eicar|win32|html|js|w97m|x97m)[./][a-z0-9._/-]{3,60} found',
	},
	{
		reason: 'spam-detected',
		weight: 8,
		line: '550 5.7.1 Message scored too high on content scale',
		match:
			'(?:message|mail|e-?mail|content) (?:has |was )?scored? (?:too )?(?:high|over|above|\\d)|(?:spam|content|junk) (?:scale|rating)|\\bscore\\b … ?(?:above|over|exceed\\w{0,3}|higher|threshold|limit)',
	},
	{
		reason: 'too-many-connections',
		weight: 8.5,
		line: 'Sorry, the maximum number of recipients is exceeded',
		match:
			'(?:maximum|max|allowed|permitted) (?:number of )?(?:recipients|rcpts|connections|sessions)(?: per \\S{1,20})? (?:is |was |has been |are )?(?:exceeded|reached)',
	},
];
