import type {
	IBinaryKeyData,
	IDataObject,
	IExecuteFunctions,
	INodeExecutionData,
	INodeType,
	INodeTypeDescription,
} from 'n8n-workflow';
import { NodeConnectionTypes } from 'n8n-workflow';
import type { Authentication, CanonicalMessage } from '../../lib/email/message';
import type { ParseOptions } from '../../lib/email/parse/parseMessage';
import { RECEIVED_SCHEMA } from '../../lib/pipeline/ingest/arrival';
import type { Store } from '../../lib/store';
import { advanceMail } from '../execution';
import { withResult } from '../itemField';
import { eachItem } from '../nodeFailure';
import { openNodeStore, pipelineStoreTest, scopeOf, withOwnStore } from '../pipelineStore';
import { findRawInput, missingRawInput } from '../rawInput';
import { properties } from './MimeParse.description';
import { type KnownBefore, readEmail } from './readEmail';
import { readSettings } from './settings';

const PARSED = 0;
const QUARANTINED = 1;

export class MimeParse implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'MIME Parse',
		name: 'mimeParse',
		icon: { light: 'file:mimeParse.svg', dark: 'file:mimeParse.dark.svg' },
		group: ['transform'],
		version: 1,
		subtitle: 'Read the email',
		description: 'Reads a raw email into one clean message, with its attachments as files',
		defaults: { name: 'MIME Parse' },
		inputs: [NodeConnectionTypes.Main],
		outputs: [NodeConnectionTypes.Main, NodeConnectionTypes.Main],
		outputNames: ['Parsed', 'Quarantined'],
		usableAsTool: true,
		credentials: [{ name: 'pipelineStoreApi', required: true, testedBy: 'pipelineStoreTest', ...withOwnStore }],
		properties,
	};

	methods = { credentialTest: { pipelineStoreTest } };

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		return await eachItem(this, [[], []], QUARANTINED, async (item, itemIndex, outputs) => {
			const options = this.getNodeParameter('options', itemIndex, {});
			const settings = readSettings(this, itemIndex);
			const scope = scopeOf(options);
			let opened: Store | null = null;
			const store = async () => (opened ??= await openNodeStore(this, options, itemIndex));
			try {
				const raw = await findRawInput(this, item, itemIndex, store, scope);
				if (raw === null) throw missingRawInput();
				const binary: IBinaryKeyData = {};
				const { attachmentPrefix } = settings;
				const known: KnownBefore = {
					...knownBefore(item),
					rawRef: raw.ref,
					...(attachmentPrefix === null ? {} : { onAttachment: binarySink(this, attachmentPrefix, binary) }),
				};
				const message = await readEmail(raw.content, known, settings);
				await advanceMail(this, item, store, scope, 'parsed');
				outputs[message.quarantine === undefined ? PARSED : QUARANTINED]?.push({
					json: withResult(
						{
							...(message as unknown as IDataObject),
							...(item.json.ingestion === undefined ? {} : { ingestion: item.json.ingestion }),
						},
						whatComesFirst(message),
					),
					pairedItem: { item: itemIndex },
					...(Object.keys(binary).length > 0 ? { binary } : {}),
				});
			} finally {
				await (opened as Store | null)?.close();
			}
		});
	}
}

function whatComesFirst({ quarantine, extracted }: CanonicalMessage): IDataObject {
	return {
		...(quarantine === undefined ? {} : { quarantine }),
		...(extracted === undefined ? {} : { extracted: { ...extracted } }),
	};
}

/** Files each attachment under n8n's binary data while it streams by. */
function binarySink(
	context: IExecuteFunctions,
	prefix: string,
	binary: IBinaryKeyData,
): NonNullable<ParseOptions['onAttachment']> {
	return async ({ index, filename, contentType }, content) => {
		const name = `${prefix}${index}`;
		binary[name] = await context.helpers.prepareBinaryData(content, filename ?? undefined, contentType);
		return name;
	};
}

/** What the trigger and the provider know of the mail and its bytes do not say. */
function knownBefore(item: INodeExecutionData): Pick<KnownBefore, 'source' | 'envelope' | 'provider'> {
	const { schema, source, envelope, authentication, spam, defects } = item.json;
	return {
		...(isObject(source) ? { source } : {}),
		...(isObject(envelope) ? { envelope } : {}),
		provider:
			schema === RECEIVED_SCHEMA
				? {
						authentication: isObject(authentication) ? (authentication as unknown as Authentication) : null,
						spam: isObject(spam) ? (spam as unknown as NonNullable<CanonicalMessage['spam']>) : null,
						defects: Array.isArray(defects) ? (defects as unknown as CanonicalMessage['defects']) : [],
					}
				: null,
	};
}

function isObject(value: unknown): value is Record<string, unknown> {
	return value !== null && typeof value === 'object' && !Array.isArray(value);
}
