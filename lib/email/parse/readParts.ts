import type { Readable } from 'node:stream';
import { AttachmentReader, type InspectedAttachment } from '../attachments/attachmentReader';
import type { AttachmentPolicy } from '../attachments/policy';
import type { ScanPolicy } from '../attachments/scan';
import { type TnefBody, tnefBody, unpackTnef } from '../attachments/tnef';
import { InputError, PipelineError } from '../../errors';
import { fileName } from '../fileName';
import { isBodyPart } from './bodies';
import type { Defects } from './defects';
import type { AttachmentSink, ParseLimits } from './options';
import { mediaTypeOfName, type Part } from './part';
import { feedRaw, type RawDigest } from './rawFeed';
import { type StructureEvent, StructureSplitter } from './splitter';
import { transferDecoder, type TransferDecoder } from './transferDecoding';

export interface ReadOptions {
	limits: ParseLimits;
	policy: AttachmentPolicy | undefined;
	scan: ScanPolicy | undefined;
	sink: AttachmentSink | undefined;
}

/** The message taken apart: its tree, its text still in the charset of the producer, its attachments. */
export interface ReadMessage {
	root: Part;
	raw: RawDigest;
	/** Decoded bytes of each part that is text of the message. */
	texts: Map<Part, Buffer>;
	/** Depth first; what is packed in one follows it. */
	attachments: InspectedAttachment[];
	/** Text of the message that a TNEF part holds. */
	packedBody: { part: Part; body: TnefBody } | null;
	/** Takes one more attachment that was found within a part. */
	addAttachment: (file: PackedFile) => Promise<void>;
}

/** A file that is no MIME part of its own. */
export interface PackedFile {
	packedIn: 'uuencode' | 'yenc' | 'tnef';
	filename: string;
	contentType: string;
	contentId: string | null;
	content: Buffer;
}

interface OpenLeaf {
	part: Part;
	decoder: TransferDecoder;
	/** Null for an attachment beyond the limit. */
	target: TextTarget | AttachmentReader | null;
}

/** Collects text up to what is left of the limit. */
class TextTarget {
	readonly chunks: Buffer[] = [];

	constructor(private readonly budget: { left: number }) {}

	/** False when the limit cut something off. */
	write(chunk: Buffer): boolean {
		const taken = chunk.length > this.budget.left ? chunk.subarray(0, this.budget.left) : chunk;
		this.budget.left -= taken.length;
		if (taken.length > 0) this.chunks.push(taken);
		return taken.length === chunk.length;
	}
}

/** Reads a raw message part by part, in one pass, with attachments flowing to the sink. */
export async function readParts(raw: Buffer | Readable, options: ReadOptions, defects: Defects): Promise<ReadMessage> {
	const { limits } = options;
	const splitter = new StructureSplitter(
		{ parts: limits.parts, depth: limits.depth, headerBytes: limits.headerBytes },
		defects,
	);
	const reader = new PartReader(options, defects);
	const feeding = feedRaw(raw, splitter, limits.messageBytes, defects).catch((cause: unknown) => {
		splitter.destroy(cause instanceof Error ? cause : new Error(String(cause)));
		return null;
	});
	try {
		for await (const event of splitter as AsyncIterable<StructureEvent>) await reader.take(event);
		await reader.close();
	} catch (cause) {
		reader.abort(cause);
		splitter.destroy();
		await feeding;
		if (cause instanceof PipelineError) throw cause;
		throw new InputError('The raw message could not be read to its end.', {
			code: 'MESSAGE_UNREADABLE',
			hint: 'Check that the archived or binary content is still there, then run the item again.',
			retryable: true,
			cause,
		});
	}
	const digest = await feeding;
	if (digest === null)
		throw new InputError('The raw message could not be read to its end.', {
			code: 'MESSAGE_UNREADABLE',
			retryable: true,
		});
	return {
		root: splitter.root,
		raw: digest,
		texts: reader.texts,
		attachments: reader.attachments,
		packedBody: reader.packedBody,
		addAttachment: (file) => reader.addAttachment(file),
	};
}

