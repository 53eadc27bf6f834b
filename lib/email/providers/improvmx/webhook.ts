import { assembleMessage, type AssembledAttachment } from '../../webhook/assemble';
import { event, message } from '../../webhook/itemDefaults';
import type { ProviderItem, ReadProvider } from '../../webhook/items';
import { jsonOf, list, record, textOf } from '../../webhook/json';
import {
	addressesOf,
	addressHeader,
	bareId,
	base64Bytes,
	headerEntries,
	headerIn,
	mailFromOf,
	without,
} from '../../webhook/normalise';
import { authenticationOf, spamOf } from '../../webhook/verdicts';

/** ImprovMX: inbound mail as JSON. https://improvmx.com/guides/webhooks/ */
export const readImprovMx: ReadProvider = (request): ProviderItem[] => {
	const body = record(jsonOf(request));
	if (body.from === undefined && body.headers === undefined) return [event({ type: 'other', payload: body })];
	const headers = headerEntries(body.headers);
	const messageId = bareId(body['message-id']);
	const deliveredTo = addressesOf(headerIn(headers, 'delivered-to') ?? []);
	return [
		message({
			raw: assembleMessage({
				headers,
				fallback: {
					From: addressHeader(body.from),
					To: addressHeader(body.to),
					Subject: textOf(body.subject),
					Date: textOf(body.date),
					'Message-ID': messageId === null ? null : `<${messageId}>`,
				},
				text: textOf(body.text),
				html: textOf(body.html),
				attachments: [...parts(body.attachments, false), ...parts(body.inlines, true)],
			}),
			assembled: true,
			envelope: {
				mailFrom: mailFromOf(body['return-path']),
				rcptTo: deliveredTo.length > 0 ? deliveredTo : addressesOf(body.to ?? []),
			},
			authentication: authenticationOf({ spf: headerIn(headers, 'received-spf') }),
			spam: spamOf('improvmx', null, headerIn(headers, 'x-spam-flag')),
			details: without(body, ['headers', 'text', 'html', 'attachments', 'inlines']),
		}),
	];
};

function parts(value: unknown, inline: boolean): AssembledAttachment[] {
	return list(value)
		.map(record)
		.map((part) => ({
			filename: textOf(part.name),
			contentType: textOf(part.type),
			content:
				part.encoding === 'base64' || part.encoding === undefined
					? base64Bytes(part.content)
					: Buffer.from(textOf(part.content) ?? '', 'utf8'),
			contentId: textOf(part.cid),
			inline,
		}));
}
