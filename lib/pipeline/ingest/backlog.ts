/** How many mails wait for their first execution; beyond a limit no more are taken in. */
import { PipelineError } from '../../errors';

export interface Backlog {
	added(count: number): void;
	/** So many have begun. */
	took(count: number): void;
	/** As counted in the store. */
	counted(count: number): void;
	/**
	 * Waits while too many wait.
	 *
	 * @throws PipelineError `FEED_STOPPED` when the signal says to give up, or nothing is taken in any more
	 */
	room(signal: AbortSignal | undefined): Promise<void>;
	/** Those who wait for room look whether they still have to. */
	wake(): void;
}

export function createBacklog(feed: string, limit: number, isStopped: () => boolean): Backlog {
	let waiting = 0;
	let waiters: Array<() => void> = [];

	function wake(): void {
		const all = waiters;
		waiters = [];
		for (const enter of all) enter();
	}

	return {
		added(count) {
			waiting += count;
		},
		took(count) {
			waiting = Math.max(0, waiting - count);
			wake();
		},
		counted(count) {
			waiting = count;
			wake();
		},
		async room(signal) {
			while (waiting >= limit) {
				if (isStopped() || signal?.aborted === true) throw feedStopped(feed);
				await new Promise<void>((resolve) => {
					const enter = (): void => {
						signal?.removeEventListener('abort', enter);
						resolve();
					};
					waiters.push(enter);
					signal?.addEventListener('abort', enter, { once: true });
				});
			}
		},
		wake,
	};
}

function feedStopped(feed: string): PipelineError {
	return new PipelineError('This feed takes no more mail', { code: 'FEED_STOPPED', retryable: true, record: { feed } });
}
