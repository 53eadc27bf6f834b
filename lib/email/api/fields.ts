/** What several APIs want in the same form. */
import type { EmailAddress } from '../message';
import type { OutgoingMail } from '../outgoingMail';
import { finalParts } from '../smtp/compose';
import { withoutControl } from '../smtp/wireAddress';
import type { ApiAnswer, ApiRequest } from './provider';

/** `"Ann" <ann@example.com>` (RFC 5322 3.4), for APIs that take addresses as text. */
export function mailboxText({ name, address }: EmailAddress): string {
	const clean = withoutControl(name).trim();
	return clean === '' ? address : `"${clean.replace(/["\\]/g, '\\$&')}" <${address}>`;
}

/** The mail's bodies and reply address, as they go out. */
export function partsOf({ draft, fixed }: OutgoingMail) {
	return finalParts(draft, fixed);
}

/** The headers that such an API has no field for. */
export function extraHeaders({ draft, fixed, redirectedFrom }: OutgoingMail): Array<{ name: string; value: string }> {
	return [
		{ name: 'Message-ID', value: `<${fixed.messageId}>` },
		...(draft.inReplyTo === null ? [] : [{ name: 'In-Reply-To', value: `<${draft.inReplyTo}>` }]),
		...(draft.references.length === 0
			? []
			: [{ name: 'References', value: draft.references.map((id) => `<${id}>`).join(' ') }]),
		...draft.headers,
		...(redirectedFrom.length === 0 ? [] : [{ name: 'X-Sandbox-Recipient', value: redirectedFrom.join(', ') }]),
	];
}

export function jsonRequest(url: string, headers: Record<string, string>, body: unknown): ApiRequest {
	return {
		method: 'POST',
		url,
		headers: { accept: 'application/json', 'content-type': 'application/json', ...headers },
		body: Buffer.from(JSON.stringify(body)),
	};
}

export function getRequest(url: string, headers: Record<string, string>): ApiRequest {
	return { method: 'GET', url, headers: { accept: 'application/json', ...headers }, body: Buffer.alloc(0) };
}

/** The answer's JSON object; empty when it is none. */
export function jsonOf({ text }: ApiAnswer): Record<string, unknown> {
	try {
		const value: unknown = JSON.parse(text);
		return value !== null && typeof value === 'object' && !Array.isArray(value)
			? (value as Record<string, unknown>)
			: {};
	} catch {
		return {};
	}
}

export function textField(value: unknown): string | null {
	if (typeof value === 'number') return String(value);
	return typeof value === 'string' && value !== '' ? value : null;
}
