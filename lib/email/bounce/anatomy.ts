import { type HeaderField, readHeaderBlock } from '../mime/headerBlock';
import { type Part, readPartTree } from '../mime/partTree';
import { decodeTransfer, htmlToPlain, partText } from '../mime/partText';
import { type DeliveryStatusReport, readDeliveryStatus } from './deliveryStatus';
import { looksLikeMessageHeader, splitReturned } from './returnedMessage';

/** The pieces of a notice, wherever they stood. */
export interface Anatomy {
	root: Part;
	/** What the reporting system wrote for people, plain text; '' when there is nothing. */
	notice: string;
	/** RFC 3464 fields, from their own part or found in the text. */
	deliveryStatus: DeliveryStatusReport | null;
	/** True when the fields stood in a message/delivery-status part of this very message. */
	deliveryStatusPart: boolean;
	/** RFC 5965 fields. */
	feedback: HeaderField[] | null;
	/** RFC 8098 fields. */
	disposition: HeaderField[] | null;
	/** Header of the message that came back. */
	returned: HeaderField[] | null;
	/** Body of an enclosed message, for wrappers: the first message/rfc822 part. */
	enclosed: Part | null;
}

/** More text than this is not read for a notice, in characters. */
const NOTICE_LIMIT = 64_000;

/** A report's fields are short; attachments that are not are none. */
const UNTYPED_LIMIT = 16_000;

/** Takes a message apart. Does not descend into the message that came back. */
export function dissect(root: Part): Anatomy {
	const anatomy: Anatomy = {
		root,
		notice: '',
		deliveryStatus: null,
		deliveryStatusPart: false,
		feedback: null,
		disposition: null,
		returned: null,
		enclosed: null,
	};
	collect(root, anatomy);
	readText(anatomy);
	return anatomy;
}

function collect(part: Part, anatomy: Anatomy): void {
	const type = part.contentType;
	if (type.startsWith('multipart/')) {
		if (part.children.length === 0) addNotice(anatomy, partText(part, NOTICE_LIMIT));
		else if (type === 'multipart/alternative') collectAlternative(part, anatomy);
		else for (const child of part.children) collect(child, anatomy);
	} else if (type === 'message/delivery-status' || type === 'message/global-delivery-status') {
		anatomy.deliveryStatus ??= readDeliveryStatus(partText(part, NOTICE_LIMIT));
		anatomy.deliveryStatusPart = true;
	} else if (type === 'message/feedback-report') {
		anatomy.feedback ??= fieldsOf(part);
	} else if (type === 'message/disposition-notification' || type === 'message/global-disposition-notification') {
		anatomy.disposition ??= fieldsOf(part);
	} else if (
		/^(?:message\/(?:rfc822|global|partial)|(?:text|message)\/rfc822-headers?|message\/global-headers)$/.test(type)
	) {
		collectReturned(part, anatomy);
	} else if (type === 'text/html') {
		addNotice(anatomy, htmlToPlain(partText(part, NOTICE_LIMIT)));
	} else if (type.startsWith('text/') && !isReturnedHeader(part, anatomy)) {
		addNotice(anatomy, partText(part, NOTICE_LIMIT));
	} else if (type === 'application/octet-stream') {
		collectUntyped(part, anatomy);
	}
}

/** Gateways that do not know a part of a report hand it on as bytes. */
function collectUntyped(part: Part, anatomy: Anatomy): void {
	const text = partText(part, UNTYPED_LIMIT);
	if (!FIRST_FIELD.test(text.slice(0, 500))) isReturnedHeader(part, anatomy);
	else anatomy.deliveryStatus ??= readDeliveryStatus(text);
}

function collectAlternative(part: Part, anatomy: Anatomy): void {
	const plain = part.children.find((child) => child.contentType === 'text/plain');
	const chosen = plain !== undefined && partText(plain, NOTICE_LIMIT).trim() !== '' ? plain : part.children.at(-1);
	if (chosen !== undefined) collect(chosen, anatomy);
}

function collectReturned(part: Part, anatomy: Anatomy): void {
	anatomy.enclosed ??= part.children[0] ?? null;
	if (anatomy.returned !== null) return;
	const fields = part.children[0]?.headers ?? readPartTree(decodeTransfer(part.body, part.encoding)).headers;
	if (fields.length > 0) anatomy.returned = fields;
}

/** A text part behind the notice that is nothing but a header (some gateways attach `mailheaders.txt`). */
function isReturnedHeader(part: Part, anatomy: Anatomy): boolean {
	if (anatomy.notice === '') return false;
	const text = partText(part, NOTICE_LIMIT).trimStart();
	const { fields } = readHeaderBlock(text, 0, text.length);
	if (!looksLikeMessageHeader(fields)) return false;
	anatomy.returned ??= fields;
	return true;
}

function fieldsOf(part: Part): HeaderField[] {
	const text = partText(part, NOTICE_LIMIT).trimStart();
	const all: HeaderField[] = [];
	let at = 0;
	while (at < text.length) {
		const { fields, bodyStart, closed } = readHeaderBlock(text, at, text.length);
		all.push(...fields);
		if (!closed || bodyStart <= at) break;
		at = bodyStart;
	}
	return all;
}

function addNotice(anatomy: Anatomy, text: string): void {
	if (anatomy.notice.length < NOTICE_LIMIT) anatomy.notice += anatomy.notice === '' ? text : `\n${text}`;
}

const FIRST_FIELD = /^[ \t]{0,8}(?:Reporting-MTA|Final-Recipient|Original-Recipient)[ \t]{0,4}:/im;

/** Finds what a plain-text notice carries inline: delivery-status fields and the returned message. */
function readText(anatomy: Anatomy): void {
	const { notice, returned } = splitReturned(anatomy.notice);
	anatomy.notice = notice;
	anatomy.returned ??= returned;
	const found = FIRST_FIELD.exec(notice);
	if (anatomy.deliveryStatus === null && found !== null) {
		const text = notice.slice(found.index).replace(/^[ \t]{1,8}(?=[A-Z][A-Za-z-]{3,40}:)/gm, '');
		anatomy.deliveryStatus = readDeliveryStatus(text);
	}
}
