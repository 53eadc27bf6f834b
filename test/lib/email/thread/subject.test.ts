import { describe, expect, it } from 'vitest';
import { SUBJECT_PREFIXES } from '../../../../lib/email/thread/prefixes';
import { normalizeSubject } from '../../../../lib/email/thread/subject';

describe('normalizeSubject', () => {
	it.each([
		// RFC 5256, 2.1
		['Re: Hello', 'Hello', true, false, []],
		['re:Hello', 'Hello', true, false, []],
		['RE : Hello', 'Hello', true, false, []],
		['Fwd: Re: FW: Hello', 'Hello', true, true, []],
		['Hello (fwd)', 'Hello', false, true, []],
		['Hello (fwd) (FWD)', 'Hello', false, true, []],
		['[Fwd: Hello]', 'Hello', false, true, []],
		['Re: [Fwd: [list] Hello (fwd)]', 'Hello', true, true, ['list']],
		['[list] Hello', 'Hello', false, false, ['list']],
		['[list] Re: [list] Hello', 'Hello', true, false, ['list', 'list']],
		['Re: [a] [b] Hello', 'Hello', true, false, ['a', 'b']],
		['Re [list]: Hello', 'Hello', true, false, ['list']],
		['Re:', '', true, false, []],
		['[only a tag]', '[only a tag]', false, false, []],
		['Re: [a] [b]', '[b]', true, false, ['a']],
		// counters
		['Re[2]: Hello', 'Hello', true, false, []],
		['Re(4): Hello', 'Hello', true, false, []],
		['RE^2: Hello', 'Hello', true, false, []],
		['Re*3: Hello', 'Hello', true, false, []],
		['AW2: Hallo', 'Hallo', true, false, []],
		// other languages, mixed
		['AW: WG: SV: Angebot', 'Angebot', true, true, []],
		['TR\u00a0: RE\u00a0: Facture', 'Facture', true, true, []],
		['回复：转发：订单', '订单', true, true, []],
		['Ｒｅ：注文', '注文', true, false, []],
		['\u200fתגובה: הזמנה', 'הזמנה', true, false, []],
		['İLT: Sipariş', 'Sipariş', false, true, []],
		['i̇lt: Sipariş', 'Sipariş', false, true, []],
		['Rép. : Bonjour', 'Bonjour', true, false, []],
		// gateways
		['[EXTERNAL] Re: Hello', 'Hello', true, false, ['EXTERNAL']],
		['Re: EXTERNAL: Hello', 'Hello', true, false, ['EXTERNAL']],
		['***SPAM*** Hello', 'Hello', false, false, ['SPAM']],
		['{Spam?} Fw: Hello', 'Hello', false, true, ['Spam?']],
		['(EXTERNAL) Hello', 'Hello', false, false, ['EXTERNAL']],
		// folding and blanks
		['Re:\r\n\tHello   world\u00a0!', 'Hello world !', true, false, []],
		['Cafe\u0301', 'Café', false, false, []],
	])('%j is about %j', (subject, base, isReply, isForward, tags) => {
		expect(normalizeSubject(subject)).toEqual({ base, isReply, isForward, tags });
	});

	it.each([
		'Report: all is well',
		'I think: therefore I am',
		'i: roman',
		'r: a language',
		'Regarding: your order',
		'External: a film',
		'12: a number',
		'(see below) Hello',
		'12:30 meeting',
		'Hello: [list]',
		'[unclosed Hello',
	])('leaves %j as it is', (subject) => {
		expect(normalizeSubject(subject)).toEqual({ base: subject, isReply: false, isForward: false, tags: [] });
	});

	it('knows the prefixes of at least 25 languages, each in its sample', () => {
		expect(SUBJECT_PREFIXES.length).toBeGreaterThanOrEqual(25);
		for (const { sample } of SUBJECT_PREFIXES) {
			const { base, isReply, isForward } = normalizeSubject(sample);
			expect({ base, prefixed: isReply || isForward }).toEqual({
				base: sample.split(/[:：]/)[1]?.trim(),
				prefixed: true,
			});
		}
	});

	it.each(
		SUBJECT_PREFIXES.flatMap(({ language, reply, forward }) => [...reply, ...forward].map((word) => [language, word])),
	)('%s: takes %s off, with and without a blank before the colon', (_language, word) => {
		for (const subject of [`${word}: x y`, `${word} : x y`, `${word}： x y`])
			expect(normalizeSubject(subject).base).toBe('x y');
	});

	it('is idempotent on its base', () => {
		for (const subject of ['Re: [Fwd: a]', '[x] AW: [y] b (fwd)', 'Re: [a] [b]', 'Fwd: [Fwd: [Fwd: c]]']) {
			const { base } = normalizeSubject(subject);
			expect(normalizeSubject(base).base).toBe(base);
		}
	});

	it('is through with a hostile subject of 1 MB', () => {
		for (const part of ['Re: ', '[', '[a] ', '[Fwd: ', '(fwd)', '*** ', 'Re[', ' ', '[a']) {
			const subject = part.repeat(1_000_000 / part.length);
			expect(typeof normalizeSubject(subject).base).toBe('string');
		}
		expect(normalizeSubject(`${'[Fwd: '.repeat(100_000)}x${']'.repeat(100_000)}`).base).toBe('x');
	});
});
