import { ADDRESS_PATTERN, allAddresses, firstAddress, sameAddress } from './addresses';

/** What the text of a notice says about one address. */
export interface NoticeRecipient {
	address: string;
	/** The address it was expanded or forwarded from, where the text says so. */
	originalAddress: string | null;
	/** The lines that stand under or behind the address; '' when there are none. */
	diagnostic: string;
	/** 3: the notice lists it as failed, 2: a sentence names it, 1: a `To:` line among what the notice repeats. */
	strength: 1 | 2 | 3;
	/** Name of the form it was found by. */
	form: string;
}

/** A way to write "this address failed". `a` is the address, `d` what is said about it; matched against one line. */
interface Form {
	name: string;
	/** The real line the form stems from. */
	line: string;
	pattern: RegExp;
	strength: 1 | 2 | 3;
}

const A = `(?<![^\\s<>()[\\],;:"'=|*「《（：])(?<a>${ADDRESS_PATTERN})`;
const FAIL =
	'(?:deliver|reject|return|fail|bounce|refuse|undeliver|unreach|block|could not|unable|not be sent|problem|error|delay|not been)';

function form(name: string, strength: 1 | 2 | 3, line: string, source: string): Form {
	return { name, line, strength, pattern: new RegExp(source.replaceAll('ADDR', A), 'iu') };
}

