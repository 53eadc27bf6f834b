/** What a user typed into a field. */
export function textOf(value: unknown, trim = true): string {
	const text = typeof value === 'string' ? value : typeof value === 'number' ? String(value) : '';
	return trim ? text.trim() : text;
}

/** `a, b` or a list from an expression, without empty entries and repeats. */
export function listOf(value: unknown): string[] {
	const entries: unknown[] = Array.isArray(value) ? value : textOf(value).split(',');
	return [...new Set(entries.map((entry) => textOf(entry)).filter(Boolean))];
}
