/** From the node's fields and the item to one mail and its key. */
import type { IDataObject, IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';
import { parseAddressList } from '../../lib/email/addressList';
import type { EmailAddress } from '../../lib/email/message';
import { type Draft, checkDraft } from '../../lib/email/smtp/compose';
import { unsubscribeHeaders } from '../../lib/email/smtp/listUnsubscribe';
import { type ReplyAudience, type ReplyFields, replyFields } from '../../lib/email/smtp/replyDraft';
import { withWireAddresses } from '../../lib/email/smtp/wireAddress';
import { InputError } from '../../lib/errors';
import type { JsonObject } from '../../lib/store';
import { type SendRequest, deriveKey } from '../../lib/pipeline/send/sendRequest';
import { canonicalMessageOf } from '../canonicalInput';
import { stringField } from '../itemField';
import { bodiesOf, filesOf } from './planContent';
import { listOf, textOf } from './optionText';

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
	const from = oneAddress(textOf(context.getNodeParameter('fromEmail', itemIndex)));
	const fields = isReply ? replyOf(item, options, from) : newMail(context, itemIndex);
	const asked: Draft = {
		...fields,
		from,
		cc: [...fields.cc, ...parseAddressList(textOf(options.cc))],
		bcc: parseAddressList(textOf(options.bcc)),
		replyTo: parseAddressList(textOf(options.replyTo)),
		...(await bodiesOf(context, itemIndex, options, isReply ? canonicalMessageOf(item) : null)),
		...(await filesOf(context, item, itemIndex, options)),
		headers: [
			...unsubscribeOf(options),
			...userHeaders(options),
			// RFC 3834 section 5: so that the other side's machine does not answer ours.
			...(automatic ? [{ name: 'Auto-Submitted', value: 'auto-replied' }] : []),
		],
	};
	checkDraft(asked);
	const draft = withWireAddresses(asked);
	const template = textOf(options.template);
	const templateVersion = textOf(options.templateVersion) || '1';
	return {
		automatic,
		draft,
		key: textOf(options.key) || derivedKey(context, itemIndex, draft, { template, templateVersion, options }),
		caseSensitive: options.caseSensitive === true,
		mailFrom: textOf(options.returnPath) || undefined,
		verp: options.verp === true,
		replyToken: options.replyToken === true ? (draft.replyTo[0] ?? draft.from).address : null,
		tags: listOf(options.tags),
		metadata: metadataOf(options.metadata),
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
	{ template, templateVersion, options }: { template: string; templateVersion: string; options: IDataObject },
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
		caseSensitive: options.caseSensitive === true,
	});
}

function newMail(context: IExecuteFunctions, itemIndex: number): ReplyFields {
	return {
		to: parseAddressList(textOf(context.getNodeParameter('toEmail', itemIndex))),
		subject: textOf(context.getNodeParameter('subject', itemIndex)),
		cc: [],
		inReplyTo: null,
		references: [],
	};
}

function replyOf(item: INodeExecutionData, options: IDataObject, from: EmailAddress): ReplyFields {
	const message = canonicalMessageOf(item);
	if (message === null) {
		throw new InputError('This item is not a parsed email, so there is nothing to reply to', {
			code: 'INPUT_NOT_A_MESSAGE',
			hint: 'Put a MIME Parse node in front, or choose the operation “Send”.',
		});
	}
	const own = [
		from.address,
		...message.envelope.rcptTo,
		...parseAddressList(textOf(options.ownAddresses)).map(addressOf),
	];
	const reply = replyFields(message, audienceOf(options.audience), own);
	const to = parseAddressList(textOf(options.to));
	const people = to.length > 0 ? { to, cc: [] } : { to: reply.to, cc: reply.cc };
	return { ...reply, ...people, subject: textOf(options.subject) || reply.subject };
}

function unsubscribeOf(options: IDataObject): Draft['headers'] {
	const { header } = (options.unsubscribe ?? {}) as { header?: Record<string, unknown> };
	if (!header) return [];
	const url = textOf(header.url) || null;
	return unsubscribeHeaders({
		url,
		email: textOf(header.email) || null,
		subject: textOf(header.subject) || null,
		oneClick: url !== null && header.oneClick !== false,
	});
}

/** @throws InputError `INPUT_INVALID` */
function metadataOf(value: unknown): JsonObject {
	if (value === undefined || value === null || value === '') return {};
	try {
		const read: unknown = typeof value === 'string' ? JSON.parse(value) : value;
		if (read !== null && typeof read === 'object' && !Array.isArray(read)) return read as JsonObject;
	} catch {
		// Said below.
	}
	throw new InputError('“Metadata” is not a JSON object', {
		code: 'INPUT_INVALID',
		hint: 'Write it as {"approvedBy": "ann"}, or give an expression that returns an object.',
	});
}

function audienceOf(value: unknown): ReplyAudience {
	return value === 'all' || value === 'list' ? value : 'sender';
}

function addressOf({ address }: EmailAddress): string {
	return address;
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
