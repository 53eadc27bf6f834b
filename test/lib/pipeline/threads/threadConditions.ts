/** The conditions under which a threader is judged on an archive, and how it did. */
import { parseMessage } from '../../../../lib/email/parse/parseMessage';
import { type MatchOptions, matchThread, resolveThread } from '../../../../lib/pipeline/threads/matchThread';
import type { Store } from '../../../../lib/store/index';
import { type ArchivedMail, random } from './mailingList';

export function shuffled<T>(items: readonly T[], seed: number): T[] {
	const rnd = random(seed);
	const mixed = [...items];
	for (let at = mixed.length - 1; at > 0; at--) {
		const other = Math.floor(rnd() * (at + 1));
		[mixed[at], mixed[other]] = [mixed[other]!, mixed[at]!];
	}
	return mixed;
}

/** Takes both headers from a share of the mails that have either, and gives groups of three threads one subject each. */
export function damaged(mails: readonly ArchivedMail[], seed: number, share = 0.3): ArchivedMail[] {
	const rnd = random(seed * 7919 + 17);
	const threads = shuffled([...new Set(mails.map(({ thread }) => thread))], seed);
	const subjects = new Map<number, string>();
	['Question', 'Hello', 'Update', 'Problem'].forEach((subject, group) => {
		for (const thread of threads.slice(group * 3, group * 3 + 3)) subjects.set(thread, subject);
	});
	return mails.map(({ thread, raw }) => {
		let text = raw;
		if (/^(?:In-Reply-To|References):/m.test(raw) && rnd() < share) {
			text = text.replace(/^(?:In-Reply-To|References):.*\n(?:[ \t].*\n)*/gm, '');
		}
		const subject = subjects.get(thread);
		if (subject !== undefined) {
			text = text.replace(/^Subject: (Re|AW)?.*$/im, (_, reply) => `Subject: ${reply ? 'Re: ' : ''}${subject}`);
		}
		return { thread, raw: text };
	});
}

export interface Score {
	precision: number;
	recall: number;
	f1: number;
	/** Mails that share a thread with one of another thread, with the evidence that brought them there. */
	strangers: string[];
	/** The thread of each mail, numbered by first appearance in `mails`. */
	partition: number[];
}

export async function score(
	store: Store,
	scope: string,
	mails: readonly ArchivedMail[],
	order: readonly number[],
	options: MatchOptions,
): Promise<Score> {
	const matches = new Map<number, Awaited<ReturnType<typeof matchThread>>>();
	for (const at of order) {
		const message = await parseMessage(Buffer.from(mails[at]!.raw));
		matches.set(at, await matchThread(store, message, { ...options, scope }));
	}
	const numbers = new Map<string, number>();
	const partition: number[] = [];
	for (let at = 0; at < mails.length; at++) {
		const id = (await resolveThread(store, matches.get(at)!.threadId, scope))!;
		if (!numbers.has(id)) numbers.set(id, numbers.size);
		partition.push(numbers.get(id)!);
	}
	let [both, made, wanted] = [0, 0, 0];
	for (let a = 0; a < mails.length; a++) {
		for (let b = 0; b < a; b++) {
			const together = partition[a] === partition[b];
			const belong = mails[a]!.thread === mails[b]!.thread;
			both += Number(together && belong);
			made += Number(together);
			wanted += Number(belong);
		}
	}
	const byMessage = new Map<string, number>();
	mails.forEach(({ raw }, at) => byMessage.set(/^Message-ID: <(.*)>/m.exec(raw)?.[1] ?? '', at));
	const strangers = [...matches].flatMap(([at, { evidence }]) =>
		evidence
			.filter(({ key }) => byMessage.has(key) && mails[byMessage.get(key)!]!.thread !== mails[at]!.thread)
			.map(({ kind, key }) => `${at} ${kind} ${byMessage.get(key)}`),
	);
	return { precision: both / made, recall: both / wanted, f1: (2 * both) / (made + wanted), strangers, partition };
}
