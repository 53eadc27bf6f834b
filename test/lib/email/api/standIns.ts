/** Stand-ins of the sending APIs, each as its provider's published reference describes it, with faults on demand. */
import { createHash, createHmac, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { type IncomingMessage, type ServerResponse, createServer } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { ApiAccount, ApiProviderName } from '../../../../lib/email/api/provider';

export interface Received {
	method: string;
	path: string;
	headers: Record<string, string>;
	body: Buffer;
}

export interface Answer {
	status: number;
	headers?: Record<string, string>;
	body?: unknown;
}

/** `answer`: instead of the provider's own. `drop`: takes the request, answers nothing. `cut`: promises an answer. */
export type Fault =
	| { kind: 'answer'; answer: Answer }
	| { kind: 'drop'; taken: boolean }
	| { kind: 'cut'; answer: Answer }
	| { kind: 'hang' };

/** One mail that the provider has taken. */
export interface Taken {
	recipients: string[];
	request: Received;
	/** For the APIs that take MIME. */
	raw: string | null;
	/** For those that take fields. */
	json: Record<string, unknown>;
}

export interface StandIn {
	account: ApiAccount;
	requests: Received[];
	taken: Taken[];
	connections: number;
	/** Used once, in order, before anything else. */
	faults: Fault[];
	stop(): Promise<void>;
}

const KEY = 'key-of-the-test';
const accounts: Record<ApiProviderName, Omit<ApiAccount, 'endpoint'>> = {
	resend: { provider: 'resend', apiKey: KEY },
	postmark: { provider: 'postmark', apiKey: KEY },
	sendgrid: { provider: 'sendgrid', apiKey: KEY },
	mailgun: { provider: 'mailgun', apiKey: KEY, domain: 'mg.example.com' },
	ses: { provider: 'ses', apiKey: KEY, accessKeyId: 'AKIATEST', region: 'eu-central-1' },
};

export async function startStandIn(provider: ApiProviderName): Promise<StandIn> {
	const sockets = new Set<Socket>();
	const server = createServer((request, response) => {
		void serve(standIn, provider, request, response);
	});
	server.on('connection', (socket) => {
		sockets.add(socket);
		standIn.connections++;
		socket.on('close', () => sockets.delete(socket));
	});
	server.listen(0, '127.0.0.1');
	await once(server, 'listening');
	const { port } = server.address() as AddressInfo;
	const standIn: StandIn = {
		account: { ...accounts[provider], endpoint: `http://127.0.0.1:${port}` },
		requests: [],
		taken: [],
		connections: 0,
		faults: [],
		stop: async () => {
			for (const socket of sockets) socket.destroy();
			server.close();
			await once(server, 'close');
		},
	};
	return standIn;
}

async function serve(
	standIn: StandIn,
	provider: ApiProviderName,
	request: IncomingMessage,
	response: ServerResponse,
): Promise<void> {
	const chunks: Buffer[] = [];
	for await (const chunk of request) chunks.push(chunk as Buffer);
	const received: Received = {
		method: request.method ?? '',
		path: request.url ?? '',
		headers: Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, String(value)])),
		body: Buffer.concat(chunks),
	};
	standIn.requests.push(received);
	const fault = standIn.faults.shift();
	if (fault?.kind === 'hang') return;
	if (fault?.kind === 'drop') {
		if (fault.taken) apis[provider](standIn, received);
		request.socket.destroy();
		return;
	}
	const answer = fault ? fault.answer : apis[provider](standIn, received);
	const body = answer.body === undefined ? '' : JSON.stringify(answer.body);
	response.writeHead(answer.status, { 'content-type': 'application/json', ...answer.headers });
	if (fault?.kind !== 'cut') {
		response.end(body);
		return;
	}
	response.flushHeaders();
	response.write('{"', () => request.socket.destroy());
}

type Api = (standIn: StandIn, request: Received) => Answer;

