/** Lines that part a multipart: RFC 2046, 5.1.1. */
const CR = 0x0d;
const LF = 0x0a;
const DASH = 0x2d;
/** A longer header section is not looked through again for each line that may be a delimiter. */
const MOST_HEADER_LINES = 200;

function isSpace(byte: number | undefined): boolean {
	return byte === 0x20 || byte === 0x09 || byte === CR || byte === LF;
}

export interface BoundaryMatch {
	boundary: Buffer;
	closes: boolean;
}

/** The boundary that a line holds behind its two dashes, with nothing but white space after it. */
export function matchBoundary(text: Buffer, boundaries: readonly Buffer[]): BoundaryMatch | null {
	for (const boundary of boundaries) {
		if (!text.subarray(0, boundary.length).equals(boundary)) continue;
		let rest = boundary.length;
		const closes = text[rest] === DASH && text[rest + 1] === DASH;
		if (closes) rest += 2;
		while (rest < text.length && isSpace(text[rest])) rest++;
		if (rest === text.length) return { boundary, closes };
	}
	return null;
}

/**
 * Whether a line in a header section is the first delimiter of the multipart that this section declares: the empty line
 * between them is missing, and every client shows the parts.
 */
export function opensBody(line: Buffer, headerLines: readonly Buffer[]): boolean {
	if (line[0] !== DASH || line[1] !== DASH || headerLines.length === 0) return false;
	if (headerLines.length > MOST_HEADER_LINES || line.length > 250) return false;
	const header = Buffer.concat([...headerLines]).toString('latin1');
	const declared =
		/^content-type[ \t]*:[ \t]*multipart\/[^]*?boundary[ \t]*=[ \t]*(?:"([^"\r\n]{1,200})"|([^\s;]{1,200}))/im.exec(
			header,
		);
	const boundary = declared?.[1] ?? declared?.[2];
	return boundary !== undefined && line.toString('latin1').trimEnd() === `--${boundary}`;
}
