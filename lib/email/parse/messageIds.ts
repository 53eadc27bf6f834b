import { decodeEncodedWords } from './encodedWords';
import { withoutComments } from './parameters';
import { stripEnds } from './stripEnds';

const MAX_LENGTH = 998;
const LIKE_AN_ID = /^[^@\s]+@[^@\s]+$/;

/**
 * Message ids of References, In-Reply-To or Message-ID (RFC 5322, 3.6.4), without brackets, each once, in order.
 *
 * Ids in brackets count wherever they stand; one folded in the middle is put together, one whose closing bracket is
 * missing ends at the next blank. Words without brackets count only where nothing but ids stands around them: the old
 * In-Reply-To form (4.5.4) is a phrase, and an address within it is no id: neither is what stands in brackets behind the
 * word from. Comments are passed over.
 *
 * @param raw header value, one character per byte
 */
export function parseMessageIds(raw: string): string[] {
	// Gateways wrap ids into encoded words, where RFC 2047 (5) forbids them.
	const text = withoutComments(raw.includes('=?') ? decodeEncodedWords(raw, (between) => between) : raw);
	const bracketed: Array<{ at: number; id: string }> = [];
	const bare: Array<{ at: number; id: string }> = [];
	let at = 0;
	while (at < text.length) {
		const open = text.indexOf('<', at);
		const outsideEnd = open < 0 ? text.length : open;
		for (const word of text.slice(at, outsideEnd).matchAll(/[^\s,;<>]+/g))
			bare.push({ at: at + word.index, id: word[0] });
		if (open < 0) break;
		const stop = /[<>]/.exec(text.slice(open + 1));
		const closed = stop?.[0] === '>';
		const inner = text.slice(open + 1, stop === null ? text.length : open + 1 + stop.index);
		const id = closed ? inner : (/^\s*[^\s,;]*/.exec(inner)?.[0] ?? '');
		// `Message from Ann <ann@example.com> of "Mon, 3 Jan" <17@example.com>`
		if (!/\b(?:from|von|de)\b[^<>]*$/i.test(text.slice(Math.max(at, open - 200), open)))
			bracketed.push({ at: open, id });
		at = open + 1 + (closed ? inner.length + 1 : id.length);
	}
	const idsAlone = bare.every(({ id }) => LIKE_AN_ID.test(id));
	const lone = bracketed.length === 0 && bare.length === 1 && (bare[0]?.id.length ?? 0) >= 6;
	const found = idsAlone || lone ? [...bracketed, ...bare].sort((a, b) => a.at - b.at) : bracketed;
	const ids = found
		.map(({ id }) => stripEnds(id.replace(/\s+/g, ''), `"'`))
		.filter((id) => id !== '' && id.length <= MAX_LENGTH);
	return [...new Set(ids)];
}
