import type {
	IBinaryKeyData,
	IDataObject,
	IExecuteFunctions,
	INodeExecutionData,
	INodeType,
	INodeTypeDescription,
} from 'n8n-workflow';
import { NodeConnectionTypes } from 'n8n-workflow';
import type { AttachmentPolicy } from '../../lib/email/attachments/policy';
import type { CanonicalMessage } from '../../lib/email/message';
import { type ParseOptions, parseMessage } from '../../lib/email/parse/parseMessage';
import { completeMessage } from '../../lib/email/webhook/read';
import { RECEIVED_SCHEMA } from '../../lib/pipeline/arrival';
import type { Store } from '../../lib/store';
import { eachItem } from '../nodeFailure';
import { openNodeStore, pipelineStoreTest, scopeOf, withOwnStore } from '../pipelineStore';
import { findRawInput, ingestionKeyOf, missingRawInput } from '../rawInput';
import { properties } from './MimeParse.description';

const PARSED = 0;
const QUARANTINED = 1;
const MEGABYTE = 1024 * 1024;

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
			const scope = scopeOf(options);
			let opened: Store | null = null;
			const store = async () => (opened ??= await openNodeStore(this, options, itemIndex));
			try {
				const raw = await findRawInput(this, item, itemIndex, store, scope);
				if (raw === null) throw missingRawInput();
				const binary: IBinaryKeyData = {};
				const parsed = await parseMessage(raw.content, {
					...parseOptionsOf(options),
					...knownBefore(item),
					rawRef: raw.ref,
					...(options.attachments === false ? {} : { onAttachment: binarySink(this, options, binary) }),
				});
				const message = withProviderFindings(parsed, item);
				const ingestionKey = ingestionKeyOf(item);
				if (ingestionKey !== null) await (await store()).ingestion.advance(scope, ingestionKey, 'parsed');
				outputs[isQuarantined(message) ? QUARANTINED : PARSED]?.push({
					json: {
						...(message as unknown as IDataObject),
						...(item.json.ingestion === undefined ? {} : { ingestion: item.json.ingestion }),
					},
					pairedItem: { item: itemIndex },
					...(Object.keys(binary).length > 0 ? { binary } : {}),
				});
			} finally {
				await (opened as Store | null)?.close();
			}
		});
	}
}

/** Files each attachment under n8n's binary data while it streams by. */
function binarySink(
	context: IExecuteFunctions,
	options: IDataObject,
	binary: IBinaryKeyData,
): NonNullable<ParseOptions['onAttachment']> {
	const prefix = typeof options.attachmentPrefix === 'string' ? options.attachmentPrefix : 'attachment_';
	return async ({ index, filename, contentType }, content) => {
		const name = `${prefix}${index}`;
		binary[name] = await context.helpers.prepareBinaryData(content, filename ?? undefined, contentType);
		return name;
	};
}

/** What the trigger knows of the mail and its bytes do not say. */
function knownBefore(item: INodeExecutionData): Pick<ParseOptions, 'source' | 'envelope'> {
	const { source, envelope } = item.json;
	return {
		...(isObject(source) ? { source: source } : {}),
		...(isObject(envelope) ? { envelope: envelope } : {}),
	};
}

/** What the provider that handed the mail over found out about it. */
function withProviderFindings(message: CanonicalMessage, item: INodeExecutionData): CanonicalMessage {
	const { schema, authentication, spam, defects } = item.json;
	if (schema !== RECEIVED_SCHEMA) return message;
	return completeMessage(message, {
		authentication: isObject(authentication) ? (authentication as unknown as CanonicalMessage['authentication']) : null,
		spam: isObject(spam) ? (spam as unknown as NonNullable<CanonicalMessage['spam']>) : null,
		defects: Array.isArray(defects) ? (defects as unknown as CanonicalMessage['defects']) : [],
	});
}

function parseOptionsOf(options: IDataObject): ParseOptions {
	const policy: AttachmentPolicy = {
		action: options.forbiddenAction === 'strip' ? 'strip' : 'quarantine',
		...(options.refuseDangerous === true ? { denyFindings: 'any' } : {}),
		...listOption(options.deniedExtensions, 'denyExtensions'),
		...listOption(options.allowedTypes, 'allowTypes'),
		...(typeof options.maxAttachmentSize === 'number' ? { maxSize: options.maxAttachmentSize * MEGABYTE } : {}),
	};
	return {
		policy,
		...(typeof options.maxMessageSize === 'number'
			? { limits: { messageBytes: options.maxMessageSize * MEGABYTE } }
			: {}),
		...listOption(options.trustedHosts, 'trustedAuthservIds'),
	};
}

function listOption<Name extends string>(value: unknown, name: Name): Partial<Record<Name, string[]>> {
	const entries = typeof value === 'string' ? value.split(',').map((entry) => entry.trim()) : [];
	const filled = entries.filter(Boolean);
	return filled.length === 0 ? {} : ({ [name]: filled } as Record<Name, string[]>);
}

function isQuarantined(message: CanonicalMessage): boolean {
	return message.attachments.some(({ verdict }) => verdict === 'quarantined');
}

function isObject(value: unknown): value is Record<string, unknown> {
	return value !== null && typeof value === 'object' && !Array.isArray(value);
}
