/** Every statement that the store runs in its conformance suite, and how the database finds its rows. */
import { DatabaseSync } from 'node:sqlite';
import { Client } from 'pg';
import { expect, it } from 'vitest';

/** Tables with few rows, however much mail there is. */
const SMALL = new Set([
	'archive_uploads',
	'breakers',
	// A row for an hour, an endpoint and an outcome.
	'endpoint_counts',
	'leases',
	'mailbox_cursors',
	'mailbox_statuses',
	'migrations',
	'pauses',
	'scope_keys',
	'settings',
	'sqlite_master',
	'token_buckets',
]);

/** A migration reads everything, once. */
const MIGRATION = /^update \S*"sends" set "expires_at" = \(select /;

/** Statements that may go through all rows of a scope, a batch or a page at a time. */
const WHOLE_SCOPE: readonly RegExp[] = [
	// A tenant is erased in batches.
	/^delete from "\w+" where .*"scope" = \? limit \?/,
	/^select "sha256" from "archive_objects" where "scope" = \? limit \?/,
	// A page of a list, or where a part of a count ends.
	/ order by "?(\w+"?\."?)?\w+"?( desc)?(, "?(\w+"?\."?)?\w+"?( desc)?)* limit \?/,
];

/** What a conformance suite prepares from now on, one text of each. */
export function recordSqlite(): ReadonlySet<string> {
	const texts = new Set<string>();
	const prepare = Reflect.get<DatabaseSync, 'prepare'>(DatabaseSync.prototype, 'prepare');
	DatabaseSync.prototype.prepare = function (text) {
		texts.add(text);
		return prepare.call(this, text);
	};
	return texts;
}

/** @param file a store on which the statements ran */
export function sqlitePlans(texts: ReadonlySet<string>, file: string): void {
	it('finds the rows of every statement by an index', () => {
		const database = new DatabaseSync(file, { readOnly: true });
		const asked = [...texts].filter((text) => /^(select|with|insert|update|delete)\b/i.test(text));
		const found = asked.flatMap((text) => {
			const steps = database.prepare(`explain query plan ${text}`).all() as Array<{ detail: string }>;
			return steps.flatMap(({ detail }) => (isScan(detail, text) ? [{ detail, text }] : []));
		});
		database.close();
		expect(asked.length).toBeGreaterThan(150);
		expect(found).toEqual([]);
	});
}

/** https://sqlite.org/eqp.html */
function isScan(detail: string, text: string): boolean {
	const [, way, table = ''] = /^(SCAN|SEARCH) (\w+)/.exec(detail) ?? [];
	const isTable = new RegExp(`"${table}"`).test(text) && !new RegExp(`"${table}" as (not )?materialized`).test(text);
	if (way === undefined || SMALL.has(table) || !isTable) return false;
	if (MIGRATION.test(text)) return false;
	if (way === 'SCAN') return true;
	// Whose turn it is, a page at a time; and a list of addresses that is empty.
	if (detail.includes('sends_by_turn') || text.includes(' and false and ')) return false;
	// In a store with one scope, that is all of it.
	return /\(scope=\?\)$/.test(detail) && !WHOLE_SCOPE.some((allowed) => allowed.test(text));
}

/** What a conformance suite asks of PostgreSQL from now on, with the values of the first time. */
export function recordPostgres(): ReadonlyMap<string, readonly unknown[]> {
	const texts = new Map<string, readonly unknown[]>();
	// eslint-disable-next-line @typescript-eslint/unbound-method -- called with its own client
	const query: (...given: unknown[]) => unknown = Client.prototype.query;
	Client.prototype.query = function (this: Client, ...given: unknown[]) {
		const [text, values] = given;
		if (typeof text === 'string' && !texts.has(text)) texts.set(text, Array.isArray(values) ? values : []);
		return query.apply(this, given);
	} as typeof Client.prototype.query;
	return texts;
}

interface PlanNode {
	'Node Type': string;
	'Relation Name'?: string;
	'Index Cond'?: string;
	Plans?: PlanNode[];
}

/** Where an index can serve, PostgreSQL prefers any to a sequential scan that is switched off. */
export function postgresPlans(texts: ReadonlyMap<string, readonly unknown[]>, url: () => string): void {
	it('finds the rows of every statement by an index', async () => {
		const client = new Client({ connectionString: url() });
		await client.connect();
		await client.query('set enable_seqscan = off');
		const asked = [...texts].filter(
			([text]) => /^(select|with|insert|update|delete)\b(?!.*; )/i.test(text) && !MIGRATION.test(text),
		);
		const found: object[] = [];
		for (const [text, values] of asked) {
			const { rows } = await client.query<{ 'QUERY PLAN': Array<{ Plan: PlanNode }> }>(
				`explain (format json) ${text}`,
				[...values],
			);
			const nodes = nodesOf(rows[0]!['QUERY PLAN'][0]!.Plan);
			for (const node of nodes) if (isSequential(node)) found.push({ table: node['Relation Name'], text });
		}
		await client.end();
		expect(asked.length).toBeGreaterThan(150);
		expect(found).toEqual([]);
	});
}

function nodesOf(node: PlanNode): PlanNode[] {
	return [node, ...(node.Plans ?? []).flatMap(nodesOf)];
}

function isSequential(node: PlanNode): boolean {
	const table = node['Relation Name'] ?? '';
	return node['Node Type'] === 'Seq Scan' && !SMALL.has(table) && !table.startsWith('pg_');
}
