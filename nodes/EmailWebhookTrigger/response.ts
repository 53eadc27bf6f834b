/** The answers that the node gives itself; n8n gives that of a test request, which starts its execution. */
import type { IDataObject, IWebhookFunctions, IWebhookResponseData } from 'n8n-workflow';
import { WebhookRefusal } from '../../lib/email/webhook/refusal';
import { StoreError } from '../../lib/errors';
import { failureOf } from '../nodeFailure';
import { noteRefusal } from './refusals';

/** Seconds after which a sender may find the store back. */
const STORE_RETRY_AFTER = 30;

export class TooManyRequests extends Error {
	constructor(readonly retryAfterSeconds: number) {
		super('More requests than the node’s “Max Requests per Second” allows');
	}
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
	if (error instanceof WebhookRefusal) return answer(context, error.status, { code, message });
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
	return answer(context, 405, { code, message }, { Allow: 'POST, HEAD' });
}
