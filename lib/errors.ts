/** Which record an error is about: identifiers only, never content, addresses in the clear or secrets. */
export type ErrorRecord = Readonly<Record<string, string | number | null>>;

export interface PipelineErrorOptions {
	/** Normalised, stable, UPPER_SNAKE_CASE; what a workflow branches on. */
	code: string;
	/** What the reader can do about it, as one sentence. */
	hint?: string;
	/** True when the same call may succeed later without anybody changing anything. */
	retryable?: boolean;
	record?: ErrorRecord;
	cause?: unknown;
}

/** Root of every error this package throws on purpose. */
export class PipelineError extends Error {
	readonly code: string;
	readonly hint: string | null;
	readonly retryable: boolean;
	readonly record: ErrorRecord | null;

	constructor(message: string, options: PipelineErrorOptions) {
		super(message, options.cause === undefined ? undefined : { cause: options.cause });
		this.name = new.target.name;
		this.code = options.code;
		this.hint = options.hint ?? null;
		this.retryable = options.retryable ?? false;
		this.record = options.record ?? null;
	}
}

/** The store could not be opened, reached or trusted (codes `STORE_*`, `ARCHIVE_*`). */
export class StoreError extends PipelineError {}

/** An IMAP or SMTP peer could not be reached, refused us, or broke off (codes `IMAP_*`, `SMTP_*`, `TLS_*`). */
export class TransportError extends PipelineError {}

/** An inbound webhook request was refused (codes `WEBHOOK_*`). */
export class WebhookError extends PipelineError {}

/** The input of a step is missing or unusable (codes `INPUT_*`, `MESSAGE_*`). */
export class InputError extends PipelineError {}

/** The send ledger refuses the step (codes `IDEMPOTENCY_CONFLICT`, `IN_PROGRESS`, `SEND_*`). */
export class LedgerError extends PipelineError {}

/** The message of anything thrown, without a stack trace. */
export function messageOf(error: unknown): string {
	if (error instanceof AggregateError && error.message === '' && error.errors.length > 0)
		return messageOf(error.errors[0]);
	return error instanceof Error ? error.message : String(error);
}
