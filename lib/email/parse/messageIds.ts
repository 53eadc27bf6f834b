import { withoutComments } from './parameters';

/**
 * Message ids of References, In-Reply-To or Message-ID (RFC 5322, 3.6.4), without brackets, each once, in order.
 *
 * Ids in brackets count wherever they stand, folded ones are put together, comments and the phrases of old
 * In-Reply-To forms (4.5.4) are passed over. Without any bracket, words that look like an id are taken.
 *
 * @param raw header value, one character per byte
 */
export function parseMessageIds(raw: string): string[] {
	const text = withoutComments(raw);
	const ids = new Set<string>();
	const add = (id: string): void => {
		const clean = id.replace(/\s+/g, '').replace(/^[<"']+|[>"',;]+$/g, '');
		if (clean !== '' && clean.length <= 998) ids.add(clean);
	};
	const outside: string[] = [];
	let last = 0;
	for (const match of text.matchAll(/<([^<>]*)>/g)) {
		outside.push(text.slice(last, match.index));
		add(match[1] ?? '');
		last = match.index + match[0].length;
	}
	outside.push(text.slice(last));
	if (ids.size > 0 && outside.every((piece) => !piece.includes('@'))) return [...ids];
	// A bracket is missing somewhere: read word by word, which keeps the order.
	if (ids.size > 0 && !outside.some((piece) => /[^\s<>,;"']+@[^\s<>,;"']+/.test(piece))) return [...ids];
	if (ids.size > 0 && outside.some((piece) => /<[^<>]*$|^[^<>]*>/.test(piece.trim())) === false) return [...ids];
	ids.clear();
	for (const word of text.replace(/>\s*</g, '> <').split(/[\s,;]+/)) {
		for (const piece of word.split(/[<>]+/)) if (/^[^@]+@[^@]+$|^[^@\s]{8,}$/.test(piece) && (piece.includes('@') || word.includes('<'))) add(piece);
	}
	if (ids.size === 0 && /^[^\s<>]{6,}$/.test(text.trim())) add(text.trim());
	return [...ids];
}
