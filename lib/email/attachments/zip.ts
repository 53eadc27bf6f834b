import { decodeCharset } from '../parse/charset';
import type { ArchiveEntry } from './archives';

/** At most so many entries of an archive are listed. */
export const MAX_ENTRIES = 1000;

const END_OF_DIRECTORY = 0x06054b50;
const END_OF_DIRECTORY_64 = 0x06064b50;
const DIRECTORY_ENTRY = 0x02014b50;
const LOCAL_ENTRY = 0x04034b50;
const UNKNOWN_32 = 0xffffffff;

export interface ZipListing {
	entries: ArchiveEntry[];
	/** Sum of the sizes the archive states, in bytes. */
	unpacked: number;
	/** False when only a part of the entries could be read. */
	complete: boolean;
}

/**
 * Lists a zip file (PKWARE APPNOTE 6.3) from its first and last bytes: by the central directory when that lies within
 * `tail`, else by the local headers within `head`.
 *
 * @param size length of the whole file, of which `tail` are the last bytes
 */
export function listZip(head: Buffer, tail: Buffer, size: number): ZipListing {
	return fromDirectory(tail, size) ?? fromLocalHeaders(head);
}

function fromDirectory(tail: Buffer, size: number): ZipListing | null {
	// The comment behind the record has at most 65535 bytes.
	const lowest = Math.max(0, tail.length - 22 - 0xffff);
	for (let at = tail.length - 22; at >= lowest; at--) {
		if (tail.readUInt32LE(at) !== END_OF_DIRECTORY) continue;
		let length = tail.readUInt32LE(at + 12);
		let end = at;
		if (length === UNKNOWN_32) {
			const record = tail.lastIndexOf(Buffer.from([0x50, 0x4b, 0x06, 0x06]), at);
			if (record < 0 || record + 56 > tail.length || tail.readUInt32LE(record) !== END_OF_DIRECTORY_64) continue;
			length = Number(tail.readBigUInt64LE(record + 40));
			end = record;
		}
		const start = end - length;
		if (start < 0) return length > size ? null : partial(tail, end);
		const listing = readDirectory(tail.subarray(start, end));
		if (listing.entries.length > 0 || length === 0) return listing;
	}
	return null;
}

/** The directory begins before what was kept: reads from its first whole entry on. */
function partial(tail: Buffer, end: number): ZipListing | null {
	const first = tail.indexOf(Buffer.from([0x50, 0x4b, 0x01, 0x02]));
	if (first < 0 || first > end) return null;
	return { ...readDirectory(tail.subarray(first, end)), complete: false };
}

function readDirectory(bytes: Buffer): ZipListing {
	const entries: ArchiveEntry[] = [];
	let unpacked = 0;
	let at = 0;
	while (at + 46 <= bytes.length && bytes.readUInt32LE(at) === DIRECTORY_ENTRY) {
		const flags = bytes.readUInt16LE(at + 8);
		const size = bytes.readUInt32LE(at + 24);
		const nameLength = bytes.readUInt16LE(at + 28);
		const name = bytes.subarray(at + 46, at + 46 + nameLength);
		unpacked += size;
		if (entries.length < MAX_ENTRIES) entries.push(entry(name, flags, size === UNKNOWN_32 ? null : size));
		at += 46 + nameLength + bytes.readUInt16LE(at + 30) + bytes.readUInt16LE(at + 32);
	}
	return { entries, unpacked, complete: at >= bytes.length };
}

function fromLocalHeaders(head: Buffer): ZipListing {
	const entries: ArchiveEntry[] = [];
	let unpacked = 0;
	let at = 0;
	while (at + 30 <= head.length && head.readUInt32LE(at) === LOCAL_ENTRY && entries.length < MAX_ENTRIES) {
		const flags = head.readUInt16LE(at + 6);
		const packed = head.readUInt32LE(at + 18);
		const size = head.readUInt32LE(at + 22);
		const nameLength = head.readUInt16LE(at + 26);
		// Bit 3: the sizes stand behind the data and are not known here.
		const known = (flags & 8) === 0;
		entries.push(entry(head.subarray(at + 30, at + 30 + nameLength), flags, known ? size : null));
		if (!known) break;
		unpacked += size;
		at += 30 + nameLength + head.readUInt16LE(at + 28) + packed;
	}
	return { entries, unpacked, complete: false };
}

/** General purpose bit 0: encrypted; bit 11: the name is UTF-8. Directory entries end in a slash. */
function entry(name: Buffer, flags: number, size: number | null): ArchiveEntry {
	const text = (flags & 0x800) === 0 ? decodeCharset(name, null).text : name.toString('utf8');
	return { name: text, size, encrypted: (flags & 1) === 1 };
}
