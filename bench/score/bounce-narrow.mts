/**
 * Which rows of the bounce classifier rest on a single file of the corpus, and what would be lost without them: each
 * file is classified by the rules that other files, too, have need of. What is wrong then is the least one may expect of
 * mail that the rules have never seen; a row named here should be a phrase of a standard or of a mail system's
 * documentation, or become wider. Needs a build (`npm run build`).
 */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { Classification } from '../../lib/email/bounce/classification.ts';
import type { Rule } from '../../lib/email/bounce/rules/rule.ts';

const require = createRequire(import.meta.url);
const built = join(import.meta.dirname, '../../dist/lib/email/bounce');
const corpus = join(import.meta.dirname, '../../test/corpora/bounce-sisimai');

interface Truth {
	files: Record<string, { kind: string; recipients: Array<{ reason?: string; hard?: boolean }> }>;
}
const { phrase } = require(join(built, 'phrase.js')) as { phrase: (source: string) => { pattern: RegExp } };
const { alternativesOf } = require(join(built, 'anchors.js')) as { alternativesOf: (source: string) => string[] };
const { REASONS } = require(join(built, 'reasons.js')) as { REASONS: Record<string, { others: { sisimai: string } }> };

/** The classifier anew, with the rules given. */
function classifierWith(change: (rules: readonly Rule[]) => readonly Rule[]): (raw: Buffer) => Classification {
	for (const key of Object.keys(require.cache)) if (key.startsWith(built)) Reflect.deleteProperty(require.cache, key);
	const rules = require(join(built, 'rules/index.js')) as { RULES: readonly Rule[] };
	rules.RULES = change(rules.RULES);
	return (require(join(built, 'classifyMessage.js')) as { classifyMessage: (raw: Buffer) => Classification })
		.classifyMessage;
}

let alternatives: Array<{ key: string; reason: string; source: string; pattern: RegExp }> = [];
const whole = classifierWith((rules) => {
	alternatives = rules.flatMap((rule, row) =>
		alternativesOf(phrase(rule.match).pattern.source).map((source) => ({
			key: `${row} ${source}`,
			reason: rule.reason,
			source,
			pattern: new RegExp(source, 'u'),
		})),
	);
	return rules;
});

const truth = (JSON.parse(readFileSync(join(corpus, 'truth.json'), 'utf8')) as Truth).files;
const files = Object.entries(truth).filter(([, { kind }]) => kind === 'bounce');
const uses = new Map<string, Set<string>>();
const answers = new Map<string, Classification>();
for (const [name] of files) {
	const answer = whole(readFileSync(join(corpus, name)));
	answers.set(name, answer);
	for (const { rule, text } of answer.recipients.flatMap(({ evidence }) => evidence)) {
		const reason = /^phrase:(.+)$/.exec(rule)?.[1];
		for (const alternative of alternatives) {
			if (alternative.reason !== reason || !alternative.pattern.test(text)) continue;
			uses.set(alternative.key, (uses.get(alternative.key) ?? new Set()).add(name));
		}
	}
}

const right = (name: string, { recipients }: Classification) =>
	truth[name]?.recipients.map(({ reason, hard }, index) => ({
		reason: REASONS[recipients[index]?.reason ?? '']?.others.sisimai === reason,
		hard: (recipients[index]?.bounceType === 'hard') === hard,
	})) ?? [];
const count = (rows: ReadonlyArray<{ reason: boolean; hard: boolean }>, what: 'reason' | 'hard') =>
	rows.filter((row) => row[what]).length;

const totals = { recipients: 0, reason: 0, hard: 0, reasonWithoutNarrow: 0, hardWithoutNarrow: 0, narrow: 0 };
const lost: Array<{ file: string; was: string; becomes: string; rows: string[] }> = [];
for (const [name] of files) {
	const answer = answers.get(name);
	if (answer === undefined) continue;
	const narrow = alternatives.filter(({ key }) => uses.get(key)?.size === 1 && uses.get(key)?.has(name) === true);
	const dropped = new Set(narrow.map(({ key }) => key));
	const other =
		narrow.length === 0
			? answer
			: classifierWith((rules) =>
					rules.flatMap((rule, row) => {
						const kept = alternativesOf(phrase(rule.match).pattern.source).filter((at) => !dropped.has(`${row} ${at}`));
						return kept.length === 0 ? [] : [{ ...rule, match: kept.join('|') }];
					}),
				)(readFileSync(join(corpus, name)));
	const [before, after] = [right(name, answer), right(name, other)];
	totals.recipients += before.length;
	totals.narrow += narrow.length;
	totals.reason += count(before, 'reason');
	totals.hard += count(before, 'hard');
	totals.reasonWithoutNarrow += count(after, 'reason');
	totals.hardWithoutNarrow += count(after, 'hard');
	if (count(after, 'reason') < count(before, 'reason'))
		lost.push({
			file: name,
			was: answer.recipients.map(({ reason }) => reason).join(' '),
			becomes: other.recipients.map(({ reason }) => reason).join(' '),
			rows: narrow.map(({ reason, source }) => `${reason}: ${source.slice(0, 160)}`),
		});
}
process.stdout.write(`${JSON.stringify({ ...totals, lost }, null, '\t')}\n`);
