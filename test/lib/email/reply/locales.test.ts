import { describe, expect, it } from 'vitest';
import { extractReply } from '../../../../lib/email/reply/extractReply';
import { ATTRIBUTION_LOCALES } from '../../../../lib/email/reply/locales/attributions';
import { DISCLAIMER_LOCALES } from '../../../../lib/email/reply/locales/disclaimers';
import { FOOTER_RULES } from '../../../../lib/email/reply/locales/footers';
import { HEADER_NAMES } from '../../../../lib/email/reply/locales/headerNames';
import { REPLY_ABOVE, SEPARATOR_LOCALES } from '../../../../lib/email/reply/locales/separators';

const AUTHORS = 'Hello, this is my answer.\nTwo lines of it in 2 parts';
const textOf = (text: string): string => extractReply({ text }).text;
const capital = (word: string): string => word.charAt(0).toUpperCase() + word.slice(1);

/** The line itself, and broken at every blank as a client that wraps may break it. */
function wrappings(line: string): string[] {
	const words = line.split(' ');
	const broken = words.slice(1).map((_, at) => `${words.slice(0, at + 1).join(' ')}\n${words.slice(at + 1).join(' ')}`);
	return [line, ...broken.filter((text) => text.indexOf('\n') >= 30)];
}

describe('the locale tables', () => {
	it('cover at least 20 languages each', () => {
		for (const table of [ATTRIBUTION_LOCALES, HEADER_NAMES, SEPARATOR_LOCALES, FOOTER_RULES, DISCLAIMER_LOCALES]) {
			expect(new Set(table.map(({ language }) => language)).size).toBeGreaterThanOrEqual(20);
		}
	});

	it.each(ATTRIBUTION_LOCALES.flatMap(({ language, samples }) => samples.map((sample) => [language, sample])))(
		'%s: %s leads a quote in, wrapped or not',
		(_language, sample) => {
			for (const attribution of wrappings(sample)) {
				expect(textOf(`${AUTHORS}\n\n${attribution}\n\n> old\n> words\n`)).toBe(AUTHORS);
				expect(textOf(`${AUTHORS}\n${attribution}\n> old\n> words\n`)).toBe(AUTHORS);
				expect(textOf(`${attribution}\n> old\n> words\n\n${AUTHORS}\n`)).toBe(AUTHORS);
				if (/\d\d[:.]\d\d/.test(sample)) {
					expect(textOf(`${AUTHORS}\n\n${attribution}\n\nold\n\nwords\n`)).toBe(AUTHORS);
				}
			}
		},
	);

	it.each(HEADER_NAMES.map((names) => [names.language, names] as const))(
		'%s: a header block ends the reply, plain, bold, under a rule, in another order, double-spaced',
		(_language, { from, date, to, subject }) => {
			for (const f of from) {
				for (const d of date) {
					for (const t of to) {
						for (const s of subject) {
							const ann = 'Ann Lee <ann@example.com>';
							const blocks = [
								`${f}: ${ann}\n${d}: 3. 5. 2016 10:12\n${t}: Bob <bob@example.com>\n${s}: Things`,
								`*${capital(f)}:* Ann Lee [mailto:ann@example.com]\n*${capital(d)}:* 3. 5. 2016 10:12\n*${capital(t)}:* Bob\n*${capital(s)}:* Things`,
								`________________________________\n${f} : ${ann}\n${d} : 3. 5. 2016 10:12\n${t} : Bob;\n Carl <carl@example.com>\n${s} : Things`,
								`${s}: Things\n${f}: ${ann}\n${t}: Bob <bob@example.com>\n${d}: 3. 5. 2016 10:12`,
								`${f}：${ann}\n\n${d}：3. 5. 2016 10:12\n\n${t}：Bob\n\n${s}：Things`,
							];
							for (const block of blocks) expect(textOf(`${AUTHORS}\n\n${block}\n\nold words\n`)).toBe(AUTHORS);
						}
					}
				}
			}
		},
	);

	it.each(SEPARATOR_LOCALES.map((locale) => [locale.language, locale] as const))(
		'%s: separators end the reply, whatever rules and capitals they are drawn with',
		(_language, { original, forwarded, begin }) => {
			for (const phrase of [...original, ...forwarded]) {
				for (const line of [
					`-----${phrase}-----`,
					`-------- ${phrase.toUpperCase()} --------`,
					`---------- ${capital(phrase)} ---------`,
					`‐‐‐‐‐‐‐ ${phrase} ‐‐‐‐‐‐‐`,
					`_____ ${phrase} _____`,
				]) {
					expect(textOf(`${AUTHORS}\n\n${line}\nold words\n`)).toBe(AUTHORS);
				}
			}
			for (const phrase of begin) expect(textOf(`${AUTHORS}\n\n${capital(phrase)}:\n\nold words\n`)).toBe(AUTHORS);
		},
	);

	it.each(REPLY_ABOVE)('"%s" ends the reply', (phrase) => {
		expect(textOf(`${AUTHORS}\n\n##- ${capital(phrase)} -##\n\nYour request (17) has been updated.`)).toBe(AUTHORS);
	});

	it.each(FOOTER_RULES.flatMap(({ language, samples }) => samples.map((sample) => [language, sample])))(
		'%s: "%s" is a footer',
		(_language, sample) => {
			expect(extractReply({ text: `${AUTHORS}\n\n${sample}\n` })).toEqual({
				text: AUTHORS,
				quoted: '',
				signature: sample,
			});
			const above = extractReply({
				text: `${AUTHORS}\n\n${sample}.\n\nOn 28 Jan 2016, at 19:04, Ann <a@example.com> wrote:\n\nold\n`,
			});
			expect(above).toMatchObject({ text: AUTHORS, signature: `${sample}.` });
		},
	);

	it.each(DISCLAIMER_LOCALES.flatMap(({ language, samples }) => samples.map((sample) => [language, sample])))(
		'%s: "%s" is a notice',
		(_language, sample) => {
			expect(extractReply({ text: `${AUTHORS}\n\n${sample}\n` })).toEqual({
				text: AUTHORS,
				quoted: '',
				signature: sample,
			});
			expect(textOf(`${AUTHORS}\n\n-- \nAnn\n\n${sample}\n\n> old\n`)).toBe(AUTHORS);
		},
	);
});
