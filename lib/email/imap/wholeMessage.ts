/**
 * A message as a whole: what came is compared with what the server told (RFC822.SIZE, the sizes of the parts). What is
 * short is asked for again, at the offset and then in one piece. A server may tell a wrong size (Exchange estimates it):
 * the same bytes twice are the message.
 */
import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import type { MessageStructureObject } from 'imapflow';
import type { ImapConnection } from './connection';
import { bytesFrom, CHUNK, type FetchDefect, type Head, incomplete, LARGEST_PIECE, wholeBytes } from './fetch';

/** Buffers of servers end at a multiple of this: an answer as long as that was rather cut off than wrongly announced. */
const BUFFER_UNIT = 4_096;

/**
 * Settles a doubtful head: as `whole`, with the defect noted where the size is wrong, or as `begun` where the server goes
 * on at the offset.
 *
 * @throws TransportError `IMAP_ANSWER_INCOMPLETE` (retryable)
 */
export async function settled(connection: ImapConnection, head: Head): Promise<Head> {
	if (head.extent !== 'doubtful') return head;
	const { uid, size } = head;
	let { bytes } = head;
	while (bytes.length < size) {
		const more =
			bytes.length >= CHUNK ? null : await unlessRefused(connection, bytesFrom(connection, uid, bytes.length));
		if (more === null || more.length === 0) break;
		bytes = Buffer.concat([bytes, more]);
		if (bytes.length < size && bytes.length >= CHUNK) return { ...head, bytes, extent: 'begun' };
	}
	if (bytes.length === size) return { ...head, bytes, extent: 'whole' };
	const confirmed = await confirmedBytes(connection, head, bytes);
	return { ...head, bytes: confirmed, extent: 'whole', defects: defectsOf(size, confirmed.length) };
}

/** Whole again, and once more where that is something else. */
async function confirmedBytes(connection: ImapConnection, { uid, size }: Head, came: Buffer): Promise<Buffer> {
	const small = Math.max(size, came.length) <= LARGEST_PIECE;
	const whole = small ? await unlessRefused(connection, wholeBytes(connection, uid)) : null;
	if (whole !== null && whole.length > 0) {
		if (whole.length === size) return whole;
		const same = whole.equals(came) || (await wholeBytes(connection, uid))?.equals(whole) === true;
		if (same && !(await structureTellsMore(connection, uid, whole, size))) return whole;
	} else if (came.length > 0 && came.length % BUFFER_UNIT !== 0) {
		// A server that gives messages in parts only.
		const again = await bytesFrom(connection, uid, 0);
		if (again?.equals(came) === true && !(await structureTellsMore(connection, uid, came, size))) return came;
	}
	throw incomplete(uid, size, whole?.length ?? came.length);
}

function defectsOf(told: number, came: number): FetchDefect[] {
	if (told === came) return [];
	const message = `The mail server says that the message has ${told} bytes; it gave the same ${came} bytes twice.`;
	return [{ code: 'size-mismatch', message }];
}

/** A refusal is as good as no answer here; the loss of the connection is not. */
async function unlessRefused<T>(connection: ImapConnection, answer: Promise<T | null>): Promise<T | null> {
	try {
		return await answer;
	} catch (error) {
		if (connection.failure !== null) throw error;
		return null;
	}
}

/**
 * The server's second word (BODYSTRUCTURE): does it know of more than came? Not asked where more came than it told, nor
 * where the outermost multipart is closed.
 */
async function structureTellsMore(
	connection: ImapConnection,
	uid: number,
	came: Buffer,
	told: number,
): Promise<boolean> {
	if (came.length >= told) return false;
	const row = await unlessRefused(
		connection,
		connection
			.run((client) => client.fetchOne(String(uid), { uid: true, bodyStructure: true }, { uid: true }))
			.then((found) => found || null),
	);
	const structure = row?.bodyStructure;
	if (structure === undefined) return false;
	const boundary = structure.parameters?.boundary;
	if (boundary !== undefined && came.includes(`--${boundary}--`)) return false;
	return sizeOf(structure) > came.length;
}

function sizeOf({ size, childNodes }: MessageStructureObject): number {
	if (childNodes === undefined || childNodes.length === 0) return size ?? 0;
	return childNodes.reduce((sum, node) => sum + sizeOf(node), 0);
}

/**
 * The whole message, its first bytes being here already; one partial FETCH for each further chunk, made when the reader
 * wants it. Fails with `IMAP_ANSWER_INCOMPLETE` when the message ends early, as it does when it is deleted meanwhile.
 *
 * @param progress counts the bytes that came
 */
export function streamMessage(connection: ImapConnection, head: Head, progress = { bytes: 0 }): Readable {
	return Readable.from(chunks(connection, head, progress), { objectMode: false, highWaterMark: CHUNK });
}

async function* chunks(connection: ImapConnection, head: Head, progress: { bytes: number }): AsyncGenerator<Buffer> {
	const { uid, size } = head;
	const hash = createHash('sha256').update(head.bytes);
	progress.bytes = head.bytes.length;
	yield head.bytes;
	let goesOn = true;
	while (goesOn || progress.bytes < size) {
		const bytes = await bytesFrom(connection, uid, progress.bytes);
		if (bytes === null || bytes.length === 0) break;
		progress.bytes += bytes.length;
		// Some servers answer every partial FETCH with the same bytes.
		if (progress.bytes > size * 2 + CHUNK) throw incomplete(uid, size, progress.bytes);
		hash.update(bytes);
		yield bytes;
		goesOn = bytes.length >= CHUNK;
	}
	if (progress.bytes === size) return;
	const came = progress.bytes;
	const whole = Math.max(size, came) > LARGEST_PIECE ? null : await wholeBytes(connection, uid);
	const begins = whole === null ? '' : createHash('sha256').update(whole.subarray(0, came)).digest('hex');
	if (whole === null || whole.length < came || begins !== hash.digest('hex')) throw incomplete(uid, size, came);
	if (whole.length !== size && (whole.length !== came || (await structureTellsMore(connection, uid, whole, size))))
		throw incomplete(uid, size, whole.length);
	head.defects.push(...defectsOf(size, whole.length));
	progress.bytes = whole.length;
	if (whole.length > came) yield whole.subarray(came);
}
