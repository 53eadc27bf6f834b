/** Which of the records that wait go into one execution. */
import type { IngestionRecord } from '../../store/store';

/** Where more wait than there are places, a smaller execution is not worth its cost to n8n. */
const LEAST_SHARED = 5;

export interface BatchLimits {
	/** Executions at once. */
	places: number;
	/** Records in one execution at most. */
	size: number;
	/** What was recorded together runs alone, however many wait. */
	keepsTogether: boolean;
}

/** What came together is never torn apart, unless it is more than fits. @param waiting oldest first @returns the next ones */
export function batchesOf(
	waiting: readonly IngestionRecord[],
	{ places, size, keepsTogether }: BatchLimits,
): IngestionRecord[][] {
	const [first] = waiting;
	if (first === undefined) return [];
	if (first.batch === null) {
		const count = waiting.length <= places ? 1 : shareOf(waiting.length, places, size);
		return [waiting.slice(0, count)];
	}
	const groups = byBatch(waiting, size);
	return keepsTogether ? groups : sharing(groups, places, size);
}

/** What came together, in executions of its own. */
function byBatch(records: readonly IngestionRecord[], size: number): IngestionRecord[][] {
	const groups: IngestionRecord[][] = [];
	for (const record of records) {
		const group = groups.at(-1);
		if (group !== undefined && group[0]?.batch === record.batch && group.length < size) group.push(record);
		else groups.push([record]);
	}
	return groups;
}

/**
 * How many go into one execution when more wait than there are places: larger ones the more there are, since each costs
 * n8n the same, and never all of them at once, for the places that are taken now are free soon, and an execution works
 * at one item after the other.
 */
function shareOf(waiting: number, places: number, most: number): number {
	return Math.min(most, Math.max(Math.ceil(waiting / places), LEAST_SHARED));
}

/** Each its own place while there are places for all; else some share one, and none is torn apart. */
function sharing(groups: readonly IngestionRecord[][], places: number, size: number): IngestionRecord[][] {
	if (groups.length <= places) return [...groups];
	const most = shareOf(groups.flat().length, places, size);
	const shared: IngestionRecord[][] = [];
	for (const group of groups) {
		const last = shared.at(-1);
		if (last !== undefined && last.length + group.length <= most) last.push(...group);
		else shared.push([...group]);
	}
	return shared;
}