const json = ({ body }: Received) => JSON.parse(body.toString('utf8')) as Record<string, unknown>;
const bare = (text: string) => /<([^>]+)>\s*$/.exec(text)?.[1] ?? text.trim();

const apis: Record<ApiProviderName, Api> = {
	// https://resend.com/docs/api-reference/emails/send-email, /docs/dashboard/emails/idempotency-keys
	resend(standIn, request) {
		if (request.headers.authorization !== `Bearer ${KEY}`) {
			return refusal(403, { statusCode: 403, name: 'invalid_api_key', message: 'API key is invalid' });
		}
		if (request.path === '/domains') {
			return refusal(401, { statusCode: 401, name: 'restricted_api_key', message: 'This API key is restricted' });
		}
		const mail = json(request);
		const lists = ['to', 'cc', 'bcc'].flatMap((name) => (mail[name] as string[] | undefined) ?? []);
		if (request.path !== '/emails' || !mail.from || lists.length === 0 || !(mail.text ?? mail.html)) {
			return refusal(422, { statusCode: 422, name: 'missing_required_field', message: 'Missing a field' });
		}
		const key = request.headers['idempotency-key'];
		const earlier = standIn.taken.find((one) => one.request.headers['idempotency-key'] === key);
		if (earlier && !earlier.request.body.equals(request.body)) {
			return refusal(409, { statusCode: 409, name: 'invalid_idempotent_request', message: 'Same key, other payload' });
		}
		if (!earlier) standIn.taken.push({ recipients: lists.map(bare), request, raw: null, json: mail });
		return { status: 200, body: { id: idOf(key ?? '') } };
	},
	// https://postmarkapp.com/developer/api/email-api
	postmark(standIn, request) {
		if (request.headers['x-postmark-server-token'] !== KEY) {
			return refusal(401, { ErrorCode: 10, Message: 'The Server Token you provided is invalid.' });
		}
		if (request.path === '/server') return { status: 200, body: { ID: 1, Name: 'Test' } };
		const mail = json(request);
		const lists = ['To', 'Cc', 'Bcc'].flatMap((name) => ((mail[name] as string | undefined) ?? '').split(', '));
		if (request.path !== '/email' || !mail.From || !mail.To || mail.TextBody === undefined) {
			return refusal(422, { ErrorCode: 300, Message: 'Invalid email request.' });
		}
		standIn.taken.push({ recipients: lists.filter(Boolean).map(bare), request, raw: null, json: mail });
		return { status: 200, body: { To: mail.To, MessageID: randomUUID(), ErrorCode: 0, Message: 'OK' } };
	},
	// https://www.twilio.com/docs/sendgrid/api-reference/mail-send/mail-send
	sendgrid(standIn, request) {
		if (request.headers.authorization !== `Bearer ${KEY}`) {
			return refusal(401, { errors: [{ message: 'The provided authorization grant is invalid', field: null }] });
		}
		if (request.path === '/v3/scopes') return { status: 200, body: { scopes: ['mail.send'] } };
		const mail = json(request);
		type Lists = Record<string, Array<{ email: string }>>;
		const lists = Object.values((mail.personalizations as Lists[])[0]!).flat();
		const addresses = lists.map(({ email }) => email.toLowerCase());
		const types = (mail.content as Array<{ type: string; value: string }>).map(({ type, value }) =>
			value ? type : '',
		);
		const wrong =
			new Set(addresses).size < addresses.length ||
			types.join() !== [...types].sort().reverse().join() ||
			types.includes('');
		if (wrong) return refusal(400, { errors: [{ message: 'Bad request', field: 'personalizations' }] });
		standIn.taken.push({ recipients: addresses, request, raw: null, json: mail });
		return { status: 202, headers: { 'x-message-id': idOf(String(standIn.taken.length)).slice(0, 22) } };
	},
	// https://documentation.mailgun.com/docs/mailgun/api-reference/send/mailgun/messages
	mailgun(standIn, request) {
		if (request.headers.authorization !== `Basic ${Buffer.from(`api:${KEY}`).toString('base64')}`) {
			return refusal(401, { message: 'Invalid private key' });
		}
		if (request.path === '/v3/domains/mg.example.com') return { status: 200, body: { domain: { state: 'active' } } };
		if (request.path !== '/v3/mg.example.com/messages.mime') return refusal(404, { message: 'Domain not found' });
		const form = formOf(request);
		const [raw] = form.get('message') ?? [];
		const to = form.get('to');
		if (raw === undefined || !to) return refusal(400, { message: 'to parameter is missing' });
		standIn.taken.push({ recipients: to, request, raw, json: { tags: form.get('o:tag') } });
		return { status: 200, body: { id: /^Message-ID: (<.*>)\r$/m.exec(raw)?.[1], message: 'Queued. Thank you.' } };
	},
	// https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_SendEmail.html
	ses(standIn, request) {
		if (!hasSignature(request)) {
			const body = { message: 'The request signature we calculated does not match the signature you provided.' };
			return { status: 403, headers: { 'x-amzn-errortype': 'InvalidSignatureException' }, body };
		}
		if (request.path === '/v2/email/account') return { status: 200, body: { SendingEnabled: true } };
		const mail = json(request) as {
			Destination: { ToAddresses: string[] };
			Content: { Raw: { Data: string } };
		};
		const raw = Buffer.from(mail.Content.Raw.Data, 'base64').toString('utf8');
		standIn.taken.push({ recipients: mail.Destination.ToAddresses, request, raw, json: mail });
		return { status: 200, body: { MessageId: `0100${randomUUID()}-000000` } };
	},
};

