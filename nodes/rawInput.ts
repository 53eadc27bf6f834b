/** Finds the raw message an item carries: a reference into the archive, a binary file, or text. */
import type { Readable } from 'node:stream';
import type { IExecuteFunctions, INodeExecutionData, INodeProperties } from 'n8n-workflow';
import { InputError } from '../lib/errors';
import type { Store } from '../lib/store';
import { stringField } from './itemField';

export const rawInputProperties: INodeProperties[] = [
	{
		displayName: 'Raw Message From',
		name: 'input',
		type: 'options',
		options: [
			{
				name: 'Item (Automatic)',
				value: 'auto',
				description: 'What the triggers of this package emit, else the first file that the item carries',
			},
			{ name: 'Binary File', value: 'binary', description: 'An .eml file in a binary field of the item' },
			{ name: 'Text', value: 'text', description: 'The source of a message as text' },
		],
		default: 'auto',
		description: 'Where the bytes of the message are',
	},
	{
		displayName: 'Input Binary Field',
		name: 'binaryPropertyName',
		type: 'string',
		default: 'data',
		required: true,
		placeholder: 'e.g. data',
		hint: 'The name of the input field containing the file to be read',
		displayOptions: { show: { input: ['binary'] } },
	},
	{
		displayName: 'Message Source',
		name: 'rawText',
		type: 'string',
		typeOptions: { rows: 4 },
		default: '',
		required: true,
		placeholder: 'e.g. {{ $json.raw }}',
		description: 'Headers, an empty line, and the body, as in an .eml file',
		displayOptions: { show: { input: ['text'] } },
	},
];

export interface RawInput {
	content: Buffer | Readable;
	/** Archive reference; null when the bytes did not come from the archive. */
	ref: string | null;
}

/**
 * @returns null when `auto` finds neither a reference nor a file
 * @throws InputError `INPUT_BINARY_MISSING`, `INPUT_TEXT_MISSING`; StoreError when the archive does not have it
 */
export async function findRawInput(
	context: IExecuteFunctions,
	item: INodeExecutionData,
	itemIndex: number,
	store: () => Promise<Store>,
	scope: string,
): Promise<RawInput | null> {
	const input = context.getNodeParameter('input', itemIndex, 'auto');
	switch (input) {
		case 'text': {
			const text = context.getNodeParameter('rawText', itemIndex, '');
			if (typeof text !== 'string' || text === '') {
				throw new InputError('The message source is empty', {
					code: 'INPUT_TEXT_MISSING',
					hint: 'Point “Message Source” to the field that holds the source of the message.',
				});
			}
			return { content: Buffer.from(text, 'utf8'), ref: null };
		}
		case 'binary': {
			const name: unknown = context.getNodeParameter('binaryPropertyName', itemIndex, 'data');
			if (typeof name !== 'string') throw missingRawInput();
			if (!item.binary?.[name]) {
				const present = Object.keys(item.binary ?? {}).join(', ');
				throw new InputError(`This item has no binary field “${name}”`, {
					code: 'INPUT_BINARY_MISSING',
					hint: present === '' ? 'It carries no file at all.' : `It carries: ${present}.`,
				});
			}
			return await openBinary(context, item, name);
		}
		default: {
			const ref = stringField(item, 'raw', 'ref');
			if (ref !== null) return { content: await (await store()).archive.open(scope, ref), ref };
			const name = Object.keys(item.binary ?? {})[0];
			return name === undefined ? null : await openBinary(context, item, name);
		}
	}
}

export function missingRawInput(): InputError {
	return new InputError('This item carries no email', {
		code: 'INPUT_MISSING',
		hint: 'Connect a trigger of this package, or set “Raw Message From” to where the message is.',
	});
}

async function openBinary(context: IExecuteFunctions, item: INodeExecutionData, name: string): Promise<RawInput> {
	const file = item.binary?.[name];
	if (!file) throw missingRawInput();
	const content = file.id ? await context.helpers.getBinaryStream(file.id) : Buffer.from(file.data, 'base64');
	return { content, ref: null };
}

/** The key under which a trigger recorded this mail, so that anyone can see how far it got. */
export function ingestionKeyOf(item: INodeExecutionData): string | null {
	return stringField(item, 'ingestion', 'key');
}
