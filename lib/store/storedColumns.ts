/** Which columns hold keys and which hold prose, and the statements' values made what these can hold. */
import {
	type BinaryOperationNode,
	ColumnNode,
	type ColumnUpdateNode,
	type InsertQueryNode,
	type OperationNode,
	PrimitiveValueListNode,
	ReferenceNode,
	ValueListNode,
	ValueNode,
	ValuesNode,
} from 'kysely';
import { LONGEST_KEY, storedKey, storedText } from './storedText';
import type { Tables } from './tables';

type ColumnOf<Table> = Table extends unknown ? Extract<keyof Table, string> : never;
type Column = ColumnOf<Tables[keyof Tables]>;

/** Columns by which rows are found or told apart, whichever their table; ids and hashes of ours are shorter anyway. */
const KEYS: readonly Column[] = [
	...(['scope', 'name', 'owner', 'key', 'ref', 'raw_ref', 'content_key', 'duplicate_of', 'content_hash'] as const),
	...(['account', 'mailbox', 'uid_validity', 'stream', 'identity', 'place', 'highest_modseq'] as const),
	...(['feed', 'batch', 'emitter', 'execution', 'endpoint', 'outcome'] as const),
	...(['id', 'thread_id', 'merged_into', 'split_from', 'group_id', 'send_id', 'bucket', 'participant'] as const),
	...(['sender', 'recipient', 'fingerprint', 'message_id', 'template', 'template_version'] as const),
	...(['correlation_id', 'provider_message_id', 'provider', 'tag', 'address', 'address_hash'] as const),
	...(['quota', 'holder', 'breaker', 'type'] as const),
];
/** Bytes of the columns that hold prose. JSON is kept whole: its callers bound it, and cut it would be none. */
const TEXTS: Partial<Record<Column, number>> = {
	// Searched by, therefore in an index.
	reason: LONGEST_KEY,
	reply_code: LONGEST_KEY,
	label: LONGEST_KEY,
	by_whom: LONGEST_KEY,
	source: LONGEST_KEY,
	response: 16_384,
	error: 16_384,
	message: 16_384,
};

type Fit = (text: string) => string;

const FITS = new Map<string, Fit>([
	...KEYS.map((column): [string, Fit] => [column, storedKey]),
	...Object.entries(TEXTS).map(([column, most]): [string, Fit] => [column, (text) => storedText(text, most)]),
]);

/** A text as this column holds it, for a condition that is written out. */
export function storedIn(column: Column, text: string): string {
	return FITS.get(column)?.(text) ?? text;
}

/** A condition on a column: the value is compared as it would have been stored. */
export function fittedCondition(node: BinaryOperationNode): BinaryOperationNode {
	const fit = fitOf(node.leftOperand);
	return fit ? { ...node, rightOperand: fitted(node.rightOperand, fit) } : node;
}

export function fittedUpdate(node: ColumnUpdateNode): ColumnUpdateNode {
	const fit = fitOf(node.column);
	return fit ? { ...node, value: fitted(node.value, fit) } : node;
}

export function fittedInsert(node: InsertQueryNode): InsertQueryNode {
	const { columns, values } = node;
	if (columns === undefined || values === undefined || !ValuesNode.is(values)) return node;
	const fits = columns.map(fitOf);
	const rows = values.values.map((row) =>
		PrimitiveValueListNode.is(row)
			? { ...row, values: row.values.map((value, place) => fittedValue(value, fits[place])) }
			: { ...row, values: row.values.map((value, place) => fitted(value, fits[place])) },
	);
	return { ...node, values: { ...values, values: rows } as ValuesNode };
}

function fitOf(node: OperationNode): Fit | undefined {
	const column = ReferenceNode.is(node) ? node.column : node;
	return ColumnNode.is(column) ? FITS.get(column.column.name) : undefined;
}

/** Values and lists of them; what a statement works out is made of what was stored. */
function fitted<Node extends OperationNode>(node: Node, fit: Fit | undefined): Node {
	if (fit === undefined) return node;
	if (ValueNode.is(node)) return { ...node, value: fittedValue(node.value, fit) };
	if (PrimitiveValueListNode.is(node)) return { ...node, values: node.values.map((value) => fittedValue(value, fit)) };
	if (ValueListNode.is(node)) return { ...node, values: node.values.map((value) => fitted(value, fit)) };
	return node;
}

function fittedValue(value: unknown, fit: Fit | undefined): unknown {
	return fit !== undefined && typeof value === 'string' ? fit(value) : value;
}
