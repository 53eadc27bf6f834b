/** Customers who write without a pause, by mail and through a provider's webhook. */
import { setTimeout as sleep } from 'node:timers/promises';
import { youngAddress } from '../../servers/mail/greylist';
import type { Pipeline } from '../queue/pipeline';
import { customer, support, type MailWorld } from './mailWorld';
import type { Random } from './random';

export interface Traffic {
	/** Message-IDs of what was put into the mailbox. */
	byImap: string[];
	/** Message-IDs of what the webhook has answered 2xx. */
	byWebhook: string[];
	/** Posts that were answered otherwise or not at all, and came again. */
	repeats: number;
	/** Ends it: no new mail; resolves when every post has its 2xx. */
	end(): Promise<void>;
}

/**
 * @param perSecond mails, half of them by each way
 * @param signal gives everything up
 */
export function startTraffic(
	world: MailWorld,
	pipeline: Pipeline,
	random: Random,
	perSecond: number,
	signal: AbortSignal,
): Traffic {
	let isOver = false;
	let number = 0;
	const posts = new Set<Promise<void>>();
	const traffic: Traffic = {
		byImap: [],
		byWebhook: [],
		repeats: 0,
		async end() {
			isOver = true;
			await writing;
			await Promise.all(posts);
		},
	};

	/** As providers do: the same event until it is taken, with a pause that grows, so that a backlog of repeats ebbs. */
	const postUntilTaken = async (id: string, from: string): Promise<void> => {
		for (let attempt = 0; !signal.aborted; attempt++) {
			const status = await pipeline.post(mailOf(id, from), id);
			if (status !== null && status >= 200 && status < 300) {
				traffic.byWebhook.push(id);
				return;
			}
			traffic.repeats++;
			await sleep(Math.min(500 * 2 ** attempt, 20_000) * (0.5 + Math.random() / 2));
		}
	};
	const write = async (): Promise<void> => {
		while (!isOver && !signal.aborted) {
			const id = `${pipeline.scope}-${++number}@customer.test`;
			const from = senderOf(number);
			if (number % 2 === 0) {
				await world.dovecot.deliver(support, mailOf(id, from));
				traffic.byImap.push(id);
			} else {
				const post = postUntilTaken(id, from).finally(() => posts.delete(post));
				posts.add(post);
			}
			await sleep((random.between(0.2, 1.8) * 1_000) / perSecond);
		}
	};
	const writing = write();
	// Told by `end`.
	writing.catch(() => undefined);
	return traffic;
}

/** Of ten, one cannot be answered (`gone-`), and two are answered only after the server has put them off (`young-`). */
function senderOf(number: number): string {
	if (number % 20 === 3 || number % 20 === 14) return `gone-${number}@example.test`;
	return number % 10 === 5 || number % 10 === 6 ? youngAddress(String(number), 'example.test') : customer;
}

function mailOf(id: string, from: string): string {
	return [
		`From: Carla Customer <${from}>`,
		`To: Support <${support}>`,
		`Subject: Question ${id.split('@')[0] ?? ''}`,
		`Message-ID: <${id}>`,
		'Date: Sat, 21 Nov 2026 10:00:00 +0000',
		'',
		'Where is my order?',
		'',
	].join('\r\n');
}
