import type { Readable } from 'node:stream';
import type { Millis } from './values';

/** How much of a raw message is kept: all of it, the header section, or just its hash and size. */
export type ArchiveMode = 'full' | 'headers' | 'hash';

export interface ArchiveEntry {
	/** `sha256:<hex>`, to be opened in the same scope. */
	ref: string;
	sha256: string;
	/** Of the raw bytes, whatever part of them is kept. */
	size: number;
	mode: ArchiveMode;
	storedAt: Millis;
	/** Set once the content was purged or erased; the tombstone stays. */
	purgedAt: Millis | null;
}

/** The raw messages: content-addressed, deduplicated, compressed, encrypted when a key is set. */
export interface Archive {
	/**
	 * Stores the bytes once per scope and hash; the same bytes again change nothing, unless they were purged or the mode
	 * keeps more than before.
	 */
	put(scope: string, content: Buffer | Readable, options?: { mode?: ArchiveMode }): Promise<ArchiveEntry>;
	/**
	 * The bytes as a stream, hash-checked at the end. Of an entry in mode `headers` it is the header section.
	 * @throws StoreError `ARCHIVE_NOT_FOUND`, `ARCHIVE_PURGED`, `ARCHIVE_CONTENT_NOT_KEPT`, `ARCHIVE_KEY_MISSING`,
	 * `ARCHIVE_NOT_ENCRYPTED`, `ARCHIVE_CORRUPT`
	 */
	open(scope: string, ref: string): Promise<Readable>;
	stat(scope: string, ref: string): Promise<ArchiveEntry | null>;
	/**
	 * Keeps no more than `mode` of the content, or as much as somebody else in the scope still needs: a record under way and
	 * a waiting dead letter need all of it, a confirmed record what it was recorded to keep. A reader that has begun ends in
	 * `ARCHIVE_PURGED`. Never adds anything.
	 * @returns what is there now, null for a reference that the scope does not know
	 */
	reduce(scope: string, ref: string, mode: ArchiveMode): Promise<ArchiveEntry | null>;
	/** Removes the content, keeps the tombstone; a reader that has begun ends in `ARCHIVE_PURGED`, never in garbage. */
	purge(scope: string, ref: string): Promise<boolean>;
}
