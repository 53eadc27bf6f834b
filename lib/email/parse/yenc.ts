/** A file that stood in text, and its name. */
export interface YencFile {
	filename: string;
	content: Buffer;
}

const BEGIN = Buffer.from('=ybegin ');
const LF = 0x0a;
const CR = 0x0d;
const ESCAPE = 0x3d;

/**
 * Takes yEnc files (yEnc 1.3, a Usenet encoding that also comes by mail) out of 8-bit text. A file without its `=yend`
 * line is left alone.
 */
export function extractYenc(bytes: Buffer): { rest: Buffer; files: YencFile[] } {
	if (!bytes.includes(BEGIN)) return { rest: bytes, files: [] };
	const kept: Buffer[] = [];
	const files: YencFile[] = [];
	let file: { header: string; start: number; data: Buffer[] } | null = null;
	for (let at = 0; at < bytes.length;) {
		const end = bytes.indexOf(LF, at);
		const next = end < 0 ? bytes.length : end + 1;
		const line = bytes.subarray(at, next);
		if (file === null) {
			if (line.subarray(0, BEGIN.length).equals(BEGIN) && nameOf(line) !== null)
				file = { header: line.toString('utf8'), start: at, data: [] };
			else kept.push(line);
		} else if (startsWith(line, '=yend')) {
			files.push({ filename: nameOf(Buffer.from(file.header)) ?? 'unnamed', content: Buffer.concat(file.data) });
			file = null;
		} else if (!startsWith(line, '=ypart ')) {
			file.data.push(decodeLine(line));
		}
		at = next;
	}
	if (file !== null) kept.push(bytes.subarray(file.start));
	return { rest: Buffer.concat(kept), files };
}

function startsWith(line: Buffer, keyword: string): boolean {
	return line.toString('latin1', 0, keyword.length) === keyword;
}

/** The name is the last field of the line and may hold blanks. */
function nameOf(line: Buffer): string | null {
	return /\bname=(.{1,500}?)\s*$/.exec(line.toString('utf8'))?.[1] ?? null;
}

/** Every byte is shifted by 42; critical ones are escaped by `=` and shifted by 64 more. */
function decodeLine(line: Buffer): Buffer {
	const out = Buffer.allocUnsafe(line.length);
	let length = 0;
	for (let i = 0; i < line.length; i++) {
		let byte = line[i] ?? 0;
		if (byte === LF || byte === CR) continue;
		if (byte === ESCAPE) byte = (line[++i] ?? 0) - 64;
		out[length++] = (byte - 42) & 0xff;
	}
	return out.subarray(0, length);
}
