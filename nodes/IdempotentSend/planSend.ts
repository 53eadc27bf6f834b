/** From the node's fields and the item to one mail and its key. */
import type { IDataObject, IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';
import { parseAddressList } from '../../lib/email/addressList';
import type { EmailAddress } from '../../lib/email/message';
import { type Draft, type OutgoingAttachment, checkDraft } from '../../lib/email/smtp/compose';
import { type ReplyFields, replyFields } from '../../lib/email/smtp/replyDraft';
import { InputError } from '../../lib/errors';
import { type SendRequest, deriveKey } from '../../lib/pipeline/sendRequest';
import { canonicalMessageOf } from '../canonicalInput';
import { stringField } from '../itemField';

export interface PlannedSend extends Omit<SendRequest, 'scope'> {
	/** True for a reply that no person decides on. */
	automatic: boolean;
}

/** @throws InputError `INPUT_NOT_A_MESSAGE`, `INPUT_BINARY_MISSING`, `SEND_*` */
export async function planSend(
	context: IExecuteFunctions,
	item: INodeExecutionData,
	itemIndex: number,
	options: IDataObject,
): Promise<PlannedSend> {
	const isReply = context.getNodeParameter('operation', itemIndex) === 'reply';
	const automatic = isReply && options.automatic !== false;
	const draft: Draft = {
		...(isReply ? replyOf(item, options) : newMail(context, itemIndex)),
		from: oneAddress(textOf(context.getNodeParameter('fromEmail', itemIndex))),
		cc: parseAddressList(textOf(options.cc)),
		bcc: parseAddressList(textOf(options.bcc)),
		replyTo: parseAddressList(textOf(options.replyTo)),
		...bodies(context, itemIndex),
		attachments: [
			...(await attachments(context, item, itemIndex, textOf(options.attachments), false)),
			...(await attachments(context, item, itemIndex, textOf(options.inlineImages), true)),
		],
		headers: [
			...userHeaders(options),
			// RFC 3834 section 5: so that the other side's machine does not answer ours.
			...(automatic ? [{ name: 'Auto-Submitted', value: 'auto-replied' }] : []),
		],
	};
	checkDraft(draft);
	const template = textOf(options.template);
	const templateVersion = textOf(options.templateVersion) || '1';
	return {
		automatic,
		draft,
		key: textOf(options.key) || derivedKey(context, itemIndex, draft, template, templateVersion),
		mailFrom: textOf(options.returnPath) || undefined,
		template: template || null,
		templateVersion,
		stream: textOf(options.stream) || null,
		correlationId: textOf(options.correlationId) || null,
		threadId: stringField(item, 'thread', 'threadId'),
	};
}

function derivedKey(
	context: IExecuteFunctions,
	itemIndex: number,
	draft: Draft,
	template: string,
	templateVersion: string,
): string {
	const event = textOf(context.getNodeParameter('eventId', itemIndex, ''));
	if (event === '') {
		throw new InputError('“Business Event ID” is empty', {
			code: 'SEND_KEY_MISSING',
			hint: 'Set it to what this email is about, such as an order number, so that a repeat can be recognised.',
		});
	}
	return deriveKey({
		event,
		recipients: [...draft.to, ...draft.cc, ...draft.bcc].map(({ address }) => address),
		// The node's id outlives its name, and keeps apart two nodes that answer the same email.
		template: template || `${context.getWorkflow().id ?? ''}:${context.getNode().id}`,
		templateVersion,
	});
}

function newMail(context: IExecuteFunctions, itemIndex: number): ReplyFields {
	return {
		to: parseAddressList(textOf(context.getNodeParameter('toEmail', itemIndex))),
		subject: textOf(context.getNodeParameter('subject', itemIndex)),
		inReplyTo: null,
		references: [],
	};
}

function replyOf(item: INodeExecutionData, options: IDataObject): ReplyFields {
	const message = canonicalMessageOf(item);
	if (message === null) {
		throw new InputError('This item is not a parsed email, so there is nothing to reply to', {
			code: 'INPUT_NOT_A_MESSAGE',
			hint: 'Put a MIME Parse node in front, or choose the operation “Send”.',
		});
	}
	const reply = replyFields(message);
	const to = parseAddressList(textOf(options.to));
	return { ...reply, to: to.length > 0 ? to : reply.to, subject: textOf(options.subject) || reply.subject };
}

function bodies(context: IExecuteFunctions, itemIndex: number): Pick<Draft, 'text' | 'html'> {
	const format = context.getNodeParameter('emailFormat', itemIndex, 'text');
	const read = (name: string) => textOf(context.getNodeParameter(name, itemIndex, ''), false);
	return { text: format === 'html' ? null : read('text'), html: format === 'text' ? null : read('html') };
}

async function attachments(
	context: IExecuteFunctions,
	item: INodeExecutionData,
	itemIndex: number,
	names: string,
	inline: boolean,
): Promise<OutgoingAttachment[]> {
	const fields = names
		.split(',')
		.map((name) => name.trim())
		.filter(Boolean);
	return await Promise.all(
		fields.map(async (name) => {
			const file = item.binary?.[name];
			if (!file) {
				const present = Object.keys(item.binary ?? {}).join(', ');
				throw new InputError(`This item has no binary field “${name}” to attach`, {
					code: 'INPUT_BINARY_MISSING',
					hint: present === '' ? 'It carries no file at all.' : `It carries: ${present}.`,
				});
			}
			return {
				filename: file.fileName ?? name,
				contentType: file.mimeType,
				content: await context.helpers.getBinaryDataBuffer(itemIndex, name),
				...(inline ? { contentId: name } : {}),
			};
		}),
	);
}

function userHeaders(options: IDataObject): Draft['headers'] {
	const rows = (options.headers as { header?: Array<{ name?: unknown; value?: unknown }> } | undefined)?.header ?? [];
	return rows.map(({ name, value }) => ({ name: textOf(name), value: textOf(value, false) }));
}

function oneAddress(text: string): EmailAddress {
	const [first, ...others] = parseAddressList(text);
	if (!first || others.length > 0) {
		throw new InputError('“From Email” must be one address', {
			code: 'SEND_ADDRESS_INVALID',
			hint: 'Write it as support@example.com or Support <support@example.com>.',
		});
	}
	return first;
}

function textOf(value: unknown, trim = true): string {
	const text = typeof value === 'string' ? value : typeof value === 'number' ? String(value) : '';
	return trim ? text.trim() : text;
}
