/** Sends over a provider's HTTP API, with the same outcomes as an SMTP session. */
import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { InputError, TransportError } from '../../errors';
import type { OutgoingMail } from '../outgoingMail';
import { Secrets } from '../secrets';
import type { OutgoingEnvelope, Transmission } from '../smtp/connection';
import { hasControl } from '../smtp/wireAddress';
import { transmissionOf } from './answers';
import { type Exchange, exchange } from './exchange';
import { API_PROVIDERS, type ApiAccount, type ApiProvider, type ApiRequest } from './provider';
import { providers } from '../providers/sendRegistry';

export interface ApiOptions {
	/** Until there is a connection, in ms. Default 20 s. */
	connectTimeout?: number;
	/** From the request to the whole answer, in ms. Default 60 s. */
	answerTimeout?: number;
}

export interface ApiSession {
	transmit(
		envelope: OutgoingEnvelope,
		message: Buffer,
		beforeBody: () => Promise<void>,
		mail: OutgoingMail,
	): Promise<Transmission>;
	/** @throws TransportError `API_*`, `TLS_*` when the account cannot send */
	probe(): Promise<void>;
	close(): void;
}

/** Idle for longer, a connection may be closed by the other side just as it is used again. */
const LONGEST_IDLE = 4_000;

export function providerOf({ provider }: ApiAccount): ApiProvider {
	return providers[provider];
}

/** @throws InputError `API_ACCOUNT_INVALID` */
export function openApiSession(account: ApiAccount, options: ApiOptions = {}): ApiSession {
	const { connectTimeout = 20_000, answerTimeout = 60_000 } = options;
	const { provider, base } = checked(account);
	const host = new URL(base).host;
	const secure = base.startsWith('https:');
	const secrets = new Secrets([account.apiKey, account.sessionToken]);
	const agent = secure
		? new HttpsAgent({ keepAlive: true, minVersion: 'TLSv1.2' })
		: new HttpAgent({ keepAlive: true });
	agent.on('free', (socket: { setTimeout(ms: number): void }) => socket.setTimeout(LONGEST_IDLE));
	const ask = async (request: ApiRequest, beforeBody: () => Promise<void>): Promise<Exchange> =>
		await exchange(request, { agent, connectTimeout, answerTimeout, beforeBody, secrets });
	return {
		async transmit(_envelope, _message, beforeBody, mail) {
			const result = await ask(provider.send(account, base, mail), beforeBody);
			switch (result.kind) {
				case 'answered':
					return transmissionOf(provider, host, result.answer);
				case 'not-sent':
					return { outcome: 'not-sent', error: result.error };
				case 'unanswered':
					return { outcome: provider.keyLifetime > 0 ? 'repeatable' : 'in-doubt', error: result.error };
			}
		},
		async probe() {
			const result = await ask(provider.probe(account, base), () => Promise.resolve());
			if (result.kind !== 'answered') throw result.error;
			const { status } = result.answer;
			if (status >= 200 && status < 300) return;
			const { code } = provider.refusal(result.answer);
			if (code !== null && provider.probeAllows?.includes(code)) return;
			const transmission = transmissionOf(provider, host, result.answer);
			if ('error' in transmission) throw transmission.error;
			throw new TransportError(`${provider.displayName} gave an answer that means nothing here`, {
				code: 'API_FAILED',
			});
		},
		close: () => agent.destroy(),
	};
}

function checked(account: ApiAccount): { provider: ApiProvider; base: string } {
	const invalid = (message: string, hint: string) => new InputError(message, { code: 'API_ACCOUNT_INVALID', hint });
	if (!API_PROVIDERS.includes(account.provider)) {
		throw invalid(`There is no provider “${account.provider}”`, `Choose one of ${API_PROVIDERS.join(', ')}.`);
	}
	const provider = providers[account.provider];
	// A URL leaves line breaks out without a word, and a header breaks off at them.
	const broken = Object.values(account).some((value) => typeof value === 'string' && hasControl(value));
	if (broken) throw invalid('A field of the account has a line break in it', 'Fill it in again, on one line.');
	if (account.apiKey === '') throw invalid('The API key is empty', 'Fill it in in the credential.');
	if (account.provider === 'mailgun' && !account.domain) {
		throw invalid('Mailgun needs the sending domain', 'Fill in Sending Domain in the credential.');
	}
	const base = (account.endpoint || provider.baseUrl(account)).replace(/\/+$/, '');
	const url = URL.canParse(base) ? new URL(base) : null;
	const local = url?.protocol === 'http:' && /^(?:localhost|127(?:\.\d+){3}|\[::1\])$/.test(url.hostname);
	if (url === null || (url.protocol !== 'https:' && !local)) {
		throw invalid(
			'The endpoint of the API is not an https address',
			'Clear it in the credential, or begin it with https://.',
		);
	}
	return { provider, base };
}
