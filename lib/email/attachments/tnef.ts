import { decompressRtf, readRtf } from './rtf';

/** A file packed in a TNEF stream. */
export interface TnefFile {
	filename: string;
	contentType: string | null;
	contentId: string | null;
	content: Buffer;
}

/** MS-OXTNEF 2.1.3: attributes, as level and id come in the stream. */
const ATTACH_REND_DATA = 0x00069002;
const ATTACH_TITLE = 0x00018010;
const ATTACH_DATA = 0x0006800f;
const ATTACHMENT = 0x00069005;
const BODY = 0x0002800c;
const MESSAGE_PROPERTIES = 0x00069003;

/** MS-OXPROPS: MAPI property ids of a message's text. */
const PR_BODY = 0x1000;
const PR_RTF_COMPRESSED = 0x1009;
const PR_HTML = 0x1013;
/** MS-OXPROPS: MAPI property ids of an attachment. */
const PR_DISPLAY_NAME = 0x3001;
const PR_ATTACH_DATA = 0x3701;
const PR_ATTACH_FILENAME = 0x3704;
const PR_ATTACH_LONG_FILENAME = 0x3707;
const PR_ATTACH_MIME_TAG = 0x370e;
const PR_ATTACH_CONTENT_ID = 0x3712;

/** The text of the message that a TNEF stream holds. */
export interface TnefBody {
	contentType: 'text/plain' | 'text/html';
	/** Null when the stream does not tell. */
	charset: string | null;
	content: Buffer;
}

const MAX_FILES = 500;

type Properties = Map<number, { type: number; value: Buffer }>;

/** Bytes read one after another; reading past the end throws RangeError, which {@link unpackTnef} takes for the end. */
class Cursor {
	private at = 0;

	constructor(private readonly bytes: Buffer) {}

	u8(): number {
		return this.bytes.readUInt8(this.step(1));
	}

	u16(): number {
		return this.bytes.readUInt16LE(this.step(2));
	}

	u32(): number {
		return this.bytes.readUInt32LE(this.step(4));
	}

	take(length: number): Buffer {
		const start = this.step(length);
		return this.bytes.subarray(start, start + length);
	}

	/** Values are padded to four bytes. */
	takePadded(length: number): Buffer {
		const value = this.take(length);
		this.at = Math.min(this.bytes.length, this.at + ((4 - (length % 4)) % 4));
		return value;
	}

	get done(): boolean {
		return this.at >= this.bytes.length;
	}

	private step(length: number): number {
		const start = this.at;
		if (length < 0 || start + length > this.bytes.length) throw new RangeError('TNEF stream ends early');
		this.at += length;
		return start;
	}
}

interface Collected {
	title: string | null;
	data: Buffer | null;
	properties: Properties;
}

/**
 * Takes the files out of a TNEF stream (winmail.dat; MS-OXTNEF). Reads as far as the stream is sound: a cut one gives
 * the files before the cut. Never throws.
 */
export function unpackTnef(bytes: Buffer): TnefFile[] {
	const collected: Collected[] = [];
	try {
		collect(new Cursor(bytes), collected);
	} catch (error) {
		if (!(error instanceof RangeError)) throw error;
	}
	return collected.slice(0, MAX_FILES).flatMap((entry) => {
		const content = entry.data ?? objectData(entry.properties);
		return content === null ? [] : [fileOf(entry, content)];
	});
}

/**
 * The text of the message in a TNEF stream, as Outlook sends it to who cannot read it otherwise: html, RTF, or plain text, the
 * richest first. Null when there is none. Never throws.
 */
export function tnefBody(bytes: Buffer): TnefBody | null {
	const properties: Properties = new Map();
	let plain: Buffer | null = null;
	try {
		const cursor = new Cursor(bytes);
		cursor.take(6);
		while (!cursor.done) {
			cursor.u8();
			const id = cursor.u32();
			const value = cursor.take(cursor.u32());
			cursor.u16();
			if (id === ATTACH_REND_DATA) break;
			if (id === MESSAGE_PROPERTIES) readProperties(value, properties);
			else if (id === BODY) plain = value;
		}
	} catch (error) {
		if (!(error instanceof RangeError)) throw error;
	}
	return richestBody(properties, plain);
}

