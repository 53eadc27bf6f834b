import { fold } from './line';

/** Languages whose month names are read; the names are ICU's, which every Node carries. */
const LANGUAGES = [
	...[
		'en',
		'de',
		'nl',
		'fr',
		'es',
		'pt',
		'it',
		'ca',
		'ro',
		'sv',
		'da',
		'nb',
		'is',
		'fi',
		'et',
		'lv',
		'lt',
		'pl',
		'cs',
		'sk',
	],
	...['sl', 'hr', 'sr', 'sr-Latn', 'hu', 'el', 'tr', 'ru', 'uk', 'bg', 'he', 'ar', 'hi', 'th', 'vi', 'id'],
];
/** Hours east of UTC of the zone names that clients write out (RFC 5322, 4.3, and Europe's). */
const ZONES: Readonly<Record<string, number>> = {
	...{ utc: 0, gmt: 0, z: 0, wet: 0, bst: 1, west: 1, cet: 1, mez: 1, cest: 2, mesz: 2, eet: 2, eest: 3, msk: 3 },
	...{ est: -5, edt: -4, cst: -6, cdt: -5, mst: -7, mdt: -6, pst: -8, pdt: -7 },
};
const AFTERNOON =
	/(?<!\p{L})(?:p\.? ?m\.?|下午|午後|오후|晚上|μ\.? ?μ\.?|م|chiều|tối|i\. ?p\.?)(?!\p{L})|下午|午後|오후|晚上/u;
const MORNING = /(?<!\p{L})(?:a\.? ?m\.?|π\.? ?μ\.?|ص|sáng)(?!\p{L})|上午|午前|오전/u;
const TIME = /(?<![\d.])(\d{1,2})(?:[:.]| ?[h時时시点點] ?)(\d{2})(?!\d|[./-]\d{2,})(?:[:.分](\d{2})(?!\d))?/;
const OFFSET = /(?:(?:utc|gmt) ?)?([+\-−])(\d{1,2}):?(\d{2})?(?!\d)/;

let months: ReadonlyMap<string, number> | null = null;

/** Whether a word is the name of a month in one of the languages. */
export function isMonthName(word: string): boolean {
	return monthNames().has(fold(word).replace(/\./g, ''));
}

/** Made when a date is first read: a hundred ICU formatters take some ten milliseconds. */
function monthNames(): ReadonlyMap<string, number> {
	if (months) return months;
	const names = new Map<string, number>();
	for (const language of LANGUAGES) {
		for (const style of [
			{ month: 'long' },
			{ month: 'short' },
			{ day: 'numeric', month: 'long' },
			{ day: 'numeric', month: 'short' },
		] as const) {
			const format = new Intl.DateTimeFormat(`${language}-u-ca-gregory`, { ...style, timeZone: 'UTC' });
			for (let month = 0; month < 12; month++) {
				const name = format.formatToParts(Date.UTC(2001, month, 10)).find(({ type }) => type === 'month')?.value ?? '';
				const word = fold(name).replace(/\./g, '');
				if (/\p{L}{2}/u.test(word) && !names.has(word)) names.set(word, month + 1);
			}
		}
	}
	// Clients shorten as they like (`toukok.`): beginnings of four letters and more count where they are no other name.
	for (const [word, month] of [...names]) {
		for (let length = 4; length < word.length; length++) {
			const beginning = word.slice(0, length);
			if (!names.has(beginning)) names.set(beginning, month);
		}
	}
	return (months = names);
}

const digits = (text: string): string =>
	text
		.replace(/[٠-٩]/g, (d) => String(d.charCodeAt(0) - 0x660))
		.replace(/[۰-۹]/g, (d) => String(d.charCodeAt(0) - 0x6f0));

/**
 * A date as a client wrote it into a quoted header, in the languages above, as ISO 8601 in UTC; null when it cannot be
 * read for sure (`3/5/2016` without more may be March or May). A time without a zone is taken for UTC: the text does
 * not tell the zone of the client that wrote it.
 */
