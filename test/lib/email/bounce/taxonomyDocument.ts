import { REASONS, type Reason, type ReasonDefinition } from '../../../../lib/email/bounce/reasons';

const rows = Object.entries(REASONS) as Array<[Reason, ReasonDefinition]>;
const suppressText = { always: 'at once', repeated: 'when it goes on', never: 'no' } as const;

function table(head: string[], body: string[][]): string {
	return [head, head.map(() => '---'), ...body].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

/** docs/bounce-taxonomy.md, made from lib/email/bounce/reasons.ts. */
export function renderTaxonomy(): string {
	const what = table(
		['reason', 'meaning', 'fault', 'final', 'suppress', 'type', 'nature', 'what to do'],
		rows.map(([name, r]) => [
			`\`${name}\``,
			r.meaning,
			r.fault,
			r.final ? 'yes' : 'no',
			suppressText[r.suppress],
			r.bounceType,
			r.nature,
			r.advice,
		]),
	);
	const others = table(
		['reason', 'sentence for support staff', 'Sisimai', 'Amazon SES', 'SparkPost', 'Postmark'],
		rows.map(([name, r]) => [
			`\`${name}\``,
			r.sentence,
			r.others.sisimai,
			r.others.ses,
			r.others.sparkpost,
			r.others.postmark,
		]),
	);
	return `# Why a delivery failed: the taxonomy

Made from \`lib/email/bounce/reasons.ts\`; a test keeps the two alike (\`UPDATE_DOCS=1\` writes this page anew).

One table serves returned mail, live SMTP replies, the errors of providers' APIs and their delivery events. Its three
decisions:

- **Fault** says whose matter the failure is: the \`recipient\`'s (address or mailbox), the \`content\`'s, the \`sender\`'s
  (our address, server, reputation, login or quota), the \`network\`'s (the way there, and the receiving system), or
  \`unknown\`.
- **Final** says whether a permanent refusal (a reply 5yz, or an API's error of that kind) ends the send. Where it says no,
  the send is _deferred_ even then: it goes out by itself once the cause is gone, or expires. A temporary refusal (4yz) is
  never final, and what has come back as a bounce has come back, whatever the reason.
- **Suppress** is about the address: _at once_, _when it goes on_ (by the policy's number of bounces in a time), or not at
  all. Only what is the recipient's own fault suppresses.

What is unknown is neither final nor suppressed: a 550 with words nobody has seen before may be about us. Failures that
are the sender's fault open the circuit breaker, stand in the dashboard, and one operation of the Email Ledger
(_Send → Release_) makes those sends due once the cause is mended.

**Type** says whether the address will never work (\`hard\`). **Nature** says what stands behind the failure: \`permanent\`
(the same attempt will fail again), \`block\` (refused on purpose), \`transient\` (may work later).

A result always carries its evidence — the words or codes that decided, and where they stood — and a confidence from
0 to 1. What the refusing host said in words outranks the codes around it; codes decide where the words say nothing.

${what}

## In other systems' words

The nearest category of each; their borders differ, so the mapping is not exact in both directions.

${others}
`;
}
