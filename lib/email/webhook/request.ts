import { WebhookRefusal } from './refusal';

/** Header names in lower case; a header that came several times is an array (see `headersOf`). */
export type WebhookHeaders = Readonly<Record<string, string | string[] | undefined>>;

/** One HTTP request, as the provider made it. */
export interface WebhookRequest {
	method: string;
	/** Absolute, as the provider called it: behind a proxy the public address, with its query. Mandrill signs it. */
	url: string;
	headers: WebhookHeaders;
	/** The bytes of the body, after a content encoding was undone. */
	rawBody: Buffer;
	/** Of the client, after trusted proxies were taken off by the caller. */
	remoteAddress: string | null;
	/** Milliseconds since 1970; the system clock when absent. */
	now?: number;
}

/**
 * The headers of a Node `IncomingMessage.rawHeaders`, names in lower case. Node joins repeated headers with a comma or
 * drops all but one; here each keeps its own value, so that a signature sent twice can be refused.
 */
export function headersOf(rawHeaders: readonly string[]): WebhookHeaders {
	const headers: Record<string, string | string[] | undefined> = Object.create(null) as Record<string, undefined>;
	for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
		const name = (rawHeaders[index] ?? '').toLowerCase();
		const value = rawHeaders[index + 1] ?? '';
		const before = headers[name];
		headers[name] = before === undefined ? value : [...(Array.isArray(before) ? before : [before]), value];
	}
	return headers;
}

/**
 * The value of a header that may come once at most; null when it is absent or blank.
 * Throws `WEBHOOK_MALFORMED` when it came more than once.
 */
export function headerOf(request: WebhookRequest, name: string): string | null {
	const value = Object.hasOwn(request.headers, name) ? request.headers[name] : undefined;
	if (value === undefined) return null;
	const values = Array.isArray(value) ? value : [value];
	if (values.length > 1) {
		throw new WebhookRefusal('WEBHOOK_MALFORMED', `The header ${name} came ${values.length} times.`);
	}
	// The white space around a value is no part of it (RFC 9110, 5.5).
	return values[0]?.replace(/^[\t ]+|[\t ]+$/g, '') || null;
}

/** As `headerOf`, but throws `WEBHOOK_SIGNATURE_MISSING` when the header is absent. */
export function signatureHeader(request: WebhookRequest, name: string): string {
	const value = headerOf(request, name);
	if (value === null) throw new WebhookRefusal('WEBHOOK_SIGNATURE_MISSING', `The request has no ${name} header.`);
	return value;
}

/** Lower case, without parameters; '' when there is none. */
export function mediaTypeOf(request: WebhookRequest): string {
	return (headerOf(request, 'content-type') ?? '').split(';')[0]?.trim().toLowerCase() ?? '';
}
