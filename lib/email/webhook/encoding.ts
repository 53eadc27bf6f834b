/** Strict decoding: what does not encode back to itself is null, so that two spellings never mean one signature. */
export type Encoding = 'hex' | 'base64';

export function decode(text: string, encoding: Encoding): Buffer | null {
	return encoding === 'hex' ? decodeHex(text) : decodeBase64(text);
}

function decodeHex(text: string): Buffer | null {
	if (text.length % 2 !== 0 || !/^[0-9a-f]+$/i.test(text)) return null;
	return Buffer.from(text, 'hex');
}

/** RFC 4648, 4; padding may be missing. */
export function decodeBase64(text: string): Buffer | null {
	const unpadded = text.replace(/={1,2}$/, '');
	if (unpadded === '' || !/^[A-Za-z0-9+/]+$/.test(unpadded)) return null;
	const bytes = Buffer.from(unpadded, 'base64');
	return bytes.toString('base64').replace(/=+$/, '') === unpadded ? bytes : null;
}
