import type { Defect } from '../message';

const MAX_DEFECTS = 100;

/** Collects what had to be guessed or left out of one message: each finding once, at most 100 of them. */
export class Defects {
	readonly list: Defect[] = [];
	private readonly seen = new Set<string>();

	add(code: string, message: string, where?: string): void {
		const key = `${code}\n${where ?? ''}`;
		if (this.seen.has(key) || this.list.length >= MAX_DEFECTS) return;
		this.seen.add(key);
		this.list.push(where === undefined ? { code, message } : { code, message, where });
	}
}
