/** What an adapter of an HTTP sending API tells the engine: how to ask, and how to read the answer. Pure, no network. */
import type { IncomingHttpHeaders } from 'node:http';
import type { BounceType } from '../bounce/classification';
import type { Reason } from '../bounce/reasons';
import type { OutgoingMail } from '../outgoingMail';

export const API_PROVIDERS = ['mailgun', 'postmark', 'resend', 'sendgrid', 'ses'] as const;
export type ApiProviderName = (typeof API_PROVIDERS)[number];

/** Whose account is sent over. Which fields are needed depends on the provider. */
export interface ApiAccount {
	provider: ApiProviderName;
	/** API key or token; for SES the secret access key. */
	apiKey: string;
	/** SES only. */
	accessKeyId?: string;
	/** SES only, with temporary credentials. */
	sessionToken?: string;
	/** SES: `eu-central-1` and so on. Mailgun and SendGrid: `eu`, else the default region. */
	region?: string;
	/** Mailgun: the sending domain. */
	domain?: string;
	/** Postmark: the message stream. SES: the configuration set. */
	messageStream?: string;
	/** In place of the provider's own address, without a path at its end. */
	endpoint?: string;
}

export interface ApiRequest {
	method: 'GET' | 'POST';
	url: string;
	headers: Record<string, string>;
	body: Buffer;
}

export interface ApiAnswer {
	status: number;
	headers: IncomingHttpHeaders;
	text: string;
}

/**
 * What a refusal means. `authentication`: the account's settings; nobody's mail goes out. `unknown`: the provider itself
 * does not know whether it has taken the mail.
 */
export type RefusalKind = 'authentication' | 'transient' | 'permanent' | 'unknown';

export interface Refusal {
	/** The provider's own code or name for it. */
	code: string | null;
	message: string;
	/** Where it says more than the HTTP status does. */
	kind?: RefusalKind;
	verdict?: { reason: Reason; bounceType: BounceType };
}

export interface ApiProvider {
	displayName: string;
	/** True for an API that makes the header from the recipients: all of a mail go in one request. */
	together: boolean;
	/** How long its native idempotency key holds, in ms; 0: it has none. */
	keyLifetime: number;
	baseUrl(account: ApiAccount): string;
	send(account: ApiAccount, base: string, mail: OutgoingMail): ApiRequest;
	/** Something harmless that only the right key may do. */
	probe(account: ApiAccount, base: string): ApiRequest;
	/** The provider's id of the mail, null where it tells none, undefined when this is not its answer to a mail taken. */
	acceptedId(answer: ApiAnswer): string | null | undefined;
	refusal(answer: ApiAnswer): Refusal;
	/** Refusals of the probe that show a working key all the same. */
	probeAllows?: readonly string[];
}
