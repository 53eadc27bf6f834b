import { X509Certificate, type KeyObject } from 'node:crypto';
import { messageOf } from '../../../errors';
import { WebhookRefusal } from '../../webhook/refusal';
import { invalidSignature } from '../../webhook/signature';

/** The part of the global `fetch` that is needed. */
export type Fetch = (
	url: string,
	init: { redirect: 'error'; signal: AbortSignal },
) => Promise<Pick<Response, 'ok' | 'status' | 'text'>>;

export interface SnsCertificates {
	/** Public key of the certificate at a SigningCertURL. Throws `WEBHOOK_SIGNATURE_INVALID` or `WEBHOOK_CERTIFICATE_UNAVAILABLE`. */
	get(url: string): Promise<KeyObject>;
}

/** One per region and rotation is in use; more than this is somebody guessing URLs. */
const MAX_CACHED = 64;
const FETCH_TIMEOUT_MS = 5_000;

/** Fetches the certificates SNS signs with, each once until it expires. */
export function createSnsCertificates(fetch: Fetch, now: () => number = Date.now): SnsCertificates {
	const cache = new Map<string, Promise<X509Certificate>>();

	async function load(url: string): Promise<X509Certificate> {
		try {
			const response = await fetch(url, { redirect: 'error', signal: AbortSignal.timeout(FETCH_TIMEOUT_MS) });
			if (!response.ok) throw new Error(`HTTP status ${response.status}`);
			return new X509Certificate(await response.text());
		} catch (error) {
			throw new WebhookRefusal(
				'WEBHOOK_CERTIFICATE_UNAVAILABLE',
				`The certificate that signed the SNS message cannot be fetched: ${messageOf(error)}`,
				{
					hint: 'Allow outgoing HTTPS to sns.<region>.amazonaws.com.',
					cause: error,
				},
			);
		}
	}

	function cached(url: string): Promise<X509Certificate> {
		const known = cache.get(url);
		if (known !== undefined) return known;
		const loading = load(url);
		cache.set(url, loading);
		loading.catch(() => cache.delete(url));
		const oldest = cache.keys().next();
		if (cache.size > MAX_CACHED && !oldest.done) cache.delete(oldest.value);
		return loading;
	}

	return {
		async get(url) {
			if (!isSnsUrl(url) || !/^\/SimpleNotificationService-[0-9a-zA-Z]+\.pem$/.test(new URL(url).pathname))
				throw invalidSignature();
			const certificate = await cached(url);
			const at = now();
			if (at > Date.parse(certificate.validTo) || at < Date.parse(certificate.validFrom)) {
				cache.delete(url);
				throw invalidSignature();
			}
			return certificate.publicKey;
		},
	};
}

/** The process's own cache, over the global fetch. */
export const snsCertificates: SnsCertificates = createSnsCertificates((url, init) => fetch(url, init));

/** True for `https://sns.<region>.amazonaws.com/…` (and China's `.com.cn`), without user, password or port. */
export function isSnsUrl(text: string): boolean {
	if (!URL.canParse(text)) return false;
	const url = new URL(text);
	return (
		url.protocol === 'https:' &&
		/^sns\.[a-z]{2}(?:-[a-z]+)+-\d{1,2}\.amazonaws\.com(?:\.cn)?$/.test(url.hostname) &&
		url.port === '' &&
		url.username === '' &&
		url.password === ''
	);
}
