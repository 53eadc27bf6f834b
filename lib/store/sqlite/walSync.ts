import { type FileHandle, open, realpath } from 'node:fs/promises';
import { StoreError, messageOf } from '../../errors';

/**
 * Makes commits survive a power cut, without SQLite doing it: with `synchronous=full` it would sync the write-ahead log
 * within the commit, and node:sqlite would stop the event loop for that long. With `normal` it syncs around checkpoints
 * only (https://sqlite.org/pragma.html#pragma_synchronous), and this adds the sync after the commit, in Node's thread
 * pool. Commits that end while one sync runs share the next.
 */
export class WalSync {
	readonly #file: string;
	#log: Promise<FileHandle> | null = null;
	#running: Promise<void> = Promise.resolve();
	#next: Promise<void> | null = null;

	/** @param file the database; its log stands beside it while a connection is open */
	constructor(file: string) {
		this.#file = file;
	}

	/**
	 * Settles when everything that was committed before the call is on the disk.
	 * @throws StoreError `STORE_IO`
	 */
	sync(): Promise<void> {
		if (this.#next) return this.#next;
		const next = this.#running
			// Whoever waited for it was told.
			.catch(() => undefined)
			.then(() => {
				// From here on a commit may come too late for this sync.
				this.#running = next;
				this.#next = null;
				return this.#sync();
			});
		this.#next = next;
		return next;
	}

	async close(): Promise<void> {
		await (this.#next ?? this.#running).catch(() => undefined);
		const log = this.#log;
		this.#log = null;
		await log?.then((handle) => handle.close()).catch(() => undefined);
	}

	async #sync(): Promise<void> {
		try {
			// Kept open: the log is the same file as long as a connection is open. SQLite holds no lock on it that closing
			// could drop. Windows flushes only what may be written.
			this.#log ??= realpath(this.#file).then((file) => open(`${file}-wal`, 'r+'));
			await (await this.#log).datasync();
		} catch (error) {
			this.#log = null;
			throw new StoreError(`The store file ${this.#file} could not be written to the disk: ${messageOf(error)}`, {
				code: 'STORE_IO',
				hint: 'Look at the health of the disk. A network share is no place for this file.',
				retryable: true,
				record: { file: this.#file },
				cause: error,
			});
		}
	}
}
