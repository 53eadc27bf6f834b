import type { Rule } from './rule';

const KDDI = /ezweb\.ne\.jp|au\.com/i;

/** Words that mean something else, or something more exact, at one provider. */
export const PROVIDER_RULES: readonly Rule[] = [
	// Microsoft 365 and Outlook.com (learn.microsoft.com, "Email non-delivery reports and SMTP errors in Exchange Online").
	{
		reason: 'user-unknown',
		weight: 10,
		line: '550 5.4.1 Recipient address rejected: Access denied. AS(201806281)',
		match: 'recipient address(?:es)? rejected ?: access denied',
		status: /^5\.4\.1$/,
	},
	{
		reason: 'blocked',
		weight: 9,
		line: '550 5.7.606 Access denied, banned sending IP [192.0.2.25]',
		match: 'access denied, (?:banned|please)',
		status: /^5\.7\.(?:511|6\d\d|7\d\d)$/,
	},
	{
		reason: 'authentication-failed',
		weight: 9,
		line: '550 5.7.509 Access denied, sending domain example.com does not pass DMARC verification',
		match: "sending domain .{0,80}(?:does not pass|doesn't meet)|dmarc",
		status: /^5\.7\.5\d\d$/,
	},
	{
		reason: 'blocked',
		weight: 8,
		line: "550 SC-001 (BAY004-MC1F1) Unfortunately, messages from 192.0.2.1 weren't sent. Please contact your Internet service provider since part of their network is on our block list",
		match: 'part of their network is on our block|\\b(?:sc|dy|ou)-00\\d\\b',
	},
	{
		reason: 'rate-limited',
		weight: 9,
		line: '451 4.7.500 Server busy. Please try again later from [192.0.2.1]. (S77719)',
		match: 'server busy',
		status: /^4\.7\.500$/,
	},
	// Yahoo says so after DATA to addresses it does not have.
	{
		reason: 'user-unknown',
		weight: 9,
		line: "554 delivery error: dd This user doesn't have a yahoo.com account (user@yahoo.com) [0]",
		match: "delivery error: dd (?:this user doesn't|sorry your message to)",
		remote: /yahoo/i,
	},
	{
		reason: 'blocked',
		weight: 9,
		line: '550 5.7.705 Access denied, tenant has exceeded threshold',
		match: 'tenant has exceeded',
	},
	// KDDI: without an address in the reply it is the subscriber's filter that answers.
	{
		reason: 'recipient-filtered',
		weight: 9,
		line: '550 : User unknown',
		match: '^[: ]{1,6}user unknown',
		remote: KDDI,
	},
	// NTT docomo answers so to mail that the subscriber's filter refuses.
	{
		reason: 'recipient-filtered',
		weight: 9,
		line: "5.3.0 - Other mail system problem 550-'Unknown user user@docomo.ne.jp'",
		match: 'unknown user',
		remote: /docomo\.ne\.jp|203\.138\./i,
	},
	{
		reason: 'mailbox-disabled',
		weight: 11,
		line: 'The user(s) account is disabled.',
		match: 'the user\\(s\\) account is disabled',
		remote: KDDI,
	},
	// Gmail and Google Groups (support.google.com/a/answer/3726730).
	{
		reason: 'mailbox-disabled',
		weight: 9,
		line: '550 5.2.1 The email account that you tried to reach is disabled.',
		match: 'account that you tried to reach is (?:disabled|inactive)',
	},
	{
		reason: 'mailbox-full',
		weight: 9,
		line: '452 4.2.2 The email account that you tried to reach is over quota.',
		match: "account that you tried to reach is over quota|recipient's inbox is out of storage",
	},
	{
		reason: 'spam-detected',
		weight: 10,
		line: 'Your email to group user@example.com was rejected due to spam classification.',
		match: 'rejected due to spam classification',
	},
	{
		reason: 'sender-rejected',
		weight: 9,
		line: 'the group you tried to contact (libsisimai) may not exist, or you may not have permission to post messages to the group. https://groups.google.com/support/',
		match: 'groups\\.google\\.com|google ?groups|not have permission to post messages to the group',
		remote: /googlegroups\.com/i,
	},
	// Apple: an address that was never activated or was given up.
	{
		reason: 'user-unknown',
		weight: 9,
		line: '550 5.1.1 <user@icloud.com>: inactive email address',
		match: 'inactive email address',
		remote: /icloud\.com|apple\.com|me\.com|mac\.com/i,
	},
	// Mimecast ("Mimecast SMTP Error Codes": a signature that is a virus or a spam score over the limit).
	{
		reason: 'virus-detected',
		weight: 9,
		line: '554 email rejected due to security policies - MCSpamSignature.sa.2.2',
		match: 'rejected due to security policies',
	},
	// Orange, Wanadoo, La Poste (postmaster.orange.fr): the code behind OFR or LPN.
	{
		reason: 'user-unknown',
		weight: 10,
		line: '550 5.5.0 Adresse destinataire invalide. Invalid recipient. LPN007_416',
		match: '\\b(?:ofr|lpn)\\d{0,3}_(?:415|416|410)\\b|\\bofr_4(?:10|15|16)',
	},
	{
		reason: 'mailbox-disabled',
		weight: 10,
		line: '550 5.5.0 Le compte du destinataire est bloque. The recipient account is blocked. LPN007_426',
		match: '\\b(?:ofr|lpn)\\d{0,3}_4(?:17|26|35)\\b',
	},
	{
		reason: 'spam-detected',
		weight: 10,
		line: '550 5.2.0 Mail rejete. Mail rejected. OFR_506 [506]',
		match: '\\b(?:ofr|lpn)\\d{0,3}_(?:506|507|999)\\b',
	},
	{
		reason: 'system-error',
		weight: 10,
		line: '421 4.2.0 Service refuse. Veuillez essayer plus tard. Service refused, please try later. OFR005_505 [505]',
		match: '\\b(?:ofr|lpn)\\d{0,3}_(?:505|500|501|540)\\b',
	},
	{
		reason: 'too-many-connections',
		weight: 10,
		line: '421 mwinf5c04 ME Trop de connexions, veuillez verifier votre configuration. Too many connections, slow down. OFR004_104 [104]',
		match: '\\b(?:ofr|lpn)\\d{0,3}_(?:104|109|105)\\b',
	},
	{
		reason: 'blocked',
		weight: 10,
		line: '550 5.7.1 Service refuse. Veuillez essayer plus tard. service refused, please try later. OFR_103 [103]',
		match: '\\b(?:ofr|lpn)\\d{0,3}_(?:102|103|106|108|402|502|503|510|610)\\b',
	},
	{
		reason: 'policy-rejected',
		weight: 10,
		line: '554 5.7.1 <host[192.0.2.1]:49309>: Client host rejected: #216 lpn LPN000_630',
		match: '\\blpn\\d{0,3}_(?:630)\\b',
	},
	// Cox and Spectrum name the cause in a code behind AUP#.
	{
		reason: 'blocked',
		weight: 10,
		line: '550 5.1.0 <sender@example.com> sender rejected. AUP#CDRBL',
		match: 'aup#(?:cdrbl|cxbl|cnxbl|rbl|bl|i?-?1[02]\\d0|blk|in-1[0-2]\\d\\d)|\\bcxbl\\b|\\bbizrbl\\b|\\bcdrbl\\b',
	},
	{
		reason: 'sender-rejected',
		weight: 10,
		line: '550 5.1.0 <sender@example.com> sender rejected. AUP#CXSNDR',
		match: 'aup#(?:cxsndr|sndr|cxdomain)|\\bcxsndr\\b',
	},
	{
		reason: 'reverse-dns-required',
		weight: 10,
		line: '554 cox too many bad commands: CXDNS',
		match: '\\bcxdns\\b|aup#cxdns',
	},
	{
		reason: 'too-many-connections',
		weight: 10,
		line: '550 5.1.0 <sender@example.com> sender rejected. Please see https://www.spectrum.net AUP#In-1310',
		match: 'aup#(?:in-13[0-9]0|1310|cxthrt|cxcnct|cxmxrt)|\\bcxthrt\\b|\\bcxmxrt\\b|\\bcxcnct\\b',
	},
	// Tencent QQ (service.mail.qq.com).
	{
		reason: 'too-many-connections',
		weight: 9,
		line: '550 Ip frequency limited [V2VkIEFw Blocked IP 192.0.2.22]',
		match: '(?:ip|connection|domain|sender|mail content) frequency (?:is )?limited|frequency limited',
	},
	// NetEase (163, 126, yeah.net; help.163.com, the codes of returned mail).
	{
		reason: 'rate-limited',
		weight: 10,
		line: '451 MI:SFQ 163 smtp14,ABC 1700000000 http://mail.163.com/help/help_spam_16.htm',
		match: '\\b(?:mi:(?:sfq|stc|dmc)|hl:ifc|rp:(?:qrc|trc))\\b',
	},
	{
		reason: 'too-many-connections',
		weight: 10,
		line: '421 HL:ICC 163 mx9',
		match: '\\b(?:hl:icc|rp:(?:rcl|drc)|[mr][ip]:c[ce]l)\\b',
	},
	{
		reason: 'blocked',
		weight: 10,
		line: '554 HL:IPB 163 mx29,QMCowABH 203.0.113.4',
		match: '\\b(?:hl:(?:rep|mep|ihu|ipb)|dt:rbl|wm:bli)\\b',
	},
	{
		reason: 'sender-rejected',
		weight: 10,
		line: '554 MI:SPB 163 mx29,QMCowABH',
		match: '\\b(?:mi:spb|wm:blu)\\b',
	},
	{
		reason: 'authentication-failed',
		weight: 10,
		line: '550 MI:DMA mx14 Qc8AgHAr http://mail.163.com/help/help_spam_16.htm',
		match: '\\bmi:(?:spf|dma)\\b',
	},
	{ reason: 'relay-denied', weight: 10, line: '550 RP:FRL 163 smtp10', match: '\\brp:frl\\b' },
	// Amazon SES
	{
		reason: 'relay-denied',
		weight: 10,
		line: '554 Message rejected: Email address is not verified. The following identities failed the check in region AP-NORTHEAST-1: user@example.jp',
		match: 'email address is not verified',
	},
	// cPanel
	{
		reason: 'host-unknown',
		weight: 9.5,
		line: 'The mail server could not deliver mail to user@example.net. The account or domain may not exist, they may be blacklisted, or missing the proper dns entries.',
		match: 'account or domain may not exist, they may be',
	},
	// Facebook (postmaster.facebook.com/response_codes).
	{
		reason: 'user-unknown',
		weight: 10,
		line: '550 5.1.1 RCP-P1 https://www.facebook.com/postmaster/response_codes?ip=192.0.2.1#rcp Refused due to recipient preferences',
		match: '\\brcp-p1\\b',
	},
	{
		reason: 'recipient-filtered',
		weight: 10,
		line: '550 5.1.1 RCP-P2 https://www.facebook.com/postmaster/response_codes?ip=192.0.2.1#rcp Refused due to recipient preferences',
		match: '\\brcp-p[23]\\b|due to recipient preferences',
	},
	{
		reason: 'too-many-connections',
		weight: 10,
		line: '421 4.7.0 CON-T3 https://www.facebook.com/postmaster/response_codes#con Resources restricted',
		match: '\\b(?:con|rcp)-t\\d\\b',
	},
	{
		reason: 'system-error',
		weight: 10,
		line: '550 5.7.0 INT-P1 https://www.facebook.com/postmaster/response_codes#int Internal error',
		match: '\\bint-[pt]\\d\\b',
	},
	{
		reason: 'reverse-dns-required',
		weight: 10,
		line: '554 5.1.8 DNS-P1 https://www.facebook.com/postmaster/response_codes#dns Sender domain',
		match: '\\bdns-p[123]\\b',
	},
	{
		reason: 'policy-rejected',
		weight: 10,
		line: '554 5.7.1 POL-P1 https://www.facebook.com/postmaster/response_codes#pol Message refused',
		match: '\\bpol-p\\d\\b',
	},
	// AOL's codes in brackets.
	{
		reason: 'reverse-dns-required',
		weight: 9,
		line: '421 4.7.1 :  (DNS:NR)  http://postmaster.info.aol.com/errors/421dnsnr.html',
		match: '\\(dns:n\\w\\)',
	},
	{
		reason: 'spam-detected',
		weight: 9,
		line: '554 5.7.1 :  (HVU:B1) http://postmaster.info.aol.com/errors/554hvub1.html',
		match: '\\(hvu:\\w\\d\\)',
	},
	{
		reason: 'rate-limited',
		weight: 9,
		line: '421 4.7.1 :  (DYN:T1) http://postmaster.info.aol.com/errors/421dynt1.html',
		match: '\\(dyn:t\\d\\)',
	},
	{
		reason: 'blocked',
		weight: 9,
		line: '554 5.7.1 :  (RLY:BD) http://postmaster.info.aol.com/errors/554rlybd.html',
		match: '\\((?:con|rly|rtr|isp|dnsbl|cs):\\w{2}\\)',
	},
	// Yahoo: the address stands on Spamhaus's or Yahoo's own list.
	{
		reason: 'blocked',
		weight: 9.5,
		line: "553 5.7.1 [BL21] Connections will not be accepted from 192.0.2.1, because the ip is in Spamhaus's list",
		match: '\\[bl\\d\\d\\]',
	},
	// Comcast (postmaster.comcast.net/smtp-error-codes.php).
	{
		reason: 'rate-limited',
		weight: 9,
		line: '421 resimta-po-01v.sys.comcast.net comcast try again later. RL000001',
		match: '\\brl0\\d{5}\\b',
	},
	{
		reason: 'blocked',
		weight: 9,
		line: '554 resimta-po-01v.sys.comcast.net comcast 192.0.2.1 Comcast block for spam. BL000001',
		match: '\\bbl0\\d{5}\\b|comcast block for spam',
	},
	// Apple iCloud.
	{
		reason: 'policy-rejected',
		weight: 9,
		line: '554 5.7.1 [CS01] Message rejected due to local policy. Please visit https://support.apple.com/en-us/HT204137',
		match: '\\[(?:cs|hm)\\d\\d\\] message rejected due to local policy',
	},
	// Microsoft Exchange 5.5 and 2000.
	{
		reason: 'user-unknown',
		weight: 8,
		line: 'MSEXCH:IMS:KIJITORA CAT:EXAMPLE:NEKO 0 (000C05A6) Unknown Recipient',
		match: '\\(000c05a6\\)',
	},
];
