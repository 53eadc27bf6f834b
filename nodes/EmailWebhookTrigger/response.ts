/** The answers that the node gives itself; n8n gives that of a test request, which starts its execution. */
import type { IDataObject, IWebhookFunctions, IWebhookResponseData } from 'n8n-workflow';
import { addressLimit } from '../../lib/email/webhook/addressLimit';
import { WebhookRefusal } from '../../lib/email/webhook/refusal';
import { StoreError } from '../../lib/errors';
import { failureOf } from '../nodeFailure';
import { endpointOf, noteRefusal } from './refusals';

/** Seconds after which a sender may find the store back. */
const STORE_RETRY_AFTER = 30;

export class TooManyRequests extends Error {
	constructor(
		readonly retryAfterSeconds: number,
		message = 'More requests than the node’s “Max Requests per Second” allows',
	) {
		super(message);
	}
}

/** Requests of one address in a second: several times what n8n can take. */
const REQUESTS_PER_ADDRESS = 100;

/**
 * Refuses an address that calls too often, before anything of the request is read. The address is the one that n8n's
 * own setting for proxies (N8N_PROXY_HOPS) tells.
 * @throws TooManyRequests
 */
export function checkAddressLimit(context: IWebhookFunctions, options: IDataObject): void {
	const { requestsPerAddress } = options;
	const perSecond = typeof requestsPerAddress === 'number' ? requestsPerAddress : REQUESTS_PER_ADDRESS;
	if (!(perSecond > 0)) return;
	const wait = addressLimit.take(endpointOf(context), addressOf(context), perSecond);
	if (wait > 0) throw new TooManyRequests(wait, 'One address makes more requests than the node allows');
}

function addressOf(context: IWebhookFunctions): string | null {
	return context.getRequestObject().ip ?? null;
}

/** Answers without an execution. */
export function answer(
	context: IWebhookFunctions,
	status: number,
	body: IDataObject | null,
	headers: Readonly<Record<string, string>> = {},
): IWebhookResponseData {
	const response = context.getResponseObject();
	response.status(status);
	for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
	if (body === null) {
		response.end();
	} else {
		// Not Express's json(), which also reckons an ETag: refusals must stay cheap.
		const text = Buffer.from(JSON.stringify(body));
		response.setHeader('Content-Type', 'application/json; charset=utf-8');
		response.setHeader('Content-Length', text.length);
		response.end(text);
	}
	return { noWebhookResponse: true };
}

/** Tells the sender why, as a status that makes it try again exactly where that can help. */
export function refuse(context: IWebhookFunctions, options: IDataObject, error: unknown): IWebhookResponseData {
	if (error instanceof TooManyRequests) {
		noteRefusal(context, options, 'WEBHOOK_RATE_LIMITED', error.message);
		const body = { code: 'WEBHOOK_RATE_LIMITED', message: 'Too many requests; try again later.' };
		return answer(context, 429, body, { 'Retry-After': String(error.retryAfterSeconds) });
	}
	const { code, message } = failureOf(error);
	noteRefusal(context, options, code, message);
	if (error instanceof WebhookRefusal) {
		if (error.status < 500) addressLimit.refused(endpointOf(context), addressOf(context));
		const retry = error.status === 503 ? [['Retry-After', String(STORE_RETRY_AFTER)]] : [];
		return answer(context, error.status, { code, message }, Object.fromEntries(retry) as Record<string, string>);
	}
	// What went wrong inside is for the log, not for the sender.
	const text = 'The request could not be stored; try again later.';
	if (!(error instanceof StoreError)) return answer(context, 500, { code: 'WEBHOOK_FAILED', message: text });
	const body = { code: 'WEBHOOK_STORE_UNAVAILABLE', message: text };
	return answer(context, 503, body, { 'Retry-After': String(STORE_RETRY_AFTER) });
}

/**
 * Answers everything but POST: HEAD is how some providers (Mandrill) look whether the address is there before they save
 * it; nothing else has business here (RFC 9110, 15.5.6).
 */
export function answerOtherMethod(context: IWebhookFunctions, options: IDataObject): IWebhookResponseData {
	const { method } = context.getRequestObject();
	if (method === 'HEAD') return answer(context, 200, null);
	const { code, message } = new WebhookRefusal('WEBHOOK_METHOD_REFUSED', 'Webhooks are accepted by POST only.');
	noteRefusal(context, options, code, message);
	addressLimit.refused(endpointOf(context), addressOf(context));
	return answer(context, 405, { code, message }, { Allow: 'POST, HEAD' });
}
