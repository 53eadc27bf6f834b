import { REASONS, type Reason, type ReasonDefinition } from '../../../../lib/email/bounce/reasons';

const rows = Object.entries(REASONS) as Array<[Reason, ReasonDefinition]>;
const suppressText = { always: 'at once', repeated: 'when it goes on', never: 'no' } as const;

function table(head: string[], body: string[][]): string {
	return [head, head.map(() => '---'), ...body].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

/** docs/bounce-taxonomy.md, made from lib/email/bounce/reasons.ts. */
export function renderTaxonomy(): string {
	const what = table(
		['reason', 'meaning', 'type', 'nature', 'suppress', 'retry', 'what to do'],
		rows.map(([name, r]) => [
			`\`${name}\``,
			r.meaning,
			r.bounceType,
			r.nature,
			suppressText[r.suppress],
			r.retry ? 'yes' : 'no',
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

One table serves returned mail, live SMTP replies and providers' delivery events. **Type** says whether the address is
at fault: \`hard\` means that it will never work, everything else is \`soft\` — also a refusal with a 5xx code, when it is the
message, the sender or the mailbox's state that is refused. **Nature** says what stands behind it: \`permanent\` (the same
attempt will fail again), \`block\` (refused on purpose), \`transient\` (may work later). **Suppress** is about the address:
_at once_, _when it goes on_ (by the policy's number of bounces in a time), or not at all. **Retry** is about sending the
same message again, unchanged, later.

A result always carries its evidence — the words or codes that decided, and where they stood — and a confidence from
0 to 1. What the refusing host said in words outranks the codes around it; codes decide where the words say nothing.

${what}

## In other systems' words

The nearest category of each; their borders differ, so the mapping is not exact in both directions.

${others}
`;
}
