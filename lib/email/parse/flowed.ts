/**
 * Undoes format=flowed, RFC 3676: soft line breaks (section 4.1), quote depth (4.5: lines of different depth never
 * join), space stuffing (4.4), DelSp (4.6), and the signature line `-- ` that is never flowed (4.3).
 *
 * @param text line ends as `\n`
 */
export function unflow(text: string, delSp: boolean): string {
	const out: string[] = [];
	let paragraph: string[] = [];
	let depth = 0;
	let open = false;
	const close = (): void => {
		if (open) out.push(prefix(depth) + paragraph.join(''));
		paragraph = [];
		open = false;
	};
	for (const line of text.split('\n')) {
		const quotes = /^>*/.exec(line)?.[0].length ?? 0;
		const stuffed = line.slice(quotes);
		const content = stuffed.startsWith(' ') ? stuffed.slice(1) : stuffed;
		const signature = content === '-- ';
		if (open && (quotes !== depth || signature)) close();
		if (signature) {
			out.push(prefix(quotes) + content);
			continue;
		}
		depth = quotes;
		open = true;
		const flows = content.endsWith(' ');
		paragraph.push(flows && delSp ? content.slice(0, -1) : content);
		if (!flows) close();
	}
	close();
	return out.join('\n');
}

function prefix(depth: number): string {
	return depth === 0 ? '' : `${'>'.repeat(depth)} `;
}
