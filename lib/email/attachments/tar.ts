import type { ArchiveEntry } from './archives';
import { MAX_ENTRIES } from './zip';

const BLOCK = 512;

/** Lists a tar file (POSIX ustar and its GNU form) as it flows by; holds one header at a time. */
export class TarLister {
	readonly entries: ArchiveEntry[] = [];
	private header = Buffer.alloc(0);
	private skip = 0;
	private longName: { left: number; text: string } | null = null;
	private pendingName: string | null = null;
	private ended = false;

	write(chunk: Buffer): void {
		let at = 0;
		while (at < chunk.length && !this.ended) {
			if (this.skip > 0) {
				const step = Math.min(this.skip, chunk.length - at);
				if (this.longName !== null && this.longName.left > 0) {
					const taken = chunk.subarray(at, at + Math.min(step, this.longName.left));
					this.longName.left -= taken.length;
					if (this.longName.text.length < 4096) this.longName.text += taken.toString('utf8');
				}
				this.skip -= step;
				at += step;
				continue;
			}
			const need = BLOCK - this.header.length;
			this.header = Buffer.concat([this.header, chunk.subarray(at, at + need)]);
			at += need;
			if (this.header.length === BLOCK) {
				this.readHeader(this.header);
				this.header = Buffer.alloc(0);
			}
		}
	}

	private readHeader(header: Buffer): void {
		if (!isTarHeader(header) || this.entries.length >= MAX_ENTRIES) {
			this.ended = true;
			return;
		}
		const size = octal(header, 124, 12);
		const kind = String.fromCharCode(header[156] ?? 0);
		this.skip = Math.ceil(size / BLOCK) * BLOCK;
		if (this.longName !== null) {
			this.pendingName = this.longName.text.replace(/\0[^]*$/, '');
			this.longName = null;
		}
		if (kind === 'L') {
			// GNU: the next entry's name is this one's content.
			this.longName = { left: size, text: '' };
			return;
		}
		if (kind === 'x' || kind === 'g' || kind === 'K') return;
		const prefix = header.toString('latin1', 257, 262) === 'ustar' ? text(header, 345, 155) : '';
		const name = this.pendingName ?? (prefix === '' ? text(header, 0, 100) : `${prefix}/${text(header, 0, 100)}`);
		this.pendingName = null;
		this.entries.push({ name, size, encrypted: false });
	}
}

/** Whether 512 bytes are a tar header: its checksum is right. */
export function isTarHeader(header: Buffer): boolean {
	if (header.length < BLOCK || header[0] === 0) return false;
	let sum = 0;
	for (let i = 0; i < BLOCK; i++) sum += i >= 148 && i < 156 ? 0x20 : (header[i] ?? 0);
	return sum === octal(header, 148, 8);
}

function text(header: Buffer, start: number, length: number): string {
	return header.toString('utf8', start, start + length).replace(/\0[^]*$/, '');
}

function octal(header: Buffer, start: number, length: number): number {
	const digits = /[0-7]+/.exec(header.toString('latin1', start, start + length))?.[0];
	return digits === undefined ? 0 : Number.parseInt(digits, 8);
}
