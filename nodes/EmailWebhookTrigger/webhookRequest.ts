/** The request as the sender made it, out of what n8n hands to a webhook node. */
import type { IWebhookFunctions } from 'n8n-workflow';
import { type WebhookRequest, headersOf } from '../../lib/email/webhook/request';
import { WebhookRefusal } from '../../lib/email/webhook/refusal';

interface N8nRequest {
	body?: unknown;
	rawBody?: unknown;
	readRawBody?: () => Promise<void>;
	headers: Readonly<Record<string, unknown>>;
}

/**
 * The bytes of the body, and nothing that n8n has made of them: `request.body` is what a stranger wrote, whatever it
 * looks like, until a signature says otherwise.
 *
 * @throws WebhookRefusal `WEBHOOK_TOO_LARGE`; `WEBHOOK_MALFORMED` when the body cannot be read; `WEBHOOK_MISCONFIGURED`
 * when n8n has not kept its bytes
 */
export async function webhookRequestOf(context: IWebhookFunctions, maxBodyBytes: number): Promise<WebhookRequest> {
	const request = context.getRequestObject();
	// Said before a byte of it is read; a body that says nothing, or grows in unpacking, is measured later.
	if (Number(request.headers['content-length'] ?? 0) > maxBodyBytes) {
		throw new WebhookRefusal('WEBHOOK_TOO_LARGE', `The body is larger than ${maxBodyBytes} bytes.`);
	}
	return {
		method: request.method,
		url: calledUrl(context, request.url),
		headers: headersOf(request.rawHeaders),
		rawBody: await rawBodyOf(request),
		remoteAddress: request.ip ?? null,
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
	if (Buffer.isBuffer(request.rawBody)) return request.rawBody;
	if (wasTakenApart(request)) {
		throw new WebhookRefusal(
			'WEBHOOK_MISCONFIGURED',
			'n8n took the form in the body apart before its bytes could be verified.',
			{ hint: 'Set "binaryData": true in the options of the node, as the editor does.' },
		);
	}
	try {
		await request.readRawBody?.();
	} catch (error) {
		const { statusCode, status } = error as { statusCode?: unknown; status?: unknown };
		throw (statusCode ?? status) === 413
			? new WebhookRefusal('WEBHOOK_TOO_LARGE', 'The body is larger than n8n accepts.', { cause: error })
			: new WebhookRefusal('WEBHOOK_MALFORMED', 'The body could not be read.', { cause: error });
	}
	return Buffer.isBuffer(request.rawBody) ? request.rawBody : Buffer.alloc(0);
}

/** n8n has read a multipart body already where the node's options were written without `binaryData`. */
function wasTakenApart({ body, headers }: N8nRequest): boolean {
	const type = headers['content-type'];
	return body !== undefined && typeof type === 'string' && /^\s*multipart\//i.test(type);
}
