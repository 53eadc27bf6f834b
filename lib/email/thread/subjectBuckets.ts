/** What a subject is about, for finding the mails that may belong with one. */
import { hashOf, wordsOf } from './shingles';
import { normalizeSubject } from './subject';

/** Mails are compared only when they have one of these in common; none: the mail is compared with no other. */
export function subjectBuckets(subject: string): string[] {
	return subjectsIn(subject).map((base) => hashOf(base).toString(36) + hashOf(`${base}\0`).toString(36));
}

const MOST_SUBJECTS = 3;
/** Characters looked at. */
const LONGEST = 500;
const RENAMED = [/^(.*?)[\s,;-]*[([]\s*(?:was|war|were)[:\s]\s*(.+?)[)\]\s]*$/i, /^(.*?)[\s,;-]+was:\s(.+)$/i];

/** Of `New topic (was: Old topic)` both. */
export function subjectsIn(subject: string): string[] {
	const found: string[] = [];
	for (let left = normalizeSubject(subject).base.slice(0, LONGEST); left !== '' && found.length < MOST_SUBJECTS;) {
		const [, topic, former] = RENAMED.map((pattern) => pattern.exec(left)).find((match) => match !== null) ?? [];
		found.push((topic ?? left).trim().toLowerCase());
		left = normalizeSubject(former ?? '').base;
	}
	return [...new Set(found.filter((base) => base !== ''))];
}

const IDEOGRAPH = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]/u;

/** Two words say little, unless they are long; three say enough, unless they are short. */
export function isGeneric(base: string): boolean {
	const words = [...new Set(wordsOf(base))];
	const letters = words.reduce((sum, word) => sum + (IDEOGRAPH.test(word) ? 3 : word.length), 0);
	return letters < (words.length > 2 ? 12 : 16) || words.length < 2;
}
