import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { PassThrough } from 'node:stream';
import { InputError } from '../../errors';
import type { Attachment } from '../message';
import type { AttachmentInfo, AttachmentSink } from '../parse/options';
import { ContentInspector } from './inspect';
import { extensionOf } from './names';
import { applyPolicy, type AttachmentPolicy } from './policy';
import type { ArchiveEntry } from './archives';
import type { AttachmentScan, ScanPolicy, ScanVerdict } from './scan';

/** What the part's headers say. */
export type DeclaredAttachment = Omit<AttachmentInfo, 'detectedType'>;

/** An attachment of the canonical message, with what it holds when it is an archive. */
export interface InspectedAttachment extends Attachment {
	/** Names and sizes within a zip, tar or gzip; absent for everything else. */
	entries?: ArchiveEntry[];
	/** What it was taken out of, when it is no MIME part itself. */
	packedIn?: 'uuencode' | 'yenc' | 'tnef';
}

export interface AttachmentReaderOptions {
	sink: AttachmentSink | undefined;
	policy: AttachmentPolicy | undefined;
	/** Looks for what the sink gets, and what it would get. */
	scan?: ScanPolicy | undefined;
	/** Decoded bytes; the excess is dropped. */
	maxBytes: number;
}

/** So much is held back before the sink is called, for its `detectedType`. */
const HEAD_BYTES = 16 * 1024;
const TNEF = 'application/ms-tnef';
/** A larger TNEF stream is kept packed. */
const TNEF_BYTES = 16 * 1024 * 1024;

/**
 * Takes one attachment's decoded content as it flows by: hashes, counts and inspects it, and hands it to the sink.
 * Holds no more of it than the head and what inspection keeps (some hundred KB).
 */
export class AttachmentReader {
	private readonly hash = createHash('sha256');
	private readonly inspector: ContentInspector;
	private size = 0;
	private head: Buffer[] = [];
	private headBytes = 0;
	private stream: PassThrough | null = null;
	private stored: Promise<string | null> = Promise.resolve(null);
	private scan: AttachmentScan | null = null;
	private settled = false;
	private started = false;
	private detectedType: string | null = null;
	private kept: Buffer[] = [];
	private keptBytes = 0;
	/** Set once the content exceeded the limit. */
	overflow = false;

	constructor(
		readonly declared: DeclaredAttachment,
		private readonly options: AttachmentReaderOptions,
	) {
		this.inspector = new ContentInspector(declared.filename, declared.contentType);
	}

	async write(decoded: Buffer): Promise<void> {
		let chunk = decoded;
		if (this.size + chunk.length > this.options.maxBytes) {
			this.overflow = true;
			chunk = chunk.subarray(0, this.options.maxBytes - this.size);
		}
		if (chunk.length === 0) return;
		this.size += chunk.length;
		this.hash.update(chunk);
		this.inspector.write(chunk);
		if (!this.started) {
			this.head.push(chunk);
			this.headBytes += chunk.length;
			if (this.headBytes >= HEAD_BYTES) await this.start();
			return;
		}
		this.keep(chunk);
		await this.pass(chunk);
	}

	/** All of a TNEF stream once it has ended, to be unpacked; null for everything else and for what is too large. */
	get tnef(): Buffer | null {
		return this.kept.length > 0 && this.keptBytes === this.size ? Buffer.concat(this.kept) : null;
	}

