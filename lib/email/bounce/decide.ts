import { allAddresses, sameAddress } from './addresses';
import { AnchorIndex, alternativesOf } from './anchors';
import type { BounceType, Evidence } from './classification';
import { normalise, phrase } from './phrase';
import { REASONS, type Reason } from './reasons';
import { RULES } from './rules';
import type { Rule, SmtpCommand } from './rules/rule';
import { reasonOfReplyCode } from './statusCodes';
import { statusVoice } from './statusReasons';

/** Everything known about one failure. */
export interface Failure {
	/** What the refusing host said, without regard to where it was read. */
	text: string;
	replyCode: string | null;
	status: string | null;
	/** Host that refused, when known. */
	remote: string;
	command: SmtpCommand | null;
	/** Addresses of the sending side, and the recipient's, where they are known. */
	senders?: readonly string[];
	recipient?: string | null;
}

export interface Decision {
	reason: Reason;
	/** What speaks for it, in the weights of the rules; 0 when nothing does. */
	weight: number;
	bounceType: BounceType;
	confidence: number;
	evidence: Evidence[];
}

/** One alternative of a rule's phrase: the index finds it, so that a text is matched against few of them. */
class Alternative {
	private compiled: RegExp | null = null;

	constructor(
		readonly rule: Rule,
		readonly source: string,
		readonly weight: number,
	) {}

	/** Most are never tried: a pattern is compiled when it is, once. */
	get pattern(): RegExp {
		return (this.compiled ??= new RegExp(this.source, 'u'));
	}
}

interface Table {
	/** From the heaviest to the lightest, so that the light ones need not be tried once a heavy one has matched. */
	alternatives: readonly Alternative[];
	index: AnchorIndex;
}

let table: Table | null = null;

/** Made for the first failure: to load the module is not yet to classify anything. */
function tableOfRules(): Table {
	if (table !== null) return table;
	const alternatives = RULES.flatMap((rule) =>
		alternativesOf(phrase(rule.match).pattern.source).map(
			(source) => new Alternative(rule, source, (rule.weight ?? 5) + (rule.remote === undefined ? 0 : 1)),
		),
	).sort((one, other) => other.weight - one.weight);
	table = {
		alternatives,
		index: new AnchorIndex(
			alternatives.map(({ source }) => source),
			RULES.map(({ line }) => wordsOf(line)),
		),
	};
	return table;
}

/** No phrase weighs more; but for one provider's words that decide wherever they stand. */
export const HEAVIEST = 11;

/** From this weight on the words stand for themselves, wherever they were said: see rules/rule.ts. */
const UNMISTAKABLE = 9.5;

/** A phrase that has lost more than this by its distance from the refusal says nothing: notices name users and hosts anyway. */
const FAINT = 1.5;

/** A phrase so much lighter than the best neither wins, whatever the codes say, nor changes the confidence. */
const FAR_BEHIND = 4;

/** Points for the codes agreeing with a phrase. */
const AGREEMENT = 1.5;

/**
 * The one place that decides why a delivery failed, and with it what is hard.
 *
 * Phrases, the enhanced status and the reply code each speak for a reason with a weight; the heaviest wins, and a code
 * that agrees adds to a phrase. So explicit text outranks a code that says something else, and a code decides where
 * the text says nothing.
 *
 * @param discount taken from the weight of every phrase: the text is further from the refusal than a diagnostic is
 */
export function decideReason(failure: Failure, source: Evidence['source'], discount = 0): Decision {
	const text = wordsOf(failure.text);
	const best = new Map<Reason, { weight: number; evidence: Evidence }>();
	const speak = (reason: Reason, weight: number, rule: string, words: string) => {
		const known = best.get(reason);
		if (known === undefined || known.weight < weight) {
			best.set(reason, { weight, evidence: { source, rule, text: words.slice(0, 200) } });
		}
	};
	let heaviest = 0;
	const { alternatives, index } = tableOfRules();
	for (const position of index.candidates(text)) {
		const candidate = alternatives[position];
		if (candidate === undefined) continue;
		const { rule } = candidate;
		const weight = candidate.weight - discount;
		if (weight < FAINT || weight <= heaviest - FAR_BEHIND) break;
		if ((best.get(rule.reason)?.weight ?? 0) >= weight || !applies(rule, failure)) continue;
		const match = candidate.pattern.exec(text);
		if (match === null) continue;
		speak(rule.reason, weight, `phrase:${rule.reason}`, match[0]);
		heaviest = Math.max(heaviest, weight);
	}
	const spoken = statusVoice(failure.status);
	const byStatus = spoken?.reason ?? null;
	const byCode = reasonOfReplyCode(failure.replyCode);
	for (const reason of [byStatus, byCode]) {
		const known = reason === null ? undefined : best.get(reason);
		if (known !== undefined) known.weight += AGREEMENT;
	}
	if (spoken !== null && failure.status !== null)
		speak(
			spoken.reason,
			spoken.weight + (byStatus === byCode ? AGREEMENT : 0),
			`status:${failure.status}`,
			failure.status,
		);
	if (byCode !== null && failure.replyCode !== null) speak(byCode, 2, `reply:${failure.replyCode}`, failure.replyCode);
	if (/[\p{L}]{2}/u.test(text)) speak('on-hold', 0.5, 'unknown-text', text);
	return conclude(best, failure);
}

