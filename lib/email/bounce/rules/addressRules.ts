import type { Rule } from './rule';

/** The address: no such mailbox. */
export const ADDRESS_RULES: readonly Rule[] = [
	// No such mailbox.
	{
		reason: 'user-unknown',
		weight: 7,
		line: '550 5.1.1 <user@example.jp>... User Unknown',
		match:
			"(?:user|recipient|mailbox|account|address|addressee|alias|subscriber|local user|local recipient|rcpt|adress|mail box)s?(?: name)?(?:\\(s\\))?(?: '?\"?<?@?>?\"?'?)?:? (?:is |are |was |here )?(?:a )?(?:unknown|not known|unknow|not found|not listed|non-?existent|nonexist|not exist|invalid|not valid|not recognized|not recognised|no longer (?:exists?|valid|active|here|available on|on server)|doesn't exist|does not exist|doesnt exist|does not exists|dose not exist|not a valid|can(?:not|'t) be found|could(?: not|n't) be found|was not found|isn't (?:valid|known|found|recognized))",
	},
	{
		reason: 'user-unknown',
		weight: 7,
		line: '550 5.1.1 unknown user',
		match:
			"(?:unknown|invalid|non-?existent|nonexistent|no such|bad|illegal|unrecognized|unrecognised|undefined|wrong|incorrect|not a valid|not an? (?:existing|active|known)|not valid|no valid|unable to find|not find|could not find|cannot find|can't find|unkown)(?: or (?:illegal|invalid|unknown|misspelled|disabled))?(?: (?:local|destination|final|virtual|mail|e-mail|email|the|a|recipient|user|this|delivery|specified|rcpt|forward))?(?:-part)? (?:user|recipient|mailbox|account|address|addressee|alias|subscriber|userid|username|mail ?drop|person|name|user name|rcpt|e-mail address|email address|part)s?\\b",
	},
	{
		reason: 'user-unknown',
		weight: 8,
		line: 'Sorry, no mailbox here by that name. (#5.1.1)',
		match:
			'no (?:mailbox|user|account|such (?:user|mailbox|person|recipient|account|address|local))(?: is)? (?:here|found|exists?|by that name|with that name|at this|on this|by this)',
	},
	{
		reason: 'user-unknown',
		weight: 8,
		line: '550 No such user here',
		match:
			'no such (?:user|mailbox|person|recipient|account|address|alias|local user|email|e-mail|mail|id|name|user/mailbox|addressee|local|customer)',
	},
	{
		reason: 'user-unknown',
		weight: 7,
		line: "554 delivery error: dd This user doesn't have a yahoo.com account",
		match:
			"(?:user|recipient|person|addressee)s? (?:doesn't|does not|do not|don't) have an? … ?(?:account|mailbox|address)",
	},
	{
		reason: 'user-unknown',
		weight: 7,
		line: '550 5.1.1 The email account that you tried to reach does not exist. Please try',
		match:
			"(?:account|address|mailbox|recipient|user)(?: that)? (?:you|we|was|were|the)(?: have)? (?:tried|entered|trying|specified|sent|attempted|typed|used|given|provided) .{0,40}?(?:does(?: not|n't)|did(?: not|n't)) exist",
	},
	{
		reason: 'user-unknown',
		weight: 7,
		line: '550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient not found by SMTP address lookup',
		match:
			'recipientnotfound|recipnotfound|resolver\\.adr\\.(?:exrecipnotfound|recipientnotfound|recipnotfound)|recipient not found by smtp|nosuchuser',
	},
	{
		reason: 'user-unknown',
		weight: 6,
		line: 'mail.local: unknown user: kijitora',
		match:
			'unknown (?:local )?user|user unknown|unknown user account|unknown local[- ]part|unknown addressee|unknown virtual|unknown recipient|unknown mailbox|unknown address|unknown login|unknown alias|unknown account',
	},
	{
		reason: 'user-unknown',
		weight: 6,
		line: 'The e-mail account does not exist at the organization this message was sent to.',
		match: "{who}(?: … | )(?:does(?: not|n't)|did(?: not|n't)|do not) exist",
	},
	{
		reason: 'user-unknown',
		weight: 6,
		line: '550 Address rejected user@example.co.jp',
		match: '^(?:[<(@>) ]{0,5})?(?:address|recipient|user)(?: address)? rejected(?:[:.]? ?@?$| @)',
		command: ['RCPT'],
	},
	{
		reason: 'user-unknown',
		weight: 5,
		line: '550 5.1.1 Address rejected',
		match: '^(?:recipient |rcpt )?address rejected',
	},
	{
		reason: 'user-unknown',
		weight: 7,
		line: '550 Requested action not taken: mailbox unavailable',
		match: '(?:mailbox|recipient|user|account) (?:is )?(?:currently )?(?:unavailable|not available)',
		code: /^5/,
	},
	{
		reason: 'on-hold',
		weight: 7,
		line: '450 Requested mail action not taken: mailbox unavailable',
		match: '(?:mailbox|recipient|user|account) (?:is )?(?:currently |temporarily )?(?:unavailable|not available|busy)',
		code: /^4/,
	},
	{
		reason: 'user-unknown',
		weight: 6,
		line: "Sorry, I couldn't find any mailbox by that name",
		match:
			"(?:couldn't|could not|can't|cannot|unable to|not able to) (?:find|locate|resolve|verify|identify|recognize|match) (?:any |the |a |this |your |your mail )?(?:mailbox|user|recipient|account|address|person|name|addressee)",
	},
	{
		reason: 'user-unknown',
		weight: 7,
		line: 'Bad destination mailbox address',
		match:
			'bad (?:destination|recipient|mailbox|email|e-mail|address)(?: mailbox)?(?: address| syntax|$)|bad-address|badaddress',
	},
	{
		reason: 'user-unknown',
		weight: 6,
		line: '550 <user@example.com> is not a valid mailbox',
		match:
			'(?:is|was) (?:not a|an in|an un)(?:valid|known|existing| valid| known)? ?(?:mailbox|user|recipient|account|address|local)',
	},
	{
		reason: 'user-unknown',
		weight: 6,
		line: 'He/Her is not HBC e-mail users.',
		match:
			'(?:is|are) not (?:an? |a known |our |in our |a registered |one of our )?(?:[a-z0-9-]{1,20} )?(?:e-?mail |local |registered )?(?:users?|customers?|subscribers?|local|members?|known here|recognized|a mailbox|listed in|in (?:our|my|the) (?:directory|list|database|rcpthosts? list))',
	},
	{
		reason: 'user-unknown',
		weight: 6,
		line: '550 5.1.1 user@example.com User is unknown {mx-us012}',
		match: 'is unknown(?:$|[ .,{(])',
	},
	{
		reason: 'user-unknown',
		weight: 6,
		line: '550 Unrouteable address',
		match: 'unroute?able (?:address|mail ?domain)?|unable to route to (?:address|user)|not routable',
	},
	{
		reason: 'user-unknown',
		weight: 6,
		line: 'User SMITH (user@example.com) not listed in Domino Directory',
		match:
			'not (?:listed|found|exist) in (?:domino|the domino|public|name (?:&|and)? ?address|address book|directory|.{0,20}directory|ldap|table|database)|no match in (?:the )?(?:domino|directory|address book)|user not (?:listed|found)',
	},
	{
		reason: 'user-unknown',
		weight: 6,
		line: '550 5.1.1 user@example.com does not exist here',
		match:
			"(?:doesn't|does not|not|didn't|did not|doesnt) (?:currently )?exists?(?: (?:here|on this|at this|in (?:our|the|this|local)|within))",
	},
	{
		reason: 'user-unknown',
		weight: 6,
		line: '550 mailbox not found',
		match:
			'(?:mailbox|account|user|recipient|address) (?:not|never|could not be|cannot be|was not) (?:found|located|resolved|recognized|recognised|exist)',
	},
	{
		reason: 'user-unknown',
		weight: 5,
		line: 'Destination user name is wrong; account has been deleted, retired, removed',
		match:
			'(?:account|mailbox|user|address|employee|recipient)s? (?:has|have|was|were|is|has been)(?: been)? (?:been )?(?:deleted|removed|retired|terminated|closed|cancelled|canceled|left|purged)|no longer (?:with|works|employed|at) ',
	},
	{
		reason: 'user-unknown',
		weight: 5,
		line: '550 5.1.1 @: Recipient address rejected: undeliverable address: host said: unknown',
		match: 'undeliverable address',
	},
	{
		reason: 'user-unknown',
		weight: 6,
		line: 'The following destination addresses were unknown (please check the addresses and re-mail the message):',
		match: 'addresses? (?:were|was|is|are) (?:unknown|invalid|not found|incorrect)|unknown, invalid',
	},
	{
		reason: 'user-unknown',
		weight: 6,
		line: '550 5.1.1 Unknown or illegal alias',
		match:
			'unknown or illegal|illegal alias|address (?:unknown|error)|no account by that name|(?:verify|check)(?: that)? (?:the|this|your) (?:address|recipient|name).{0,20}(?:exist|correct|and try|valid)|misspell?ed|check if (?:the )?address is correct',
	},
	{
		reason: 'user-unknown',
		weight: 7,
		line: 'Invalid final delivery userid: user@example.ac.jp',
		match:
			'invalid final delivery userid|no local mailbox|mailbox not local|not (?:a )?local (?:user|address|recipient|mailbox)|not our customer',
	},
	{
		reason: 'user-unknown',
		weight: 4,
		line: '553 5.1.3 Invalid address format / syntax error in recipient',
		match:
			'(?:malformed|bad|invalid|illegal|incorrect|wrong|improper)(?:ly formatted|ly formed)? (?:recipient |mailbox |rcpt |to |e-?mail |smtp )?(?:address|syntax|mailbox name|name syntax)|syntax error in (?:recipient|mailbox|address|rcpt)|mailbox syntax|mailbox name not allowed',
	},
	{
		reason: 'user-unknown',
		weight: 5,
		line: '554 5.5.1 Error: no valid recipients',
		match:
			'no valid recipients?|recipient (?:is )?invalid|address is (?:incorrect|invalid|wrong)|is not valid(?:$|[ .,])|recipient(?: address)?(?: rejected)?: (?:no such|unknown|invalid|not found|user)|invalid recipient',
	},

	{
		reason: 'user-unknown',
		weight: 7.5,
		line: '553 sorry, that recipient is not in my validrcptto list (#5.7.1)',
		match:
			'validrcptto|recipient is not in my|no such domain at this location|(?:not|no) (?:found|exist|match\\w{0,3}) in ldap|no matching (?:recipient|user|address)|(?:unable|failed|could not|cannot) (?:to )?(?:validate|verify) (?:the )?recipient|non-?existing (?:recipient|user|mailbox|address|account)',
	},

	{
		reason: 'user-unknown',
		weight: 7,
		line: '554 Sorry, we have no record of that user',
		match:
			"no (?:record|knowledge|account|mailbox|entry|match|such entry)s? (?:of|for|found for|with|matching|by) (?:that|this|the|such)? ?(?:user|recipient|address|name|mailbox|person|account|e-?mail)|user ?-?id (?:was )?(?:not|unknown|invalid)|not (?:one of|any of) (?:our|ours|my)|isn't one of ours|(?:not|n't) (?:correspond|belong|map|resolve|relate|refer) to (?:a |an |any )?(?:valid |known |existing |active )?(?:mailbox|user|recipient|account|address|person)|not our (?:mailbox|user|customer|recipient|address|client)|(?:address|user|mailbox|recipient|account|name|e-?mail) (?:is )?(?:not|un)[- ]?(?:registered|assigned|allocated|defined|provisioned|subscribed|configured|in use|activated yet)|(?:user|client|customer|subscriber|person|employee|contact|member) (?:does not|doesn't|did not|no longer) (?:exist|work)|no longer (?:in (?:service|use)|exists|at this (?:address|company|domain)|an? (?:valid|active)|used|accepts? (?:e-?)?mail|accepting (?:e-?)?mail|receiv\\w{1,3} (?:e-?)?mail|monitored|employed|associated|works?|a (?:customer|user|member|subscriber))|(?:recipient|rcpt|address|user|mailbox)(?: address)? (?:cannot|could not|couldn't|can't|can not) be (?:verified|validated|identified|resolved|located|recognized|matched)|(?:recipient|address) (?:verification|verify|validation) (?:failed|failure|unsuccessful)|^verification failed for|(?:recipient|address|user|mailbox)s? (?:not|isn't|is not|are not) (?:on|in|part of|at) (?:this|our|the|that) (?:system|server|domain|directory|site|host|list|organi[sz]ation)|wrong (?:e-?mail|address|recipient)|(?:check|verify) (?:the )?(?:spelling|recipient)|spelled (?:correctly|wrong)|not deliverable: no such",
	},
	{
		reason: 'user-unknown',
		weight: 7.5,
		line: '550 #5.1.0 Address rejected @',
		match: '^address rejected(?: @)?\\.?$',
	},
	{
		reason: 'recipient-filtered',
		weight: 7.5,
		line: '550 Delivery is not allowed to this address.',
		match:
			'(?:delivery|mail|messages?|sending|posting)(?: \\S{1,10})? (?:is |are )?(?:not (?:allowed|permitted|authori[sz]ed)|restricted|prohibited|forbidden) (?:to|for) (?:this|that|the) (?:address|recipient|user|mailbox|group|list)',
	},
];
