import type { Rule } from './rule';

/** The mailbox: full, suspended, or closed to us by its owner's settings. */
export const MAILBOX_RULES: readonly Rule[] = [
	{
		reason: 'mailbox-full',
		weight: 8,
		line: '550 5.2.2 <user@example.jp>... Mailbox Full',
		match:
			"(?:mail ?box|inbox|in box|mail ?folder|mail ?drop|spool|store|account|recipient|user|maildir|mail|folder|box|mailfolder|quota|space|his|her|their)(?:'s|\\(s\\))?(?: @| [a-z0-9._-]{1,40})?(?: is| has| was| too| are| currently| already)? ?(?:currently |too |now |already |exceptionally |temporarily )?full\\b",
	},
	{
		reason: 'mailbox-full',
		weight: 8,
		line: '552 5.2.2 Over quota',
		match:
			'(?:over|exceed(?:s|ed|ing|ing the)?|exceeded the|above|beyond|reached|out of|hit|past|exceeds (?:the )?(?:maximum|allowed)|insufficient)(?: (?:the|his|her|its|their|your|my|his/her|storage|disk|mail|mailbox|allowed|maximum|e-?mail|user|account|message|current|available|allocated|any|set|specified|hard|soft|recipient|a)){0,4} ?(?:quota|disk ?space|disk usage|storage (?:limit|space|allocation|capacity|allotment)|mailbox (?:size|limit|space|capacity|storage)|space limit|limit on (?:mail|storage)|allotment|allowed space)',
	},
	{
		reason: 'mailbox-full',
		weight: 8,
		line: "User's Disk Quota Exceeded",
		match:
			'(?:quota|disk ?space|mailbox size|storage|storage limit|mailbox limit|account size|space|volume|capacity|mailbox)(?: (?:limit|is|has|has been|was|allotment|allocation|usage|violation))? ?(?:would be |would |is |has been |has |been |is being |already )?(?:exceed(?:ed|s)?|exhausted|reached|over ?limit|full|violation|overdrawn|used up|overflow|surpassed)',
	},
	{
		reason: 'mailbox-full',
		weight: 7,
		line: '452 4.2.2 The email account that you tried to reach is over quota',
		match:
			'over ?quota|overquota|quota exceeded|quota violation|quota limit|quota reached|exceeded quota|quota usage|quotaexceeded|exceed quota|disc quota|disk quota',
	},
	{
		reason: 'mailbox-full',
		weight: 7,
		line: 'Sorry, your intended recipient has too much mail stored in his mailbox.',
		match:
			"too much mail(?: stored| in)|too many (?:messages|mails)(?: (?:in|on|stored|for this))? ?(?:in |on |stored )?(?:this |the |his |her |their )?(?:mailbox|mail ?drop|folder|account|inbox|his)|not enough (?:storage|disk|mailbox|space)|no (?:disk |storage |more |mailbox )?space left (?:for|in|on)? ?(?:this |the )?(?:user|mailbox|recipient|account)|(?:doesn't|does not) have (?:enough|sufficient) (?:space|storage|room|quota)|insufficient (?:mailbox|storage|space in)|lacks? (?:the )?(?:space|storage)|mailbox (?:is )?(?:over|exceed|at (?:its )?(?:limit|capacity))|no room (?:in|for)|receiving mail at a rate|out of (?:storage|disk|mailbox) ?space|out of (?:space|quota|storage)|low on (?:space|quota)|less space|maximum number of messages|number of messages in (?:the )?recipient's mailbox exceed|delete (?:some|old) (?:messages|mail)",
	},
	{
		reason: 'mailbox-full',
		weight: 7,
		line: 'The message size exceeds the remaining quota / STOREDRV.Deliver; MapiExceptionShutoffQuotaExceeded',
		match:
			'shutoffquotaexceeded|mailbox is too full|size of mailbox|over (?:the )?(?:allowed|maximum|allocated) (?:quota|space|storage|size)|storage (?:quota|full)|not (?:have )?enough free space|account is full|overfull',
	},
	{
		reason: 'mailbox-full',
		weight: 6,
		line: 'mailbox is full: retry timeout exceeded',
		match:
			'mailbox is full|mailbox full|full mailbox|is full:|mailfolder is full|maildir delivery failed: .{0,20}quota|maildir over quota|temporarily over quota',
	},

	{
		reason: 'mailbox-disabled',
		weight: 7,
		line: 'The user(s) account is disabled.',
		match:
			"(?<!ip |sender |your |source |mail |from )(?:account|mailbox|user|recipient|address|mail ?drop|userid|box|client)(?:\\(s\\)|s)?(?:'s)?(?: account| mailbox| address| has| @| name| is| are| was| e-?mail)? ?(?:has been |have been |has |is |are |was |been |temporarily |currently |also |permanently |administratively ){0,4}(?:disabled|suspended|inactive|deactivated|frozen|locked|blocked by|not active|expired|closed|blocked(?! you)|dormant|unavailable due|on hold|discontinued|banned|terminated|disable|not activated|limited|restricted|inactivated|stopped|barred|abandoned|out of service|retired)",
	},
	{
		reason: 'mailbox-disabled',
		weight: 7,
		line: 'Sorry your message to user@example.com cannot be delivered. This account has been disabled or discontinued [#102].',
		match:
			'disabled or discontinued|(?:disabled|suspended|inactive|deactivated|frozen|locked|closed|dormant|blocked|discontinued|non-?active|in-?active) (?:account|mailbox|user|recipient|address|mail ?drop|e-?mail|on this|due to inactivity|box)',
	},
	{
		reason: 'mailbox-disabled',
		weight: 6,
		line: 'Sorry, your intended recipient is not accepting mail / mailbox currently suspended - Please contact correspondance',
		match:
			'(?:mailbox|account|user|recipient) (?:currently|temporarily|is) (?:suspended|disabled|inactive|unavailable due)|not active anymore|not been active|inactivity|is not active|has not been (?:used|accessed|activated|opened)|invalid/inactive|(?<!delivery )temporarily (?:disabled|suspended|inactive)',
	},

	{
		reason: 'recipient-filtered',
		weight: 9,
		line: '550 5.7.1 RESOLVER.RST.NotAuthorized; not authorized',
		match: 'resolver\\.rst\\.(?:notauthorized|recipientrestricted)',
	},
	{
		reason: 'recipient-filtered',
		weight: 7,
		line: '550 5.7.2 Mailing list expansion prohibited',
		match: 'mailing list expansion|^filtered\\b',
	},
	{
		reason: 'recipient-filtered',
		weight: 9,
		line: 'Your mail to the following recipients could not be delivered because they are not accepting mail from user@lists.example.com:',
		match: 'they are not accepting (?:e-?mail|mail|messages)',
	},
	{
		reason: 'recipient-filtered',
		weight: 7,
		line: '550 User does not accept messages at this time',
		match:
			"(?:not|isn't|aren't|doesn't|does not|do not|refus(?:es|ed|ing)) (?:currently )?(?:accepting|accept|receiving|want|wish to receive|to accept|receive) (?:e-?mails?|messages?|mails?|any mail|any messages|your)(?: messages?| mail| e-?mail)?(?: (?:from|sent by|by) | that| at this time|$|\\.)",
	},
	{
		reason: 'recipient-filtered',
		weight: 7,
		line: '550 5.7.1 user has rejected your message / Message rejected by recipient',
		match:
			"(?:refused|rejected|blocked|denied|declined|filtered|not wanted|unwanted) by (?:the )?(?:recipient|user|addressee|mailbox owner|account owner|customer|his|her|end[- ]user|receiver)(?!s? (?:server|mail|domain|system|mta|host|policy|organi))|(?:recipient|user|addressee|customer) (?:has )?(?:refused|rejected|blocked|declined|refuses|rejects|blocks|chosen not)(?: to (?:receive|accept))?(?: your| the| this| mail| you| message| e-?mail| receipt)|sender (?:is )?(?:blocked|rejected|blacklisted|denied|not allowed|not permitted) by (?:the )?(?:recipient|user)|you (?:are|have been) (?:blocked|not on|not in) (?:by|the) (?:recipient|user|allow|white)|in the (?:recipient|user)'s (?:block|black)|recipient's (?:block|black|personal|white|safe|filter)|(?:black|block)list of (?:the )?(?:user|recipient)|private list|not (?:in|on) (?:the |my )?(?:white|allow|safe)list|resolver\\.rst\\.(?:recipientrestricted|notauthorized)|not authorized to send to (?:the )?recipient|not (?:allowed|permitted|authorized) to (?:send|mail|email|e-mail)(?: mail| messages| e-?mail| email)? to (?:this|the)? ?(?:recipient|user|mailbox|address|person|group|distribution|@)",
	},
	{
		reason: 'recipient-filtered',
		weight: 6,
		line: 'You do not have permission to send to this recipient. Delivery restrictions',
		match:
			'(?:no|not have|without|lack|insufficient) permissions? to (?:send|submit|post)(?: mail| messages?| e-?mail)? to (?:this|the)? ?(?:recipient|user|mailbox|address|group|list)|only accepts? (?:mail|messages|e-?mail) from|recipient (?:only|does not) accepts?|delivery restriction|restricted (?:recipient|mailbox|distribution)|user (?:only )?accepts? mail only|authentication required for (?:this )?(?:recipient|delivery)|client must be authenticated|sender not authenticated for recipient',
	},
	{
		reason: 'recipient-filtered',
		weight: 5,
		line: '550 5.2.0 message filtered',
		match:
			"(?:due|according) to (?:extended inactivity|(?:the )?(?:recipient|user)'?s? (?:domain |mail )?(?:filter|setting|prefer|polic))|message filtered|filtered by (?:sieve|filter|procmail|user)|rejected by (?:sieve|filter|user filter|maildrop|procmail)|mail(?:box)? (?:filter|rule)|not deliverable by filter",
	},
	{
		reason: 'recipient-filtered',
		weight: 9,
		line: '550 5.7.124 Sender not in allowed-senders list',
		match: 'not in (?:the )?allowed-senders list',
	},
	{
		reason: 'mailbox-full',
		weight: 9.6,
		line: '452 Requested action not taken: insufficient storage for user',
		match: 'insufficient (?:storage|space|disk space) for (?:the |this )?(?:user|mailbox|recipient)',
	},
	{
		reason: 'mailbox-disabled',
		weight: 9,
		line: '550 boite du destinataire archivee. Archived recipient.',
		match: 'archived recipient|destinataire archiv',
	},
	{
		reason: 'mailbox-full',
		weight: 8,
		line: "550 The recipient's mailbox space is not enough available",
		match:
			"(?:mailbox|inbox|account|user|recipient)(?:'s)?(?: mailbox| inbox)? (?:space|storage|quota|size) (?:is )?(?:not enough|insufficient|limit(?:ed)?|exceed\\w{0,3}|full|used|reached|exhausted)|used up (?:all|its|his|the)|(?:hold|store|accept|receive) (?:no|any) (?:more|further) (?:messages|mail)|(?:at|over|exceeds?|reached) (?:its |full |max(?:imum)? )?(?:capacity|allotment)|(?:no|insufficient|not enough) (?:room|space|storage)(?: left| available)? (?:in|for|on) (?:the |this )?(?:recipient|mailbox|user|account|inbox|folder)|quota (?:has been |was |is |would be )?(?:exceeded|full|reached|violation|used)|(?:mail ?box|inbox|mail file|mail database|store|user) (?:has )?(?:exceeds?|exceeded|is over|over|would exceed) (?:its |the |his )?(?:\\S{1,12} )?(?:quota|size|limit|storage)",
	},
	{
		reason: 'mailbox-disabled',
		weight: 8,
		line: '550 5.2.1 Mailbox is inactive',
		match:
			"(?:mailbox|account|user|recipient|address)(?:'s)? (?:@ )?(?:is |was |has been |has |currently |temporarily |now |permanently ){0,3}(?:inactive|in-active|suspend\\w{0,3}|deactivat\\w{0,3}|de-activated|frozen|terminated|dormant|disabled(?! or does)|locked|hibernat\\w{0,4}|closed by)|user is (?:blocked|terminated|suspended|frozen|disabled|inactive)",
	},
	{
		reason: 'recipient-filtered',
		weight: 9.2,
		line: '550 user IS NOT ACCEPTING MAIL FROM THIS SENDER',
		match:
			"(?<!host |server |domain |we (?:are |do )?)(?:not|n't) (?:accepting|accept|allow|want|receive|receiving|wish to receive)(?: any)? (?:e-?mails?|mails?|messages?) from (?:this sender|you\\b|the sender|your address|that sender|external|outside|unknown|senders)|(?:recipient|user|mailbox|group|list|address) (?:only accepts|accepts only|only allows|does not accept)(?: e-?mail| mail| messages)? (?:from|that|internal)|(?:external|outside|anonymous|unauthori[sz]ed|non-?member|internet) senders? (?:is|are|isn't|aren't)(?: not|n't)? (?:permitted|allowed|accepted)|(?:isn't|not) a (?:group |list )?member|(?:has|have) blocked (?:you|your|this sender|the sender|mail)|restricted to (?:members|subscribers|list)|permission to (?:send|post|submit)(?: mail| messages?| e-?mail)? to (?:this|the) (?:recipient|user|mailbox|address|group|list)|rejected by recipients?\\b|(?:manually|personal(?:ly)?) block\\w{0,3}|blocked senders?(?! ip)|badrecipientto|badrcptto|recipient's (?:rules?|filters?|prefer\\w{0,5})|automatically rejected",
	},
];
