import type { Store } from '../../store/store';

/**
 * To be called once the record stands, which keeps its content from being purged: between archiving and recording, the
 * content may have been purged, or been reduced by another pipeline that was done with it.
 */
export async function restoreContent(store: Store, scope: string, ref: string, raw: Buffer): Promise<void> {
	const now = await store.archive.stat(scope, ref);
	if (now?.mode === 'full' && now.purgedAt === null) return;
	await store.archive.put(scope, raw);
}
