/** The request as the sender made it, out of what n8n hands to a webhook node. */
import { readFile } from 'node:fs/promises';
import type { IWebhookFunctions } from 'n8n-workflow';
import type { Form } from '../../lib/email/webhook/form';
import { type WebhookRequest, headersOf } from '../../lib/email/webhook/request';
import { WebhookRefusal } from '../../lib/email/webhook/refusal';

interface N8nRequest {
	rawBody?: unknown;
	readRawBody?: () => Promise<void>;
}

/** @throws WebhookRefusal `WEBHOOK_TOO_LARGE`, `WEBHOOK_MALFORMED` when the body cannot be read */
export async function webhookRequestOf(context: IWebhookFunctions, maxBodyBytes: number): Promise<WebhookRequest> {
	const request = context.getRequestObject();
	// Said before a byte of it is read; a body that says nothing, or grows in unpacking, is measured later.
	if (Number(request.headers['content-length'] ?? 0) > maxBodyBytes) {
		throw new WebhookRefusal('WEBHOOK_TOO_LARGE', `The body is larger than ${maxBodyBytes} bytes.`);
	}
	const form = await consumedForm(request.body);
	return {
		method: request.method,
		url: calledUrl(context, request.url),
		headers: headersOf(request.rawHeaders),
		rawBody: form ? Buffer.alloc(0) : await rawBodyOf(request),
		remoteAddress: request.ip ?? null,
		...(form ? { form } : {}),
	};
}

/** With the public address in front: some providers sign the URL. */
function calledUrl(context: IWebhookFunctions, path: string): string {
	const query = path.includes('?') ? path.slice(path.indexOf('?')) : '';
	// n8n 2.0 has only the latter, which costs it an expression.
	const older: Partial<Pick<IWebhookFunctions, 'getWebhookResourceUrl'>> = context;
	const url = older.getWebhookResourceUrl
		? context.getWebhookResourceUrl('default')
		: context.getNodeWebhookUrl('default');
	return `${url ?? ''}${query}`;
}

async function rawBodyOf(request: N8nRequest): Promise<Buffer> {
	if (!Buffer.isBuffer(request.rawBody)) {
		try {
			await request.readRawBody?.();
		} catch (error) {
			const { statusCode, status } = error as { statusCode?: unknown; status?: unknown };
			throw (statusCode ?? status) === 413
				? new WebhookRefusal('WEBHOOK_TOO_LARGE', 'The body is larger than n8n accepts.', { cause: error })
				: new WebhookRefusal('WEBHOOK_MALFORMED', 'The body could not be read.', { cause: error });
		}
	}
	return Buffer.isBuffer(request.rawBody) ? request.rawBody : Buffer.alloc(0);
}

/** n8n has read a multipart form already when the node's options were written without `binaryData`. */
async function consumedForm(body: unknown): Promise<Form | null> {
	if (body === null || typeof body !== 'object' || !('data' in body) || !('files' in body)) return null;
	const { data, files } = body as { data: Record<string, unknown>; files: Record<string, unknown> };
	const fields = Object.entries(data).flatMap(([name, value]) =>
		listOf(value).map((entry) => ({ name, value: typeof entry === 'string' ? entry : JSON.stringify(entry) })),
	);
	const parts = Object.entries(files).flatMap(([name, value]) =>
		listOf(value).map(async (entry) => {
			const { filepath, originalFilename, mimetype } = entry as Record<string, unknown>;
			return {
				name,
				filename: typeof originalFilename === 'string' ? originalFilename : null,
				contentType: typeof mimetype === 'string' ? mimetype : null,
				content: typeof filepath === 'string' ? await readFile(filepath) : Buffer.alloc(0),
			};
		}),
	);
	return { fields, files: await Promise.all(parts) };
}

function listOf(value: unknown): unknown[] {
	return Array.isArray(value) ? value : [value];
}
