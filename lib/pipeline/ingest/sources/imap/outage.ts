/** Tells a person that mailboxes have been out of reach for too long, once, and once more when all are back. */
import type { WatchState } from '../../../../email/imap/watcher';
import { PipelineError, TransportError } from '../../../../errors';
import type { Millis } from '../../../../store/store';

export interface OutageWatch {
	state(mailbox: string, state: WatchState): void;
	stop(): void;
}

/**
 * @param after how long a mailbox has to be away, in ms
 * @param tell gets `IMAP_UNREACHABLE`, and `IMAP_REACHABLE_AGAIN` if it was told before
 */
export function watchOutages(after: Millis, tell: (error: TransportError) => void): OutageWatch {
	/** Mailboxes without a connection, with the reason. */
	const away = new Map<string, { since: number; code: string; said: string }>();
	let timer: NodeJS.Timeout | null = null;
	let toldSince: number | null = null;

	function check(): void {
		timer = null;
		const oldest = Math.min(...[...away.values()].map(({ since }) => since));
		if (toldSince !== null || away.size === 0) return;
		const left = oldest + after - Date.now();
		if (left > 0) {
			timer = setTimeout(check, left).unref();
			return;
		}
		toldSince = oldest;
		const [first] = away.values();
		tell(
			new TransportError(
				`The mailbox ${[...away.keys()].join(', ')} has been out of reach for ${minutes(Date.now() - oldest)}: ${first?.said ?? ''}`,
				{
					code: 'IMAP_UNREACHABLE',
					hint: 'The trigger goes on trying; nothing is lost. It tells when the mailbox is back.',
					retryable: true,
					record: { reason: first?.code ?? null, since: new Date(oldest).toISOString() },
				},
			),
		);
	}

	return {
		state(mailbox, state) {
			const failure = failureOf(state);
			if (failure !== null) {
				const since = away.get(mailbox)?.since ?? failure.since;
				away.set(mailbox, { since, code: failure.error.code, said: failure.error.message });
				if (timer === null) check();
			} else if (state.kind === 'watching' || state.kind === 'working') {
				if (!away.delete(mailbox) || away.size > 0 || toldSince === null) return;
				const since = toldSince;
				toldSince = null;
				tell(
					new TransportError(`The mailbox ${mailbox} can be reached again, after ${minutes(Date.now() - since)}`, {
						code: 'IMAP_REACHABLE_AGAIN',
						hint: 'Nothing needs to be done: what arrived meanwhile starts the workflow now.',
						record: { since: new Date(since).toISOString() },
					}),
				);
			}
		},
		stop() {
			if (timer) clearTimeout(timer);
			timer = null;
			away.clear();
			toldSince = null;
		},
	};
}

/** A server that is there and gives no mail is as good as away. */
function failureOf(state: WatchState): { error: PipelineError; since: number } | null {
	if (state.kind === 'disconnected') return { error: state.error, since: state.since.getTime() };
	if (state.kind !== 'blocked' || !(state.error instanceof PipelineError)) return null;
	return state.error.code === 'IMAP_NO_MAIL_GIVEN' ? { error: state.error, since: Date.now() } : null;
}

function minutes(duration: Millis): string {
	const count = Math.max(1, Math.round(duration / 60_000));
	return count === 1 ? 'a minute' : `${count} minutes`;
}
