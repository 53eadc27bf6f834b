/** Strict decoding: what does not encode back to itself is null, so that two spellings never mean one signature. */
export type Encoding = 'hex' | 'base64';

export function decode(text: string, encoding: Encoding): Buffer | null {
	return encoding === 'hex' ? decodeHex(text) : decodeBase64(text);
}

function decodeHex(text: string): Buffer | null {
	if (text.length % 2 !== 0 || !/^[0-9a-f]+$/.test(text)) return null;
	return Buffer.from(text, 'hex');
}

/** RFC 4648, 4, with its padding, and with the bits that no byte needs set to zero (3.5). */
export function decodeBase64(text: string): Buffer | null {
	if (text === '' || !/^[A-Za-z0-9+/]+={0,2}$/.test(text)) return null;
	const bytes = Buffer.from(text, 'base64');
	return bytes.toString('base64') === text ? bytes : null;
}

/** As `decodeBase64`, for what people copy: the padding may be missing. */
export function decodeKey(text: string): Buffer | null {
	const unpadded = text.replace(/={1,2}$/, '');
	return decodeBase64(unpadded.padEnd(Math.ceil(unpadded.length / 4) * 4, '='));
}