	async end(): Promise<InspectedAttachment> {
		if (!this.started) await this.start();
		const inspection = this.inspector.end(this.detectedType);
		this.stream?.end();
		const { declared } = this;
		const findings = inspection.reasons;
		const outcome = applyPolicy({ ...this.subject(), findings }, this.options.policy);
		const reasons = [...findings, ...outcome.reasons];
		let verdict = outcome.verdict;
		if (this.scan !== null && verdict !== 'stripped') {
			const scanned = this.judgeScan(await this.scan.end());
			if (scanned.reason !== null) reasons.push(scanned.reason);
			if (scanned.refused) verdict = this.options.policy?.action === 'strip' ? 'stripped' : 'quarantined';
		} else {
			this.scan?.abort();
		}
		if (this.overflow) {
			verdict = 'stripped';
			reasons.push(`limit-size: more than ${this.options.maxBytes} bytes`);
		}
		const binary = await this.stored;
		return {
			index: declared.index,
			filename: declared.filename,
			contentType: declared.contentType,
			detectedType: this.detectedType,
			size: this.size,
			sha256: this.hash.digest('hex'),
			disposition: declared.disposition,
			contentId: declared.contentId,
			inline: false,
			verdict,
			reasons,
			binary: verdict === 'stripped' ? null : binary,
			...(inspection.entries === null ? {} : { entries: inspection.entries }),
		};
	}

	/** Ends the sink's stream with an error: the message broke off. */
	abort(cause: Error): void {
		this.stream?.destroy(cause);
		this.scan?.abort();
	}

	/** What a scan found is told always; unknown content is refused only where the user chose so. */
	private judgeScan(verdict: ScanVerdict): { reason: string | null; refused: boolean } {
		if (verdict.status === 'clean') return { reason: null, refused: false };
		if (verdict.status === 'infected') return { reason: `infected: ${verdict.signature}`, refused: true };
		return { reason: `scan-failed: ${verdict.reason}`, refused: this.options.scan?.onFailure !== 'open' };
	}

	private subject(): {
		index: number;
		contentType: string;
		detectedType: string | null;
		extension: string | null;
		size: number;
	} {
		const { index, contentType, filename } = this.declared;
		return { index, contentType, detectedType: this.detectedType, extension: extensionOf(filename), size: this.size };
	}

	/** Detects the type from the head, and opens the sink unless the policy strips the attachment by what is known already. */
	private async start(): Promise<void> {
		this.started = true;
		const head = Buffer.concat(this.head);
		this.head = [];
		this.detectedType = await this.inspector.detect(head);
		this.keep(head);
		const { sink, policy, scan } = this.options;
		if (applyPolicy({ ...this.subject(), findings: [] }, policy).verdict === 'stripped') return;
		this.scan = scan?.scanner.begin() ?? null;
		if (sink !== undefined) this.store(sink);
		if (head.length > 0) await this.pass(head);
	}

	private store(sink: AttachmentSink): void {
		const stream = new PassThrough({ highWaterMark: 64 * 1024 });
		// A sink that gives up on the stream says so by its promise.
		stream.on('error', () => undefined);
		this.stream = stream;
		this.stored = sink({ ...this.declared, detectedType: this.detectedType }, stream).then(
			(name) => {
				this.settle();
				return name;
			},
			(cause: unknown) => {
				this.settle();
				throw new InputError(`Attachment ${this.declared.index + 1} could not be stored.`, {
					code: 'MESSAGE_ATTACHMENT_NOT_STORED',
					hint: 'Check the binary data storage of n8n (mode, free space), then run the item again.',
					retryable: true,
					cause,
				});
			},
		);
		// It is awaited at the end; until then a rejection must not count as unhandled.
		this.stored.catch(() => undefined);
	}

	private keep(chunk: Buffer): void {
		if (this.detectedType !== TNEF || this.size > TNEF_BYTES) {
			this.kept = [];
			return;
		}
		this.kept.push(Buffer.from(chunk));
		this.keptBytes += chunk.length;
	}

	private settle(): void {
		this.settled = true;
		this.stream?.emit('sink-settled');
	}

	private async pass(chunk: Buffer): Promise<void> {
		if (this.scan !== null) await this.scan.write(chunk);
		const { stream } = this;
		if (stream === null || this.settled || stream.destroyed) return;
		if (stream.write(chunk)) return;
		const stop = new AbortController();
		try {
			await Promise.race(
				['drain', 'close', 'sink-settled'].map((event) => once(stream, event, { signal: stop.signal })),
			);
		} catch {
			// The sink destroyed the stream with an error: its own promise tells.
		} finally {
			stop.abort();
		}
	}
}
