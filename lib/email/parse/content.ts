import type { InspectedAttachment } from '../attachments/attachmentReader';
import { Defects } from './defects';
import { fileName, mediaTypeOfName, type Part } from './part';
import type { PackedFile, ReadMessage } from './readParts';
import { assembleBodies, partText, type TextBodies } from './textBodies';
import { decodeTransfer } from './transferDecoding';
import { extractUuencoded } from './uuencode';
import { extractYenc } from './yenc';

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
export interface MessageContent {
	bodies: TextBodies;
	attachments: InspectedAttachment[];
	/** Each part that is body, in order. */
	parts: BodyPart[];
	/** The first charset that a text part declares beyond ASCII: a hint for headers in raw 8-bit text. */
	charset: string | null;
}

/** Decodes the text parts, takes yEnc- and uuencoded files out of them, and links inline images. */
export async function collectContent(read: ReadMessage, defects: Defects): Promise<MessageContent> {
	recoverLostBody(read, defects);
	const { attachments } = read;
	const content = new Map<Part, string>();
	const parts: BodyPart[] = [];
	for (const [part, bytes] of read.texts) {
		const { text, files } =
			part.contentType === 'text/plain'
				? takeFilesOut(part, bytes, defects)
				: { text: partText(part, bytes, defects), files: [] };
		content.set(part, text);
		parts.push({
			contentType: part.contentType,
			filename: part.filename,
			text: files.length === 0 ? text : partText(part, bytes, new Defects()),
			bytes,
		});
		for (const file of files) await read.addAttachment(file);
	}
	const bodies = assembleBodies(read.root, content);
	markInline(attachments, bodies.html);
	const charset = [...read.texts.keys()]
		.map((part) => part.charset)
		.find((name) => name !== null && !/^(?:us-)?ascii$|^utf-?8$/i.test(name));
	return { bodies, attachments, parts, charset: charset ?? null };
}

/** Text of a plain part, and the files that stood in it yEnc- or uuencoded. */
function takeFilesOut(part: Part, bytes: Buffer, defects: Defects): { text: string; files: PackedFile[] } {
	const yenc = extractYenc(bytes);
	const { text, files } = extractUuencoded(partText(part, yenc.rest, defects));
	const packed = (packedIn: PackedFile['packedIn']) => {
		return ({ filename, content }: { filename: string; content: Buffer }): PackedFile => {
			const name = fileName(filename) ?? 'unnamed';
			return { packedIn, filename: name, contentType: mediaTypeOfName(name), contentId: null, content };
		};
	};
	return { text, files: [...yenc.files.map(packed('yenc')), ...files.map(packed('uuencode'))] };
}

/** A multipart whose boundary never comes holds its text in front of it: shown when there is no other. */
function recoverLostBody(read: ReadMessage, defects: Defects): void {
	if ([...read.texts.values()].some((bytes) => /\S/.test(bytes.toString('latin1')))) return;
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