/** First match wins; the order is from the exact to the loose. */
export const FORMS: readonly Form[] = [
	form('transcript-rcpt', 3, '>>> RCPT To:<mikeneko@example.co.jp>', '^>>> RCPT TO: ?<?ADDR>?'),
	form('arrows', 3, '>>> user@example.jp <<<', '^>>> ?<?ADDR>? ?<<<$'),
	form(
		'transcript-result',
		3,
		'550 5.1.1 <user@example.jp>... User unknown',
		'^(?<c>[245]\\d\\d)(?:[ -][245]\\.\\d\\.\\d{1,3})? <?ADDR>?\\.\\.\\. ?(?<d>.{0,1000})$',
	),
	form(
		'label',
		3,
		'    Recipient: <user@ezweb.ne.jp>',
		'^(?:failed |final |intended |undelivered |actual )?(?:recipient|addressee|rcpt to|rcpt|address)(?:\\(s\\)|s| address| name)? ?[:=] ?\\[?(?:<|smtp:|"|\')?ADDR[>\\]"\']{0,2}(?:[:,; ]{1,3}(?<d>.{0,1000}))?$',
	),
	form(
		'generated-from',
		3,
		'    (generated from userx@example.com)',
		'^\\((?:ultimately )?generated from <?ADDR>?\\)$',
	),
	form(
		'angle-head',
		3,
		'<user@example.jp>: host mx.example.jp[192.0.2.8] said: 550 5.1.1 User unknown',
		'^(?:[*•-]{1,2} )?(?:"[^"\\n]{0,100}"|[^"<>@]{0,60}) ?<(?:mailto:|smtp:)?ADDR>(?: ?(?:\\.\\.\\.|[:;,-]|\\s)\\s{0,5}(?<d>.{0,1000}))?$',
	),
	form(
		'colon-head',
		3,
		'user@example.jp: 550 5.2.2 <user@example.jp>... Mailbox Full',
		'^(?:[*•-]{1,2} )?[\'"(]?ADDR[\'")]?(?: ?:{1,2} ?| \\.\\.\\. ?|\\.\\.\\. ?| - | -- |; ?)(?<d>.{0,1000})$',
	),
	form(
		'reason-in-brackets',
		3,
		'2) user@example.jp (mailbox full)',
		'^(?:[*•-]{1,2} |\\d{1,3}[.)] )?[\'"(<[]{0,2}(?:smtp:|rfc822;|mailto:)?ADDR[\'")>\\]]{0,2} ?[([](?<d>.{3,1000}?)[)\\]]?[.,;]?$',
	),
	form(
		'bare-head',
		3,
		'     user@example.jp',
		'^(?:[*•-]{1,2} |\\d{1,3}[.)] )?[\'"([]{0,2}(?:smtp:|rfc822;|mailto:)?ADDR[\'")\\]]{0,2}[.,;:]?$',
	),
	form(
		'bracket-head',
		3,
		'Ana Sousa (user@example.jp)',
		'^[^@<>()]{0,60}[(<\\[]{1,2}(?:smtp:|mailto:)?ADDR[)>\\]]{1,2}(?:<mailto:[^>]{1,200}>)?[.:]?$',
	),
	form('exchange-on', 3, 'user@example.com on Thu, 29 Apr 2010 18:14:35 -0700', '^[\'"]?ADDR[\'"]? on (?<x>.{6,60})$'),
	form(
		'zoho',
		3,
		'user@example.jp Invalid Address, ERROR_CODE :550, ERROR_CODE :5.1.1 <user@example.jp>... User Unknown',
		'^ADDR (?<d>.{0,200}(?:error|invalid|fail|unknown|reject|full|refus|not ).{0,800})$',
	),
	form(
		'rejected-recipient',
		3,
		'SMTP Server <smtpd.libsisimai.org> rejected recipient <user@libsisimai.org> (Error following RCPT command). It responded as follows: [550 5.1.1 User unknown]',
		'(?:rejected|refused|unknown|invalid) (?:the )?(?:following )?(?:recipient|address|user|mailbox)(?: address)?:? [<"\'([]?ADDR[>"\')\\]]?(?<d>.{0,1000})$',
	),
	form(
		'deliver-to',
		3,
		'There was an error delivering your mail to <postmaster@cx.libsisimai.org>.',
		`${FAIL}.{0,120}?\\b(?:to|for|recipients?|address(?:es)?|attempts?|by)\\b(?: the)?(?: following)?(?: recipients?| address(?:es)?| user| mailbox| email| e-mail)?(?:\\(s\\))?[ :]{0,3}(?:<mailto:|[<"'(\\[]|mailto:){0,2}ADDR[>"')\\]]{0,2}(?<d>.{0,1000})$`,
	),
	form(
		'message-to',
		3,
		"Your message to user@example.com couldn't be delivered.",
		`^(?:your |the |a |this )?(?:following )?(?:message|e-?mail|mail|letter)(?: (?:sent|addressed|you sent|that you sent|from .{3,100}?))? (?:to|for)[ :]{1,2}[<"'(\\[]?ADDR[>"')\\]]?(?<d>.{0,200}${FAIL}.{0,600}|\\s{0,3})$`,
	),
	form(
		'was-address',
		2,
		'Invalid final delivery userid: user@example.ac.jp',
		'(?:userid|user|mailbox|recipient|address|account|adresse|destinataire|empf(?:ä|ae)nger|destinatario|получател[а-я]{1,3}|адрес[а-я]{0,3}|宛先|アドレス|收件人|地址)[:：]? ?[<"\'(\\[「《]?ADDR[>"\')\\]」》]?(?<d>.{0,600})$',
	),
	form(
		'address-was',
		2,
		'user@example.com could not be reached',
		"^.{0,40}[<\"'(]?ADDR[>\"')]? (?:is|was|has|does|did|could|can|cannot|not|n'existe|existiert|no |не ).{3,600}$",
	),
	form(
		'failed-line',
		2,
		'Delivery failed 20 attempts: user@example.com',
		`${FAIL}.{0,100}?(?<!from|by|sender)[:<( ]ADDR`,
	),
	form('wrapped-to', 2, 'to <user@example.com>.', '^(?:to|an|à|para|a) (?:the address )?[<"\'(]?ADDR[>"\')]?[.,;:]?$'),
	form(
		'to-line',
		1,
		'  To:      user@example.com',
		'^(?:to|an|à|para|a|кому|宛先|收件人)[:：]\\s{0,20}.{0,80}?[<"\'(]?ADDR',
	),
];

