/** From the node's fields and the item to the bodies and files of one mail. */
import { createHash } from 'node:crypto';
import type { IDataObject, IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';
import { fileName } from '../../lib/email/fileName';
import type { CanonicalMessage } from '../../lib/email/message';
import type { Draft, OutgoingAttachment } from '../../lib/email/smtp/compose';
import { type OutgoingLink, linkOf } from '../../lib/email/smtp/links';
import { withQuote } from '../../lib/email/smtp/quote';
import { runTask } from '../../lib/email/worker/run';
import { InputError } from '../../lib/errors';
import { listOf, textOf } from './optionText';

const HOUR = 3_600_000;
const MEGABYTE = 1_000_000;

/**
 * @param original the mail that is answered, null for a new one
 * @throws InputError `MARKDOWN_TOO_DEEP`, `MARKDOWN_TOO_COSTLY`
 */
export async function bodiesOf(
	context: IExecuteFunctions,
	itemIndex: number,
	options: IDataObject,
	original: CanonicalMessage | null,
): Promise<Pick<Draft, 'text' | 'html'>> {
	const format = context.getNodeParameter('emailFormat', itemIndex, 'text');
	const read = (name: string) => textOf(context.getNodeParameter(name, itemIndex, ''), false);
	const bodies =
		format === 'markdown'
			? await rendered(read('markdown'), options.markdownHtml === true)
			: { text: format === 'html' ? null : read('text'), html: format === 'text' ? null : read('html') };
	return original !== null && options.quote === true ? withQuote(bodies, original) : bodies;
}

async function rendered(markdown: string, allowHtml: boolean): Promise<{ html: string; text: string }> {
	const bodies = await runTask('renderMarkdown', { markdown, allowHtml }, markdown.length);
	if (bodies !== null) return bodies;
	throw new InputError('The Markdown text takes too long to be made into an email', {
		code: 'MARKDOWN_TOO_COSTLY',
		hint: 'Shorten it, or send it as plain text.',
	});
}

/**
 * What is attached, what is shown inline, and what goes as a link because it is heavy.
 * @throws InputError `INPUT_BINARY_MISSING`, `SEND_LINK_INVALID`
 */
export async function filesOf(
	context: IExecuteFunctions,
	item: INodeExecutionData,
	itemIndex: number,
	options: IDataObject,
): Promise<Required<Pick<Draft, 'attachments' | 'links'>>> {
	const { template } = (options.links ?? {}) as { template?: { url?: unknown; threshold?: unknown; hours?: unknown } };
	const url = textOf(template?.url);
	const threshold = url === '' ? Infinity : Number(template?.threshold ?? 10) * MEGABYTE;
	const hours = Number(template?.hours ?? 168);
	const files = await Promise.all(
		listOf(options.attachments).map(async (field) => ({ field, file: await fileOf(context, item, itemIndex, field) })),
	);
	const inline = await Promise.all(
		listOf(options.inlineImages).map(async (field) => ({
			...(await fileOf(context, item, itemIndex, field)),
			contentId: field,
		})),
	);
	const links: OutgoingLink[] = files
		.filter(({ file }) => file.content.length > threshold)
		.map(({ field, file: { filename, content } }) => {
			const sha256 = createHash('sha256').update(content).digest('hex');
			return linkOf(url, { field, filename, size: content.length, sha256 }, hours > 0 ? hours * HOUR : null);
		});
	const attached = files.filter(({ file }) => file.content.length <= threshold).map(({ file }) => file);
	return { attachments: [...attached, ...inline], links };
}

async function fileOf(
	context: IExecuteFunctions,
	item: INodeExecutionData,
	itemIndex: number,
	name: string,
): Promise<OutgoingAttachment> {
	const file = item.binary?.[name];
	if (!file) {
		const present = Object.keys(item.binary ?? {}).join(', ');
		throw new InputError(`This item has no binary field “${name}” to attach`, {
			code: 'INPUT_BINARY_MISSING',
			hint: present === '' ? 'It carries no file at all.' : `It carries: ${present}.`,
		});
	}
	return {
		filename: fileName(file.fileName ?? name) ?? 'unnamed',
		contentType: file.mimeType,
		content: await context.helpers.getBinaryDataBuffer(itemIndex, name),
	};
}
