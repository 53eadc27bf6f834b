/**
 * Tells whether a mail answers one with the same subject, when In-Reply-To and References were lost on the way or name
 * mails that nobody has. Looks at two mails and at nothing else, so that the verdict does not depend on the order of arrival.
 */
import type { KinFacts } from './kinFacts';
import { hashOf, overlapOf, unpackHashes } from './shingles';

export type KinEvidence = 'quoted-text' | 'subject';

const DAY = 86_400_000;
/** How long after a mail somebody may still quote it, in ms. */
export const QUOTE_REACH = 180 * DAY;
/** On a list everybody writes in many threads: there people speak for a thread only while it is fresh, in ms. */
const LIST_WINDOW = 4 * DAY;
/** Clocks and time zones are wrong: an answer may be dated this long before what it answers, in ms. */
const CLOCK_SKEW = DAY;

/** Hashes that a quotation must share with the text, and their share, when nothing else speaks for it; and when something does. */
const ALONE = { shared: 8, share: 0.35 };
const SUPPORTED = { shared: 1, share: 0.5 };
const ATTRIBUTED = { shared: 3, share: 0.35 };
/** Of a quotation within a quotation: the mail quoted is further up in the thread. */
const OLDER = { shared: 8, share: 0.35 };

interface Dated {
	facts: KinFacts;
	/** ms since 1970. */
	at: number;
}

/**
 * Why the two belong together; null when nothing says so.
 * @param window how far apart they may be when only subject and people speak for it, in ms
 */
export function kinship(one: Dated, other: Dated, window: number): KinEvidence | null {
	return answers(one, other, window) ?? answers(other, one, window);
}

function answers(answer: Dated, parent: Dated, window: number): KinEvidence | null {
	const distance = answer.at - parent.at;
	if (distance < -CLOCK_SKEW || distance > Math.max(QUOTE_REACH, window)) return null;
	// Where neither mail names anybody, the subject decides, as in RFC 5256.
	if (answer.facts.anonymous && parent.facts.anonymous) return distance <= window ? 'subject' : null;
	if (!answer.facts.orphan && !answer.facts.quotes) return null;
	const [a, p] = [answer.facts, parent.facts];
	const named = attributes(a, p);
	if (p.id !== null && a.attributed.includes(p.id)) return 'quoted-text';
	// Who asks the same again says the same twice: the time of the one that is quoted tells them apart.
	const said = a.minutes.length === 0 ? null : a.minutes.some((minute) => isMinuteOf(minute, parent.at));
	const text = unpackHashes(p.own);
	const nearest = unpackHashes(a.nearest);
	const older = unpackHashes(a.older);
	const people = peopleAgree(a, p);
	const near = overlapOf(nearest, text);
	if (a.orphan && named && said === true && isDayOf(a.attributed, parent.at)) return 'quoted-text';
	if (!a.orphan) return named && said !== false && reaches(near, ALONE) ? 'quoted-text' : null;
	if (said !== false || !named) {
		// A few words in a row may be everybody's: "any help would be appreciated". Who is quoted must agree then.
		if (reaches(near, ALONE) || (reaches(near, ATTRIBUTED) && named)) return 'quoted-text';
		if (reaches(near, SUPPORTED) && (people || named)) return 'quoted-text';
	}
	if (reaches(overlapOf(older, text), OLDER)) return 'quoted-text';
	const shared = a.lists.some((list) => p.lists.includes(list));
	if (shared)
		return speaksOfTheSame(a, p, distance) && Math.abs(distance) <= Math.min(window, LIST_WINDOW) ? 'subject' : null;
	// It says what it answers, and this is not it.
	if (nearest.length + older.length > 0) return null;
	return people && distance <= (a.list || p.list ? Math.min(window, LIST_WINDOW) : window) ? 'subject' : null;
}

/** On one list and for a few days, a subject of some words is one conversation; a mail that begins one is no answer. */
function speaksOfTheSame(answer: KinFacts, parent: KinFacts, distance: number): boolean {
	return answer.reply && !answer.generic && !parent.generic && (parent.reply || distance >= -CLOCK_SKEW);
}

/** The day of the month, wherever on earth. */
function isDayOf(attributed: readonly number[], at: number): boolean {
	return [-DAY, 0, DAY].some((shift) => attributed.includes(hashOf(String(new Date(at + shift).getUTCDate()))));
}

function isMinuteOf(minute: number, at: number): boolean {
	const apart = Math.abs(minute - (Math.floor(at / 60_000) % 60)) % 30;
	return apart <= 1 || apart === 29;
}

function reaches(overlap: { shared: number; share: number }, least: { shared: number; share: number }): boolean {
	return overlap.shared >= least.shared && overlap.share >= least.share;
}

/** Whether the answer's author was party to the other mail, or writes to its author where both see what the other sees. */
function peopleAgree(answer: KinFacts, parent: KinFacts): boolean {
	const ours = new Set([...answer.ours, ...parent.ours]);
	if (answer.author !== null && !ours.has(answer.author)) {
		if (parent.recipients.includes(answer.author)) return true;
		if (answer.author === parent.author && !answer.list && !parent.list) return true;
	}
	if (parent.author === null || parent.sent || ours.has(parent.author)) return false;
	if (!answer.recipients.includes(parent.author)) return false;
	return answer.recipients.some(
		(recipient) => recipient !== parent.author && !ours.has(recipient) && parent.recipients.includes(recipient),
	);
}

function attributes(answer: KinFacts, parent: KinFacts): boolean {
	const named = new Set(answer.attributed);
	if (parent.author !== null && named.has(parent.author)) return true;
	return parent.name.length > 0 && parent.name.every((hash) => named.has(hash));
}
