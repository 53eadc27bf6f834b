import { type ChildProcess, fork } from 'node:child_process';
import { join } from 'node:path';

/** A process of its own that runs one of the test's TypeScript files and reports. */
export class Child<Report> {
	readonly reports: Report[] = [];
	/** Resolves when the process is gone, however it ended. */
	readonly gone: Promise<void>;
	readonly #child: ChildProcess;

	/**
	 * @param file absolute path
	 * @param order what it finds as JSON in its first argument
	 * @param uid runs it as this user (for root only)
	 */
	constructor(file: string, order: unknown, uid?: number) {
		this.#child = fork(file, [JSON.stringify(order)], {
			execArgv: ['--no-warnings', '--import', join(__dirname, 'typescript.mjs')],
			stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
			uid,
		});
		this.#child.on('message', (report) => this.reports.push(report as Report));
		this.gone = new Promise((resolve) => this.#child.once('close', () => resolve()));
	}

	/** Resolves with the first report that fits; rejects when the process ends without one. */
	async report(fits: (report: Report) => boolean): Promise<Report> {
		for (;;) {
			const found = this.reports.find(fits);
			if (found !== undefined) return found;
			const more = new Promise((resolve) => this.#child.once('message', resolve));
			await Promise.race([more, this.gone]);
			if (this.#child.exitCode !== null || this.#child.signalCode !== null) {
				const last = this.reports.find(fits);
				if (last !== undefined) return last;
				throw new Error(`The process ended: ${JSON.stringify(this.reports.at(-1))}`);
			}
		}
	}

	tell(message: string | object): void {
		this.#child.send(message);
	}

	async kill(): Promise<void> {
		this.#child.kill('SIGKILL');
		await this.gone;
	}
}
