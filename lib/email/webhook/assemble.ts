import { createHash } from 'node:crypto';
import { timeOf } from './normalise';

export interface AssembledAttachment {
	filename: string | null;
	contentType: string | null;
	content: Buffer;
	/** With or without angle brackets. */
	contentId?: string | null;
	inline?: boolean;
}

export interface AssembledFields {
	/** Headers as the provider passed them on, in their order; repeated names are kept. */
	headers: ReadonlyArray<readonly [name: string, value: string]>;
	/** Values for headers the provider took out of the list; each used only where the list lacks it. */
	fallback?: Readonly<Record<string, string | null>>;
	text?: string | null;
	html?: string | null;
	attachments?: readonly AssembledAttachment[];
}

/** Headers that describe the encoding of the original body, which is not the one written here. */
const OF_THE_BODY = new Set([
	'content-type',
	'content-transfer-encoding',
	'mime-version',
	'content-disposition',
	'content-length',
]);

/**
 * Writes a MIME message from what a provider took apart, so that it can be archived and goes through the same parser as
 * every other mail. The same fields always give the same bytes. Header values are UTF-8 (RFC 6532); a structure the
 * provider did not pass on is not guessed at, but a report stays a report (RFC 6522).
 */
export function assembleMessage(fields: AssembledFields): Buffer {
	const original = fields.headers.find(([name]) => name.toLowerCase() === 'content-type')?.[1] ?? '';
	const headers = headerLines(fields);
	const boundary = `=_assembled_${createHash('sha256')
		.update(headers)
		.update(fields.text ?? '')
		.update(fields.html ?? '')
		.digest('hex')
		.slice(0, 32)}`;
	const body = bodyOf(fields, boundary, reportType(original));
	return Buffer.concat([Buffer.from(`${headers}MIME-Version: 1.0\r\n`, 'utf8'), body]);
}

function headerLines({ headers, fallback = {} }: AssembledFields): string {
	const kept = headers.filter(([name]) => !OF_THE_BODY.has(name.toLowerCase()));
	const present = new Set(kept.map(([name]) => name.toLowerCase()));
	const missing = Object.entries(fallback).filter(
		([name, value]) => value !== null && value !== '' && !present.has(name.toLowerCase()),
	);
	return [...kept, ...missing]
		.filter(([name]) => /^[!-9;-~]+$/.test(name))
		.map(
			([name, value]) =>
				`${name}: ${oneLine(name.toLowerCase() === 'date' ? dateHeader(value ?? '') : (value ?? ''))}\r\n`,
		)
		.join('');
}

/** A time in ISO 8601, as JSON has it, in the form of RFC 5322, 3.3; anything else as it is. */
function dateHeader(value: string): string {
	const time = /^\d{4}-\d\d-\d\d/.test(value) ? timeOf(value) : null;
	return time === null ? value : new Date(time).toUTCString().replace('GMT', '+0000');
}

/** Unfolded, so that a value can neither end the header section nor add a header. */
function oneLine(value: string): string {
	return value
		.replace(/[\r\n]+[\t ]*/g, ' ')
		.replaceAll('\0', '')
		.trim();
}

/** `multipart/report; report-type=…` of a bounce, so that it is recognised as one; null for anything else. */
function reportType(contentType: string): string | null {
	if (!/^\s*multipart\/report\b/i.test(contentType)) return null;
	return /report-type\s*=\s*"?([\w-]+)/i.exec(contentType)?.[1]?.toLowerCase() ?? null;
}

function bodyOf({ text, html, attachments = [] }: AssembledFields, boundary: string, report: string | null): Buffer {
	const related = attachments.filter((attachment) => attachment.inline && attachment.contentId && html);
	const attached = attachments.filter((attachment) => !related.includes(attachment));
	const texts = [
		...(text !== null && text !== undefined && (text !== '' || !html) ? [textPart('plain', text)] : []),
		...(html ? [textPart('html', html)] : []),
	];
	if (texts.length === 0) texts.push(textPart('plain', ''));
	const alternative = container('multipart/alternative', `${boundary}_a`, texts);
	const shown = container('multipart/related', `${boundary}_r`, [alternative, ...related.map(attachmentPart)]);
	const type = report === null ? 'multipart/mixed' : `multipart/report; report-type=${report}`;
	return container(type, `${boundary}_m`, [shown, ...attached.map(attachmentPart)]);
}

/** A multipart, or its only part by itself. */
function container(type: string, boundary: string, parts: readonly Buffer[]): Buffer {
	if (parts.length === 1 && parts[0] !== undefined) return parts[0];
	return Buffer.concat([
		Buffer.from(`Content-Type: ${type};\r\n boundary="${boundary}"\r\n\r\n`),
		...parts.flatMap((part) => [Buffer.from(`--${boundary}\r\n`), part, Buffer.from('\r\n')]),
		Buffer.from(`--${boundary}--\r\n`),
	]);
}

function textPart(subtype: string, text: string): Buffer {
	const headers = `Content-Type: text/${subtype}; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n`;
	return Buffer.from(headers + base64Lines(Buffer.from(text, 'utf8')));
}

function attachmentPart({ filename, contentType, content, contentId, inline }: AssembledAttachment): Buffer {
	const type = /^[\w.+-]+\/[\w.+-]+/.exec(contentType?.trim() ?? '')?.[0].toLowerCase() ?? 'application/octet-stream';
	// message/rfc822 and its kin must not be encoded (RFC 2046, 5.2.1).
	const verbatim = type.startsWith('message/');
	const headers = [
		`Content-Type: ${type}`,
		`Content-Transfer-Encoding: ${verbatim ? '8bit' : 'base64'}`,
		`Content-Disposition: ${inline ? 'inline' : 'attachment'}${filename ? `; filename*=utf-8''${encodeFilename(filename)}` : ''}`,
		...(contentId ? [`Content-ID: <${oneLine(contentId).replace(/^<|>$/g, '')}>`] : []),
	];
	return Buffer.concat([
		Buffer.from(`${headers.join('\r\n')}\r\n\r\n`),
		verbatim ? content : Buffer.from(base64Lines(content)),
	]);
}

/** RFC 2231 / RFC 8187: percent-encoded UTF-8. */
function encodeFilename(filename: string): string {
	return encodeURIComponent(Buffer.from(filename).toString()).replace(
		/['()*!]/g,
		(character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
	);
}

function base64Lines(bytes: Buffer): string {
	return (bytes.toString('base64').match(/.{1,76}/g) ?? []).join('\r\n');
}
