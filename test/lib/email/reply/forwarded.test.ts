import { describe, expect, it } from 'vitest';
import { readForwarded } from '../../../../lib/email/reply/forwarded';
import { HEADER_NAMES } from '../../../../lib/email/reply/locales/headerNames';
import { SEPARATOR_LOCALES } from '../../../../lib/email/reply/locales/separators';
import { readWrittenDate } from '../../../../lib/email/reply/writtenDate';

const ANN = { name: 'Ann Lee', address: 'ann@example.com' };

describe('readForwarded', () => {
	it('reads Gmail’s form', () => {
		const text =
			'FYI\n\n---------- Forwarded message ---------\nFrom: Ann Lee <ann@example.com>\nDate: Mon, Feb 1, 2016 at 6:32 PM\nSubject: Things\nTo: Bob <bob@example.com>, Cox, Dora <dora@example.com>\nCc: <x@example.com>\n\n\nHello\n\nthere\n';
		expect(readForwarded(text)).toEqual({
			from: ANN,
			to: [
				{ name: 'Bob', address: 'bob@example.com' },
				{ name: 'Cox, Dora', address: 'dora@example.com' },
			],
			date: '2016-02-01T18:32:00.000Z',
			subject: 'Things',
			messageId: null,
			text: 'Hello\n\nthere',
		});
	});

	it('reads Apple Mail’s form, quoted or not', () => {
		const lines = [
			'From: Ann Lee <ann@example.com>',
			'Subject: Things',
			'Date: 28 January 2016 at 19:04:05 CET',
			'To: bob@example.com',
			'',
			'Hello',
			'',
			'there',
		];
		const expected = {
			from: ANN,
			to: [{ name: '', address: 'bob@example.com' }],
			date: '2016-01-28T18:04:05.000Z',
			subject: 'Things',
			messageId: null,
			text: 'Hello\n\nthere',
		};
		expect(readForwarded(`Begin forwarded message:\n\n${lines.join('\n')}`)).toEqual(expected);
		expect(
			readForwarded(`See:\n\nBegin forwarded message:\n\n${lines.map((line) => `> ${line}`).join('\n')}\n`),
		).toEqual(expected);
	});

	it('reads Thunderbird’s form with a Message-ID', () => {
		const text =
			'-------- Weitergeleitete Nachricht --------\nBetreff: \tDinge\nDatum: \tMon, 1 Feb 2016 18:32:05 +0530\nVon: \tAnn Lee <ann@example.com>\nAn: \tbob@example.com\nMessage-ID: \t<17@example.com>\n\n\n\nHallo';
		expect(readForwarded(text)).toMatchObject({
			from: ANN,
			subject: 'Dinge',
			date: '2016-02-01T13:02:05.000Z',
			messageId: '17@example.com',
			text: 'Hallo',
		});
	});

	it('reads Outlook’s header block where the mail begins with it or the subject says so', () => {
		const block =
			'Von: Lee, Ann [mailto:ann@example.com]\nGesendet: Freitag, 15. Mai 2015 10:12\nAn: Bob; Cox, Dora <dora@example.com>\nBetreff: WG: Dinge\n\nHallo';
		const expected = {
			from: { name: 'Lee, Ann', address: 'ann@example.com' },
			to: [
				{ name: 'Bob', address: '' },
				{ name: 'Cox, Dora', address: 'dora@example.com' },
			],
			date: '2015-05-15T10:12:00.000Z',
			subject: 'WG: Dinge',
			messageId: null,
			text: 'Hallo',
		};
		expect(readForwarded(block)).toEqual(expected);
		expect(readForwarded(`\n________________________________\n${block}`)).toEqual(expected);
		expect(readForwarded(`Siehe unten\n\n${block}`)).toBeNull();
		expect(readForwarded(`Siehe unten\n\n${block}`, { isForward: true })).toEqual(expected);
	});

	it('knows every language’s separator and header names', () => {
		for (const { language, from, to, subject, date } of HEADER_NAMES) {
			const { forwarded, begin } = SEPARATOR_LOCALES.find((locale) => locale.language === language)!;
			for (const separator of [
				...forwarded.map((phrase) => `---------- ${phrase} ----------`),
				...begin.map((phrase) => `${phrase}:`),
			]) {
				const text = `FYI\n\n${separator}\n${from[0]!}: Ann Lee <ann@example.com>\n${date[0]!}: 2016-05-03 10:12\n${subject[0]!}: x\n${to[0]!}: bob@example.com\n\ntext`;
				expect(readForwarded(text), `${language}: ${separator}`).toEqual({
					from: ANN,
					to: [{ name: '', address: 'bob@example.com' }],
					date: '2016-05-03T10:12:00.000Z',
					subject: 'x',
					messageId: null,
					text: 'text',
				});
			}
		}
	});

	it('takes what stands below a separator without a header as text', () => {
		expect(readForwarded('---- Forwarded message ----\nHello')).toEqual({
			from: null,
			to: [],
			date: null,
			subject: null,
			messageId: null,
			text: 'Hello',
		});
	});

	it.each([
		'',
		'Hello',
		'On 3 May 2016 at 10:12, Ann <ann@example.com> wrote:\n> old',
		'> ---------- Forwarded message ---------\n> From: a@b.c',
		'The forwarded message: lost',
		'From: Berlin\nTo: Paris',
	])('finds none in %j', (text) => {
		expect(readForwarded(text)).toBeNull();
	});

	it('is through with hostile bodies', () => {
		for (const part of [
			'-----Forwarded message-----\n\n\n\n\n\n',
			'From: a@b\n',
			'From: a,\n\tb@c,\n',
			'"',
			'-- forwarded message --\nFrom: "',
			'> ',
		]) {
			const text = `-- forwarded message --\nFrom: ann@example.com\nTo: ${part.repeat(500_000 / part.length)}`;
			expect(readForwarded(text, { isForward: true })?.from?.address).toBe('ann@example.com');
		}
	});
});

