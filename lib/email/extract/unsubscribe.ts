import type { Extracted } from '../message';
import { withoutComments } from '../parse/parameters';

type Unsubscribe = NonNullable<Extracted['unsubscribe']>;

const MAX_ENTRIES = 20;

/**
 * Reads List-Unsubscribe (RFC 2369, 3.2) and List-Unsubscribe-Post (RFC 8058). Nothing is called. `oneClick.signed` says
 * whether a DKIM signature claims to cover both headers; whether it holds is in `authentication`.
 *
 * @returns null when the message offers no way to unsubscribe
 */
export function readUnsubscribe(headers: Readonly<Record<string, readonly string[]>>): Unsubscribe | null {
	const entries = (headers['list-unsubscribe'] ?? []).flatMap((value) =>
		[...value.matchAll(/<([^<>]*)>/g)].map((match) => (match[1] ?? '').replace(/\s+/g, '')),
	);
	const urls: string[] = [];
	const emails: Unsubscribe['emails'] = [];
	for (const entry of entries.slice(0, MAX_ENTRIES)) {
		if (!URL.canParse(entry)) continue;
		const url = new URL(entry);
		if (url.protocol === 'https:' || url.protocol === 'http:') urls.push(entry);
		else if (url.protocol === 'mailto:') emails.push(readMailto(url));
	}
	if (urls.length === 0 && emails.length === 0) return null;
	const post = (headers['list-unsubscribe-post'] ?? []).some((value) =>
		/^\s*List-Unsubscribe=One-Click\s*$/i.test(value),
	);
	// RFC 8058, 3.1: an https address, and both headers signed.
	const target = urls.find((url) => /^https:/i.test(url));
	return {
		oneClick: post && target !== undefined ? { url: target, signed: isSigned(headers['dkim-signature'] ?? []) } : null,
		urls,
		emails,
	};
}

/** RFC 6068. */
function readMailto(url: URL): Unsubscribe['emails'][number] {
	const decode = (text: string): string => {
		try {
			return decodeURIComponent(text);
		} catch {
			return text;
		}
	};
	const fields = new Map(
		url.search
			.slice(1)
			.split('&')
			.map((pair) => pair.split('=', 2).map(decode))
			.map(([name = '', value = '']) => [name.toLowerCase(), value]),
	);
	return { address: decode(url.pathname), subject: fields.get('subject') ?? null, body: fields.get('body') ?? null };
}

function isSigned(signatures: readonly string[]): boolean {
	return signatures.some((signature) => {
		const list = /(?:^|;)\s*h\s*=([^;]*)/i.exec(withoutComments(signature))?.[1] ?? '';
		const names = list.split(':').map((name) => name.replace(/\s+/g, '').toLowerCase());
		return names.includes('list-unsubscribe') && names.includes('list-unsubscribe-post');
	});
}
