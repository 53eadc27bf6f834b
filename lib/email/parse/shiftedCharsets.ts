import iconv from 'iconv-lite';

/** Seven-bit charsets that shift into a two-byte one: its bytes stand there without their high bit. */
const SHIFTED: Readonly<Record<string, { charset: string; shift: RegExp }>> = {
	// RFC 1843: `~{` in, `~}` out, `~~` a tilde, `~` at a line's end joins it to the next.
	'hz-gb-2312': { charset: 'gb18030', shift: /~\{([^~]*)(?:~\}|$)|~(~)|~\r?\n/g },
	// RFC 1557: SO in, SI out, and the announcement in the first line.
	'iso-2022-kr': { charset: 'cp949', shift: /\x0e([^\x0e\x0f]*)(?:\x0f|$)|\x1b\$\)C/g },
};

export function isShifted(name: string): boolean {
	return Object.hasOwn(SHIFTED, name);
}

/** Decodes one of them; an unfinished shift goes on to the end. */
export function decodeShifted(bytes: Buffer, name: string): string {
	const { charset, shift } = SHIFTED[name] ?? { charset: name, shift: /(?!)/g };
	const raised = bytes
		.toString('latin1')
		.replace(shift, (_, within: string | undefined, tilde: string | undefined) =>
			within === undefined
				? typeof tilde === 'string'
					? tilde
					: ''
				: within.replace(/[!-~]/g, (letter) => String.fromCharCode(letter.charCodeAt(0) | 0x80)),
		);
	return iconv.decode(Buffer.from(raised, 'latin1'), charset);
}
