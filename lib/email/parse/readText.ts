/** What the text parts of a message say: bodies, files packed in them, and what is judged from the text. */
import { detectAutomation, type AutomationInput } from '../automation';
import type { Automation, CanonicalMessage, Defect, ReplyParts } from '../message';
import { extractReply } from '../reply/extractReply';
import { readForwarded } from '../reply/forwarded';
import { normalizeSubject } from '../thread/subject';
import { Defects } from './defects';
import { fileName } from '../fileName';
import { mediaTypeOfName } from './part';
import type { PackedFile } from './readParts';
import { assembleBodies, partText, type TextBodies, type TextPart } from './textBodies';
import { extractUuencoded } from './uuencode';
import { extractYenc } from './yenc';

export interface TextInput {
	/** Each part that is text of the message, in order. */
	parts: readonly TextPart[];
	/** What is read as text and what as html: places in `parts`. */
	shown: { text: readonly number[]; html: readonly number[] };
	/** Null leaves out what is judged from the text. */
	header: Omit<AutomationInput, 'text' | 'written'> | null;
}

export interface TextReading {
	bodies: TextBodies;
	/** The whole text of each part, packed files included. */
	texts: string[];
	files: PackedFile[];
	forwarded: CanonicalMessage['forwarded'] | null;
	reply: ReplyParts;
	automation: Automation;
	defects: Defect[];
}

/** Pure; time grows with the length of the text, and with nothing else that is known. */
export function readText({ parts, shown, header }: TextInput): TextReading {
	const defects = new Defects();
	const read = parts.map((part) => readPart(part, defects));
	const bodies = assembleBodies(
		read.map(({ text }, index) => ({ contentType: parts[index]?.contentType ?? 'text/plain', text })),
		shown,
	);
	return {
		bodies,
		texts: read.map(({ whole }) => whole),
		files: read.flatMap(({ files }) => files),
		...judge(bodies, header, defects),
		defects: defects.list,
	};
}

/** Text of one part, the files that stood in it yEnc- or uuencoded, and the text with them. */
function readPart(part: TextPart, defects: Defects): { text: string; whole: string; files: PackedFile[] } {
	const bytes = Buffer.from(part.bytes.buffer, part.bytes.byteOffset, part.bytes.byteLength);
	if (part.contentType !== 'text/plain') {
		const text = partText(part, bytes, defects);
		return { text, whole: text, files: [] };
	}
	const yenc = extractYenc(bytes);
	const { text, files } = extractUuencoded(partText(part, yenc.rest, defects));
	const all = [...yenc.files.map(packed('yenc')), ...files.map(packed('uuencode'))];
	return { text, whole: all.length === 0 ? text : partText(part, bytes, new Defects()), files: all };
}

function packed(packedIn: PackedFile['packedIn']) {
	return ({ filename, content }: { filename: string; content: Buffer }): PackedFile => {
		const name = fileName(filename) ?? 'unnamed';
		return { packedIn, filename: name, contentType: mediaTypeOfName(name), contentId: null, content };
	};
}

function judge(
	{ text, html }: TextBodies,
	header: TextInput['header'],
	defects: Defects,
): Pick<TextReading, 'forwarded' | 'reply' | 'automation'> {
	const unread = { text, quoted: '', signature: '' };
	const none: Automation = { kind: 'none', evidence: [] };
	if (header === null) return { forwarded: null, reply: unread, automation: none };
	const { isForward, isReply } = normalizeSubject(header.subject);
	const answers = isReply || isForward || (header.headers['in-reply-to'] ?? header.headers.references) !== undefined;
	const forwarded = attempt(defects, 'forwarded', null, () => readForwarded(text, { isForward }));
	const reply = attempt<ReplyParts>(defects, 'reply', unread, () => extractReply({ text, html, answers }));
	const automation = attempt(defects, 'automation', none, () =>
		detectAutomation({ ...header, text, written: reply.text }),
	);
	return { forwarded, reply, automation };
}

/** A fault in judging a text must not lose the mail: the judgement is left out, and a defect says so. */
function attempt<T>(defects: Defects, what: string, otherwise: T, judgement: () => T): T {
	try {
		return judgement();
	} catch {
		defects.add('analysis-failed', `Reading ${what} failed; it was left out.`, what);
		return otherwise;
	}
}
