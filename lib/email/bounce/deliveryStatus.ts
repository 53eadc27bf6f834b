import { type HeaderField, rawHeader, readHeaderBlock } from '../mime/headerBlock';
import type { DeliveryAction } from './classification';

/** The fields of a message/delivery-status body (RFC 3464 section 2.1): one block on the message, one per recipient. */
export interface DeliveryStatusReport {
	message: HeaderField[];
	recipients: HeaderField[][];
}

const RECIPIENT_FIELDS = ['final-recipient', 'original-recipient', 'action', 'status', 'diagnostic-code'];

/**
 * Reads the blocks of a delivery-status body; null when it has no recipient block.
 *
 * Tolerant of what MTAs send: blank lines within a block, recipient fields in the first block, text before the
 * fields, a block cut short.
 */
export function readDeliveryStatus(text: string): DeliveryStatusReport | null {
	const blocks: HeaderField[][] = [];
	let at = 0;
	while (at < text.length) {
		const { fields, bodyStart, closed } = readHeaderBlock(text, at, text.length);
		if (fields.length > 0) blocks.push(fields);
		if (bodyStart > at) at = bodyStart;
		if (!closed && at < text.length) {
			const newline = text.indexOf('\n', at);
			at = newline < 0 ? text.length : newline + 1;
		}
	}
	const message: HeaderField[] = [];
	const recipients: HeaderField[][] = [];
	for (const block of blocks.flatMap(splitAtRecipients)) {
		const previous = recipients.at(-1);
		if (rawHeader(block, 'final-recipient') !== null || rawHeader(block, 'original-recipient') !== null) {
			if (previous !== undefined && isContinuation(previous, block)) previous.push(...block);
			else recipients.push(block);
		} else if (block.some((field) => RECIPIENT_FIELDS.includes(field.name))) {
			if (previous !== undefined && isContinuation(previous, block)) previous.push(...block);
			else recipients.push(block);
		} else if (recipients.length === 0) message.push(...block);
		else previous?.push(...block);
	}
	return recipients.length === 0 ? null : { message, recipients };
}

/** Two recipients in one block, without the blank line between them: a repeated Final-Recipient starts a new one. */
function splitAtRecipients(block: HeaderField[]): HeaderField[][] {
	const blocks: HeaderField[][] = [];
	let current: HeaderField[] = [];
	for (const field of block) {
		const starts = field.name === 'final-recipient' || field.name === 'original-recipient';
		if (starts && current.some((seen) => seen.name === field.name)) {
			blocks.push(current);
			current = [];
		}
		current.push(field);
	}
	blocks.push(current);
	return blocks;
}

/** A blank line has split one recipient's block: none of the new fields was there already. */
function isContinuation(previous: HeaderField[], block: HeaderField[]): boolean {
	const incomplete = rawHeader(previous, 'action') === null || rawHeader(previous, 'status') === null;
	return incomplete && block.every((field) => rawHeader(previous, field.name) === null);
}

/** The value of a `type; value` field (RFC 3464 section 2.1.2), the type in lower case, '' when it is missing. */
export function typedValue(raw: string | null): { type: string; value: string } | null {
	if (raw === null) return null;
	const match = /^([A-Za-z0-9-]{1,40})\s{0,10};\s{0,10}/.exec(raw);
	if (match === null) return { type: '', value: raw.trim() };
	const type = (match[1] ?? '').toLowerCase();
	const value = raw.slice(match[0].length).trim();
	return { type, value: type === 'utf-8' ? value.replace(EMBEDDED, unembedded) : value };
}

/** A character of an internationalised address, as RFC 6533 section 3 writes it where only ASCII passes. */
const EMBEDDED = /\\x\{([0-9A-Fa-f]{2,6})\}/g;

function unembedded(whole: string, hex: string): string {
	const code = Number.parseInt(hex, 16);
	return code <= 0x10ffff ? String.fromCodePoint(code) : whole;
}

const ACTIONS: Readonly<Record<string, DeliveryAction>> = {
	failed: 'failed',
	failure: 'failed',
	fail: 'failed',
	undeliverable: 'failed',
	expired: 'failed',
	denied: 'failed',
	delayed: 'delayed',
	delay: 'delayed',
	deferred: 'delayed',
	delivered: 'delivered',
	deliverable: 'delivered',
	relayed: 'relayed',
	expanded: 'expanded',
};

/** RFC 3464 section 2.3.3, with the near misses that MTAs write; null for anything else. */
export function readAction(raw: string | null): DeliveryAction | null {
	const word = /^[A-Za-z]+/.exec(raw ?? '')?.[0].toLowerCase() ?? '';
	return ACTIONS[word] ?? null;
}
