/** One item's call of the node: its fields, read and checked. */
import type { IDataObject, IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';
import { tryToParseDateTime } from 'n8n-workflow';
import { InputError } from '../../lib/errors';
import type { Decider } from '../../lib/pipeline/ledger/sends';
import type { Store } from '../../lib/store';

/** What an operation gives back; the node adds `pairedItem`. */
export type Result = Pick<INodeExecutionData, 'json' | 'binary'>;

/** Enough for an operation that neither reads nor keeps anything. */
export interface StorelessCall {
	context: IExecuteFunctions;
	item: INodeExecutionData;
	itemIndex: number;
	options: IDataObject;
}

export interface ItemCall extends StorelessCall {
	store: Store;
	scope: string;
}

export type Operation = (call: ItemCall) => Promise<Result[]>;
export type StorelessOperation = (call: StorelessCall) => Promise<Result[]>;

/** @throws InputError `INPUT_MISSING` when the field is empty, as when an expression found nothing */
export function requiredText({ context, itemIndex }: StorelessCall, name: string, displayName: string): string {
	const text = textOf(context.getNodeParameter(name, itemIndex, '', { extractValue: true }));
	if (text !== '') return text;
	throw new InputError(`“${displayName}” is empty`, {
		code: 'INPUT_MISSING',
		hint: 'Fill it in; if it is an expression, check that the item carries what it asks for.',
	});
}

/** A time of the picker is one of the workflow's time zone. */
export function timeOf({ context }: ItemCall, value: unknown, displayName: string): number | null {
	if (value === undefined || value === null || value === '') return null;
	const time = parsedTime(value, context.getTimezone());
	if (time !== null) return time;
	throw new InputError(`“${displayName}” is not a date and time`, {
		code: 'INPUT_DATE_INVALID',
		hint: 'Write it as 2026-11-21T10:00:00.',
	});
}

/** @throws InputError `INPUT_MISSING` when the field is empty, `INPUT_DATE_INVALID` when it is no time */
export function requiredTime(call: ItemCall, name: string, displayName: string): number {
	const time = timeOf(call, call.context.getNodeParameter(name, call.itemIndex), displayName);
	if (time !== null) return time;
	throw new InputError(`“${displayName}” is empty`, {
		code: 'INPUT_MISSING',
		hint: 'Set it to the time from which on is to be counted.',
	});
}

/** undefined for “Return All”. */
export function limitOf({ context, itemIndex }: ItemCall): number | undefined {
	if (context.getNodeParameter('returnAll', itemIndex, false)) return undefined;
	return Math.max(1, Math.floor(context.getNodeParameter('limit', itemIndex, 50)));
}

/** Those of `all` that the user picked. */
export function chosenOf<Value extends string>(all: readonly Value[], picked: unknown): Value[] {
	return all.filter((value) => Array.isArray(picked) && (picked as unknown[]).includes(value));
}

/** Empty text counts as not set. */
export function optionalText(value: unknown): string | null {
	return textOf(value) || null;
}

export function deciderOf({ context, options }: ItemCall): Decider {
	return {
		by: `workflow ${context.getWorkflow().id ?? ''}, execution ${context.getExecutionId()}`,
		note: optionalText(options.note),
	};
}

function parsedTime(value: unknown, timezone: string): number | null {
	try {
		return tryToParseDateTime(value, timezone).toMillis();
	} catch {
		return null;
	}
}

function textOf(value: unknown): string {
	return typeof value === 'string' ? value.trim() : typeof value === 'number' ? String(value) : '';
}
