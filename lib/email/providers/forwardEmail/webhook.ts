import { assembleMessage } from '../../webhook/assemble';
import { bounceOf } from '../../webhook/bounceDetail';
import { event, message } from '../../webhook/itemDefaults';
import type { ProviderItem, ProviderMessage, ReadProvider } from '../../webhook/items';
import { firstText, isRecord, jsonOf, list, record, textOf, type JsonRecord } from '../../webhook/json';
import {
	addressesOf,
	addressOf,
	bareId,
	clientOf,
	headerEntries,
	mailFromOf,
	timeOf,
	without,
} from '../../webhook/normalise';
import { authenticationOf } from '../../webhook/verdicts';

/**
 * Forward Email: the mail as mailparser reads it, with `raw`, the results of its checks and the SMTP session; and bounce
 * webhooks. https://forwardemail.net/faq#do-you-support-webhooks
 */
export const readForwardEmail: ReadProvider = (request): ProviderItem[] => {
	const body = record(jsonOf(request));
	if (isRecord(body.bounce) || body.bounce_category !== undefined) return [bounce(body)];
	return [
		body.raw === undefined && body.from === undefined && body.headers === undefined
			? event({ type: 'other', payload: body })
			: inbound(body),
	];
};

function inbound(body: JsonRecord): ProviderMessage {
	const raw = bytesOf(body.raw);
	const session = record(body.session);
	const envelope = record(session.envelope);
	const status = (check: unknown): unknown => record(record(check).status).result;
	return message({
		raw: raw ?? assembleMessage(assembled(body)),
		assembled: raw === null,
		envelope: {
			mailFrom: mailFromOf(envelope.mailFrom ?? session.sender),
			rcptTo: addressesOf(body.recipients ?? session.recipient),
			...clientOf(session.remoteAddress, session.hostNameAppearsAs),
		},
		authentication: authenticationOf({
			spf: status(body.spf),
			spfDomain: record(body.spf).domain,
			dkim: list(record(body.dkim).results).map((result) => ({
				result: status(result),
				domain: record(result).signingDomain,
				selector: record(result).selector,
			})),
			dmarc: status(body.dmarc),
			dmarcPolicy: record(body.dmarc).policy,
		}),
		details: without(body, ['raw', 'text', 'html', 'textAsHtml', 'headers', 'headerLines', 'attachments']),
	});
}

/** Text, or a Buffer as JSON writes it. */
function bytesOf(value: unknown): Buffer | null {
	if (isRecord(value) && Array.isArray(value.data)) return Buffer.from(value.data as number[]);
	return typeof value === 'string' && value !== '' ? Buffer.from(value, 'utf8') : null;
}

function assembled(body: JsonRecord): Parameters<typeof assembleMessage>[0] {
	const lines = list(body.headerLines)
		.map((entry) => textOf(record(entry).line))
		.filter((line) => line !== null);
	return {
		headers: headerEntries(lines.length > 0 ? lines.join('\r\n') : body.headers),
		fallback: {
			From: textOf(record(body.from).text),
			To: textOf(record(body.to).text),
			Cc: textOf(record(body.cc).text),
			Subject: textOf(body.subject),
			'Message-ID': textOf(body.messageId),
			Date: textOf(body.date),
		},
		text: textOf(body.text),
		html: textOf(body.html),
		attachments: list(body.attachments)
			.map(record)
			.map((part) => ({
				filename: textOf(part.filename),
				contentType: textOf(part.contentType),
				content: bytesOf(part.content) ?? Buffer.alloc(0),
				contentId: firstText(part.cid, part.contentId),
				inline: part.related === true,
			})),
	};
}

function bounce(body: JsonRecord): ProviderItem {
	const detail = record(body.bounce);
	const failed = (textOf(detail.action) ?? textOf(body.action)) !== 'defer';
	return event({
		type: failed ? 'bounced' : 'deferred',
		providerType: failed ? 'bounce' : 'defer',
		occurredAt: timeOf(body.bounced_at ?? body.date),
		providerMessageId: textOf(body.email_id),
		messageId: bareId(body.messageId ?? body.message_id),
		recipient: addressOf(body.recipient),
		payload: body,
		bounce: bounceOf({
			status: detail.status,
			replyCode: body.response_code ?? detail.code,
			diagnostic: firstText(body.response, detail.message),
		}),
	});
}
