/** Last extension of a file name in lower case, null when it has none. Trailing dots and blanks are no part of it. */
export function extensionOf(filename: string | null): string | null {
	if (filename === null) return null;
	return /\.([^.\s/\\]{1,20})[.\s]*$/.exec(filename)?.[1]?.toLowerCase() ?? null;
}