function applies(rule: Rule, failure: Failure): boolean {
	if (rule.command !== undefined && (failure.command === null || !rule.command.includes(failure.command))) return false;
	if (rule.remote !== undefined && !rule.remote.test(failure.remote)) return false;
	if (rule.status !== undefined && !rule.status.test(failure.status ?? '')) return false;
	return rule.code === undefined || rule.code.test(failure.replyCode ?? '');
}

function conclude(best: Map<Reason, { weight: number; evidence: Evidence }>, failure: Failure): Decision {
	const ranked = [...best.entries()].sort((one, other) => other[1].weight - one[1].weight);
	const first = ranked[0];
	if (first === undefined)
		return { reason: 'undetermined', weight: 0, bounceType: 'soft', confidence: 0.1, evidence: [] };
	const [said, { weight }] = first;
	const context = CONTEXTS.find(
		(candidate) =>
			(weight < UNMISTAKABLE || candidate.decides === true) && candidate.said.includes(said) && candidate.when(failure),
	);
	const reason = context?.means ?? said;
	const lead = weight - (ranked[1]?.[1].weight ?? 0);
	const confidence = Math.min(0.99, 0.3 + 0.06 * weight + 0.05 * Math.min(lead, 4));
	const evidence = ranked.slice(0, 3).map(([, entry]) => entry.evidence);
	if (context !== undefined) evidence.push({ source: 'structure', rule: `context:${context.name}`, text: context.why });
	return {
		reason,
		weight,
		bounceType: bounceTypeOf(reason, failure),
		confidence: Math.round(confidence * 100) / 100,
		evidence,
	};
}

function isTemporary({ status, replyCode }: Failure): boolean {
	return status === null ? replyCode?.startsWith('4') === true : status.startsWith('4');
}

/** A domain that takes no mail today, says a temporary code, may take it tomorrow. */
function bounceTypeOf(reason: Reason, failure: Failure): BounceType {
	return reason === 'no-mail-accepted' && isTemporary(failure) ? 'soft' : REASONS[reason].bounceType;
}

/** Reasons that would cost the recipient further mail. */
const RECIPIENT_FAULTS = (Object.keys(REASONS) as Reason[]).filter((reason) => REASONS[reason].fault === 'recipient');

/** Servers that check the sender say what they found in the words for a recipient: `<us@here.example>: User unknown`. */
function namesSender({ text, senders = [], recipient = null }: Failure): boolean {
	if (senders.length === 0) return false;
	const named = allAddresses(text);
	if (recipient !== null && named.some((address) => sameAddress(address, recipient))) return false;
	return senders.some(
		(sender) => !sameAddress(sender, recipient) && named.some((address) => sameAddress(address, sender)),
	);
}

/** Words that mean something else where they were said. */
const CONTEXTS: ReadonlyArray<{
	name: string;
	said: readonly Reason[];
	means: Reason;
	why: string;
	/** Whatever the words weigh. */
	decides?: true;
	when: (failure: Failure) => boolean;
}> = [
	{
		name: 'names-sender',
		said: RECIPIENT_FAULTS,
		means: 'sender-rejected',
		why: "the address it speaks of is the sender's, and the recipient's is not named",
		decides: true,
		when: namesSender,
	},
	{
		name: 'mail-from',
		said: ['user-unknown', 'host-unknown', 'recipient-filtered'],
		means: 'sender-rejected',
		why: 'said in reply to MAIL FROM: it is the sender that is unknown',
		when: ({ command }) => command === 'MAIL',
	},
	{
		name: 'after-data',
		said: ['user-unknown'],
		means: 'recipient-filtered',
		why: 'the address was accepted at RCPT TO and called unknown only once the content had been seen',
		when: ({ command, status }) => command === 'DATA' && !/^[45]\.1\.\d/.test(status ?? ''),
	},
	{
		name: 'mailbox-status',
		said: ['user-unknown'],
		means: 'recipient-filtered',
		why: 'the status code says that the mailbox exists (RFC 3463 section 3.3)',
		when: ({ command, status }) => command !== 'RCPT' && /^[45]\.2\.[01]$/.test(status ?? ''),
	},
	{
		name: 'temporary',
		said: ['host-unknown'],
		means: 'network-error',
		why: 'a temporary code: the domain could not be looked up, which is not the same as unknown',
		when: isTemporary,
	},
];

/** Postfix puts its check's name before what the check says: `<user@example.com>: Recipient address rejected: …`. */
const POSTFIX_PREFIX = /^<?@>?: (?:recipient|client|data) (?:address|host|command) rejected: (?=.{4})/;

const CODES = /(?<![\w.])[245]\d\d[-: ](?:#?[245]\.\d\.\d{1,3}[:, ]?)?|(?<![\w.])#?[245]\.\d\.\d{1,3}(?![\w.])/g;

/** The form of a text that rules are matched against: normalised, without codes, which stand in every line of a reply. */
export function wordsOf(text: string): string {
	return normalise(text.replace(CODES, ' '))
		.replace(/^[\s'"(-]{1,6}/, '')
		.replace(POSTFIX_PREFIX, '');
}
