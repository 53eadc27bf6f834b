import { WebhookRefusal } from './refusal';
import type { WebhookRequest } from './request';

export type JsonRecord = Readonly<Record<string, unknown>>;

/** The body as JSON (UTF-8, RFC 8259). Throws `WEBHOOK_MALFORMED`. */
export function jsonOf(request: WebhookRequest): unknown {
	return parseJson(request.rawBody.toString('utf8'), 'The body');
}

/** Deeper than any provider nests, and shallow enough for everything that walks the value after us. */
const MAX_DEPTH = 100;
/** Objects and lists in one body: a batch of thousands of events has some tens of thousands. */
const MAX_CONTAINERS = 200_000;

/**
 * Throws `WEBHOOK_MALFORMED` naming `what`; the parser's own message is left out, as it quotes the content. An integer too
 * large for a number (ids of Mailjet) becomes a text of its digits.
 */
export function parseJson(text: string, what: string): unknown {
	const value = tryParse(text.replace(/^\uFEFF/, ''), what);
	checkShape(value, what);
	return value;
}

function tryParse(text: string, what: string): unknown {
	try {
		return /\d{16}/.test(text) ? (JSON.parse(text, keepDigits as Reviver) as unknown) : (JSON.parse(text) as unknown);
	} catch {
		throw new WebhookRefusal('WEBHOOK_MALFORMED', `${what} is not valid JSON.`);
	}
}

type Reviver = (key: string, value: unknown) => unknown;

function keepDigits(_key: string, value: unknown, context: { source?: string }): unknown {
	if (typeof value !== 'number' || Number.isSafeInteger(value) || context.source === undefined) return value;
	return /^-?\d+$/.test(context.source) ? context.source : value;
}

/** Bounds what a small body can cost: each of `[[],[],…]` becomes an item. */
function checkShape(value: unknown, what: string): void {
	let containers = 0;
	const walk = (entry: unknown, depth: number): void => {
		if (typeof entry !== 'object' || entry === null) return;
		containers += 1;
		if (depth > MAX_DEPTH || containers > MAX_CONTAINERS) {
			throw new WebhookRefusal('WEBHOOK_MALFORMED', `${what} is nested too deeply or has too many parts.`);
		}
		for (const inner of Object.values(entry)) walk(inner, depth + 1);
	};
	walk(value, 1);
}

/** The value if it is an object, else an empty one. */
export function record(value: unknown): JsonRecord {
	return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonRecord) : {};
}

export function isRecord(value: unknown): value is JsonRecord {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The value if it is an array, else none. */
export function list(value: unknown): readonly unknown[] {
	return Array.isArray(value) ? (value as unknown[]) : [];
}

/** A text or number as text; null for anything else and for the empty text. */
export function textOf(value: unknown): string | null {
	if (typeof value === 'number' || typeof value === 'bigint') return String(value);
	return typeof value === 'string' && value !== '' ? value : null;
}

/** The first of several values that is a text. */
export function firstText(...values: unknown[]): string | null {
	for (const value of values) {
		const text = textOf(value);
		if (text !== null) return text;
	}
	return null;
}

/** A number, also when it is written as text. */
export function numberOf(value: unknown): number | null {
	const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
	return typeof number === 'number' && Number.isFinite(number) ? number : null;
}
