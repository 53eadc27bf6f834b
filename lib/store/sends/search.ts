/** Finding sends by what is known of them. */
import { type Expression, type ExpressionBuilder, type SelectQueryBuilder, type SqlBool, sql } from 'kysely';
import type { Db } from '../dialect';
import { TIME_DIGITS, firstIdAt, timeOfId } from '../recordId';
import type { SendFilter, SendRecord } from '../store';
import { storedIn } from '../storedColumns';
import type { Tables } from '../tables';
import { GROUP_COLUMNS, sendOf } from './rows';

/** Entries of an index that one statement goes through: SQLite stops the event loop for as long. */
const WINDOW = 300;

type SendColumn = 'recipient' | 'provider_message_id' | 'provider' | 'reason' | 'state' | 'sandbox';
type GroupColumn = 'message_id' | 'correlation_id' | 'thread_id' | 'key' | 'template' | 'template_version' | 'stream';

/** A stretch of an index, in the order of the ids of sends or groups. */
type Stretch =
	| { table: 'sends'; column: SendColumn | null; value: string }
	| { table: 'send_groups'; column: GroupColumn; value: string }
	| { table: 'send_tags'; value: string }
	/** Of one person, by the keyed hash, however the address is spelled. */
	| { table: 'subjects'; value: string };

/** Ids before `before`, and from `from` on. */
interface Span {
	before: string | null;
	from: string | null;
}

interface Search {
	db: Db;
	scope: string;
	filter: SendFilter;
	person: string | null;
}

/**
 * The newest sends that match, newest first. One index is walked from the newest entry on, in windows, and the other
 * conditions are checked on what each window holds: neither database is left to guess which condition is the rarest.
 * @param person keyed hash of the filter's recipient; null: it is looked for as it stands
 */
export async function searchSends(
	db: Db,
	scope: string,
	filter: SendFilter,
	person: string | null,
	page: { limit: number; before?: string },
): Promise<SendRecord[]> {
	if (filter.states?.length === 0) return [];
	const search = { db, scope, filter, person };
	const span = { before: page.before ?? null, from: filter.since === undefined ? null : firstIdAt(filter.since) };
	const found: SendRecord[] = [];
	for (const { stretch, edge } of await choose(search, span)) {
		found.push(...(await walk(search, stretch, span, edge, page.limit)));
	}
	return found.sort((a, b) => (a.id < b.id ? 1 : -1)).slice(0, page.limit);
}

/** The first stretch of the index that fits into a window, else the one that is likely the shortest. */
async function choose(search: Search, span: Span): Promise<Array<{ stretch: Stretch; edge: string | null }>> {
	const { states, sandboxed } = search.filter;
	const single = stretchesOf(search);
	const alternatives: Stretch[][] = single.map((stretch) => [stretch]);
	const inColumn = (column: SendColumn, values: Iterable<string>): Stretch[] =>
		[...new Set(values)].map((value) => ({ table: 'sends', column, value }));
	if (sandboxed === true) alternatives.push(inColumn('sandbox', ['redirected', 'captured']));
	if (states !== undefined) alternatives.push(inColumn('state', states));
	if (alternatives.length === 0) alternatives.push([{ table: 'sends', column: null, value: '' }]);
	let first: Array<{ stretch: Stretch; edge: string | null }> | undefined;
	for (const stretches of alternatives) {
		const measured = [];
		for (const stretch of stretches) measured.push({ stretch, edge: await edgeOf(search, stretch, span) });
		if (measured.every(({ edge }) => edge === null)) return measured;
		first ??= measured;
	}
	return first ?? [];
}

function stretchesOf({ filter, person }: Search): Stretch[] {
	const groups: Array<[GroupColumn, string | undefined]> = [
		['message_id', filter.messageId],
		['key', filter.key],
		['correlation_id', filter.correlationId],
		['thread_id', filter.threadId],
		['template_version', filter.templateVersion],
		['template', filter.template],
		['stream', filter.stream],
	];
	const sends: Array<[SendColumn, string | undefined]> = [
		['provider_message_id', filter.providerMessageId],
		['recipient', person === null ? filter.recipient : undefined],
		['reason', filter.reason],
		['provider', filter.provider],
	];
	const stretches: Stretch[] = person === null ? [] : [{ table: 'subjects', value: person }];
	for (const [column, value] of sends) if (value !== undefined) stretches.push({ table: 'sends', column, value });
	for (const [column, value] of groups) {
		if (value !== undefined) stretches.push({ table: 'send_groups', column, value });
	}
	if (filter.tag !== undefined) stretches.push({ table: 'send_tags', value: filter.tag });
	return stretches;
}

async function walk(
	search: Search,
	stretch: Stretch,
	span: Span,
	firstEdge: string | null,
	limit: number,
): Promise<SendRecord[]> {
	const found: SendRecord[] = [];
	let { before } = span;
	for (let edge = firstEdge; ; edge = await edgeOf(search, stretch, { ...span, before })) {
		const from = edge ?? span.from;
		found.push(...(await matchesWithin(search, stretch, { before, from }, limit - found.length)));
		if (edge === null || found.length >= limit) return found;
		before = edge;
	}
}

/**
 * Where the window that ends with the span begins; null when the rest of the stretch fits into it. Groups are cut
 * between two milliseconds: within one, the order of the groups need not be that of their sends.
 */
async function edgeOf(search: Search, stretch: Stretch, span: Span): Promise<string | null> {
	const row = await entries(search, stretch, span)
		.orderBy('id', 'desc')
		.offset(WINDOW - 1)
		.limit(1)
		.executeTakeFirst();
	if (row === undefined) return null;
	return isOfSends(stretch) ? row.id : firstIdAt(timeOfId(row.id));
}

