import type { InspectedAttachment } from '../attachments/attachmentReader';
import { runTask } from '../worker/run';
import { selectBodies } from './bodies';
import type { Defects } from './defects';
import type { Part } from './part';
import type { ReadMessage } from './readParts';
import { readText, type TextInput, type TextReading } from './readText';
import type { TextPart } from './textBodies';
import { decodeTransfer } from './transferDecoding';

/** A part that is body, `text/plain` or `text/html`, by itself. */
export interface BodyPart {
	contentType: string;
	filename: string | null;
	/** All of its text, uuencoded files included. */
	text: string;
	/** Transfer encoding undone, still in its charset. */
	bytes: Buffer;
}

/** The content of a message as text and attachments. */
export interface MessageContent extends Pick<TextReading, 'bodies' | 'forwarded' | 'reply' | 'automation'> {
	attachments: InspectedAttachment[];
	/** Each part that is body, in order. */
	parts: BodyPart[];
}

/** Bytes of text that are read when all of it takes too long. */
const EXCERPT = 16 * 1024;

/**
 * Decodes the text parts, judges what is said in them, takes yEnc- and uuencoded files out, and links inline images.
 * @param header null leaves out what is judged
 */
export async function collectContent(
	read: ReadMessage,
	header: TextInput['header'],
	defects: Defects,
): Promise<MessageContent> {
	const leaves = [...read.texts.keys()];
	const reading = await readWithin(inputOf(read, leaves, header), defects);
	for (const { code, message, where } of reading.defects) defects.add(code, message, where);
	for (const file of reading.files) {
		const { buffer, byteOffset, byteLength } = file.content;
		await read.addAttachment({ ...file, content: Buffer.from(buffer, byteOffset, byteLength) });
	}
	markInline(read.attachments, reading.bodies.html);
	const { bodies, forwarded, reply, automation } = reading;
	return {
		...{ bodies, forwarded, reply, automation },
		attachments: read.attachments,
		parts: leaves.map((part, index) => ({
			contentType: part.contentType,
			filename: part.filename,
			text: reading.texts[index] ?? '',
			bytes: read.texts.get(part) ?? Buffer.alloc(0),
		})),
	};
}

/** The first charset that a text part declares beyond ASCII: a hint for headers in raw 8-bit text. */
export function declaredCharset(read: ReadMessage): string | null {
	const declared = [...read.texts.keys()].map((part) => part.charset);
	return declared.find((name) => name !== null && !/^(?:us-)?ascii$|^utf-?8$/i.test(name)) ?? null;
}

function inputOf(read: ReadMessage, leaves: readonly Part[], header: TextInput['header']): TextInput {
	const bodies = selectBodies(read.root);
	const places = (parts: readonly Part[]): number[] => parts.map((part) => leaves.indexOf(part));
	return {
		parts: [...read.texts].map(([part, bytes]) => textPart(part, bytes)),
		shown: { text: places(bodies.text), html: places(bodies.html) },
		header,
	};
}

function textPart(part: Part, bytes: Buffer): TextPart {
	const parameter = (name: string): string | undefined => part.params.get(name)?.trim().toLowerCase();
	const { contentType, path, charset } = part;
	return {
		...{ contentType, path, charset, bytes },
		flowed: parameter('format') === 'flowed',
		delSp: parameter('delsp') === 'yes',
	};
}

/** What takes too long is read in its beginning only: the raw message stays for whoever needs the rest. */
async function readWithin(input: TextInput, defects: Defects): Promise<TextReading> {
	const size = input.parts.reduce((sum, { bytes }) => sum + bytes.length, 0);
	const reading = await runTask('readText', input, size);
	if (reading !== null) return reading;
	defects.add('limit-time', `The text takes too long to read; only its first ${EXCERPT} bytes were.`);
	let left = EXCERPT;
	const parts = input.parts.map((part) => {
		const bytes = part.bytes.subarray(0, left);
		left -= bytes.length;
		return { ...part, bytes };
	});
	return readText({ ...input, parts });
}

/** A multipart whose boundary never comes holds its text in front of it: shown when there is no other. */
export function recoverLostBody(read: ReadMessage, defects: Defects): void {
	if ([...read.texts.values()].some((bytes) => /\S/.test(bytes.toString('latin1')))) return;
	if (read.packedBody !== null) {
		showPacked(read, read.packedBody, defects);
		return;
	}
	const visit = (part: Part): void => {
		part.children.forEach(visit);
		if (part.multipart === false || part.children.length > 0) return;
		const preamble = part.takePreamble();
		if (!/\S/.test(preamble.toString('latin1'))) return;
		const where = part.path || undefined;
		defects.add('body-recovered', 'No part was found in the multipart; what stands in it was taken as text.', where);
		const bytes = decodeTransfer(preamble, part.encoding, defects, where);
		part.multipart = false;
		part.contentType = /<(?:html|body|!doctype html)\b/i.test(bytes.subarray(0, 2000).toString('latin1'))
			? 'text/html'
			: 'text/plain';
		read.texts.set(part, bytes);
	};
	visit(read.root);
}

/** Outlook's text in winmail.dat stands in the empty text part beside it, or in place of the file. */
function showPacked(read: ReadMessage, { part, body }: NonNullable<ReadMessage['packedBody']>, defects: Defects): void {
	const target = [...read.texts.keys()][0] ?? part;
	defects.add('body-recovered', 'The text stood in a TNEF part (winmail.dat) only.', part.path || undefined);
	Object.assign(target, { contentType: body.contentType, charset: body.charset, disposition: null, filename: null });
	read.texts.set(target, body.content);
}

/** An attachment is inline when the html shows it: by `cid:` and Content-ID (RFC 2392). */
function markInline(attachments: InspectedAttachment[], html: string | null): void {
	if (html === null) return;
	const shown = new Set<string>();
	for (const match of html.matchAll(/\bcid:([^"'\s>)]{1,300})/gi)) {
		const id = (match[1] ?? '').replaceAll('&amp;', '&');
		shown.add(id);
		try {
			shown.add(decodeURIComponent(id));
		} catch {
			// Not percent-encoded after all: the plain form is in the set.
		}
	}
	for (const attachment of attachments) {
		if (attachment.contentId !== null && shown.has(attachment.contentId)) attachment.inline = true;
	}
}