/** RFC 7578; texts as UTF-8. */
function formOf({ headers, body }: Received): Map<string, string[]> {
	const boundary = /boundary=([^;]+)/.exec(headers['content-type'] ?? '')?.[1] ?? '';
	const form = new Map<string, string[]>();
	for (const part of body.toString('utf8').split(`--${boundary}\r\n`).slice(1)) {
		const head = part.slice(0, part.indexOf('\r\n\r\n'));
		const end = part.lastIndexOf(`\r\n--${boundary}--`);
		const content = part.slice(head.length + 4, end < 0 ? part.length - 2 : end);
		const name = /name="([^"]+)"/.exec(head)?.[1] ?? '';
		form.set(name, [...(form.get(name) ?? []), content]);
	}
	return form;
}

function refusal(status: number, body: unknown): Answer {
	return { status, body };
}

function idOf(text: string): string {
	const hex = createHash('sha256').update(text).digest('hex');
	return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20, 32)].join('-');
}

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html */
function hasSignature({ method, path, headers, body }: Received): boolean {
	const match =
		/^AWS4-HMAC-SHA256 Credential=AKIATEST\/(\d{8})\/eu-central-1\/ses\/aws4_request, SignedHeaders=([^,]+), Signature=([0-9a-f]{64})$/.exec(
			headers.authorization ?? '',
		);
	if (!match) return false;
	const [, day = '', names = '', signature] = match;
	const sha256 = (content: string | Buffer) => createHash('sha256').update(content).digest('hex');
	const hmac = (key: string | Buffer, content: string) => createHmac('sha256', key).update(content).digest();
	const lines = names.split(';').map((name) => `${name}:${(headers[name] ?? '').trim()}\n`);
	const canonical = [method, path, '', lines.join(''), names, sha256(body)].join('\n');
	const scope = `${day}/eu-central-1/ses/aws4_request`;
	const toSign = ['AWS4-HMAC-SHA256', headers['x-amz-date'], scope, sha256(canonical)].join('\n');
	const key = [day, 'eu-central-1', 'ses', 'aws4_request'].reduce<string | Buffer>(hmac, `AWS4${KEY}`);
	return hmac(key, toSign).toString('hex') === signature;
}
