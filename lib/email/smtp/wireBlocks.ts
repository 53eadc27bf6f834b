/** The content of a message as it goes over the wire (RFC 5321 4.5.2 and 2.3.8), in pieces. */

const BLOCK = 65_536;
const CR = 0x0d;
const LF = 0x0a;
const DOT = 0x2e;

/**
 * Every line ends with CRLF, also one that ended with a bare CR or LF: a receiver that takes those for line ends would
 * otherwise find an end of the content where none is. A dot that begins a line is doubled. The last piece has the final dot.
 */
export function* wireBlocks(message: Buffer): Generator<{ piece: Buffer; last: boolean }> {
	let before = LF;
	for (let start = 0; start < message.length; start += BLOCK) {
		const block = message.subarray(start, start + BLOCK);
		const piece = wireForm(block, before);
		before = block.at(-1) ?? before;
		if (start + BLOCK < message.length) yield { piece, last: false };
		else yield { piece: Buffer.concat([piece, ending(before)]), last: true };
	}
	if (message.length === 0) yield { piece: Buffer.from('.\r\n'), last: true };
}

function ending(before: number): Buffer {
	return Buffer.from(before === LF ? '.\r\n' : before === CR ? '\n.\r\n' : '\r\n.\r\n');
}

/** @param before the byte in front of the block */
function wireForm(block: Buffer, before: number): Buffer {
	const parts: Buffer[] = [];
	let copied = 0;
	let previous = before;
	for (let index = 0; index < block.length; index++) {
		const byte = block[index] ?? 0;
		let inserted = '';
		if (previous === CR && byte !== LF) inserted = byte === DOT ? '\n.' : '\n';
		else if (byte === LF && previous !== CR) inserted = '\r';
		else if (byte === DOT && previous === LF) inserted = '.';
		if (inserted !== '') {
			parts.push(block.subarray(copied, index), Buffer.from(inserted));
			copied = index;
		}
		previous = byte;
	}
	return parts.length === 0 ? block : Buffer.concat([...parts, block.subarray(copied)]);
}
