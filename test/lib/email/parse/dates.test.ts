import { describe, expect, it } from 'vitest';
import { parseDate } from '../../../../lib/email/parse/dates';

describe('a Date header', () => {
	it.each([
		['GMT+0100', '08'],
		['GMT+01:00', '08'],
		['UTC-05:00', '14'],
		['UTC-0500', '14'],
		['UTC +1', '08'],
		['GMT+1', '08'],
		['GMT-5', '14'],
		['+01', '08'],
		['+1', '08'],
		['-5', '14'],
		['+100', '08'],
		['-0500', '14'],
		['+01:00', '08'],
		['Z', '09'],
		['UTC', '09'],
		['EST', '14'],
	])('in the zone %s', (zone, hour) => {
		const iso = `2026-11-10T${hour}:00:00.000Z`;
		expect(parseDate(`Tue, 10 Nov 2026 09:00:00 ${zone}`).iso).toBe(iso);
		expect(parseDate(`Tue Nov 10 2026 09:00:00 ${zone} (Somewhere Standard Time)`).iso).toBe(iso);
		expect(parseDate(`2026-11-10 09:00:00 ${zone}`).iso).toBe(iso);
	});

	it('with half an hour', () => {
		expect(parseDate('Tue, 10 Nov 2026 09:00:00 GMT+0530').iso).toBe('2026-11-10T03:30:00.000Z');
		expect(parseDate('Tue, 10 Nov 2026 09:00:00 -330').iso).toBe('2026-11-10T12:30:00.000Z');
	});

	it.each([
		['Di, 10 Okt 2026 09:00:00 +0000', '2026-10-10'],
		['Do., 10. Dez. 2026 09:00:00 +0000', '2026-12-10'],
		['Mi, 10 Mär 2026 09:00:00 +0000', '2026-03-10'],
		['mar, 10 févr. 2026 09:00:00 +0000', '2026-02-10'],
		['lun. 10 août 2026 09:00:00 +0000', '2026-08-10'],
		['10 ene 2026 09:00:00 +0000', '2026-01-10'],
		['10 dic 2026 09:00:00 +0000', '2026-12-10'],
		['10 gen 2026 09:00:00 +0000', '2026-01-10'],
		['10 mei 2026 09:00:00 +0000', '2026-05-10'],
		['10 maj 2026 09:00:00 +0000', '2026-05-10'],
		['10 lut 2026 09:00:00 +0000', '2026-02-10'],
		['10 окт. 2026 09:00:00 +0000', '2026-10-10'],
		['10 Kas 2026 09:00:00 +0000', '2026-11-10'],
		['Sex, 10 Fev 2026 09:00:00 +0000', '2026-02-10'],
		['2026年11月10日 09:00:00 +0000', '2026-11-10'],
	])('%s', (written, day) => {
		expect(parseDate(written)).toEqual({ iso: `${day}T09:00:00.000Z`, guessed: true });
	});

	it('keeps the zone of a month in another language, and refuses what no calendar has', () => {
		expect(parseDate('10 déc. 2026 09:00:00 +0100').iso).toBe('2026-12-10T08:00:00.000Z');
		expect(parseDate('31 Feb 2026 09:00:00 +0000').iso).toBeNull();
		expect(parseDate('32 févr. 2026 09:00:00 +0000').iso).toBeNull();
		expect(parseDate('yesterday, 09:00').iso).toBeNull();
	});
});
