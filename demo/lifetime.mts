/** What has been started, to be ended in reverse order, once. */
export class Lifetime {
	private readonly ends: Array<() => Promise<void> | void> = [];
	private over: Promise<void> | null = null;

	/** True from the moment the end has begun. */
	get isOver(): boolean {
		return this.over !== null;
	}

	/** True when something has been started that wants an orderly end. */
	get hasBegun(): boolean {
		return this.ends.length > 0;
	}

	onEnd(end: () => Promise<void> | void): void {
		this.ends.push(end);
	}

	/** Can be called again: there is only one end. */
	async end(): Promise<void> {
		this.over ??= this.endAll();
		await this.over;
	}

	private async endAll(): Promise<void> {
		for (const end of this.ends.toReversed()) await end();
	}
}
