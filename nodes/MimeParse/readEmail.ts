/** Reads one email by the user's settings: parsed, verified, judged, and what was looked for. */
import type { Readable } from 'node:stream';
import { judgeSender } from '../../lib/email/authentication/senderGate';
import { verifyWhileRead } from '../../lib/email/authentication/verify';
import { extractFrom } from '../../lib/email/extract/extract';
import { markdownOf } from '../../lib/email/html/markdown';
import { sanitizeEmailHtml } from '../../lib/email/html/sanitize';
import type { CanonicalMessage } from '../../lib/email/message';
import { heldToAuthor } from '../../lib/email/parse/authenticationResults';
import { type ParseOptions, parseWithContent } from '../../lib/email/parse/parseMessage';
import { completeMessage } from '../../lib/email/webhook/read';
import type { Settings } from './settings';

/** What was known before the mail was read. */
export interface KnownBefore extends Pick<ParseOptions, 'source' | 'envelope' | 'rawRef' | 'onAttachment'> {
	/** What the provider that handed the mail over found out about it; null when no provider did. */
	provider: Parameters<typeof completeMessage>[1] | null;
}

/** A message with `quarantine` set is for the output Quarantined. */
export async function readEmail(
	content: Buffer | Readable,
	{ provider, ...known }: KnownBefore,
	settings: Settings,
): Promise<CanonicalMessage> {
	const { policy, limits, trustedHosts, scan, verify } = settings;
	const receivedAt = known.source?.receivedAt;
	const checked =
		verify === null
			? null
			: verifyWhileRead(content, {
					resolver: verify.resolver,
					trustedHosts,
					...(known.envelope === undefined ? {} : { envelope: known.envelope }),
					receivedAt: typeof receivedAt === 'string' ? new Date(receivedAt) : null,
				});
	const {
		message: parsed,
		from,
		author,
	} = await parseWithContent(checked?.raw ?? content, {
		...known,
		policy,
		limits,
		...(scan === null ? {} : { scan }),
		trustedAuthservIds: trustedHosts,
	});
	const message = provider === null ? parsed : completeMessage(parsed, provider);
	if (checked !== null) message.authentication = heldToAuthor(await checked.authentication, author);
	const gate = judgeSender(
		{ from, fromHeaders: message.headers.from?.length ?? 0, authentication: message.authentication },
		settings.gate,
	);
	if (gate !== null) message.senderGate = gate;
	presentBody(message, settings);
	const reasons = quarantineReasons(message);
	if (reasons.length > 0) message.quarantine = { reasons };
	return message;
}

/** The extractors look at the html as it was received. */
function presentBody(message: CanonicalMessage, { extract, patterns, markdown, sanitize }: Settings): void {
	if (extract.length > 0 || patterns.length > 0) message.extracted = extractFrom(message, extract, patterns);
	if (markdown) message.markdown = markdownOf(message);
	if (!sanitize || message.html === null) return;
	const { html, ...sanitized } = sanitizeEmailHtml(message.html);
	message.html = html;
	message.sanitized = sanitized;
}

function quarantineReasons({ senderGate, attachments }: CanonicalMessage): string[] {
	return [
		...(senderGate?.passed === false ? senderGate.reasons : []),
		...attachments
			.filter(({ verdict }) => verdict === 'quarantined')
			.map(
				({ index, filename, reasons }) => `attachment ${index + 1} (${filename ?? 'unnamed'}): ${reasons.join(', ')}`,
			),
	];
}