function richestBody(properties: Properties, plain: Buffer | null): TnefBody | null {
	const [html, rtf, body] = [PR_HTML, PR_RTF_COMPRESSED, PR_BODY].map((id) => properties.get(id));
	if (html !== undefined && html.value.length > 0) return textBody('text/html', html);
	const unpacked = rtf === undefined ? null : decompressRtf(rtf.value);
	const read = unpacked === null ? null : readRtf(unpacked);
	if (read !== null && read.text !== '')
		return { contentType: read.contentType, charset: 'utf-8', content: Buffer.from(read.text, 'utf8') };
	if (body !== undefined && body.value.length > 0) return textBody('text/plain', body);
	return plain === null || plain.length === 0 ? null : textBody('text/plain', { type: 0x1e, value: plain });
}

function textBody(contentType: TnefBody['contentType'], { type, value }: { type: number; value: Buffer }): TnefBody {
	const wide = (type & 0x0fff) === 0x1f;
	const content = wide ? Buffer.from(value.toString('utf16le').replace(/\0[^]*$/, ''), 'utf8') : value;
	const end = wide ? -1 : content.indexOf(0);
	return { contentType, charset: wide ? 'utf-8' : null, content: end < 0 ? content : content.subarray(0, end) };
}

function collect(cursor: Cursor, into: Collected[]): void {
	// Signature (checked by whoever recognised the type) and legacy key.
	cursor.take(6);
	while (!cursor.done && into.length <= MAX_FILES) {
		cursor.u8();
		const id = cursor.u32();
		const value = cursor.take(cursor.u32());
		cursor.u16();
		if (id === ATTACH_REND_DATA) into.push({ title: null, data: null, properties: new Map() });
		const current = into.at(-1);
		if (current === undefined) continue;
		if (id === ATTACH_TITLE) current.title = text8(value);
		else if (id === ATTACH_DATA) current.data = value;
		else if (id === ATTACHMENT) readProperties(value, current.properties);
	}
}

/** MS-OXTNEF 2.1.3.4: a count, then type, id, the name of named ones, and one value or several. */
function readProperties(bytes: Buffer, into: Properties): void {
	try {
		const cursor = new Cursor(bytes);
		for (let left = cursor.u32(); left > 0; left--) {
			const type = cursor.u16();
			const id = cursor.u16();
			if (id >= 0x8000) skipName(cursor);
			const value = readValue(cursor, type);
			if (!into.has(id)) into.set(id, { type, value });
		}
	} catch (error) {
		// What was read before the fault is kept.
		if (!(error instanceof RangeError)) throw error;
	}
}

function skipName(cursor: Cursor): void {
	cursor.take(16);
	if (cursor.u32() === 0) cursor.u32();
	else cursor.takePadded(cursor.u32());
}

const VARIABLE_TYPES = new Set([0x0d, 0x1e, 0x1f, 0x102]);
const WIDTHS: Readonly<Record<number, number>> = { 0x05: 8, 0x06: 8, 0x07: 8, 0x14: 8, 0x40: 8, 0x48: 16 };

function readValue(cursor: Cursor, type: number): Buffer {
	const base = type & 0x0fff;
	const variable = VARIABLE_TYPES.has(base);
	const count = variable || (type & 0x1000) !== 0 ? cursor.u32() : 1;
	let first: Buffer = Buffer.alloc(0);
	for (let i = 0; i < count; i++) {
		const value = variable ? cursor.takePadded(cursor.u32()) : cursor.take(WIDTHS[base] ?? 4);
		if (i === 0) first = value;
	}
	return first;
}

/** The content as a property: binary as it is, an object behind the 16 bytes that name its interface. */
function objectData(properties: Properties): Buffer | null {
	const data = properties.get(PR_ATTACH_DATA);
	if (data === undefined) return null;
	return (data.type & 0x0fff) === 0x0d ? data.value.subarray(16) : data.value;
}

function fileOf({ title, properties }: Collected, content: Buffer): TnefFile {
	const text = (id: number): string | null => {
		const property = properties.get(id);
		if (property === undefined) return null;
		const decoded =
			(property.type & 0x0fff) === 0x1f
				? property.value.toString('utf16le').replace(/\0[^]*$/, '')
				: text8(property.value);
		return decoded === '' ? null : decoded;
	};
	const filename =
		text(PR_ATTACH_LONG_FILENAME) ?? title ?? text(PR_ATTACH_FILENAME) ?? text(PR_DISPLAY_NAME) ?? 'unnamed';
	return {
		filename,
		contentType: text(PR_ATTACH_MIME_TAG)?.toLowerCase() ?? null,
		contentId: text(PR_ATTACH_CONTENT_ID),
		content,
	};
}

function text8(value: Buffer): string {
	return value.toString('latin1').replace(/\0[^]*$/, '');
}
