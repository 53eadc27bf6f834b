/** Reads one email by the user's settings: parsed, verified, judged, and what was looked for. */
import type { Readable } from 'node:stream';
import { judgeSender } from '../../lib/email/authentication/senderGate';
import { verifyWhileRead } from '../../lib/email/authentication/verify';
import { escapeMarkdown } from '../../lib/email/html/markdown';
import { htmlAsText } from '../../lib/email/html/sanitize';
import type { CanonicalMessage } from '../../lib/email/message';
import { heldToAuthor } from '../../lib/email/parse/authenticationResults';
import { type ParseOptions, parseWithContent } from '../../lib/email/parse/parseMessage';
import { completeMessage } from '../../lib/email/webhook/read';
import { runTask } from '../../lib/email/worker/run';
import type { Settings } from './settings';

/** Characters of the text that are shown of a body that takes too long. */
const BEGINNING = 64 * 1024;

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
	await present(message, settings);
	const reasons = quarantineReasons(message);
	if (reasons.length > 0) message.quarantine = { reasons };
	return message;
}

async function present(message: CanonicalMessage, settings: Settings): Promise<void> {
	const { extract, patterns, markdown, sanitize } = settings;
	if (extract.length === 0 && patterns.length === 0 && !markdown && !sanitize) return;
	const { subject, text, html, headers, envelope, to, cc } = message;
	const shown = { subject, text, html, headers, envelope, to, cc };
	// A pattern of the user's may take its whole time on a text however short.
	const size = patterns.length > 0 ? Infinity : text.length + (html?.length ?? 0);
	const presented = await runTask('presentBody', { message: shown, extract, patterns, markdown, sanitize }, size);
	if (presented !== null) {
		Object.assign(message, presented);
		return;
	}
	message.defects.push({
		code: 'limit-time',
		message: 'The body takes too long to convert; the beginning of its text is shown, and nothing was extracted.',
		where: 'html',
	});
	const beginning = text.slice(0, BEGINNING);
	if (markdown) message.markdown = escapeMarkdown(beginning);
	if (!sanitize || html === null) return;
	const { html: safe, ...sanitized } = htmlAsText(beginning);
	Object.assign(message, { html: safe, sanitized });
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
