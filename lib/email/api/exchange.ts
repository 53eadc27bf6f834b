/** One HTTP request and its answer, with the one thing a mail needs to know: whether a byte of it can have left. */
import { type Agent, type ClientRequest, type IncomingMessage, request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { TransportError, messageOf } from '../../errors';
import { connectionError } from '../connectionError';
import type { Secrets } from '../secrets';
import type { ApiAnswer, ApiRequest } from './provider';

/** An explicit answer always wins over a broken connection. */
export type Exchange =
	| { kind: 'answered'; answer: ApiAnswer }
	/** It failed before the first byte of the body: nothing was sent. */
	| { kind: 'not-sent'; error: TransportError }
	/** It failed after that, without an answer: nobody knows. */
	| { kind: 'unanswered'; error: TransportError };

export interface ExchangeOptions {
	agent: Agent;
	/** Until there is a secured connection, in ms. */
	connectTimeout: number;
	/** From then on until the answer is complete, in ms. */
	answerTimeout: number;
	/** Called once there is a connection, before a byte of the request leaves; when it throws, none does. */
	beforeBody: () => Promise<void>;
	/** What the provider is told in confidence. */
	secrets: Secrets;
}

/** More of an answer is not read: it tells an id or a reason. */
const LONGEST_ANSWER = 1_000_000;

export function exchange(request: ApiRequest, options: ExchangeOptions): Promise<Exchange> {
	const url = new URL(request.url);
	const peer = { protocol: 'API' as const, host: url.hostname, port: Number(url.port || defaultPort(url)) };
	const { secrets } = options;
	return new Promise((resolve) => {
		let sent = false;
		let answer: ApiAnswer | null = null;
		const answered = (complete: ApiAnswer) => resolve({ kind: 'answered', answer: concealed(complete, secrets) });
		const fail = (thrown: unknown) => {
			clearTimeout(timer);
			const error = secrets.concealError(thrown);
			if (answer !== null) answered(answer);
			else if (sent) resolve({ kind: 'unanswered', error: noAnswer(error, peer) });
			else resolve({ kind: 'not-sent', error: notSent(error, peer) });
		};
		const start = url.protocol === 'https:' ? httpsRequest : httpRequest;
		const sending: ClientRequest = start(url, {
			method: request.method,
			headers: { ...request.headers, 'content-length': request.body.length },
			agent: options.agent,
		});
		const timeOut = (code: string) => () => sending.destroy(Object.assign(new Error('No answer in time'), { code }));
		let timer = setTimeout(timeOut('CONNECT_TIMEOUT'), options.connectTimeout);
		sending.on('error', fail);
		sending.on('response', (response) => {
			readAnswer(response, (read) => (answer = read)).then(
				(complete) => {
					clearTimeout(timer);
					answered(complete);
				},
				(error: unknown) => fail(error),
			);
		});
		connected(sending, url.protocol === 'https:')
			.then(async () => {
				clearTimeout(timer);
				await options.beforeBody();
				timer = setTimeout(timeOut('ETIMEDOUT'), options.answerTimeout);
				// Node holds the head of the request back until here.
				sent = true;
				sending.end(request.body);
			})
			.catch((error: unknown) => {
				sending.destroy();
				fail(error);
			});
	});
}

function connected(sending: ClientRequest, secure: boolean): Promise<void> {
	return new Promise((resolve) => {
		sending.once('socket', (socket) => {
			if (sending.reusedSocket || (!secure && !socket.connecting)) resolve();
			else socket.once(secure ? 'secureConnect' : 'connect', () => resolve());
		});
	});
}

/** @param begun told what is known from the head on, so that a cut body does not lose the status */
async function readAnswer(response: IncomingMessage, begun: (answer: ApiAnswer) => void): Promise<ApiAnswer> {
	const answer = { status: response.statusCode ?? 0, headers: response.headers, text: '' };
	begun(answer);
	const chunks: Buffer[] = [];
	let length = 0;
	for await (const chunk of response) {
		chunks.push(chunk as Buffer);
		length += (chunk as Buffer).length;
		if (length > LONGEST_ANSWER) break;
	}
	answer.text = Buffer.concat(chunks).toString('utf8');
	return answer;
}

function concealed({ status, headers, text }: ApiAnswer, secrets: Secrets): ApiAnswer {
	const entries = Object.entries(headers).map(([name, value]) => [
		name,
		typeof value === 'string' ? secrets.conceal(value) : value?.map((one) => secrets.conceal(one)),
	]);
	return { status, headers: Object.fromEntries(entries) as ApiAnswer['headers'], text: secrets.conceal(text) };
}

interface Peer {
	protocol: 'API';
	host: string;
	port: number;
}

function notSent(error: unknown, peer: Peer): TransportError {
	return (
		connectionError(error, peer) ??
		new TransportError(`The request to ${peer.host} was not sent: ${messageOf(error)}`, {
			code: 'API_FAILED',
			retryable: true,
			record: { host: peer.host, port: peer.port },
			cause: error,
		})
	);
}

function noAnswer(error: unknown, { host, port }: Peer): TransportError {
	return new TransportError(`${host} took the request and did not answer: ${messageOf(error)}`, {
		code: 'API_NO_ANSWER',
		record: { host, port },
		cause: error,
	});
}

function defaultPort({ protocol }: URL): number {
	return protocol === 'https:' ? 443 : 80;
}
