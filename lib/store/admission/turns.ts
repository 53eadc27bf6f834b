/**
 * Whose turn it is at a limit. Each limit keeps two books: what was really used, which it never lets exceed itself, and
 * the turns that it has promised, so that those who wait come in the order of asking and not all at once.
 */
import { CLOCK_SLACK } from '../clock';
import type { Trx } from '../dialect';
import type { Limit, Millis } from '../store';

/** For so long after its time a promised turn is kept free of newcomers, in ms. */
const KEPT_FREE = 10_000;
/** A promise that nobody came for is forgotten after this, in ms. */
const FORGOTTEN = 86_400_000;
/** Tokens are added up from fractions. */
const EPSILON = 1e-6;

export type Turn =
	| { ready: true; take: () => Promise<void> }
	/** `promise` is null when the turn was promised before. */
	| { ready: false; at: Millis; promise: (() => Promise<void>) | null };

/** One asker at one limit. */
interface Asker {
	trx: Trx;
	scope: string;
	holder: string;
	now: Millis;
	limit: { name: string };
}

type Asking<Kind extends Limit['kind']> = Asker & { limit: Extract<Limit, { kind: Kind }> };

interface Slot {
	at: Millis;
	used: number;
}

/**
 * Lets the holder pass all the limits at once, or none of them.
 * @returns null when it passed; else when its turn is, and at which limit
 */
export async function passLimits(
	trx: Trx,
	scope: string,
	holder: string,
	limits: readonly Limit[],
	now: Millis,
): Promise<{ at: Millis; name: string } | null> {
	const turns: Array<{ name: string; turn: Turn }> = [];
	for (const limit of limits) turns.push({ name: limit.name, turn: await turnAt(trx, scope, holder, limit, now) });
	const waiting = turns.flatMap(({ name, turn }) => (turn.ready ? [] : [{ name, ...turn }]));
	if (waiting.length === 0) {
		for (const { turn } of turns) if (turn.ready) await turn.take();
		return null;
	}
	const last = waiting.reduce((a, b) => (b.at > a.at ? b : a));
	// A place in the shorter queues would only lie idle until then.
	await last.promise?.();
	return { at: Math.ceil(last.at), name: last.name };
}

/** The lock under which a limit is read and then written. */
export function lockOf(scope: string, limit: Limit): string {
	return `limit:${scope}:${limit.name}`;
}

async function turnAt(trx: Trx, scope: string, holder: string, limit: Limit, now: Millis): Promise<Turn> {
	const own = await trx
		.selectFrom('limit_slots')
		.select(['at', 'used'])
		.where('scope', '=', scope)
		.where('name', '=', limit.name)
		.where('holder', '=', holder)
		.executeTakeFirst();
	if (own && own.used === 0 && own.at > now) return { ready: false, at: own.at, promise: null };
	const asking = { trx, scope, holder, now };
	switch (limit.kind) {
		case 'bucket':
			return bucketTurn({ ...asking, limit }, own);
		case 'quota':
			return quotaTurn({ ...asking, limit }, own);
		case 'schedule':
			return scheduleTurn({ ...asking, limit }, own);
	}
}

async function bucketTurn(asking: Asking<'bucket'>, own: Slot | undefined): Promise<Turn> {
	const { trx, scope, now, limit } = asking;
	const perMs = limit.ratePerSecond / 1000;
	const row = await trx
		.selectFrom('token_buckets')
		.select(['tokens', 'updated_at'])
		.where('scope', '=', scope)
		.where('bucket', '=', limit.name)
		.executeTakeFirst();
	const burst = Math.max(1, limit.burst);
	const known = row && row.updated_at <= now + CLOCK_SLACK;
	const held = row && known ? Math.min(burst, row.tokens + Math.max(0, now - row.updated_at) * perMs) : burst;
	const promised = await promisedTurns(asking);
	// Those whose time has come are about to take a token each.
	const free = own ? held : held - promised.due;
	if (free >= 1 - EPSILON && (own || promised.last === null || promised.last <= now)) {
		return { ready: true, take: () => takeToken(asking, held - 1, own !== undefined) };
	}
	const at = own
		? // Others came late for their turns: the wait is short, and spread so that they do not all come back together.
			now + (1 - held) / perMs + (Math.random() * promised.due) / perMs
		: Math.max((promised.last ?? -Infinity) + 1 / perMs, now + (1 - free) / perMs);
	return { ready: false, at, promise: () => promiseTurn(asking, at, at + FORGOTTEN) };
}

