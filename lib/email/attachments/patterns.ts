/** Finds byte strings in content that flows by in pieces, also across their borders. */
export class PatternSearch {
	readonly found = new Set<string>();
	private readonly patterns: ReadonlyMap<string, Buffer>;
	private readonly overlap: number;
	private tail = Buffer.alloc(0);

	/** @param ignoreCase for ASCII letters; patterns are then given in lower case */
	constructor(
		patterns: Readonly<Record<string, Buffer | string>>,
		private readonly ignoreCase = false,
	) {
		this.patterns = new Map(Object.entries(patterns).map(([name, value]) => [name, Buffer.from(value)]));
		this.overlap = Math.max(...[...this.patterns.values()].map((pattern) => pattern.length)) - 1;
	}

	write(chunk: Buffer): void {
		if (this.found.size === this.patterns.size) return;
		const joined = this.tail.length === 0 ? chunk : Buffer.concat([this.tail, chunk]);
		const bytes = this.ignoreCase ? Buffer.from(joined.toString('latin1').toLowerCase(), 'latin1') : joined;
		for (const [name, pattern] of this.patterns) {
			if (!this.found.has(name) && bytes.includes(pattern)) this.found.add(name);
		}
		this.tail = Buffer.from(joined.subarray(Math.max(0, joined.length - this.overlap)));
	}
}
