import type { Form } from './form';
import { WebhookRefusal } from './refusal';

/** More parts than any provider sends: a body of millions of empty parts must not cost more than its bytes. */
const MAX_PARTS = 2000;

/**
 * Reads a multipart/form-data body (RFC 7578). Parts are slices of the body, not copies, and keep their bytes: providers
 * put raw MIME messages and texts in foreign charsets into fields. Throws `WEBHOOK_MALFORMED`.
 */
export function readMultipart(body: Buffer, contentType: string): Form {
	const boundary = parameterOf(contentType, 'boundary');
	if (boundary === null || boundary === '') throw malformed('has no boundary');
	const delimiter = Buffer.from(`--${boundary}`, 'latin1');
	const form: Form = { fields: [], files: [] };
	let position = nextDelimiter(body, delimiter, 0);
	if (position === -1) throw malformed('does not contain its boundary');
	for (let parts = 0; ; parts += 1) {
		if (parts > MAX_PARTS) throw malformed(`has more than ${MAX_PARTS} parts`);
		const start = position + delimiter.length;
		if (body.toString('latin1', start, start + 2) === '--') return form;
		const end = nextDelimiter(body, delimiter, start);
		if (end === -1) throw malformed('is cut off');
		const lineEnd = body.indexOf('\n', start);
		addPart(form, body.subarray(lineEnd + 1, endOfPart(body, end)));
		position = end;
	}
}

function malformed(what: string): WebhookRefusal {
	return new WebhookRefusal('WEBHOOK_MALFORMED', `The multipart body ${what}.`);
}

/** Position of the next delimiter that stands at the beginning of a line and is the whole boundary (RFC 2046, 5.1.1). */
function nextDelimiter(body: Buffer, delimiter: Buffer, from: number): number {
	for (let at = body.indexOf(delimiter, from); at !== -1; at = body.indexOf(delimiter, at + 1)) {
		const startsLine = at === 0 || body[at - 1] === 0x0a;
		const after = body.toString('latin1', at + delimiter.length, at + delimiter.length + 2);
		if (startsLine && /^(?:--|[\r\n\t ]|$)/.test(after)) return at;
	}
	return -1;
}

/** The line break before a delimiter belongs to the delimiter. */
function endOfPart(body: Buffer, delimiterAt: number): number {
	const end = delimiterAt - 1;
	return body[end - 1] === 0x0d ? end - 1 : end;
}

function addPart(form: Form, part: Buffer): void {
	const blank = /\r?\n\r?\n|^\r?\n/.exec(part.toString('latin1', 0, Math.min(part.length, 16_384)));
	if (blank === null) throw malformed('has a part without a header section');
	const headers = part.toString('utf8', 0, blank.index).split(/\r?\n(?![\t ])/);
	const content = part.subarray(blank.index + blank[0].length);
	const valueOf = (name: string): string | null => {
		const line = headers.find((header) => header.toLowerCase().startsWith(`${name}:`));
		return line === undefined ? null : line.slice(name.length + 1).trim();
	};
	const disposition = valueOf('content-disposition') ?? '';
	const name = parameterOf(disposition, 'name') ?? '';
	const filename = parameterOf(disposition, 'filename');
	const contentType = valueOf('content-type');
	if (filename !== null) {
		form.files.push({ name, filename: filename || null, contentType, content });
	} else {
		form.fields.push({ name, value: content.toString('utf8'), bytes: content });
	}
}

/** A parameter of a header value, quoted or not; browsers escape only the quote, as \" or %22 (RFC 7578, 4.2). */
export function parameterOf(value: string, name: string): string | null {
	const match = new RegExp(`;\\s*${name}\\s*=\\s*(?:"((?:\\\\.|[^"\\\\])*)"|([^;\\s]*))`, 'i').exec(value);
	if (match === null) return null;
	return match[1] === undefined ? (match[2] ?? '') : match[1].replace(/\\(["\\])/g, '$1').replaceAll('%22', '"');
}
