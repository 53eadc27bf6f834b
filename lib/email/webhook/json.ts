import { WebhookRefusal } from './refusal';
import type { WebhookRequest } from './request';

export type JsonRecord = Readonly<Record<string, unknown>>;

/** The body as JSON (UTF-8, RFC 8259). Throws `WEBHOOK_MALFORMED`. */
export function jsonOf(request: WebhookRequest): unknown {
	return parseJson(request.rawBody.toString('utf8'), 'The body');
}

/** Throws `WEBHOOK_MALFORMED` naming `what`; the parser's own message is left out, as it quotes the content. */
export function parseJson(text: string, what: string): unknown {
	try {
		return JSON.parse(text.replace(/^\uFEFF/, '')) as unknown;
	} catch {
		throw new WebhookRefusal('WEBHOOK_MALFORMED', `${what} is not valid JSON.`);
	}
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
