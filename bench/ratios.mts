/** Comparisons in the JSON of a bench: objects beside each other, one of them named `ours`. */

export interface Ratio {
	/** Where it stands, such as `engines.default.saturated`. */
	place: string;
	/** The number compared, such as `perSecond`. */
	measure: string;
	ours: number;
	other: string;
	theirs: number;
	/** Ours divided by theirs. */
	ratio: number;
}

/** Names that older benches give to their sides, ours first. */
const SIDES: ReadonlyArray<readonly [string, string]> = [
	['withoutAnalysis', 'simpleParser'],
	['parseMessage', 'simpleParser'],
	['twoWorkers', 'oneWorker'],
];

/** Every number that ours and another side both have, in the order they stand. */
export function ratiosIn(report: unknown, place: readonly string[] = []): Ratio[] {
	if (!isObject(report)) return [];
	const others = Object.keys(report).filter((name) => name !== 'ours' && isObject(report[name]));
	const pairs = [...('ours' in report ? others.map((other) => ['ours', other] as const) : []), ...SIDES];
	const here = pairs.flatMap(([mine, other]) =>
		compared(report[mine], report[other]).map(({ path, ours, theirs }): Ratio => ({
			place: [...place, ...(mine === 'ours' ? [] : [mine])].join('.'),
			measure: path.join('.'),
			ours,
			other,
			theirs,
			ratio: Math.round((ours / theirs) * 100) / 100,
		})),
	);
	const deeper = Object.entries(report).flatMap(([name, inner]) => ratiosIn(inner, [...place, name]));
	return [...here, ...deeper];
}

function compared(
	mine: unknown,
	other: unknown,
	path: readonly string[] = [],
): Array<{ path: readonly string[]; ours: number; theirs: number }> {
	const [ours, theirs] = [bestOf(mine), bestOf(other)];
	if (ours !== null && theirs !== null && theirs !== 0) return [{ path, ours, theirs }];
	if (!isObject(mine) || !isObject(other)) return [];
	return Object.keys(mine).flatMap((name) => compared(mine[name], other[name], [...path, name]));
}

/** A number, or the best of the rounds. */
function bestOf(value: unknown): number | null {
	if (typeof value === 'number') return value;
	const isRounds = Array.isArray(value) && value.length > 0 && value.every((round) => typeof round === 'number');
	return isRounds ? Math.max(...value) : null;
}

function isObject(value: unknown): value is Record<string, unknown> {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}
