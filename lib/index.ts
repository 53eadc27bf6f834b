/** The package without n8n: the same parsing, matching, classifying and sending as its nodes, all async. */
import type { Classification } from './email/bounce/classification';
import { classifyMessage as classify } from './email/bounce/classifyMessage';
import type { ReplyParts } from './email/message';
import { extractReply as extract } from './email/reply/extractReply';

export { PipelineError, InputError, LedgerError, StoreError, TransportError, WebhookError } from './errors';
export type * from './email/message';
export type * from './email/event';
export type { Classification } from './email/bounce/classification';
export { parseMessage } from './email/parse/parseMessage';
export { verifyAuthentication } from './email/authentication/verify';
export type { VerifyOptions } from './email/authentication/verify';
export type { DnsResolver } from './email/authentication/resolver';
export { verifyWebhook } from './email/webhook/verify';
export { openStore } from './store';
export type { Store, StoreOptions } from './store';
export { matchThread, resolveThread } from './pipeline/threads/matchThread';
export { sendOnce } from './pipeline/send/sendOnce';
export { deriveKey } from './pipeline/send/sendRequest';
export { createApiTransport } from './pipeline/send/apiTransport';
export { createSmtpTransport } from './pipeline/send/smtpTransport';

/**
 * Tells a mail apart: a person, a bounce, a delay warning, a complaint, an automatic reply.
 * @param raw the whole message as it came over the wire; never throws on content
 */
export function classifyMessage(raw: Buffer): Promise<Classification> {
	return Promise.resolve(classify(raw));
}

/** Separates what the author wrote from quoted history and signature. */
export function extractReply(body: { text: string; html?: string | null }): Promise<ReplyParts> {
	return Promise.resolve(extract(body));
}
