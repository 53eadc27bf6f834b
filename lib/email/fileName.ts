/**
 * A file name from outside as it may be used: the last part of a path, without control characters. A name that means a
 * folder (`.`, `..`) becomes `unnamed`.
 * @returns null when nothing is left
 */
export function fileName(raw: string | null): string | null {
	if (raw === null) return null;
	const name = raw
		.replace(/[\x00-\x1f\x7f-\x9f\u2028\u2029]/g, '')
		.split(/[\\/]/)
		.map((part) => part.trim())
		.findLast((part) => part !== '');
	if (name === undefined) return null;
	return /^\.+$/.test(name) ? 'unnamed' : name.slice(0, 1000);
}