/** Whether its ids are those of sends, not of groups. */
function isOfSends({ table }: Stretch): boolean {
	return table === 'sends' || table === 'subjects';
}

type Entries = SelectQueryBuilder<Tables, 'sends', { id: string }>;

/** The stretch's ids of sends, or of groups; `sends` stands for the other tables' types. */
function entries({ db, scope }: Pick<Search, 'db' | 'scope'>, stretch: Stretch, { before, from }: Span): Entries {
	if (stretch.table === 'sends') {
		const { column, value } = stretch;
		return db
			.selectFrom('sends')
			.select('id')
			.where('scope', '=', scope)
			.$if(column !== null, (query) => query.where(column ?? 'state', '=', value as never))
			.$if(from !== null, (query) => query.where('id', '>=', from ?? ''))
			.$if(before !== null, (query) => query.where('id', '<', before ?? ''));
	}
	if (stretch.table === 'subjects') {
		return db
			.selectFrom('subjects')
			.select('ref as id')
			.where('scope', '=', scope)
			.where('address_hash', '=', stretch.value)
			.where('kind', '=', 'send')
			.$if(from !== null, (query) => query.where('ref', '>=', from ?? ''))
			.$if(before !== null, (query) => query.where('ref', '<', before ?? '')) as unknown as Entries;
	}
	// A group has the time of its sends, and so the beginning of their ids.
	const until = before !== null && before.length > TIME_DIGITS ? firstIdAt(timeOfId(before) + 1) : before;
	if (stretch.table === 'send_groups') {
		return db
			.selectFrom('send_groups')
			.select('id')
			.where('scope', '=', scope)
			.where(stretch.column, '=', stretch.value)
			.$if(from !== null, (query) => query.where('id', '>=', from ?? ''))
			.$if(until !== null, (query) => query.where('id', '<', until ?? '')) as unknown as Entries;
	}
	return db
		.selectFrom('send_tags')
		.select('group_id as id')
		.where('scope', '=', scope)
		.where('tag', '=', stretch.value)
		.$if(from !== null, (query) => query.where('group_id', '>=', from ?? ''))
		.$if(until !== null, (query) => query.where('group_id', '<', until ?? '')) as unknown as Entries;
}

/** CROSS JOIN keeps SQLite to this order of the tables (https://sqlite.org/optoverview.html#crossjoin). */
async function matchesWithin(search: Search, stretch: Stretch, span: Span, limit: number): Promise<SendRecord[]> {
	const { db } = search;
	const key = isOfSends(stretch) ? 'sends.id' : 'sends.group_id';
	const rows = await db
		.with(
			(cte) => cte('entries').materialized(),
			() => entries(search, stretch, span),
		)
		.selectFrom('entries')
		.crossJoin('sends')
		.crossJoin('send_groups')
		.whereRef(key, '=', 'entries.id')
		.whereRef('send_groups.id', '=', 'sends.group_id')
		.$if(span.before !== null, (query) => query.where('sends.id', '<', span.before ?? ''))
		.where((e) => e.and(conditions(e, search)))
		.selectAll('sends')
		.select(GROUP_COLUMNS)
		.orderBy('sends.id', 'desc')
		.limit(limit)
		.execute();
	return rows.map(sendOf);
}

type Joined = ExpressionBuilder<Tables, 'sends' | 'send_groups'>;

/** Written so that no index serves them: the row is there already. */
function conditions(e: Joined, { scope, filter, person }: Search): Array<Expression<SqlBool>> {
	const equal = [
		['sends', 'recipient', person === null ? filter.recipient : undefined],
		['sends', 'provider_message_id', filter.providerMessageId],
		['send_groups', 'message_id', filter.messageId],
		['send_groups', 'correlation_id', filter.correlationId],
		['send_groups', 'thread_id', filter.threadId],
		['send_groups', 'key', filter.key],
		['send_groups', 'template', filter.template],
		['send_groups', 'template_version', filter.templateVersion],
		['send_groups', 'stream', filter.stream],
		['sends', 'provider', filter.provider],
		['sends', 'reason', filter.reason],
	] as const;
	const all: Array<Expression<SqlBool>> = equal.flatMap(([table, column, value]) =>
		value === undefined ? [] : [sql<SqlBool>`${sql.ref(`${table}.${column}`)} || '' = ${storedIn(column, value)}`],
	);
	const { states, since, sandboxed, tag } = filter;
	if (states !== undefined) all.push(sql<SqlBool>`sends.state || '' in (${sql.join(states)})`);
	if (since !== undefined) all.push(e('sends.created_at', '>=', since));
	if (sandboxed !== undefined) all.push(e('sends.sandbox', sandboxed ? 'is not' : 'is', null));
	if (person !== null) {
		const theirs = e
			.selectFrom('subjects')
			.select('subjects.ref')
			.where('subjects.scope', '=', scope)
			.where('subjects.address_hash', '=', person)
			.where('subjects.kind', '=', 'send')
			.whereRef('subjects.ref', '=', 'sends.id');
		all.push(e.exists(theirs));
	}
	if (tag !== undefined) {
		const tagged = e
			.selectFrom('send_tags')
			.select('send_tags.tag')
			.where('send_tags.scope', '=', scope)
			.where('send_tags.tag', '=', tag)
			.whereRef('send_tags.group_id', '=', 'sends.group_id');
		all.push(e.exists(tagged));
	}
	return all;
}
