import { assembleMessage, type AssembledAttachment } from '../../webhook/assemble';
import { fieldBytes, fieldOf, formOf, hasForm, type Form } from '../../webhook/form';
import { event, message } from '../../webhook/itemDefaults';
import type { ProviderItem, ProviderMessage, ReadProvider, RemoteContent } from '../../webhook/items';
import { firstText, jsonOf, list, record, textOf, type JsonRecord } from '../../webhook/json';
import { addressesOf, base64Bytes, clientOf, headerEntries, mailFromOf, without } from '../../webhook/normalise';
import { authenticationOf } from '../../webhook/verdicts';

/** CloudMailin: JSON (normalised and the older hash), multipart (normalised, and raw in `message`). https://docs.cloudmailin.com/http_post_formats/ */
export const readCloudMailin: ReadProvider = (request): ProviderItem[] => {
	if (hasForm(request)) return [fromForm(formOf(request))];
	const body = record(jsonOf(request));
	if (body.envelope === undefined && body.headers === undefined) return [event({ type: 'other', payload: body })];
	const parts = list(body.attachments).map(record);
	return [
		inbound(
			body,
			null,
			parts.map(attachmentOf).filter((part) => part !== null),
			parts.flatMap(remoteOf),
		),
	];
};

function inbound(
	body: JsonRecord,
	raw: Buffer | null,
	attachments: AssembledAttachment[],
	remote: RemoteContent[],
): ProviderMessage {
	const envelope = record(body.envelope);
	const spf = record(envelope.spf);
	return message({
		raw:
			raw ??
			assembleMessage({
				headers: headerEntries(headersOf(body.headers)),
				text: textOf(body.plain),
				html: textOf(body.html),
				attachments,
			}),
		assembled: raw === null,
		envelope: {
			mailFrom: mailFromOf(envelope.from),
			rcptTo: addressesOf(list(envelope.recipients).length > 0 ? envelope.recipients : (envelope.to ?? [])),
			...clientOf(envelope.remote_ip, envelope.helo_domain),
		},
		authentication: authenticationOf({ spf: spf.result, spfDomain: spf.domain }),
		remote,
		details: { ...without(body, ['headers', 'plain', 'html', 'attachments', 'message']) },
	});
}

/** The normalised format writes header names as `message_id`; they become `message-id`. */
function headersOf(headers: unknown): Record<string, unknown> {
	return Object.fromEntries(Object.entries(record(headers)).map(([name, value]) => [name.replaceAll('_', '-'), value]));
}

function attachmentOf(part: JsonRecord): AssembledAttachment | null {
	if (part.content === undefined) return null;
	const contentId = textOf(part.content_id);
	return {
		filename: textOf(part.file_name),
		contentType: textOf(part.content_type),
		content: base64Bytes(part.content),
		contentId,
		inline: part.disposition === 'inline' || contentId !== null,
	};
}

/** With an attachment store, the parts hold URLs instead of content. */
function remoteOf(part: JsonRecord): RemoteContent[] {
	return part.content === undefined
		? [{ kind: 'attachment', url: textOf(part.url), id: null, filename: textOf(part.file_name) }]
		: [];
}

/** Multipart names nested values `envelope[from]`, `headers[Received][0]`, and repeats the name of a list. */
function fromForm(form: Form): ProviderMessage {
	const nested = (object: string): Record<string, string[]> => {
		const values = Object.create(null) as Record<string, string[]>;
		for (const { name, value } of form.fields) {
			const key = new RegExp(`^${object}\\[([^\\]]+)\\]`).exec(name)?.[1];
			if (key !== undefined) values[key] = [...(values[key] ?? []), value];
		}
		return values;
	};
	const envelope = nested('envelope');
	const message = fieldBytes(form, 'message') ?? form.files.find(({ name }) => name === 'message')?.content ?? null;
	const body = {
		envelope: {
			from: envelope.from?.[0],
			to: envelope.to?.[0],
			recipients: envelope.recipients ?? [],
			remote_ip: envelope.remote_ip?.[0],
			helo_domain: envelope.helo_domain?.[0],
			spf: { result: fieldOf(form, 'envelope[spf][result]'), domain: fieldOf(form, 'envelope[spf][domain]') },
		},
		headers: nested('headers'),
		plain: fieldOf(form, 'plain'),
		html: fieldOf(form, 'html'),
		reply_plain: firstText(fieldOf(form, 'reply_plain')),
	};
	const files = form.files
		.filter(({ name }) => name !== 'message')
		.map(({ filename, contentType, content }) => ({ filename, contentType, content }));
	return inbound(body, message, files, []);
}
