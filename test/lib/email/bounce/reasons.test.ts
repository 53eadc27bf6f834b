import { describe, expect, it } from 'vitest';
import { REASONS, type ReasonDefinition } from '../../../../lib/email/bounce/reasons';
import { RULES } from '../../../../lib/email/bounce/rules';
import { sameAsFile } from '../../../generatedDocument';
import { reasonMaps } from './reasonMaps';
import { renderTaxonomy } from './taxonomyDocument';

const reasons = Object.entries<ReasonDefinition>(REASONS);

describe('the taxonomy', () => {
	it('is what docs/bounce-taxonomy.md says', () => {
		sameAsFile('docs/bounce-taxonomy.md', renderTaxonomy());
	});

	it('is what the scorer maps', () => {
		sameAsFile('bench/score/bounce-reasons.json', `${JSON.stringify(reasonMaps(), null, '\t')}\n`);
	});

	it('calls hard only what concerns the address, and suppresses all of that at once', () => {
		for (const [name, reason] of reasons) {
			if (reason.bounceType === 'hard')
				expect([name, reason.concerns, reason.suppress]).toEqual([name, 'address', 'always']);
		}
		expect(reasons.filter(([, { bounceType }]) => bounceType === 'hard').map(([name]) => name)).toEqual([
			'user-unknown',
			'host-unknown',
			'no-mail-accepted',
			'has-moved',
		]);
	});

	it('never retries what is hard or refused on purpose, unless the refusal is about pace', () => {
		for (const [name, { bounceType, nature, retry }] of reasons) {
			if (bounceType === 'hard' || (nature === 'block' && name !== 'bad-reputation'))
				expect([name, retry]).toEqual([name, false]);
		}
	});

	it('has sentences, not codes, for people', () => {
		for (const [, { sentence, meaning, advice }] of reasons) {
			for (const text of [sentence, meaning, advice]) expect(text).toMatch(/^[A-Z].{5,}\.$/);
			expect(sentence).not.toMatch(/\d{3}|\d\.\d/);
		}
	});

	it('has a rule for every reason that words can give', () => {
		const ruled = new Set(RULES.map(({ reason }) => reason));
		const without = reasons.map(([name]) => name).filter((name) => !ruled.has(name as never));
		expect(without).toEqual(['undetermined', 'complaint', 'auto-reply', 'delivered']);
	});
});
