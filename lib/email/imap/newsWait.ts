/** What a wait for new messages ended with. */
export type IdleEnd = 'woken' | 'elapsed' | 'refused' | 'ended';

/** Waits on one connection for the server to tell that there are more messages than before. */
export class NewsWait {
	/** Set when the server told; the reader sets it back. */
	changed = false;
	#wake: (() => void) | null = null;
	readonly #orLost: <T>(work: Promise<T>) => Promise<T>;

	/** @param orLost rejects when the connection is lost first */
	constructor(orLost: <T>(work: Promise<T>) => Promise<T>) {
		this.#orLost = orLost;
	}

	/** Somebody waits at the moment. */
	get underWay(): boolean {
		return this.#wake !== null;
	}

	/** The server told. */
	announce(): void {
		this.changed = true;
		this.#wake?.();
	}

	/** Until the server tells, `milliseconds` have passed, or `other` settles. */
	async within(milliseconds: number, other?: Promise<IdleEnd>): Promise<IdleEnd> {
		let timer: NodeJS.Timeout | undefined;
		try {
			const woken = new Promise<IdleEnd>((resolve) => {
				this.#wake = () => resolve('woken');
				if (this.changed) resolve('woken');
			});
			const elapsed = new Promise<IdleEnd>((resolve) => (timer = setTimeout(() => resolve('elapsed'), milliseconds)));
			return await this.#orLost(Promise.race([...(other === undefined ? [] : [other]), woken, elapsed]));
		} finally {
			clearTimeout(timer);
			this.#wake = null;
			other?.catch(() => undefined);
		}
	}
}