describe('readWrittenDate', () => {
	it.each([
		['Mon, 1 Feb 2016 18:32:05 +0530', '2016-02-01T13:02:05.000Z'],
		['Monday, February 8, 2016 11:44 AM', '2016-02-08T11:44:00.000Z'],
		['12:00 AM 3 May 2016', '2016-05-03T00:00:00.000Z'],
		['Thu Mar 31 11:16:00 CEST 2016', '2016-03-31T09:16:00.000Z'],
		['2016/03/31 11:16 (GMT+01:00)', '2016-03-31T10:16:00.000Z'],
		['31 mars 2016 11:16:00 UTC+2', '2016-03-31T09:16:00.000Z'],
		['giovedì 8 ottobre 2015 15:26', '2015-10-08T15:26:00.000Z'],
		['mar 3 mag 2016', '2016-05-03T00:00:00.000Z'],
		['śr., 27 sty 2016 o 22:48', '2016-01-27T22:48:00.000Z'],
		['ti 3. toukok. 2016 klo 10.12', '2016-05-03T10:12:00.000Z'],
		['út 3. 5. 2016 v 10:12', '2016-05-03T10:12:00.000Z'],
		['kedd, 2016. május 3. 10:12', '2016-05-03T10:12:00.000Z'],
		['вторник, 3 мая 2016 г. 10:12', '2016-05-03T10:12:00.000Z'],
		['Στις Τρί, 3 Μαΐ 2016 10:12 μ.μ.', '2016-05-03T22:12:00.000Z'],
		['٣ مايو ٢٠١٦ ١٠:١٢ ص', '2016-05-03T10:12:00.000Z'],
		['Th 3, 3 thg 5, 2016', '2016-05-03T00:00:00.000Z'],
		['2016年5月3日(火) 午後10:12', '2016-05-03T22:12:00.000Z'],
		['2016. 5. 3. 오후 10:12', '2016-05-03T22:12:00.000Z'],
		['03/25/2016 10:12', '2016-03-25T10:12:00.000Z'],
		['25/03/2016 10:12', '2016-03-25T10:12:00.000Z'],
		['5/3/2016 10:12 PM', '2016-05-03T22:12:00.000Z'],
		['03/05/2016 10:12', null],
		['31.02.2016 10:00', null],
		['3 May 2016 25:00', null],
		['today', null],
		['', null],
	])('%s is %s', (value, expected) => {
		expect(readWrittenDate(value)).toBe(expected);
	});
});
