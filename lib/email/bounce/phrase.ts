/**
 * Phrases: patterns over normalised text (lower case, one space between words, addresses masked as `@`).
 *
 * A phrase is a regular expression in which `{name}` stands for a vocabulary below and `…` for a gap of at most 40
 * characters. Repetition without an upper bound is refused when a phrase is compiled, so matching is linear in the text.
 */
const VOCABULARY: Readonly<Record<string, string>> = {
	who: '(?:user(?:s|name|id)?|recipients?|(?:mail|e-mail|email|user|recipient|destination|delivery)? ?(?:address(?:es)?|accounts?|mailbox(?:es)?|mail ?drop|box|alias(?:es)?)|addressees?|rcpt|person|people|subscriber|customer|member|mail ?user|account ?name|local part)',
	box: "(?:mail ?box(?:es)?|in ?box|mail ?folder|mail ?drop|mail ?spool|mail ?store|message store|accounts?|recipients?(?:'s)?|users?(?:'s)?|subscriber(?:'s)?|maildir|folder|incoming mail)",
	not: "(?:not|never|n't|no longer|cannot|can not|unable to)",
	absent:
		"(?:un-?known|undefined|unrecogni[sz]ed|unregistered|unassigned|unresolvable|unresolved|invalid|bad|wrong|incorrect|mis-?spell?ed|non-?exist\\w{0,4}|inexistent|illegal|nobody|no such|deleted|removed|purged|retired|cancell?ed|(?:not|never|n't|no longer|cannot|can not|unable to|don't|dont) (?:\\S{1,12} ){0,2}?(?:found|find|know\\w{0,1}|exist\\w{0,3}|valid\\w{0,4}|recogni[sz]e\\w{0,1}|listed|registered|on file|defined|correct|located?|identif\\w{2,4}|resolved?|present|live here|in our|in the|have an?|belong|handled?|verif\\w{2,4}|match\\w{0,2}|appear\\w{0,2}|in use|one (?:of|we|that)))",
	refuse:
		'(?:reject(?:ed|s|ing)?|refus(?:ed|es|ing|e)|den(?:y|ied|ies)|block(?:ed|s|ing)?|declin(?:ed|es)|barred|disallowed|unwelcome|not welcome|not (?:be )?(?:allowed|accepted|permitted|authorized|authorised|accept))',
	client:
		"(?:client(?: host)?|(?:your|sending|source|sender|sender's|this|connecting|originating) (?:ip(?: address)?|host|server|network|domain|isp|address|mail server|mta|system)|\\bips?|ip address(?:es)?)",
};

export interface Phrase {
	readonly source: string;
	readonly pattern: RegExp;
}

const GAP = '.{0,40}?';

/** Compiles one phrase; throws on an unknown vocabulary and on unbounded repetition. */
export function phrase(source: string): Phrase {
	const expanded = source
		.replace(/\{([a-z]+)\}/g, (_, name: string) => {
			const words = VOCABULARY[name];
			if (words === undefined) throw new RangeError(`phrase "${source}" names an unknown vocabulary "${name}"`);
			return words;
		})
		.replaceAll('…', GAP);
	if (/(?<!\\)[*+]|\{\d*,\}/.test(expanded)) throw new RangeError(`phrase "${source}" repeats without an upper bound`);
	return { source, pattern: new RegExp(expanded, 'u') };
}

const ADDRESS_MASK = /(?:"[^"\n]{1,64}"|[^\s<>()[\],;:"'\\@]{1,80})@[a-z0-9_.-]{1,250}/gu;

/** Of a URL only the host, and Google's `?p=NoSuchUser`, tell anything. */
const URL_PATH = /(https?:\/\/[a-z0-9._-]{1,200})[^\s<>"')?]{0,500}(?:\?(?!p=)[^\s<>"')]{0,500})?/gu;

/** The form of a text that phrases are written for. Reads at most `limit` characters. */
export function normalise(text: string, limit = 2500): string {
	const words = text
		.slice(0, limit)
		.toLowerCase()
		.replace(/[\u2018\u2019\u00b4`]/g, "'")
		.replace(/[\u201c\u201d\u00ab\u00bb]/g, '"');
	const masked = words.includes('@') ? words.replace(ADDRESS_MASK, '@') : words;
	const plain = masked.includes('http') ? masked.replace(URL_PATH, '$1') : masked;
	return plain.replace(/\s+/g, ' ').trim();
}
