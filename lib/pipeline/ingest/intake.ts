/** Makes what arrives durable: archive raw → record. */
import type { Readable } from 'node:stream';
import { StoreError } from '../../errors';
import type { ArchiveEntry, IngestionRecord, JsonObject, MailIdentity, NewIngestion } from '../../store/store';
import type { Backlog } from './backlog';
import type { QueueOptions } from './queueOptions';

export interface Arrival {
	key: string;
	raw: Buffer | Readable;
	/** Called with what the archive knows of the bytes. */
	describe: (raw: { ref: string; sha256: string; size: number }) => Promise<Described>;
}

export interface Described {
	contentKey: string | null;
	metadata: JsonObject;
	subjects?: string[];
	/** What the mail is, as far as its source says; kept when the record is purged. */
	mail?: MailIdentity;
	/** Added to the key of the arrival, where the same address may bring another mail. */
	keySuffix?: string;
}

export interface Intake {
	/** @see Feed.receive */
	receive(arrival: Arrival, signal?: AbortSignal): Promise<{ created: boolean; record: IngestionRecord }>;
	/** @see Feed.receiveTogether */
	receiveTogether(arrivals: ReadonlyArray<Arrival & { raw: Buffer }>, signal?: AbortSignal): Promise<void>;
}

/** @param onReceived something is there to be emitted */
export function createIntake(options: QueueOptions, backlog: Backlog, onReceived: () => void): Intake {
	const { store, scope, feed } = options;

	/** Between archiving and recording, another feed of the scope may have reduced the same content. */
	async function insistOnContent(entry: ArchiveEntry, raw: Buffer | Readable): Promise<void> {
		if (entry.mode !== 'full') return;
		const now = await store.archive.stat(scope, entry.ref);
		if (now?.mode === 'full' && now.purgedAt === null) return;
		if (Buffer.isBuffer(raw)) {
			await store.archive.put(scope, raw);
			return;
		}
		throw new StoreError('Another pipeline has just given up the raw content of this mail', {
			code: 'ARCHIVE_REDUCED',
			hint: 'It is fetched again.',
			retryable: true,
			record: { ref: entry.ref },
		});
	}

	/** A mail that is known and comes again, as after a lost connection, has brought back what was to be kept no longer. */
	async function letGoOfContent({ ref }: ArchiveEntry): Promise<void> {
		const { keep = 'full' } = options;
		if (keep !== 'full') await store.archive.reduce(scope, ref, keep);
	}

	/** Puts the raw bytes into the archive. @returns what is to be recorded of the mail */
	async function archived({
		key,
		raw,
		describe,
	}: Arrival): Promise<{ archiveEntry: ArchiveEntry; entry: NewIngestion }> {
		const keep = options.keep ?? 'full';
		const archiveEntry = await store.archive.put(scope, raw);
		const { contentKey, metadata, subjects, mail, keySuffix = '' } = await describe(archiveEntry);
		const entry = {
			scope,
			key: `${key}${keySuffix}`,
			feed,
			rawRef: archiveEntry.ref,
			contentKey,
			metadata,
			keep,
			owesCare: options.act !== undefined || keep !== 'full',
			...(subjects ? { subjects } : {}),
			...(mail ? { mail } : {}),
		};
		return { archiveEntry, entry };
	}

	return {
		async receive(arrival, signal) {
			await backlog.room(signal);
			const { archiveEntry, entry } = await archived(arrival);
			const { created, record } = await store.ingestion.record(entry);
			if (created) backlog.added(1);
			if (record.stage === 'received') {
				await insistOnContent(archiveEntry, arrival.raw);
				onReceived();
			} else await letGoOfContent(archiveEntry);
			return { created, record };
		},
		async receiveTogether(arrivals, signal) {
			await backlog.room(signal);
			// The disk is waited for once, for all of them.
			const mails = await Promise.all(
				arrivals.map(async (arrival) => ({ raw: arrival.raw, ...(await archived(arrival)) })),
			);
			const created = await store.ingestion.recordTogether(
				mails.map(({ entry }) => entry),
				true,
			);
			backlog.added(created.size);
			for (const { raw, archiveEntry, entry } of mails) {
				const isNew = created.has(entry.key);
				const waits = isNew || (await store.ingestion.get(scope, entry.key))?.stage === 'received';
				await (waits ? insistOnContent(archiveEntry, raw) : letGoOfContent(archiveEntry));
			}
			onReceived();
		},
	};
}
