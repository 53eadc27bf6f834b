import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { AnchorIndex, alternativesOf, anchorsOf, frequencyIn } from '../../../../lib/email/bounce/anchors';
import { wordsOf } from '../../../../lib/email/bounce/decide';
import { phrase } from '../../../../lib/email/bounce/phrase';
import { RULES } from '../../../../lib/email/bounce/rules';

describe('anchorsOf', () => {
	it.each([
		['mailbox full', ['mail']],
		['(?:mailbox|account) on', ['mail', 'acco']],
		['user (?:is )?unknown', ['unkn']],
		['over.{0,40}?quota', ['quot']],
		['a\\.b\\.cd', ['a.b.']],
		['(?:abcd){0,2}efgh', ['efgh']],
		['(?:abcd){1,2}', ['abcd']],
		['(?!never)[a-z]{4}then', ['then']],
		['\\bspf\\b', ['spf']],
		['病毒|太大', ['病毒', '太大']],
	])('%s', (source, anchors) => {
		expect(anchorsOf(source)).toEqual(anchors);
	});

	it.each(['ab', '毒', '\\d{3}', '(?:abcd)?', 'abcd|x', '[abcd]{4}'])('knows nothing of %s', (source) => {
		expect(anchorsOf(source)).toBeNull();
	});

	it('takes the rarest where texts of the kind are known', () => {
		const frequency = frequencyIn(['mail', 'mail', 'mail is full']);
		expect(anchorsOf('mailbox (?:is )?full', frequency)).toEqual(['ailb']);
		expect(anchorsOf('(?:mail|e-mail) … over', frequency)).toEqual([' … o']);
	});
});

describe('alternativesOf', () => {
	it('splits at the outer level only', () => {
		expect(alternativesOf('a|b(?:c|d)|[|]|\\||e')).toEqual(['a', 'b(?:c|d)', '[|]', '\\|', 'e']);
	});
});

describe('AnchorIndex', () => {
	const sources = RULES.flatMap(({ match }) => alternativesOf(phrase(match).pattern.source));
	const replies = readFileSync(resolve(__dirname, 'samples/replies.tsv'), 'utf8').split('\n');
	const texts = [...RULES.map(({ line }) => line), ...replies].map(wordsOf);

	it('never leaves out a phrase that matches, and leaves out most others', () => {
		const index = new AnchorIndex(
			sources,
			RULES.map(({ line }) => wordsOf(line)),
		);
		const patterns = sources.map((source) => new RegExp(source, 'u'));
		let tried = 0;
		for (const text of texts) {
			const candidates = new Set(index.candidates(text));
			tried += candidates.size;
			const missed = patterns.filter((pattern, at) => !candidates.has(at) && pattern.test(text));
			expect(missed, text).toEqual([]);
		}
		expect(tried / texts.length).toBeLessThan(sources.length / 3);
	});
});
