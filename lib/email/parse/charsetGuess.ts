/** Runs of bytes above 0x7F: text of two-byte charsets has even ones, text of Latin ones mostly single bytes. */
interface HighByteRuns {
	high: number;
	runs: number;
	odd: number;
	single: number;
}

function highByteRuns(bytes: Uint8Array): HighByteRuns {
	const count: HighByteRuns = { high: 0, runs: 0, odd: 0, single: 0 };
	let length = 0;
	const close = (): void => {
		if (length === 0) return;
		count.high += length;
		count.runs++;
		if (length % 2 === 1) count.odd++;
		if (length === 1) count.single++;
		length = 0;
	};
	for (const byte of bytes) {
		if (byte >= 0x80) length++;
		else close();
	}
	close();
	return count;
}

function decodesAs(bytes: Uint8Array, charset: string): string | null {
	try {
		return new TextDecoder(charset, { fatal: true }).decode(bytes);
	} catch {
		return null;
	}
}

function share(text: string, pattern: RegExp): number {
	const letters = text.match(/[^\u0000-\u007f]/gu) ?? [];
	return letters.length === 0 ? 0 : letters.filter((character) => pattern.test(character)).length / letters.length;
}

/** Lower-case letters make up most of running Cyrillic text; in the wrong one of the two charsets they turn to capitals. */
function cyrillic(bytes: Uint8Array): string | null {
	let koiLower = 0;
	let windowsLower = 0;
	let letters = 0;
	for (const byte of bytes) {
		if (byte < 0x80) continue;
		if (byte >= 0xc0) letters++;
		if (byte >= 0xc0 && byte <= 0xdf) koiLower++;
		if (byte >= 0xe0) windowsLower++;
	}
	if (letters < 4) return null;
	return koiLower > windowsLower ? 'koi8-r' : 'windows-1251';
}

/**
 * The most likely charset of text that declares none: a byte order mark, an ISO-2022-JP escape, valid UTF-8, the
 * Asian two-byte charsets by their byte pairs and the script they yield, Cyrillic by letter case, else windows-1252.
 */
export function guessCharset(input: Uint8Array): string {
	const bytes = input.length > 16384 ? input.subarray(0, 16384) : input;
	if (bytes[0] === 0xff && bytes[1] === 0xfe) return 'utf-16le';
	if (bytes[0] === 0xfe && bytes[1] === 0xff) return 'utf-16be';
	for (let i = 0; i + 2 < bytes.length; i++) {
		// RFC 1468: ESC $ B, ESC $ @, ESC ( J, ESC ( B
		if (bytes[i] === 0x1b && (bytes[i + 1] === 0x24 || bytes[i + 1] === 0x28)) return 'iso-2022-jp';
	}
	// The cut at 16 KiB may split a character: leave its last three bytes out of the strict checks.
	const whole = bytes.length < input.length ? bytes.subarray(0, bytes.length - 3) : bytes;
	if (
		decodesAs(whole, 'utf-8') !== null ||
		(bytes.length < input.length && decodesAs(bytes.subarray(0, bytes.length - 2), 'utf-8') !== null)
	) {
		return 'utf-8';
	}
	const runs = highByteRuns(whole);
	if (runs.high >= 4) {
		const shiftJis = decodesAs(whole, 'shift_jis');
		if (
			shiftJis !== null &&
			share(shiftJis, /[\u3040-\u30ff\u4e00-\u9fff\u3000-\u303f]/) > 0.9 &&
			share(shiftJis, /[\u3040-\u30ff]/) > 0.1
		)
			return 'shift_jis';
		if (runs.odd === 0) {
			const japanese = decodesAs(whole, 'euc-jp');
			if (japanese !== null && share(japanese, /[\u3040-\u30ff]/) > 0.2) return 'euc-jp';
			const korean = decodesAs(whole, 'euc-kr');
			if (korean !== null && share(korean, /[\uac00-\ud7a3]/) > 0.9) return 'cp949';
			const chinese = decodesAs(whole, 'gb18030');
			if (chinese !== null && share(chinese, /[\u4e00-\u9fff\u3000-\u303f\uff00-\uffef]/) > 0.9) return 'gb18030';
		}
		const traditional = decodesAs(whole, 'big5');
		if (
			traditional !== null &&
			runs.single * 2 < runs.high &&
			share(traditional, /[\u4e00-\u9fff\u3000-\u303f\uff00-\uffef]/) > 0.9
		)
			return 'big5';
		if (runs.single * 2 < runs.runs) return cyrillic(whole) ?? 'windows-1252';
	}
	return 'windows-1252';
}
