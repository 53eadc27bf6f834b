import { readWrittenDate } from '../reply/writtenDate';
import { withoutComments } from './parameters';

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];

/** Zones in minutes east of UTC: RFC 5322 section 4.3, and the European and Asian names met in mail. */
const ZONES: Readonly<Record<string, number>> = {
	ut: 0, utc: 0, gmt: 0, z: 0, wet: 0, bst: 60, west: 60, cet: 60, met: 60, mez: 60, cest: 120, mest: 120, mesz: 120, eet: 120, eest: 180, msk: 180, msd: 240,
	est: -300, edt: -240, cst: -360, cdt: -300, mst: -420, mdt: -360, pst: -480, pdt: -420, akst: -540, akdt: -480, hst: -600,
	ist: 330, sgt: 480, hkt: 480, jst: 540, kst: 540, aest: 600, aedt: 660, nzst: 720, nzdt: 780,
}; // prettier-ignore

export interface ParsedDate {
	/** ISO 8601 in UTC, null when there is no time to be read. */
	iso: string | null;
	/** Something had to be guessed: an unknown zone, an impossible weekday or time, another notation. */
	guessed: boolean;
}

function zoneMinutes(written: string | undefined): number | null {
	const zone = written?.replace(/ /g, '');
	if (zone === undefined || zone === '') return null;
	// `+0100`, and what JavaScript, Java and PHP write: `GMT+0100`, `UTC-05:00`, `+01`, `GMT+1`, `+100`.
	const numeric = /^(?:ut|utc|gmt|z)?([+\u2212-])(?:(\d{1,2}):?(\d{2})|(\d{1,2}))$/i.exec(zone);
	if (numeric !== null) {
		const minutes = Number(numeric[2] ?? numeric[4]) * 60 + Number(numeric[3] ?? 0);
		if (minutes > 24 * 60) return null;
		return numeric[1] === '+' ? minutes : -minutes;
	}
	return ZONES[zone.toLowerCase()] ?? null;
}

/** RFC 5322 section 4.3: two digits up to 49 are 20xx, other two or three digits count from 1900. */
function fullYear(text: string): number {
	const year = Number(text);
	if (text.length === 2) return year < 50 ? 2000 + year : 1900 + year;
	return text.length === 3 ? 1900 + year : year;
}

/**
 * Reads a Date header: RFC 5322 section 3.3 with its obsolete forms, the ctime and ISO 8601 notations, full month
 * names, and missing seconds, weekdays or zones (then UTC); what is in no such notation is read as clients write dates
 * in the languages of the tables (`10 févr. 2026 09:00`). A date that no calendar has is refused.
 */
export function parseDate(raw: string): ParsedDate {
	const read = parseKnown(raw);
	if (read.iso !== null || !/\d:\d\d/.test(raw)) return read;
	return { iso: readWrittenDate(withoutComments(raw.slice(0, 500)).replace(/\s+/g, ' ')), guessed: true };
}

