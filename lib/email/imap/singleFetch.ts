/** Fetching one message by itself, and finding out whether the message or the server is in trouble. */
import { PipelineError } from '../../errors';
import type { ImapConnection } from './connection';
import type { FailureMemory, Others } from './failureMemory';
import { fetchHeads, fetchWhole, type Head, LARGEST_PIECE } from './fetch';
import { highestUid, searchUids } from './search';
import { settled } from './wholeMessage';

/** How many other messages are asked for. */
const SAMPLE = 4;
const SAMPLE_BYTES = 1_024;

/**
 * One message: in part, or where that is refused as a whole, and compared with its size.
 *
 * @returns undefined when the server answers without it
 * @throws TransportError what the server said, or `IMAP_ANSWER_INCOMPLETE`
 */
export async function fetchOne(
	connection: ImapConnection,
	memory: FailureMemory,
	uid: number,
	limit = LARGEST_PIECE,
): Promise<Head | undefined> {
	let refusal: PipelineError | null = null;
	if (!memory.wholeOnly) {
		try {
			const head = (await fetchHeads(connection, [uid])).get(uid);
			if (head !== undefined) return head.size > limit ? head : await settled(connection, head);
		} catch (error) {
			if (connection.failure !== null || !(error instanceof PipelineError) || error.retryable) throw error;
			refusal = error;
		}
	}
	const whole = await fetchWhole(connection, uid, Math.min(limit, LARGEST_PIECE));
	if (whole !== null) {
		memory.wholeOnly ||= refusal?.record?.status === 'BAD';
		return whole.extent === 'begun' ? whole : await settled(connection, whole);
	}
	if (refusal !== null) throw refusal;
	return undefined;
}

/**
 * True when the message was deleted or moved: the server does not list it, and lists others (or says that there are
 * none). An answer that lists nothing at all, of a mailbox that is not empty, proves nothing.
 */
export async function isGone(connection: ImapConnection, uid: number): Promise<boolean> {
	try {
		await connection.run((client) => client.noop());
		if ((await searchUids(connection, { uid: String(uid) })).includes(uid)) return false;
		if ((connection.mailbox?.exists ?? 0) === 0) return true;
		const newest = await highestUid(connection);
		return newest > 0 && newest !== uid;
	} catch (error) {
		if (connection.failure !== null) throw error;
		return false;
	}
}

/** Whether messages that have not failed themselves can be fetched at this moment: the newest, the oldest, some between. */
export async function otherMessages(connection: ImapConnection, memory: FailureMemory, uid: number): Promise<Others> {
	const exists = connection.mailbox?.exists ?? 0;
	const between = Array.from({ length: SAMPLE }, () => 1 + Math.floor(Math.random() * exists));
	const asked = new Set<number>();
	const counts = { given: 0, refused: 0 };
	for (const sequence of [exists, 1, ...between]) {
		if (sequence < 1 || asked.size >= SAMPLE) continue;
		const other = await uidAt(connection, sequence);
		if (other === 'refused') counts.refused++;
		if (typeof other !== 'number' || other === uid || asked.has(other) || memory.failed(other)) continue;
		asked.add(other);
		if (await canBeFetched(connection, memory, other)) counts.given++;
		else counts.refused++;
	}
	if (counts.given > 0) return counts.refused === 0 ? 'all' : 'some';
	return counts.refused > 0 ? 'none' : 'nobody';
}

async function uidAt(connection: ImapConnection, sequence: number): Promise<number | 'refused' | null> {
	try {
		const row = await connection.run((client) => client.fetchOne(String(sequence), { uid: true }));
		return row ? row.uid : null;
	} catch (error) {
		if (connection.failure !== null) throw error;
		return 'refused';
	}
}

async function canBeFetched(connection: ImapConnection, memory: FailureMemory, uid: number): Promise<boolean> {
	try {
		if (memory.wholeOnly) return (await fetchOne(connection, memory, uid)) !== undefined;
		const query = { uid: true, size: true, source: { start: 0, maxLength: SAMPLE_BYTES } };
		const row = await connection.run((client) => client.fetchOne(String(uid), query, { uid: true }));
		return (
			row !== false && row !== undefined && Buffer.isBuffer(row.source) && (row.source.length > 0 || row.size === 0)
		);
	} catch (error) {
		if (connection.failure !== null) throw error;
		return false;
	}
}
