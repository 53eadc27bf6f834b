/** The raw messages, byte for byte as they came. */
import type { Readable } from 'node:stream';
import type { ArchiveEntry, Store } from '../../store/store';
import { notFound } from './notFound';

/** @throws LedgerError `LEDGER_NOT_FOUND` */
export async function archiveInfo(store: Store, scope: string, ref: string): Promise<ArchiveEntry> {
	const entry = await store.archive.stat(scope, ref);
	if (!entry) throw notFound('raw message', ref, scope);
	return entry;
}

/** @throws LedgerError `LEDGER_NOT_FOUND`; StoreError `ARCHIVE_*` */
export async function openRaw(
	store: Store,
	scope: string,
	ref: string,
): Promise<{ entry: ArchiveEntry; content: Readable; fileName: string }> {
	const entry = await archiveInfo(store, scope, ref);
	return { entry, content: await store.archive.open(scope, ref), fileName: `${entry.sha256.slice(0, 16)}.eml` };
}

/**
 * Removes the content for ever; hash, size and the time of the purge stay.
 * @returns `changed` false when it had been purged before
 * @throws LedgerError `LEDGER_NOT_FOUND`
 */
export async function purgeRaw(
	store: Store,
	scope: string,
	ref: string,
): Promise<{ entry: ArchiveEntry; changed: boolean }> {
	const changed = await store.archive.purge(scope, ref);
	return { entry: await archiveInfo(store, scope, ref), changed };
}
