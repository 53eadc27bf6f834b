import { type ChildProcess, fork } from 'node:child_process';
import { join } from 'node:path';
import type { StoreOptions } from '../../../../lib/store';

export type Order = { store: StoreOptions; scope: string } & (
	{ task: 'open' } | { task: 'claim'; keys: number } | { task: 'write' }
);

export type Confirmed = 'ingestion' | 'thread' | 'send' | 'accepted';

export type Report =
	| { kind: 'ready' }
	| { kind: 'done' }
	| { kind: 'won'; keys: string[] }
	| { kind: 'begun'; id: string; ref: string }
	| { kind: 'confirmed'; id: string; what: Confirmed }
	| { kind: 'failed'; code: string; message: string };

/** A process of its own on the store. */
export class Worker {
	readonly reports: Report[] = [];
	/** Resolves when the process is gone, however it ended. */
	readonly gone: Promise<void>;
	readonly #child: ChildProcess;

	/** @param uid runs it as this user (for root only) */
	constructor(order: Order, uid?: number) {
		this.#child = fork(join(__dirname, 'worker.ts'), [JSON.stringify(order)], {
			execArgv: ['--no-warnings', '--import', join(__dirname, 'typescript.mjs')],
			stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
			uid,
		});
		this.#child.on('message', (report: Report) => this.reports.push(report));
		this.gone = new Promise((resolve) => this.#child.once('close', () => resolve()));
	}

	/** Resolves with the first report that fits; rejects when the process ends without one. */
	async report(fits: (report: Report) => boolean): Promise<Report> {
		for (;;) {
			const found = this.reports.find(fits);
			if (found) return found;
			const more = new Promise((resolve) => this.#child.once('message', resolve));
			await Promise.race([more, this.gone]);
			if (this.#child.exitCode !== null || this.#child.signalCode !== null) {
				const last = this.reports.find(fits);
				if (last) return last;
				throw new Error(`The worker ended: ${JSON.stringify(this.reports.at(-1))}`);
			}
		}
	}

	go(): void {
		this.#child.send('go');
	}

	async kill(): Promise<void> {
		this.#child.kill('SIGKILL');
		await this.gone;
	}
}

/** Starts workers, lets them go at the same moment, and waits for their end. @returns their reports, one list each */
export async function together(orders: Order[]): Promise<Report[][]> {
	const workers = orders.map((order) => new Worker(order));
	await Promise.all(workers.map((worker) => worker.report(({ kind }) => kind === 'ready')));
	for (const worker of workers) worker.go();
	await Promise.all(workers.map((worker) => worker.gone));
	return workers.map((worker) => worker.reports);
}
