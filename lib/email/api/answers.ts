/** What an API's answer means for the mail: the same outcomes as over SMTP. */
import { TransportError } from '../../errors';
import { classifyReply } from '../bounce/classifyReply';
import { verdictOf } from '../bounce/verdict';
import type { Transmission } from '../smtp/connection';
import type { ApiAnswer, ApiProvider, RefusalKind } from './provider';

/** Settings that do not fit: nothing the mail can do anything about. RFC 9110 15.4, 15.5.5, 15.5.6. */
const WRONG_ADDRESS = (status: number) => (status >= 300 && status < 400) || status === 404 || status === 405;

/**
 * The kind of a refusal by its HTTP status. 502 and 504 come from a gateway that lost the provider after it had passed
 * the request on: whether that took it, nobody knows.
 */
function kindOf(status: number): RefusalKind {
	if (status === 401 || status === 403 || WRONG_ADDRESS(status)) return 'authentication';
	if (status === 502 || status === 504) return 'unknown';
	if (status === 408 || status === 425 || status === 429 || status >= 500) return 'transient';
	return 'permanent';
}

export function transmissionOf(provider: ApiProvider, host: string, answer: ApiAnswer): Transmission {
	const { status } = answer;
	const id = status >= 200 && status < 300 ? provider.acceptedId(answer) : undefined;
	if (id !== undefined) {
		const text = oneLine(`${status} ${answer.text}`);
		return { outcome: 'accepted', reply: { replyCode: String(status), status: null, text }, serverMessageId: id };
	}
	const { code, message, ...known } = provider.refusal(answer);
	const kind = status < 300 ? 'unknown' : (known.kind ?? kindOf(status));
	const text = oneLine([status, code, message].filter((part) => part !== null && part !== '').join(' '));
	const record = { host, status, code };
	if (kind === 'unknown') {
		const error = new TransportError(`${provider.displayName} did not say whether it took the mail: ${text}`, {
			code: 'API_NO_ANSWER',
			record,
		});
		// Unless the provider itself says that it is no question of asking again.
		return { outcome: provider.keyLifetime > 0 && known.kind !== 'unknown' ? 'repeatable' : 'in-doubt', error };
	}
	return {
		outcome: 'refused',
		reply: { replyCode: String(status), status: null, text },
		stage: 'API',
		error:
			kind === 'authentication' ? wrongSettings(provider, answer, text, record) : refused(provider, kind, text, record),
		permanent: kind === 'permanent',
		verdict: known.verdict ?? readVerdict(status, kind, text),
		retryAfter: retryAfter(answer),
	};
}

function readVerdict(status: number, kind: RefusalKind, text: string) {
	if (status === 413) return { reason: 'message-too-big' as const, bounceType: 'soft' as const };
	if (status === 429) return { reason: 'rate-limited' as const, bounceType: 'soft' as const };
	// The words in SMTP's terms: the status of HTTP is none of its codes.
	const { reason, bounceType } = classifyReply({ replyCode: kind === 'permanent' ? '550' : '451', status: null, text });
	if (kind === 'permanent' && verdictOf(reason).fault === 'unknown' && INVALID_REQUEST.test(text)) {
		return { reason: 'content-rejected' as const, bounceType };
	}
	return { reason, bounceType };
}

/** A provider that checks the fields of a mail finds the same fault in it the next time (RFC 9110 15.5.1, 15.5.21). */
const INVALID_REQUEST =
	/\b(?:invalid|malformed|unsupported|missing|not (?:a )?valid|must (?:be|have|not|contain)|(?:is|are) required|can ?not be (?:empty|blank)|too (?:long|many)|validation)\b/i;

function wrongSettings(
	{ displayName }: ApiProvider,
	{ status }: ApiAnswer,
	text: string,
	record: Record<string, string | number | null>,
): TransportError {
	return WRONG_ADDRESS(status)
		? new TransportError(`${displayName} does not know what was asked for: ${text}`, {
				code: 'API_HOST_UNEXPECTED_ANSWER',
				hint: 'Check region, domain and endpoint in the credential.',
				record,
			})
		: new TransportError(`${displayName} does not let this account send: ${text}`, {
				code: 'API_AUTHENTICATION_FAILED',
				hint: 'Check the key in the credential, what it may do, and that the sender is verified with the provider.',
				record,
			});
}

function refused(
	{ displayName }: ApiProvider,
	kind: RefusalKind,
	text: string,
	record: Record<string, string | number | null>,
): TransportError {
	return new TransportError(`${displayName} refused the mail${kind === 'transient' ? ' for now' : ''}: ${text}`, {
		code: kind === 'transient' ? 'API_REFUSED_FOR_NOW' : 'API_REFUSED',
		retryable: kind === 'transient',
		record,
	});
}

/** RFC 9110 10.2.3: seconds or a date. At most a day, whatever is asked for. */
function retryAfter({ headers }: ApiAnswer): number | undefined {
	const value = headers['retry-after'];
	if (value === undefined) return undefined;
	const wait = /^\d+$/.test(value) ? Number(value) * 1000 : Date.parse(value) - Date.now();
	return Number.isFinite(wait) ? Math.min(Math.max(0, wait), 86_400_000) : undefined;
}

function oneLine(text: string): string {
	return text.replace(/\s+/g, ' ').trim().slice(0, 500);
}