const ROLE =
	/^(?:postmaster|mailer-daemon|abuse|support|helpdesk|hostmaster|webmaster|root|noc|info-?desk|mailmaster|admin|it-?support|servicedesk|no-?reply|mail-daemon)@/i;
const ORIGIN = new RegExp(
	`\\((?:ultimately )?(?:generated from|expanded from:?|originally addressed to|forwarded from) ?<?(${ADDRESS_PATTERN})>?`,
	'iu',
);
const ORIGINAL_LABEL = new RegExp(`^original (?:address|recipient) ?: ?<?(${ADDRESS_PATTERN})`, 'iu');
/** Behind the command about an address, in a transcript, stands the reply to it. */
const ANSWERED = /^transcript-rcpt|>>> RCPT TO:[^>]{1,320}>?$/i;
const SECTION = /^-{2,}|^={5,}|^\*{5,}/;
/** Header lines that notices repeat, whose ids look like addresses. */
const REPEATED = /^(?:message[- ]id|in-reply-to|references|mts-id|internal message id|envelope-id)\b/i;
/** What stands before an address that is named as the sender. */
const FROM = /(?:\b(?:from|sender|by|von|de|da)|от|отправитель)[\s:<"'([]{0,6}$/iu;
/** A line that closes an address's diagnostics: the notice has gone on to something else. */
const CLOSING =
	/^(?:the following (?:text|recipients?|address)|for (?:further|more) |if you do so|please |- ?-{3,}|рекомендуем|this message was created|giving up|no action is required|\*{5,}|={5,})/i;

/**
 * Reads the addresses a notice names as failed, in order, with what it says about each.
 *
 * `senders` are addresses that cannot be the failed one unless nothing else is named: whom the notice is written to
 * and by. Addresses of the strongest form found are given, the weaker ones are left out.
 */
export function readNoticeRecipients(notice: string, senders: readonly string[]): NoticeRecipient[] {
	const found: NoticeRecipient[] = [];
	let current: NoticeRecipient | null = null;
	const replies: string[] = [];
	for (const raw of unfold(notice)) {
		const line = raw.trim().replace(/^(?:[|>*•]|[-=]{1,3}>|→)\s(?=\S)/, '');
		if (REPEATED.test(line)) continue;
		if (line === '') {
			if (current !== null && current.diagnostic !== '') current = null;
			continue;
		}
		if (/^<<< /.test(line)) {
			replies.push(line.slice(4));
			if (current !== null && ANSWERED.test(`${current.form} ${current.diagnostic}`)) append(current, line.slice(4));
			continue;
		}
		const origin = current === null ? null : (ORIGIN.exec(line)?.[1] ?? ORIGINAL_LABEL.exec(line)?.[1] ?? null);
		if (current !== null && origin !== null) {
			current.originalAddress = origin;
			continue;
		}
		const hit: NoticeRecipient | null = line.includes('@') ? matchForms(line, current) : null;
		if (hit !== null && FROM.test(line.slice(0, line.indexOf(hit.address))) && isSender(hit.address, senders)) continue;
		if (hit !== null) {
			hit.originalAddress = ORIGIN.exec(hit.diagnostic)?.[1] ?? null;
			if (hit.form === 'transcript-result') hit.diagnostic = [...replies.splice(0), hit.diagnostic].join(' ');
			const known: NoticeRecipient | undefined = found.find((entry) => sameAddress(entry.address, hit.address));
			if (known === undefined) found.push(hit);
			else {
				if (known.diagnostic === '' || hit.form === 'transcript-result') append(known, hit.diagnostic);
				known.strength = Math.max(known.strength, hit.strength) as 1 | 2 | 3;
			}
			for (const address of listedBehind(line, hit.address)) {
				if (!found.some((entry) => sameAddress(entry.address, address)))
					found.push({ ...hit, address, diagnostic: '', originalAddress: null });
			}
			current = hit.form === 'transcript-result' ? null : (known ?? hit);
		} else if (SECTION.test(line) || CLOSING.test(line)) current = null;
		else if (current !== null && current.strength > 1) append(current, line);
	}
	return strongest(found, senders);
}

const NEXT = new RegExp(
	`^[>"')\\]]{0,2}\\s{0,3}(?:[,;]|and|und|et|y|e|&)\\s{0,3}(?:[<"'([]{0,2}|mailto:)(${ADDRESS_PATTERN})`,
	'iu',
);

/** The addresses that follow the first in the same line with nothing but commas between them. */
function listedBehind(line: string, first: string): string[] {
	const addresses: string[] = [];
	let rest = line.slice(line.indexOf(first) + first.length);
	for (let match = NEXT.exec(rest); match !== null && addresses.length < 200; match = NEXT.exec(rest)) {
		addresses.push(match[1] ?? '');
		rest = rest.slice(match[0].length);
	}
	return addresses;
}

function append(entry: NoticeRecipient, text: string): void {
	if (text === '' || entry.diagnostic.length > 2000) return;
	entry.diagnostic += entry.diagnostic === '' ? text : ` ${text}`;
}

/** Forms that stay what they are in the middle of an address's diagnostics: the line begins with another address. */
const HEADS = /^(?:transcript|label|angle-head|colon-head|reason-in-brackets|bare-head|exchange-on|zoho)/;

/** Within an address's own diagnostics only a new head counts: a sentence there is about the same address. */
function matchForms(line: string, current: NoticeRecipient | null): NoticeRecipient | null {
	for (const { name, pattern, strength } of FORMS) {
		const groups = pattern.exec(line)?.groups;
		const address = firstAddress(groups?.a ?? null);
		if (groups === undefined || address === null) continue;
		const hit = { address, originalAddress: null, diagnostic: (groups.d ?? '').trim(), strength, form: name };
		if (current === null) return hit;
		const same = sameAddress(current.address, address);
		if (same && name !== 'transcript-result' && !(name === 'bare-head' && current.diagnostic === '')) return null;
		return HEADS.test(name) ? hit : null;
	}
	return null;
}

function isSender(address: string, senders: readonly string[]): boolean {
	return senders.some((sender) => sameAddress(sender, address));
}

function strongest(found: NoticeRecipient[], senders: readonly string[]): NoticeRecipient[] {
	const people = found.filter((entry) => !ROLE.test(entry.address));
	const others = people.filter((entry) => !isSender(entry.address, senders));
	const listed = (entries: NoticeRecipient[]) => entries.filter((entry) => entry.strength === 3);
	const eligible = [others, listed(people), listed(found)].find((entries) => entries.length > 0) ?? [];
	const best = Math.max(0, ...eligible.map((entry) => entry.strength));
	return eligible.filter((entry) => entry.strength === best);
}

/** Joins a line that was wrapped within an address's brackets to the next. */
function unfold(notice: string): string[] {
	const lines = notice.split('\n');
	const joined: string[] = [];
	for (const line of lines.slice(0, 600)) {
		const previous = joined.at(-1);
		if (previous !== undefined && /\((?:expanded|generated|forwarded) from:?\s{0,3}$/i.test(previous)) {
			joined[joined.length - 1] = `${previous.trimEnd()} ${line.trim()}`;
		} else if (
			previous !== undefined &&
			/(?:address(?:es)?|recipients?|to|for|following|<)\s{0,3}:?$/i.test(previous) &&
			/^<?[^\s@]{1,80}@[^\s@]{1,200}>?[.:]?$/.test(line)
		) {
			joined[joined.length - 1] = `${previous.trimEnd()} ${line}`;
			joined.push(line);
		} else joined.push(line);
	}
	return joined;
}

/** Any address in the notice that is nobody's but a recipient's: the last resort. */
export function looseAddresses(notice: string, senders: readonly string[]): string[] {
	return allAddresses(notice).filter(
		(address) => !ROLE.test(address) && !senders.some((sender) => sameAddress(sender, address)),
	);
}