function parseKnown(raw: string): ParsedDate {
	const text = withoutComments(raw.slice(0, 500)).replace(/\s+/g, ' ').trim();
	const rfc =
		/(\d{1,2})[ -]*([a-z]{3,9})\.?[ ,-]*(\d{2,4})[ ,]+(\d{1,2})[:.](\d{1,2})(?:[:.](\d{1,2}))?(?:[.,]\d+)?(?: *([AaPp][Mm])\b)? *((?:ut|utc|gmt|z)? ?[+\u2212-] ?(?:\d{4}|\d{3}|\d{1,2}(?::\d{2})?)(?!\d)|[a-z]{1,5})?/i.exec(
			text,
		);
	if (rfc !== null) {
		const [whole, day, month, year = '', hour, minute, second, half, zone] = rfc;
		const built = build(
			fullYear(year),
			monthOf(month),
			Number(day),
			hourOf(hour, half),
			Number(minute),
			Number(second ?? 0),
			zone,
		);
		const usual =
			half === undefined &&
			year.length === 4 &&
			(rfc.index === 0 || /^[a-z]{3},? *$/i.test(text.slice(0, rfc.index))) &&
			rfc.index + whole.length >= text.length;
		return usual || built.iso === null ? built : { ...built, guessed: true };
	}
	const ctime =
		/([a-z]{3,9})\.? (\d{1,2}),? (?:(\d{4}),? )?(\d{1,2}):(\d{2})(?::(\d{2}))?(?: *([AaPp][Mm])\b)?(?: ((?:ut|utc|gmt|z)? ?[+\u2212-] ?(?:\d{4}|\d{3}|\d{1,2}(?::\d{2})?)(?!\d)|[a-z]{1,5}))?(?: (\d{4}))?(?: ([+-]\d{4}))?/i.exec(
			text,
		);
	if (ctime !== null) {
		const [, month, day, before, hour, minute, second, half, zone, after, offset] = ctime;
		const year = before ?? after;
		if (year !== undefined) {
			return {
				...build(
					Number(year),
					monthOf(month),
					Number(day),
					hourOf(hour, half),
					Number(minute),
					Number(second ?? 0),
					offset ?? zone,
				),
				guessed: true,
			};
		}
	}
	const iso =
		/(\d{4})[-/](\d{1,2})[-/](\d{1,2})[T ]+(\d{1,2}):(\d{2})(?::(\d{2}))?(?:[.,]\d+)? *((?:ut|utc|gmt|z)? ?[+\u2212-] ?(?:\d{4}|\d{3}|\d{1,2}(?::\d{2})?)(?!\d)|[a-z]{1,5})?/i.exec(
			text,
		);
	if (iso !== null) {
		const [, year, month, day, hour, minute, second, zone] = iso;
		return {
			...build(Number(year), Number(month) - 1, Number(day), Number(hour), Number(minute), Number(second ?? 0), zone),
			guessed: true,
		};
	}
	const numeric =
		/(\d{1,2})([-./])(\d{1,2})\2(\d{4}),? (\d{1,2}):(\d{2})(?::(\d{2}))?(?: *([AaPp][Mm])\b)? *((?:ut|utc|gmt|z)? ?[+\u2212-] ?(?:\d{4}|\d{3}|\d{1,2}(?::\d{2})?)(?!\d)|[a-z]{1,5})?/i.exec(
			text,
		);
	if (numeric !== null) {
		const [, first, , second, year, hour, minute, seconds, half, zone] = numeric;
		// Day and month are told apart only where one of them cannot be the other.
		const [day, month] = Number(first) > 12 ? [Number(first), Number(second)] : [Number(second), Number(first)];
		if (day > 12 || day === month) {
			return {
				...build(Number(year), month - 1, day, hourOf(hour, half), Number(minute), Number(seconds ?? 0), zone),
				guessed: true,
			};
		}
	}
	return { iso: null, guessed: true };
}

function monthOf(name: string | undefined): number {
	return MONTHS.indexOf(name?.slice(0, 3).toLowerCase() ?? '');
}

function hourOf(hour: string | undefined, half: string | undefined): number {
	const value = Number(hour);
	if (half === undefined || value > 12) return value;
	return (value % 12) + (half.toLowerCase() === 'pm' ? 12 : 0);
}

function build(
	year: number,
	month: number,
	day: number,
	hour: number,
	minute: number,
	second: number,
	zone: string | undefined,
): ParsedDate {
	const offset = zoneMinutes(zone);
	// Second 60 is a leap second, hour 24 the end of the day; both are met.
	if (month < 0 || month > 11 || hour > 24 || minute > 59 || second > 61 || year < 1970 || year > 9999)
		return { iso: null, guessed: true };
	const midnight = new Date(Date.UTC(year, month, day));
	if (midnight.getUTCMonth() !== month || day < 1) return { iso: null, guessed: true };
	const time = midnight.getTime() + ((hour * 60 + minute - (offset ?? 0)) * 60 + second) * 1000;
	return { iso: new Date(time).toISOString(), guessed: offset === null };
}
