/** FETCH of the scripted server (RFC 9051 section 6.4.5): what was asked for, and nothing else. */
import type { SearchedMessage } from './scriptedSearch';

export interface ScriptedMessage extends SearchedMessage {
	/** RFC822.SIZE as the server says it, where that is not the length. */
	size?: number;
	/** X-GM-THRID, told when it is asked for. */
	gmailThreadId?: string;
}

/** One part of a message that was asked for. */
export interface Section {
	/** What stands between the brackets; empty for the whole message. */
	name: string;
	/** The first byte and how many, or null for all. */
	partial: { start: number; length: number } | null;
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** The date-time of RFC 9051 section 9, in UTC. */
export function internalDateOf(date: Date): string {
	const [day, time] = date.toISOString().split(/[TZ.]/);
	const [year, month, number] = (day ?? '').split('-');
	return `${number ?? ''}-${MONTHS[Number(month) - 1] ?? ''}-${year ?? ''} ${time ?? ''} +0000`;
}

/** What one FETCH asks for. @throws Error with the text for a BAD */
export function fetchItemsOf(text: string): (string | Section)[] {
	const inner = /^\((.*)\)$/s.exec(text)?.[1] ?? text;
	const items = inner.match(/BODY(?:\.PEEK)?\[[^\]]*\](?:<\d+\.\d+>)?|[^\s()]+/gi) ?? [];
	return items.map((item) => {
		const section = /^BODY(\.PEEK)?\[([^\]]*)\](?:<(\d+)\.(\d+)>)?$/i.exec(item);
		if (section === null) {
			if (!/^(UID|FLAGS|INTERNALDATE|RFC822\.SIZE|X-GM-THRID|X-GM-MSGID|ENVELOPE|BODYSTRUCTURE)$/i.test(item))
				throw new Error(`${item} is no fetch item`);
			return item.toUpperCase();
		}
		if (section[1] === undefined) throw new Error('a FETCH without PEEK sets \\Seen');
		const [start, length] = [Number(section[3]), Number(section[4])];
		return { name: (section[2] ?? '').toUpperCase(), partial: section[3] === undefined ? null : { start, length } };
	});
}

/** The bytes of a section, latin1. @throws Error with the text for a BAD */
export function sectionData(raw: string, name: string): string {
	const header = /^(?:[^\r\n][^\r\n]*\r\n)*(?:\r\n|$)/.exec(raw)?.[0] ?? '';
	if (name === '') return raw;
	if (name === 'HEADER') return header;
	if (name === 'TEXT') return raw.slice(header.length);
	const wanted = /^HEADER\.FIELDS \((.*)\)$/.exec(name)?.[1]?.toLowerCase().split(' ');
	if (wanted === undefined) throw new Error(`no such section: ${name}`);
	const fields = header.match(/[^\r\n]+\r\n(?:[ \t][^\r\n]*\r\n)*/g) ?? [];
	return `${fields.filter((field) => wanted.includes((field.split(':')[0] ?? '').trim().toLowerCase())).join('')}\r\n`;
}

/** The items but the sections, as they stand in the response. */
export function plainItems(message: ScriptedMessage, items: readonly (string | Section)[], date: string): string[] {
	const values: Readonly<Record<string, string>> = {
		UID: String(message.uid),
		FLAGS: `(${message.flags ?? ''})`,
		INTERNALDATE: `"${message.date ?? date}"`,
		'RFC822.SIZE': String(message.size ?? message.raw.length),
		'X-GM-THRID': message.gmailThreadId ?? '0',
		'X-GM-MSGID': String(message.uid),
	};
	return items.flatMap((item) => (typeof item === 'string' && item in values ? [`${item} ${values[item]}`] : []));
}
