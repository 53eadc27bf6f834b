import { WebhookError, type ErrorRecord } from '../../errors';

/** Why a request is refused, and the HTTP status that says so to the provider. */
const STATUS = {
	/** No signature, time stamp or credentials where the scheme demands them. */
	WEBHOOK_SIGNATURE_MISSING: 401,
	WEBHOOK_SIGNATURE_INVALID: 401,
	WEBHOOK_CREDENTIALS_INVALID: 401,
	/** Signed longer ago, or further in the future, than the tolerance allows. */
	WEBHOOK_STALE: 400,
	WEBHOOK_FUTURE: 400,
	/** Cannot be read as what the scheme or the provider promises. */
	WEBHOOK_MALFORMED: 400,
	WEBHOOK_IP_REFUSED: 403,
	/** Genuine, but of an SNS topic that was not configured. */
	WEBHOOK_TOPIC_REFUSED: 403,
	WEBHOOK_METHOD_REFUSED: 405,
	WEBHOOK_TOO_LARGE: 413,
	WEBHOOK_CONTENT_TYPE: 415,
	/** Our own configuration cannot verify anything: the provider repeats until it is mended. */
	WEBHOOK_MISCONFIGURED: 500,
	/** The certificate that signed an SNS message could not be fetched: the provider repeats. */
	WEBHOOK_CERTIFICATE_UNAVAILABLE: 503,
} as const;

export type RefusalCode = keyof typeof STATUS;

/**
 * A webhook request was refused. `status` is the HTTP status to answer with; the message is safe to send and to log:
 * it never tells which secret was tried, what was expected, or what the body held.
 */
export class WebhookRefusal extends WebhookError {
	declare readonly code: RefusalCode;
	readonly status: number;

	constructor(
		code: RefusalCode,
		message: string,
		options: { hint?: string; record?: ErrorRecord; cause?: unknown } = {},
	) {
		const status = STATUS[code];
		super(message, { code, retryable: status >= 500, ...options });
		this.status = status;
	}
}
