/** Builds the bytes of an outgoing message (RFC 5322, RFC 2045), the same ones for the same input. */
import { createHash, randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import MailComposer from 'nodemailer/lib/mail-composer';
import { InputError } from '../../errors';
import type { EmailAddress } from '../message';

export interface OutgoingAttachment {
	filename: string;
	contentType: string;
	content: Buffer;
	/** Without angle brackets; makes it an inline part that html refers to by `cid:`. */
	contentId?: string;
}

export interface Draft {
	from: EmailAddress;
	to: EmailAddress[];
	cc: EmailAddress[];
	bcc: EmailAddress[];
	replyTo: EmailAddress[];
	subject: string;
	text: string | null;
	html: string | null;
	attachments: OutgoingAttachment[];
	/** Ids without angle brackets. */
	inReplyTo: string | null;
	references: string[];
	/** Further headers, in order. */
	headers: Array<{ name: string; value: string }>;
}

/** What is decided once, when the send record is made, so that every transmission has the same bytes. */
export interface FixedParts {
	messageId: string;
	/** ISO 8601. */
	date: string;
	boundary: string;
}

export function fixParts(from: EmailAddress, now = new Date()): FixedParts {
	const domain = from.address.split('@')[1] ?? hostname();
	return {
		messageId: `${randomBytes(16).toString('hex')}@${domain}`,
		date: now.toISOString(),
		boundary: randomBytes(12).toString('hex'),
	};
}

/** Headers that the draft's own fields make; a user header of that name would contradict them. */
const reservedHeaders = new Set(
	'from to cc bcc reply-to sender subject date message-id in-reply-to references mime-version content-type content-transfer-encoding return-path received dkim-signature'.split(
		' ',
	),
);

/**
 * Checks what would break or forge a message: header injection, bad names, unusable addresses.
 * @throws InputError `SEND_HEADER_INVALID`, `SEND_ADDRESS_INVALID`, `SEND_RECIPIENT_MISSING`, `SEND_SUBJECT_INVALID`
 */
export function checkDraft(draft: Draft): void {
	for (const { name, value } of draft.headers) {
		if (!/^[\x21-\x39\x3b-\x7e]+$/.test(name) || /[\r\n\0]/.test(value)) {
			throw new InputError(`The header “${printable(name)}” cannot be sent`, {
				code: 'SEND_HEADER_INVALID',
				hint: 'A header name is printable ASCII without a colon, and a value stays on one line.',
			});
		}
		if (reservedHeaders.has(name.toLowerCase())) {
			throw new InputError(`The header “${name}” is set by the node itself`, {
				code: 'SEND_HEADER_INVALID',
				hint: 'Use the field of that name instead of an extra header.',
			});
		}
	}
	if (/[\r\n\0]/.test(draft.subject)) {
		throw new InputError('The subject has a line break', {
			code: 'SEND_SUBJECT_INVALID',
			hint: 'Keep the subject on one line.',
		});
	}
	if (draft.to.length + draft.cc.length + draft.bcc.length === 0) {
		throw new InputError('There is no recipient', { code: 'SEND_RECIPIENT_MISSING', hint: 'Fill in To Email.' });
	}
	for (const { address } of [draft.from, ...draft.to, ...draft.cc, ...draft.bcc, ...draft.replyTo]) {
		if (!/^[^\s<>(),;:"\\[\]\x00-\x1f]+@[^\s<>(),;:"\\@\x00-\x1f]+$/.test(address)) {
			throw new InputError(`“${printable(address)}” is not an email address`, {
				code: 'SEND_ADDRESS_INVALID',
				hint: 'Write addresses as name@example.com, several separated by commas.',
			});
		}
	}
}

/** The message as it goes out. Bcc is in the envelope only. */
export async function composeMessage(draft: Draft, fixed: FixedParts): Promise<Buffer> {
	checkDraft(draft);
	const composer = new MailComposer({
		from: mailbox(draft.from),
		to: draft.to.map(mailbox),
		cc: draft.cc.map(mailbox),
		replyTo: draft.replyTo.map(mailbox),
		subject: draft.subject,
		text: draft.text ?? undefined,
		html: draft.html ?? undefined,
		attachments: draft.attachments.map(({ filename, contentType, content, contentId }) => ({
			filename,
			contentType,
			content,
			...(contentId ? { cid: contentId } : {}),
		})),
		inReplyTo: draft.inReplyTo ? `<${draft.inReplyTo}>` : undefined,
		references: draft.references.map((id) => `<${id}>`).join(' ') || undefined,
		messageId: `<${fixed.messageId}>`,
		date: new Date(fixed.date),
		baseBoundary: fixed.boundary,
		headers: draft.headers.map(({ name, value }) => ({ key: name, value })),
		newline: 'windows',
		disableFileAccess: true,
		disableUrlAccess: true,
	});
	return await composer.compile().build();
}

/** sha256 over what the receiver would notice: envelope and content, not Date, Message-ID or boundary. */
export function fingerprintOf(draft: Draft): string {
	const addresses = (list: EmailAddress[]) => list.map(({ name, address }) => [name, address.toLowerCase()]);
	const canonical = {
		from: addresses([draft.from]),
		to: addresses(draft.to),
		cc: addresses(draft.cc),
		bcc: addresses(draft.bcc),
		replyTo: addresses(draft.replyTo),
		subject: draft.subject,
		text: draft.text,
		html: draft.html,
		inReplyTo: draft.inReplyTo,
		references: draft.references,
		headers: draft.headers.map(({ name, value }) => [name.toLowerCase(), value]),
		attachments: draft.attachments.map(({ filename, contentType, content, contentId }) => [
			filename,
			contentType,
			contentId ?? null,
			createHash('sha256').update(content).digest('hex'),
		]),
	};
	return createHash('sha256').update(JSON.stringify(canonical)).digest('hex');
}

function mailbox({ name, address }: EmailAddress) {
	return { name: name.replace(/[\r\n\0]+/g, ' '), address };
}

function printable(text: string): string {
	return text.replace(/[\x00-\x1f\x7f]/g, '\u{fffd}').slice(0, 120);
}