class PartReader {
	readonly texts = new Map<Part, Buffer>();
	readonly attachments: InspectedAttachment[] = [];
	packedBody: ReadMessage['packedBody'] = null;
	private readonly budget: { left: number };
	private count = 0;
	private leaf: OpenLeaf | null = null;

	constructor(
		private readonly options: ReadOptions,
		private readonly defects: Defects,
	) {
		this.budget = { left: options.limits.textBytes };
	}

	async take(event: StructureEvent): Promise<void> {
		if (event.type === 'node') {
			await this.close();
			if (event.leaf) this.open(event);
		} else if (event.type === 'body' && this.leaf !== null) {
			await this.write(this.leaf, this.leaf.decoder.write(event.value));
		}
	}

	/** Ends the leaf that is open. */
	async close(): Promise<void> {
		const { leaf } = this;
		if (leaf === null) return;
		this.leaf = null;
		await this.write(leaf, leaf.decoder.end());
		if (leaf.target instanceof TextTarget) this.texts.set(leaf.part, Buffer.concat(leaf.target.chunks));
		else if (leaf.target !== null) await this.closeAttachment(leaf.target, leaf.part);
	}

	private async closeAttachment(reader: AttachmentReader, part: Part): Promise<void> {
		this.attachments.push(await this.finish(reader, part.path || undefined));
		const { tnef } = reader;
		if (tnef === null) return;
		const body = this.packedBody === null ? tnefBody(tnef) : null;
		if (body !== null) this.packedBody = { part, body };
		for (const { filename, contentType, contentId, content } of unpackTnef(tnef)) {
			const name = fileName(filename) ?? 'unnamed';
			await this.addAttachment({
				packedIn: 'tnef',
				filename: name,
				contentType: contentType ?? mediaTypeOfName(name),
				contentId,
				content,
			});
		}
	}

	async addAttachment({ packedIn, filename, contentType, contentId, content }: PackedFile): Promise<void> {
		const reader = this.attachmentReader({ filename, contentType, disposition: 'attachment', contentId });
		if (reader === null) return;
		await reader.write(content);
		this.attachments.push({ ...(await this.finish(reader, undefined)), packedIn });
	}

	/** The message broke off: whoever stores its open attachment must not wait for more. */
	abort(cause: unknown): void {
		if (this.leaf?.target instanceof AttachmentReader)
			this.leaf.target.abort(cause instanceof Error ? cause : new Error(String(cause)));
	}

	private open(part: Part): void {
		const decoder = transferDecoder(part.encoding, this.defects, part.path || undefined);
		const { filename, contentType, disposition, contentId } = part;
		const target = isBodyPart(part)
			? new TextTarget(this.budget)
			: this.attachmentReader({ filename, contentType, disposition, contentId });
		this.leaf = { part, decoder, target };
	}

	private attachmentReader(
		declared: Pick<Part, 'filename' | 'contentType' | 'disposition' | 'contentId'>,
	): AttachmentReader | null {
		const { limits, policy, scan, sink } = this.options;
		if (this.count >= limits.attachments) {
			this.defects.add(
				'limit-attachments',
				`The message has more than ${limits.attachments} attachments; the rest was left out.`,
			);
			return null;
		}
		return new AttachmentReader(
			{ index: this.count++, ...declared },
			{ policy, scan, sink, maxBytes: limits.attachmentBytes },
		);
	}

	private async write(leaf: OpenLeaf, decoded: Buffer): Promise<void> {
		if (leaf.target === null || decoded.length === 0) return;
		if (leaf.target instanceof AttachmentReader) return leaf.target.write(decoded);
		if (!leaf.target.write(decoded)) {
			this.defects.add(
				'limit-text',
				`The text is longer than ${this.options.limits.textBytes} bytes; the rest was left out.`,
				leaf.part.path || undefined,
			);
		}
	}

	private async finish(reader: AttachmentReader, where: string | undefined): Promise<InspectedAttachment> {
		const attachment = await reader.end();
		if (reader.overflow) {
			this.defects.add(
				'limit-attachment',
				`Attachment ${reader.declared.index + 1} is longer than ${this.options.limits.attachmentBytes} bytes.`,
				where,
			);
		}
		return attachment;
	}
}