async function takeToken({ trx, scope, holder, now, limit }: Asking<'bucket'>, left: number, promised: boolean) {
	const values = { tokens: left, updated_at: now };
	await trx
		.insertInto('token_buckets')
		.values({ scope, bucket: limit.name, ...values })
		.onConflict((conflict) => conflict.columns(['scope', 'bucket']).doUpdateSet(values))
		.execute();
	if (!promised) return;
	await trx
		.deleteFrom('limit_slots')
		.where('scope', '=', scope)
		.where('name', '=', limit.name)
		.where('holder', '=', holder)
		.execute();
}

async function quotaTurn(asking: Asking<'quota'>, own: Slot | undefined): Promise<Turn> {
	const { now, limit } = asking;
	const since = now - limit.window;
	if (own?.used === 1 && own.at > since) return { ready: true, take: () => Promise.resolve() };
	const promised = own?.used === 0;
	if (limit.limit < 1) return { ready: false, at: now + limit.window, promise: null };
	// The use, or the promise, that must leave the window before there is room for one more.
	const blocking = await slots(asking)
		.select('at')
		.where('holder', '!=', asking.holder)
		.where((e) =>
			e.or([
				e.and([e('used', '=', 1), e('at', '>', since)]),
				...(promised ? [] : [e.and([e('used', '=', 0), e('at', '>', now - KEPT_FREE)])]),
			]),
		)
		.orderBy('at', 'desc')
		.offset(limit.limit - 1)
		.limit(1)
		.executeTakeFirst();
	if (!blocking) return { ready: true, take: () => useTurn(asking, now + limit.window) };
	const at = Math.max(now + 1, blocking.at + limit.window);
	return { ready: false, at, promise: () => promiseTurn(asking, at, at + limit.window + FORGOTTEN) };
}

async function scheduleTurn(asking: Asking<'schedule'>, own: Slot | undefined): Promise<Turn> {
	const { now, limit } = asking;
	const current = limit.periods.findIndex(({ from, until }) => from <= now && now < until);
	const period = limit.periods[current];
	if (!period) return { ready: true, take: () => Promise.resolve() };
	const counted = own?.used === 1 && own.at >= period.from;
	if (counted) return { ready: true, take: () => Promise.resolve() };
	const taken = await takenIn(asking, period, own?.used === 0);
	if (taken < period.limit) return { ready: true, take: () => useTurn(asking, period.until) };
	for (const next of limit.periods.slice(current + 1)) {
		const waiting = await takenIn(asking, next, false);
		// Spread over the period: a ramp is not for bursts.
		const at = next.from + ((waiting + 0.5) / next.limit) * (next.until - next.from);
		if (waiting < next.limit)
			return { ready: false, at, promise: () => promiseTurn(asking, at, next.until + FORGOTTEN) };
	}
	return { ready: false, at: limit.periods.at(-1)?.until ?? now, promise: null };
}

async function takenIn(
	asking: Asking<'schedule'>,
	{ from, until }: { from: Millis; until: Millis },
	usedOnly: boolean,
): Promise<number> {
	const { count } = await slots(asking)
		.select((e) => e.fn.countAll<number>().as('count'))
		.where('holder', '!=', asking.holder)
		.where('at', '>=', from)
		.where('at', '<', until)
		.where((e) =>
			e.or([
				e('used', '=', 1),
				...(usedOnly ? [] : [e.and([e('used', '=', 0), e('at', '>', asking.now - KEPT_FREE)])]),
			]),
		)
		.executeTakeFirstOrThrow();
	return count;
}

/** The last turn promised, and how many are due and not yet taken. */
async function promisedTurns(asking: Asking<'bucket'>): Promise<{ last: Millis | null; due: number }> {
	const { now } = asking;
	const { last, due } = await slots(asking)
		.select((e) => [e.fn.max('at').as('last'), e.fn.countAll<number>().filterWhere('at', '<=', now).as('due')])
		.where('used', '=', 0)
		.where('at', '>', now - KEPT_FREE)
		.where('holder', '!=', asking.holder)
		.executeTakeFirstOrThrow();
	return { last, due };
}

function slots({ trx, scope, limit }: Asker) {
	return trx.selectFrom('limit_slots').where('scope', '=', scope).where('name', '=', limit.name);
}

function promiseTurn(asking: Asker, at: Millis, until: Millis): Promise<void> {
	return writeSlot(asking, { at, used: 0, until });
}

function useTurn(asking: Asker, until: Millis): Promise<void> {
	return writeSlot(asking, { at: asking.now, used: 1, until });
}

async function writeSlot(
	{ trx, scope, holder, limit }: Asker,
	values: { at: Millis; used: number; until: Millis },
): Promise<void> {
	await trx
		.insertInto('limit_slots')
		.values({ scope, name: limit.name, holder, ...values })
		.onConflict((conflict) => conflict.columns(['scope', 'name', 'holder']).doUpdateSet(values))
		.execute();
}
