/**
 * What endpoints are asked, counted. No execution shows a refused request, and a flood of them must cost the store
 * nothing: counts gather in memory and are written once a second. A process that is killed loses that second's.
 */
import type { Millis, Store } from '../../../store/store';

const INTERVAL: Millis = 1_000;
/** While the store is away: what does not fit any more is dropped, for it is a count and no mail. */
const MOST_WAITING = 10_000;

export interface CountedRequest {
	scope: string;
	/** `webhook:<workflow>/<node>` */
	endpoint: string;
	label: string;
	/** `taken`, `repeated`, or the code of the refusal. */
	outcome: string;
}

interface Waiting extends CountedRequest {
	count: number;
	/** Opens the store that the node uses. */
	open: () => Promise<Store>;
}

let waiting = new Map<string, Waiting>();
let timer: NodeJS.Timeout | null = null;

/**
 * Counts one request.
 * @param place tells the store apart from others
 * @param open called at most once a second
 */
export function countRequest(place: string, request: CountedRequest, open: () => Promise<Store>): void {
	const key = JSON.stringify([place, request.scope, request.endpoint, request.outcome]);
	const known = waiting.get(key);
	// The newest knows best how the store is opened, and what the node is called.
	if (known) Object.assign(known, request, { count: known.count + 1, open });
	else if (waiting.size < MOST_WAITING) waiting.set(key, { ...request, count: 1, open });
	timer ??= setTimeout(() => {
		timer = null;
		void writeCounts();
	}, INTERVAL).unref();
}

/** Writes what was counted. What a store does not take is kept for the next time. */
export async function writeCounts(): Promise<void> {
	const due = waiting;
	waiting = new Map();
	const groups = new Map<string, Array<[string, Waiting]>>();
	for (const [key, entry] of due) {
		const [place, scope] = JSON.parse(key) as [string, string];
		const group = JSON.stringify([place, scope]);
		groups.set(group, [...(groups.get(group) ?? []), [key, entry]]);
	}
	for (const group of groups.values()) {
		const entries = group.map(([, entry]) => entry);
		await write(entries).catch(() => {
			for (const [key, entry] of group) keep(key, entry);
		});
	}
}

async function write(entries: readonly Waiting[]): Promise<void> {
	const [first] = entries;
	if (first === undefined) return;
	const store = await first.open();
	try {
		await store.unflushed.endpoints.add(
			first.scope,
			entries.map(({ endpoint, label, outcome, count }) => ({ endpoint, label, outcome, count })),
		);
	} finally {
		await store.close();
	}
}

function keep(key: string, entry: Waiting): void {
	const newer = waiting.get(key);
	if (newer) newer.count += entry.count;
	else if (waiting.size < MOST_WAITING) waiting.set(key, entry);
}