export function readWrittenDate(value: string): string | null {
	const text = digits(fold(value)).replace(/,/g, ' ');
	const time = TIME.exec(text);
	const rest = time ? `${text.slice(0, time.index)} ; ${text.slice(time.index + time[0].length)}` : text;
	const day = readDay(rest, AFTERNOON.test(rest) || MORNING.test(rest));
	if (!day) return null;
	let hour = time ? Number(time[1]) : 0;
	if (AFTERNOON.test(rest) && hour < 12) hour += 12;
	else if (MORNING.test(rest) && hour === 12) hour = 0;
	const minute = time ? Number(time[2]) : 0;
	const second = time?.[3] ? Number(time[3]) : 0;
	if (hour > 23 || minute > 59 || second > 60) return null;
	const at = Date.UTC(day.year, day.month - 1, day.day, hour, minute, second) - offset(rest) * 60_000;
	const date = new Date(at);
	const real = new Date(Date.UTC(day.year, day.month - 1, day.day)).getUTCDate() === day.day;
	return real && !Number.isNaN(at) ? date.toISOString() : null;
}

/** Minutes east of UTC that stand behind the time. */
function offset(rest: string): number {
	const behind = rest.slice(rest.indexOf(';') + 1);
	const match = /;/.test(rest) ? OFFSET.exec(behind) : null;
	if (match) return (match[1] === '+' ? 1 : -1) * (Number(match[2]) * 60 + Number(match[3] ?? 0));
	const zone = behind.match(/\p{L}+/gu)?.find((word) => word in ZONES);
	return zone === undefined ? 0 : (ZONES[zone] ?? 0) * 60;
}

function readDay(text: string, american: boolean): { year: number; month: number; day: number } | null {
	const ymd = /(?<!\d)(\d{4}) ?(?:[-/.年년]\.? ?|г\. ?)(\d{1,2}) ?[-/.月월] ?(\d{1,2})(?!\d)/u.exec(text);
	if (ymd) return valid(Number(ymd[1]), Number(ymd[2]), Number(ymd[3]));
	const dotted = /(?<!\d)(\d{1,2})([./-]) ?(\d{1,2})\2 ?(\d{4}|\d{2})(?!\d)/.exec(text);
	if (dotted) {
		const [first, second] = [Number(dotted[1]), Number(dotted[3])];
		const year = Number(dotted[4]) + (dotted[4]?.length === 2 ? 2000 : 0);
		if (dotted[2] === '.' || first > 12) return valid(year, second, first);
		if (second > 12 || american) return valid(year, first, second);
		return first === second ? valid(year, first, second) : null;
	}
	return readNamedDay(text);
}

function readNamedDay(text: string): { year: number; month: number; day: number } | null {
	const words = text.match(/[\p{L}\p{M}]+|\d+/gu) ?? [];
	const names = monthNames();
	// The last one: `mar 3 mag 2016` is a Tuesday in May.
	const at = words.findLastIndex(
		(word, index) =>
			names.has(word) && words.slice(Math.max(0, index - 2), index + 3).some((near) => /^\d{1,2}$/.test(near)),
	);
	const month = names.get(words[at] ?? '');
	const vietnamese = /(\d{1,2}) (?:thg|tháng) (\d{1,2})/u.exec(text);
	const year = words.find((word) => /^\d{4}$/.test(word));
	if (year === undefined) return null;
	if (vietnamese) return valid(Number(year), Number(vietnamese[2]), Number(vietnamese[1]));
	if (month === undefined) return null;
	const near = [at - 1, at + 1, at - 2, at + 2]
		.map((index) => words[index])
		.find((word) => word !== undefined && /^\d{1,2}$/.test(word));
	return near === undefined ? null : valid(Number(year), month, Number(near));
}

const valid = (year: number, month: number, day: number): { year: number; month: number; day: number } | null =>
	year >= 1970 && year < 2200 && month >= 1 && month <= 12 && day >= 1 && day <= 31 ? { year, month, day } : null;
