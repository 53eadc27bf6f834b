import type { TransferDecoder } from './transferDecoding';

const BEGIN = /^begin [0-7]{3,4} (\S[^\r\n]*)$/;

/** Decodes one line of uuencoded text (POSIX uuencode): its first character counts the bytes. Null when it is none. */
export function uuLine(line: string): Buffer | null {
	const count = (line.charCodeAt(0) - 32) & 63;
	if (line === '' || /[^\x20-\x60]/.test(line)) return null;
	const groups = Math.ceil(count / 3);
	const text = line.slice(1).padEnd(groups * 4, ' ');
	// Lines may end in a check character or lack their trailing blanks, no more.
	if (line.length - 1 > groups * 4 + 2 || line.length - 1 < groups * 4 - 4) return null;
	const out = Buffer.alloc(groups * 3);
	for (let i = 0; i < groups; i++) {
		const [a = 0, b = 0, c = 0, d = 0] = [0, 1, 2, 3].map((k) => (text.charCodeAt(i * 4 + k) - 32) & 63);
		out[i * 3] = (a << 2) | (b >> 4);
		out[i * 3 + 1] = ((b & 15) << 4) | (c >> 2);
		out[i * 3 + 2] = ((c & 3) << 6) | d;
	}
	return out.subarray(0, count);
}

/** A part whose transfer encoding is x-uuencode: what stands between its begin and end lines. */
export class UuDecoder implements TransferDecoder {
	private carry = '';
	private state: 'before' | 'within' | 'after' = 'before';

	write(chunk: Buffer): Buffer {
		const lines = (this.carry + chunk.toString('latin1')).split(/\r?\n/);
		this.carry = (lines.pop() ?? '').slice(0, 4096);
		return Buffer.concat(lines.map((line) => this.line(line)));
	}

	end(): Buffer {
		return this.line(this.carry);
	}

	private line(line: string): Buffer {
		if (this.state === 'before') {
			if (BEGIN.test(line)) this.state = 'within';
		} else if (this.state === 'within') {
			if (line === 'end') this.state = 'after';
			else return uuLine(line) ?? Buffer.alloc(0);
		}
		return Buffer.alloc(0);
	}
}

export interface UuFile {
	filename: string;
	content: Buffer;
}

/**
 * Takes files out of text that carries them uuencoded, as mail did before MIME: from a `begin 644 name` line to its
 * `end`. Text in which a begin line is not followed by valid lines and an end is left alone.
 */
export function extractUuencoded(text: string): { text: string; files: UuFile[] } {
	if (!/^begin [0-7]{3,4} \S/m.test(text)) return { text, files: [] };
	const kept: string[] = [];
	const files: UuFile[] = [];
	const lines = text.split('\n');
	for (let i = 0; i < lines.length; i++) {
		const line = lines[i] ?? '';
		const begin = BEGIN.exec(line.replace(/\r$/, ''));
		const found = begin === null ? null : readFile(lines, i + 1);
		if (begin?.[1] === undefined || found === null) {
			kept.push(line);
			continue;
		}
		files.push({ filename: begin[1].trim(), content: found.content });
		i = found.end;
	}
	return { text: kept.join('\n'), files };
}

function readFile(lines: readonly string[], from: number): { content: Buffer; end: number } | null {
	const pieces: Buffer[] = [];
	for (let i = from; i < lines.length; i++) {
		const line = (lines[i] ?? '').replace(/\r$/, '');
		if (line === 'end') return pieces.length === 0 ? null : { content: Buffer.concat(pieces), end: i };
		if (line === '') continue;
		const piece = uuLine(line);
		if (piece === null) return null;
		pieces.push(piece);
	}
	return null;
}
