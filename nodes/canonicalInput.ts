/** Reads the canonical message from an item, as MIME Parse made it. */
import type { INodeExecutionData } from 'n8n-workflow';
import { type CanonicalMessage, MESSAGE_SCHEMA } from '../lib/email/message';

/** @returns null when the item is something else */
export function canonicalMessageOf(item: INodeExecutionData): CanonicalMessage | null {
	return item.json.schema === MESSAGE_SCHEMA ? (item.json as unknown as CanonicalMessage) : null;
}

/**
 * The message as bytes again, for readers of raw mail, when the archive does not hold it: its headers and its text.
 * Attachments and the second body are not in it.
 */
export function rebuildRaw(message: CanonicalMessage): Buffer {
	const skipped = new Set(['content-type', 'content-transfer-encoding', 'mime-version']);
	const fields = Object.entries(message.headers)
		.filter(([name]) => !skipped.has(name))
		.flatMap(([name, values]) => values.map((value) => `${name}: ${value.replace(/[\r\n]+/g, ' ')}`));
	const head = [
		...fields,
		'mime-version: 1.0',
		'content-type: text/plain; charset=utf-8',
		'content-transfer-encoding: 8bit',
	];
	return Buffer.from(`${head.join('\r\n')}\r\n\r\n${message.text}`, 'utf8');
}
