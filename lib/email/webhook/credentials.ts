import { decodeBase64 } from './encoding';
import { keyRing, matchingKey, sameText } from './keys';
import { WebhookRefusal } from './refusal';
import { headerOf, type WebhookRequest } from './request';
import type { SignatureCheck, WebhookConfig } from './signature';

/**
 * Providers that sign nothing: a shared secret in the request shows who calls, and nothing shows that the body is as
 * they sent it.
 */
function unsigned(request: WebhookRequest, keyId: SignatureCheck['keyId']): SignatureCheck {
	return { keyId, timestamp: null, signedId: null, signedBytes: [request.rawBody], bodyAuthenticated: false };
}

/** HTTP Basic (RFC 7617): most providers take it as `https://user:password@host/…`. Keys are `user:password`. */
export function verifyBasic(request: WebhookRequest, config: WebhookConfig): SignatureCheck {
	const ring = keyRing(config.keys, (text) => {
		if (!text.includes(':')) throw new Error('it is not of the form user:password');
		return text;
	});
	const given = /^basic +(\S+)$/i.exec(credentialHeader(request, 'authorization'))?.[1];
	const userPassword = decodeBase64(given ?? '')?.toString('utf8');
	if (userPassword === undefined) throw refused();
	return unsigned(
		request,
		matchingCredential(() => matchingKey(ring, (key) => sameText(userPassword, key))),
	);
}

/** A token in `Authorization: Bearer`, in a header of the provider's, or in the query. */
export function verifyToken(request: WebhookRequest, config: WebhookConfig): SignatureCheck {
	const ring = keyRing(config.keys, (text) => text);
	const given =
		config.queryParameter === undefined
			? tokenOfHeader(request, config.header)
			: tokenOfQuery(request, config.queryParameter);
	return unsigned(
		request,
		matchingCredential(() => matchingKey(ring, (key) => sameText(given, key))),
	);
}

/** Nothing but the address: refuses to run without a list (checked in config.ts). */
export function verifyAddressOnly(request: WebhookRequest): SignatureCheck {
	return unsigned(request, null);
}

function tokenOfHeader(request: WebhookRequest, header = 'authorization'): string {
	const value = credentialHeader(request, header.toLowerCase());
	return header.toLowerCase() === 'authorization' ? value.replace(/^bearer +/i, '') : value;
}

function tokenOfQuery(request: WebhookRequest, parameter: string): string {
	const values = URL.canParse(request.url) ? new URL(request.url).searchParams.getAll(parameter) : [];
	if (values.length > 1) throw new WebhookRefusal('WEBHOOK_MALFORMED', 'The token came more than once.');
	if (!values[0]) throw new WebhookRefusal('WEBHOOK_SIGNATURE_MISSING', 'The request has no token in its query.');
	return values[0];
}

function credentialHeader(request: WebhookRequest, name: string): string {
	const value = headerOf(request, name);
	if (value === null) throw new WebhookRefusal('WEBHOOK_SIGNATURE_MISSING', `The request has no ${name} header.`);
	return value;
}

function matchingCredential<Result>(match: () => Result): Result {
	try {
		return match();
	} catch (error) {
		throw error instanceof WebhookRefusal && error.code === 'WEBHOOK_SIGNATURE_INVALID' ? refused() : error;
	}
}

function refused(): WebhookRefusal {
	return new WebhookRefusal('WEBHOOK_CREDENTIALS_INVALID', 'The credentials of the request are not valid.');
}
