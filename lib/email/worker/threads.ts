import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { TaskAnswer, TaskRequest } from './tasks';
import { threadFile } from './threadFile';

/** One hostile message holds up one of them at most. */
const MOST_THREADS = 2;
/** A thread that had nothing to do for so long is ended, in milliseconds. */
const IDLE = 30_000;
/** For loading what a thread needs, in milliseconds: a busy machine takes its time. */
const START = 30_000;
/** What one task may fill, in MiB. */
const MEMORY = 512;

interface Waiting {
	request: TaskRequest;
	deadline: number;
	settle: (answer: Promise<TaskAnswer>) => void;
}

/** A few threads, begun when there is work for them; each does one task at a time, first come, first served. */
export class Threads {
	private readonly idle: Worker[] = [];
	private readonly timers = new WeakMap<Worker, NodeJS.Timeout>();
	private readonly waiting: Waiting[] = [];
	private busy = 0;

	/**
	 * @param deadline milliseconds from when a thread takes the task up
	 * @returns what the thread answered; rejects when it did not in time, or died
	 */
	async run(request: TaskRequest, deadline: number): Promise<TaskAnswer> {
		return await new Promise((settle) => {
			this.waiting.push({ request, deadline, settle });
			this.next();
		});
	}

	private next(): void {
		if (this.busy >= MOST_THREADS) return;
		const job = this.waiting.shift();
		if (job === undefined) return;
		this.busy++;
		const answer = this.work(job);
		job.settle(answer);
		void answer
			.catch(() => undefined)
			.then(() => {
				this.busy--;
				this.next();
			});
	}

	private async work({ request, deadline }: Waiting): Promise<TaskAnswer> {
		const thread = this.take() ?? (await begin());
		try {
			const answer = (await said(thread, deadline, () => thread.postMessage(request))) as TaskAnswer;
			this.rest(thread);
			return answer;
		} catch (error) {
			// Whatever it still does is nobody's any more.
			void thread.terminate();
			throw error;
		}
	}

	private take(): Worker | undefined {
		const rested = this.idle.pop();
		clearTimeout(rested === undefined ? undefined : this.timers.get(rested));
		rested?.ref();
		return rested;
	}

	/** Keeps the thread for the next task, but no process alive for it. */
	private rest(thread: Worker): void {
		thread.unref();
		this.idle.push(thread);
		const timer = setTimeout(() => {
			this.idle.splice(this.idle.indexOf(thread), 1);
			void thread.terminate();
		}, IDLE);
		this.timers.set(thread, timer.unref());
	}
}

/** A new thread, its modules loaded: that time is not a task's. */
async function begin(): Promise<Worker> {
	const thread = new Worker(threadFile, {
		resourceLimits: { maxOldGenerationSizeMb: MEMORY },
		// What is loaded ahead of n8n (`--require`, NODE_OPTIONS) is meant for the process: a second time it may close what
		// the process has open.
		execArgv: [],
		env: {},
	});
	// Nobody may be listening when a thread fails that has nothing to do.
	thread.on('error', () => undefined);
	await said(thread, START);
	return thread;
}

/** What the thread says next. @param ask what makes it speak */
async function said(thread: Worker, deadline: number, ask?: () => void): Promise<unknown> {
	const over = new AbortController();
	const timer = setTimeout(() => over.abort(), deadline);
	const died = once(thread, 'exit', { signal: over.signal }).then(([code]) => {
		throw new Error(`The thread ended with code ${String(code)}`);
	});
	// Rejects on the event `error` as well, which tells of a thread that ran out of memory.
	const message = once(thread, 'message', { signal: over.signal });
	ask?.();
	try {
		const [first] = (await Promise.race([message, died])) as unknown[];
		return first;
	} finally {
		clearTimeout(timer);
		over.abort();
		died.catch(() => undefined);
		message.catch(() => undefined);
	}
}
