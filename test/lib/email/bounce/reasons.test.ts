import { describe, expect, it } from 'vitest';
import { REASONS, type ReasonDefinition } from '../../../../lib/email/bounce/reasons';
import { RULES } from '../../../../lib/email/bounce/rules';
import { verdictOf, verdictOfBounce } from '../../../../lib/email/bounce/verdict';
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

	it('calls hard only what is the recipient’s, and suppresses all of that at once', () => {
		for (const [name, reason] of reasons) {
			if (reason.bounceType === 'hard')
				expect([name, reason.fault, reason.suppress]).toEqual([name, 'recipient', 'always']);
		}
		expect(reasons.filter(([, { bounceType }]) => bounceType === 'hard').map(([name]) => name)).toEqual([
			'user-unknown',
			'host-unknown',
			'no-mail-accepted',
			'has-moved',
		]);
	});

	it('suppresses only what is the recipient’s fault, and ends a send only for that or for its content', () => {
		for (const [name, { fault, final, suppress }] of reasons) {
			if (suppress !== 'never') expect([name, fault]).toEqual([name, 'recipient']);
			if (final) expect([name, fault]).toEqual([name, expect.stringMatching(/^(?:recipient|content)$/)]);
		}
	});

	it('decides nothing about what is unknown', () => {
		for (const unknown of ['on-hold', 'undetermined', 'policy-rejected', 'SMTP_REFUSED', 'no such reason', null]) {
			expect(verdictOf(unknown)).toMatchObject({ fault: 'unknown', final: false, suppress: 'never' });
		}
	});

	it('takes a provider’s word that an address will never work, unless it gives a reason that says something else', () => {
		expect(verdictOfBounce({ type: 'hard', reason: null })).toMatchObject({ fault: 'recipient', suppress: 'always' });
		expect(verdictOfBounce({ type: 'hard', reason: 'blocked' })).toMatchObject({ fault: 'sender', suppress: 'never' });
		expect(verdictOfBounce({ type: 'soft', reason: null })).toMatchObject({ fault: 'unknown', suppress: 'never' });
		expect(verdictOfBounce({ type: null, reason: null })).toMatchObject({ fault: 'unknown', suppress: 'never' });
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
