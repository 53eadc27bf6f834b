import type { IDataObject, INodeExecutionData } from 'n8n-workflow';

/** A non-empty string at `path` in the item's JSON, else null. */
export function stringField(item: INodeExecutionData, ...path: string[]): string | null {
	let value: unknown = item.json;
	for (const name of path) {
		if (value === null || typeof value !== 'object') return null;
		value = (value as Record<string, unknown>)[name];
	}
	return typeof value === 'string' && value !== '' ? value : null;
}

/** The item's JSON with what a node adds in front, where n8n's panel shows it without scrolling. */
export function withResult(json: IDataObject, result: IDataObject): IDataObject {
	return { ...result, ...json, ...result };
}
