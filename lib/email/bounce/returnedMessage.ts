import { type HeaderField, decodeHeaderValue, header, rawHeader, readHeaderBlock } from '../mime/headerBlock';
import { allAddresses, firstAddress } from './addresses';
import type { OriginalMessage } from './classification';

/**
 * Lines behind which a notice in plain text returns the message or its headers, one per family, each with a line it
 * stems from. Matched against one line, trimmed and in lower case.
 */
export const SEPARATORS: ReadonlyArray<{ line: string; pattern: RegExp }> = [
	{
		line: '--- Below this line is a copy of the message.',
		pattern: /^-{0,10} ?below (?:this line )?is (?:a|the) (?:copy|original)/,
	},
	{
		line: '------ This is a copy of the message, including all the headers. ------',
		pattern: /^-{0,10} ?this is a copy of (?:the|your) message/,
	},
	{
		line: '------ The body of the message is 5105 characters long; only the first 5000 are included here.',
		pattern: /^-{2,10} ?the body of the message is/,
	},
	{
		line: '--- Original message follows.',
		pattern:
			/^[-=*\s]{0,20}(?:the )?(?:original|old|returned|unsent|undelivered|failed|rejected|bounced) (?:e-?mail |mail )?(?:message|mail|e-?mail|text)?(?: headers?)?(?: is| are)?(?: as)?(?: follow(?:s|ing)?| attached| below| begins?)?\s?[-=*:.\s]{0,90}$/,
	},
	{
		line: '   ----- Unsent message follows -----',
		pattern: /^-{2,20} ?(?:unsent|returned|original|undelivered|message) [a-z ]{0,40}-{2,40}$/,
	},
	{
		line: 'Message headers follow.',
		pattern:
			/^[-=*\s]{0,20}(?:the )?(?:message|mail|original|returned) ?(?:message )?headers?(?: of the (?:original )?message)?(?: is| are)? (?:follow|as follows|attached|below)/,
	},
	{
		line: 'The header of the original message is following.',
		pattern: /^[-=*\s]{0,20}(?:the )?headers? (?:of|from) the (?:original )?(?:message|mail) (?:is|are|follow)/,
	},
	{
		line: 'Included is a copy of the message header:',
		pattern:
			/^(?:included|attached|here|following|enclosed) (?:is|are) (?:a copy of )?(?:the|your) (?:original )?(?:message|mail)/,
	},
	{
		line: '    Below is a copy of the original message:',
		pattern: /^(?:below is )?a copy of (?:the|your) (?:original )?(?:message|mail)\b.{0,40}:$/,
	},
	{
		line: '|------------------------- Message text follows: ------------------------|',
		pattern: /^\|?-{2,60} (?:message text follows|message header follows): ?-{2,60}\|?$/,
	},
	{ line: 'Content-Type: message/rfc822', pattern: /^content-type: (?:message\/rfc822|text\/rfc822-headers?)/ },
	{ line: 'Original mail as follows:', pattern: /^original (?:mail|message) as follows/ },
	{
		line: '-------- 元のメール --------',
		pattern: /^[-=*\s]{0,20}(?:元の?メール|オリジナルメッセージ|返送メール|ヘッダ情報)/,
	},
	{
		line: '--- Это копия вашего сообщения ---',
		pattern:
			/^[-=*\s]{0,20}(?:это копия|копия (?:вашего )?(?:сообщения|письма)|исходное (?:сообщение|письмо)|оригинал (?:сообщения|письма))/,
	},
	{
		line: '--- Es folgt eine Kopie der Nachricht ---',
		pattern:
			/^[-=*\s]{0,20}(?:es folgt (?:eine kopie|die)|(?:eine )?kopie der (?:nachricht|mail|e-mail)|ursprüngliche nachricht|originalnachricht|nachfolgend)/,
	},
	{
		line: '--- Copie du message original ---',
		pattern: /^[-=*\s]{0,20}(?:copie du message|message (?:original|d'origine)|le message original)/,
	},
	{
		line: '--- Mensaje original ---',
		pattern:
			/^[-=*\s]{0,20}(?:mensa(?:je|gem) original|copia del mensaje|messaggio originale|copia del messaggio|oorspronkelijk bericht)/,
	},
	{ line: '----- 原始邮件 -----', pattern: /^[-=*\s]{0,20}(?:原始邮件|原始郵件|邮件原文|退信原文)/ },
];

const HEADER_START =
	/^(?:received|return-path|message-id|from|to|subject|date|mime-version|x-[a-z0-9-]{1,60}|delivered-to|dkim-signature|reply-to|content-type|user-agent|sender|domainkey-signature)\s{0,3}:/i;
/** A header without separator in front must show that it travelled: notices repeat To, Date and Subject themselves. */
const TRACE = /^(?:received|return-path|message-id|dkim-signature|delivered-to)$/;
const TELLING =
	/^(?:received|return-path|message-id|mime-version|dkim-signature|domainkey-signature|x-mailer|content-type|from|subject|date|to)$/;

/** Splits a plain-text notice into what the mail system wrote and what it gives back; `returned` null when nothing. */
export function splitReturned(text: string): { notice: string; returned: HeaderField[] | null } {
	const lines = text.split('\n');
	for (let index = 0; index < lines.length; index++) {
		const line = (lines[index] ?? '').trim();
		if (line === '' || line.length > 160) continue;
		const lower = line.toLowerCase();
		if (SEPARATORS.some(({ pattern }) => pattern.test(lower))) {
			const fields = headersBelow(lines, index + 1);
			if (fields !== null || isBare(lines, index)) {
				return { notice: lines.slice(0, index).join('\n'), returned: fields };
			}
		} else if (HEADER_START.test((lines[index] ?? '').replace(/^> ?/, '')) && (lines[index - 1] ?? '').trim() === '') {
			const fields = headersBelow(lines, index);
			if (fields?.some((field) => TRACE.test(field.name)) === true && index > 0)
				return { notice: lines.slice(0, index).join('\n'), returned: fields };
		}
	}
	return { notice: text, returned: null };
}

/** A separator with dashes, or with nothing but a little text behind it, ends the notice though no header follows. */
function isBare(lines: string[], index: number): boolean {
	return /^\s*[-=*|]{2}/.test(lines[index] ?? '') || lines.slice(index + 1).join('').length < 4000;
}

function headersBelow(lines: string[], from: number): HeaderField[] | null {
	let start = from;
	while (start < lines.length && start < from + 6 && !HEADER_START.test((lines[start] ?? '').replace(/^[>\s]+/, '')))
		start++;
	const first = lines[start];
	if (first === undefined) return null;
	const indent = /^(?:> ?|[ \t]+)?/.exec(first)?.[0] ?? '';
	const end = Math.min(lines.length, start + 300);
	const block = lines
		.slice(start, end)
		.map((line) => (indent !== '' && line.startsWith(indent) ? line.slice(indent.length) : line))
		.join('\n');
	const { fields } = readHeaderBlock(block, 0, block.length);
	return looksLikeMessageHeader(fields) ? fields : null;
}

/** At least two of the fields every message has, and not a delivery-status block. */
export function looksLikeMessageHeader(fields: readonly HeaderField[]): boolean {
	const names = new Set(fields.map((field) => field.name).filter((name) => TELLING.test(name)));
	const report = fields.some((field) => /^(?:reporting-mta|final-recipient|action|diagnostic-code)$/.test(field.name));
	return names.size >= 2 && !report && (names.size >= 3 || names.has('received') || names.has('message-id'));
}

/** What the returned header says about the message that came back. */
export function originalOf(fields: readonly HeaderField[]): OriginalMessage {
	const headers: Record<string, string[]> = Object.create(null) as Record<string, string[]>;
	for (const field of fields) (headers[field.name] ??= []).push(decodeHeaderValue(field.value));
	return {
		messageId: messageIdIn(rawHeader(fields, 'message-id')),
		subject: header(fields, 'subject'),
		from: firstAddress(header(fields, 'from')),
		to: allAddresses(
			fields
				.filter((field) => field.name === 'to')
				.map((field) => decodeHeaderValue(field.value))
				.join(', '),
		),
		date: isoDate(rawHeader(fields, 'date')),
		headers,
	};
}

/**
 * Header lines that a notice repeats among its own text, indented: Sun's and PMDF's "a message you sent with the
 * following header fields", Exchange's list of To, Subject and Sent. Empty when there are none.
 */
export function describedHeader(notice: string): HeaderField[] {
	const fields: HeaderField[] = [];
	for (const line of notice.split('\n', 200)) {
		const match = /^[ \t]{1,12}(Message-ID|Subject|From|To|Date)\s{0,3}:[ \t]{1,12}(\S.{0,900})$/i.exec(line);
		const name = match?.[1]?.toLowerCase();
		if (name !== undefined && !fields.some((field) => field.name === name))
			fields.push({ name, value: match?.[2] ?? '' });
	}
	return fields;
}

/** The id without angle brackets (RFC 5322 section 3.6.4); a bare one is taken as it is. */
export function messageIdIn(raw: string | null): string | null {
	if (raw === null) return null;
	return /<([^<>\s]{1,900})>/.exec(raw)?.[1] ?? /^[^\s<>]{3,900}@[^\s<>]{1,250}$/.exec(raw.trim())?.[0] ?? null;
}

/** An RFC 5322 date as ISO 8601 UTC; null when it cannot be read. */
export function isoDate(raw: string | null): string | null {
	if (raw === null) return null;
	const time = Date.parse(raw.replace(/\([^)]{0,100}\)/g, '').trim());
	return Number.isNaN(time) ? null : new Date(time).toISOString();
}
