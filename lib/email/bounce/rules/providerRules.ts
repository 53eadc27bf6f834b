import type { Rule } from './rule';

const MICROSOFT = /outlook\.com|hotmail|microsoft|office365|exchange/i;
const KDDI = /ezweb\.ne\.jp|au\.com/i;

/** Words that mean something else, or something more exact, at one provider. */
export const PROVIDER_RULES: readonly Rule[] = [
	// Microsoft 365 and Outlook.com (learn.microsoft.com, "Email non-delivery reports and SMTP errors in Exchange Online").
	{ reason: 'user-unknown', weight: 9, line: '550 5.4.1 Recipient address rejected: Access denied. AS(201806281)', match: 'recipient address rejected: access denied', status: /^5\.4\.1$/ },
	{ reason: 'blocked', weight: 9, line: '550 5.7.606 Access denied, banned sending IP [192.0.2.25]', match: 'access denied, (?:banned|please)', status: /^5\.7\.(?:511|6\d\d|7\d\d)$/ },
	{ reason: 'authentication-failed', weight: 9, line: '550 5.7.509 Access denied, sending domain example.com does not pass DMARC verification', match: 'sending domain .{0,80}(?:does not pass|doesn\'t meet)|dmarc', status: /^5\.7\.5\d\d$/ },
	{ reason: 'blocked', weight: 8, line: "550 SC-001 (BAY004-MC1F1) Unfortunately, messages from 192.0.2.1 weren't sent. Please contact your Internet service provider since part of their network is on our block list", match: 'part of their network is on our block|\\b(?:sc|dy|ou)-00\\d\\b' },
	// Yahoo says so after DATA to addresses it does not have.
	{ reason: 'user-unknown', weight: 9, line: "554 delivery error: dd This user doesn't have a yahoo.com account (user@yahoo.com) [0]", match: "delivery error: dd (?:this user doesn't|sorry your message to)", remote: /yahoo/i },
	// KDDI: without an address in the reply it is the subscriber's filter that answers.
	{ reason: 'recipient-filtered', weight: 9, line: '550 : User unknown', match: '^(?:550 )?: user unknown', remote: KDDI },
	// NTT docomo answers so to mail that the subscriber's filter refuses.
	{ reason: 'recipient-filtered', weight: 9, line: "5.3.0 - Other mail system problem 550-'Unknown user user@docomo.ne.jp'", match: 'unknown user', remote: /docomo\.ne\.jp|203\.138\./i },
	{ reason: 'recipient-filtered', weight: 8, line: '550 5.2.0 Mail rejected', match: '^unknown user @?$', remote: MICROSOFT },
];
