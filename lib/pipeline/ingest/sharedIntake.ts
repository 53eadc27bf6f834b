/**
 * Several ways into one pipeline, such as a webhook and IMAP as its safety net: a mail starts the workflow by the way it
 * came first, and the other arrival is recorded. Who came first is settled by a claim on the mail's fingerprint. A
 * webhook confirms it when it has recorded the mail, so that a mail whose webhook died before is taken by the other way; a
 * watched mailbox at once, for its record is emitted until it has ended.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { mailFingerprint } from '../../email/fingerprint';
import { StoreError, messageOf } from '../../errors';
import type { IngestionRecord, JsonObject, Millis, NewIngestion, Store } from '../../store/store';
import { addressesIn, rawRefOf } from './arrival';
import type { QueueLog, QueueOptions } from './queueOptions';

/** How long the second way may be late. */
export const SHARED_TTL: Millis = 90 * 24 * 3_600_000;
/** Between a claim and its confirmation, here. */
const LEASE: Millis = 30_000;
const LONGEST_PAUSE: Millis = 1_000;

/** Key of the claim. */
export function sharedKey(pipeline: string, fingerprint: string): string {
	return `pipeline:${pipeline}:${fingerprint}`;
}

export interface SharedFeed {
	store: Store;
	scope: string;
	/** Name that the ways have in common. */
	pipeline: string;
	log: QueueLog;
}

/** `emit` for a feed that shares its pipeline: a mail that came another way before is recorded as such, and starts nothing. */
export function onceInPipeline(shared: SharedFeed, emit: QueueOptions['emit']): QueueOptions['emit'] {
	return async (emission) => {
		const records: IngestionRecord[] = [];
		for (const record of emission.records) if (await isFirst(shared, record)) records.push(record);
		return records.length === 0 ? 'succeeded' : await emit({ ...emission, records });
	};
}

/** Claims the mail for its record; where it has come another way before, the record is confirmed as its duplicate. */
async function isFirst(shared: SharedFeed, record: IngestionRecord): Promise<boolean> {
	const { store, scope, pipeline, log } = shared;
	const fingerprint = await fingerprintOf(shared, record);
	if (fingerprint === null) return true;
	const key = sharedKey(pipeline, fingerprint);
	for (;;) {
		const claim = await store.replay.claim(scope, key, { lease: LEASE, ttl: SHARED_TTL, owner: record.key });
		if (claim.state === 'claimed') {
			await store.replay.confirm(scope, key, claim.fence);
			return true;
		}
		if (claim.state === 'done') {
			// Ours: it was emitted before, and is emitted again because that execution never ended.
			if (claim.owner === record.key) return true;
			await store.ingestion.confirmDuplicate(scope, record.key, claim.owner ?? key);
			log.info('An email came another way before, and starts nothing', { pipeline, key: record.key });
			return false;
		}
		await delay(Math.min(claim.retryAfter, LONGEST_PAUSE));
	}
}

/** Null where there is nothing to compare: then the mail is emitted, for twice is better than never. */
async function fingerprintOf(shared: SharedFeed, record: IngestionRecord): Promise<string | null> {
	if (record.rawRef === null || record.kind !== 'message') return null;
	try {
		return await mailFingerprint(await shared.store.archive.open(shared.scope, record.rawRef));
	} catch (error) {
		if (error instanceof StoreError && error.retryable) throw error;
		shared.log.warn('An email could not be compared with those that came another way', {
			pipeline: shared.pipeline,
			key: record.key,
			reason: messageOf(error),
		});
		return null;
	}
}

export interface LateArrival extends Pick<NewIngestion, 'keep' | 'owesCare'> {
	key: string;
	/** The webhook's feed. */
	feed: string;
	/** The item as it would have been emitted. */
	item: JsonObject;
	fingerprint: string;
	/** What came before. */
	firstKey: string;
}

/** Keeps the arrival of a mail by webhook that had come another way. */
export async function recordLateArrival(store: Store, scope: string, arrival: LateArrival): Promise<void> {
	const { item, fingerprint, firstKey, ...kept } = arrival;
	await store.ingestion.record({
		...kept,
		scope,
		rawRef: rawRefOf(item),
		contentKey: fingerprint,
		metadata: item,
		subjects: addressesIn(item),
	});
	await store.ingestion.confirmDuplicate(scope, arrival.key, firstKey);
}
