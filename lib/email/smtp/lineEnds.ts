const CR = 0x0d;
const LF = 0x0a;

/**
 * The message with CRLF at the end of every line (RFC 5322 2.3). It is done before the message is signed: what a server
 * on the way would make of a bare CR or LF breaks the signature, or smuggles a line.
 */
export function withCrlf(message: Buffer): Buffer {
	const parts: Buffer[] = [];
	let copied = 0;
	for (let index = 0; index < message.length; index++) {
		const byte = message[index];
		if (byte === CR && message[index + 1] === LF) index++;
		else if (byte === CR || byte === LF) {
			parts.push(message.subarray(copied, index), Buffer.from('\r\n'));
			copied = index + 1;
		}
	}
	return parts.length === 0 ? message : Buffer.concat([...parts, message.subarray(copied)]);
}
