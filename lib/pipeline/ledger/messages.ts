/** Mail that a trigger recorded, and how far it got. */
import type { IngestionRecord, IngestionStage, Store } from '../../store/store';
import { notFound } from './notFound';
import { collected, rowsOf } from './paging';

/** @throws LedgerError `LEDGER_NOT_FOUND` */
export async function getMessage(store: Store, scope: string, key: string): Promise<IngestionRecord> {
	const record = await store.ingestion.get(scope, key);
	if (!record) throw notFound('message with the ingestion key', key, scope);
	return record;
}

/** The mail of one feed that stands in one of the stages, oldest first. */
export async function searchMessages(
	store: Store,
	scope: string,
	feed: string,
	stages: readonly IngestionStage[],
	limit?: number,
): Promise<IngestionRecord[]> {
	return await collected(
		rowsOf<IngestionRecord>((size, last) => store.ingestion.list(scope, feed, stages, size, last?.id), limit),
	);
}
