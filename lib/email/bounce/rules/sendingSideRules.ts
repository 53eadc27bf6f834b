import type { Rule } from './rule';

/**
 * Words that can only be about us, however much the rest sounds like the recipient's fate: servers say what they think of
 * the sender, of his account and of his host in reply to RCPT TO (Postfix: smtpd_delay_reject). Heavier than whatever
 * the same text says of mailboxes, quotas and domains.
 */
export const SENDING_SIDE_RULES: readonly Rule[] = [
	{
		reason: 'sender-rejected',
		weight: 11,
		line: '550 5.1.0 <support@shop.example>: Sender address rejected: User unknown in virtual mailbox table',
		match: 'sender address rejected|sender address (?:is )?not (?:allowed|owned|permitted)',
	},
	{
		reason: 'sender-rejected',
		weight: 10.5,
		line: '550-Verification failed for <support@shop.example> 550-The mail server could not deliver mail to support@shop.example. The account or domain may not exist, they may be blacklisted, or missing the proper dns entries. 550 Sender verify failed',
		match:
			'sender verif(?:y|ication)(?: callout)? fail(?:ed|ure)|sender verify callout|callback setup failed while verifying',
	},
	{
		reason: 'sender-rejected',
		weight: 10.5,
		line: '554 5.2.0 STOREDRV.Submission.Exception:SendAsDeniedException.MapiExceptionSendAsDenied; Failed to process message due to a permanent exception with message Cannot submit message.',
		match:
			'sendasdenied|(?:allowed|authori[sz]ed|permitted|permissions?|rights?|entitled|unable) to send (?:mail |e?mail |messages? )?(?:as|on behalf)|cannot send (?:mail )?as|send[- ]as (?:permission|right|denied)',
	},
	{
		reason: 'sender-rejected',
		weight: 11,
		line: "552 Sender's mailbox is full, sending is not allowed",
		match:
			"(?:\\bsender|\\bsender's|originator(?:'s)?|return[- ]path|reverse[- ]path|envelope from)(?: e-?mail)? (?:mailbox|mail box|account|user|inbox)(?: @)? (?:is |was |has |does |has been |currently |could )?(?:not|un|over|full|quota|disabled|suspended|inactive|locked|exceed|dis)|no such sender|unknown sender|invalid sender",
	},
	{
		reason: 'rate-limited',
		weight: 10,
		line: '550 User has exceeded outgoing email quota',
		match:
			'(?:outgoing|outbound|sent|sending|submission)(?: (?:e-?mail|mail|message|smtp|recipient)s?)? (?:quota|limit|allowance)s?\\b(?! (?:of|for) (?:the )?recipient)|unusual sending activity|too many (?:e-?mails|messages|mails) (?:have been |were )?sent (?:from|by) your|(?:submission|sending|send)quotaexceeded|your (?:\\S{1,12} ){0,2}limit for (?:\\S{1,12} ){0,3}recipients',
	},
	{
		reason: 'security-refused',
		weight: 10,
		line: '550 5.7.1 Your account has been disabled for sending mail; contact your administrator',
		match:
			'(?:disabled|suspended|blocked|locked|restricted|not allowed|not permitted|prevented|banned|disallowed|prohibited) (?:for|from) (?:sending|submitting|relaying|outgoing|outbound)|sending (?:of )?(?:mail |e-?mails? |messages? )?(?:is |has been |was )?(?:disabled|suspended|paused|blocked|deactivated|locked)|may not send (?:any )?(?:mail|e-?mail|messages?)(?! (?:through|via|to|from))|(?:outgoing|outbound) (?:mail |e-?mail |smtp )?(?:is |has been |was )?(?:blocked|disabled|suspended)|your (?:smtp |e-?mail |mail |user )?account (?:@ )?(?:has been|is|was) (?:\\w{1,12} )?(?:disabled|suspended|blocked|locked|restricted|deactivated|compromised|limited)|(?:domain|account|user)(?: \\S{1,80})? (?:is |are )?not (?:allowed|permitted|activated)(?: to send)?(?::|$|\\.)|not authori[sz]ed to perform [`\'"]?ses:',
	},
	{
		reason: 'sender-rejected',
		weight: 10,
		line: '550 The from address does not match a verified Sender Identity. Mail cannot be sent until this error is resolved.',
		match:
			"verified sender identity|sender (?:identity|signature|domain) (?:is |was |has |have )?not (?:been )?(?:verified|confirmed|found)|from (?:address|e-?mail|domain) (?:does not match|is not|isn't|has not been) (?:a )?(?:verified|registered|confirmed|validated)|unregistered domains|domain is not verified",
	},
	{
		reason: 'blocked',
		weight: 10,
		line: '501 5.5.2 <_>: Helo command rejected: Invalid name',
		match:
			'\\b(?:helo|ehlo)(?:/ehlo)? (?:command |name |argument |host ?name |hostname )?(?:is |was )?(?:reject|refus|denied|invalid|an ip|not |does|bad|forged|mismatch|resolv)|(?:bad|invalid|forged|fake|bogus|malformed|unresolvable|unacceptable|mismatched) (?:helo|ehlo)',
	},
	{
		reason: 'blocked',
		weight: 10,
		line: '550 5.7.501 Access denied, spam abuse detected from support@shop.example',
		match:
			"banned sender|spam abuse detected|bad outbound sender|(?:sender(?:'s)?|your|client|sending) ip(?: address)? (?:is )?(?:on|in|listed (?:on|in|by)) (?:an? |the |our )?(?:\\S{1,20} )?(?:rbl|dnsbl|blacklist|block ?list)|get removed from dnsbls|appeared to be spam or forged",
	},
	{
		reason: 'relay-denied',
		weight: 9.6,
		line: '553 Relaying disallowed. Invalid Domain - shop.example',
		match: 'relaying (?:is )?(?:disallowed|not allowed|prohibited)|not (?:allowed|permitted|authori[sz]ed) to relay',
	},
];
