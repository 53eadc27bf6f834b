import type { Defect } from '../message';

const MAX_DEFECTS = 100;

/** Collects what had to be guessed or left out of one message: each finding once, at most 100 of them. */
export class Defects {
	private readonly found: Defect[] = [];
	private readonly seen = new Set<string>();

	add(code: string, message: string, where?: string): void {
		const key = `${code}\n${where ?? ''}`;
		if (this.seen.has(key) || this.found.length >= MAX_DEFECTS) return;
		this.seen.add(key);
		this.found.push(where === undefined ? { code, message } : { code, message, where });
	}

	has(code: string): boolean {
		return this.found.some((defect) => defect.code === code);
	}

	/** By place, then code: the order of discovery depends on how the bytes arrive. */
	get list(): Defect[] {
		const key = ({ where, code }: Defect): string => `${where ?? ''}\n${code}`;
		return [...this.found].sort((a, b) => (key(a) < key(b) ? -1 : 1));
	}
}
