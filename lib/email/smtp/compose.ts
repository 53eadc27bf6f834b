/** Builds the bytes of an outgoing message (RFC 5322, RFC 2045), the same ones for the same input. */
import { createHash, randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import MailComposer from 'nodemailer/lib/mail-composer';
import { InputError } from '../../errors';
import { fileName } from '../fileName';
import type { EmailAddress } from '../message';
import { type DkimKey, signMessage } from './dkim';
import { checkHeaders } from './headerRules';
import { type OutgoingLink, withLinks } from './links';
import { withCrlf } from './lineEnds';
import { hasControl, printable, wireAddress, withoutControl } from './wireAddress';

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
	/** Attachments that go as links, in a block below the bodies. */
	links?: OutgoingLink[];
	/** Further headers, in order. */
	headers: Array<{ name: string; value: string }>;
}

/** What is decided once, when the send record is made, so that every transmission has the same bytes. */
export interface FixedParts {
	messageId: string;
	/** ISO 8601. */
	date: string;
	boundary: string;
	/** Reply-To with a token in it, in place of the draft's. */
	replyTo?: string;
}

export function fixParts(from: EmailAddress, now = new Date()): FixedParts {
	const domain = from.address.split('@')[1] ?? hostname();
	return {
		messageId: `${randomBytes(16).toString('hex')}@${domain}`,
		date: now.toISOString(),
		boundary: randomBytes(12).toString('hex'),
	};
}

/**
 * Checks what would break or forge a message: header injection, bad names, unusable addresses.
 * @throws InputError `SEND_HEADER_INVALID`, `SEND_ADDRESS_INVALID`, `SEND_RECIPIENT_MISSING`, `SEND_SUBJECT_INVALID`
 */
export function checkDraft(draft: Draft): void {
	checkHeaders(draft.headers);
	checkIds(draft);
	if (hasControl(draft.subject)) {
		throw new InputError('The subject has a line break', {
			code: 'SEND_SUBJECT_INVALID',
			hint: 'Keep the subject on one line.',
		});
	}
	if (draft.to.length + draft.cc.length + draft.bcc.length === 0) {
		throw new InputError('There is no recipient', { code: 'SEND_RECIPIENT_MISSING', hint: 'Fill in To Email.' });
	}
	for (const { address } of [draft.from, ...draft.to, ...draft.cc, ...draft.bcc, ...draft.replyTo]) {
		wireAddress(address);
	}
}

/** What stands in a header without being encoded, here and at providers that make the header themselves. */
function checkIds({ inReplyTo, references, attachments }: Draft): void {
	const ids = [inReplyTo ?? '', ...references, ...attachments.map(({ contentId = '' }) => contentId)];
	const bad =
		ids.find((id) => hasControl(id) || /[<>]/.test(id)) ??
		attachments.map(({ contentType }) => contentType).find(hasControl);
	if (bad === undefined) return;
	throw new InputError(`“${printable(bad)}” cannot stand in a header`, {
		code: 'SEND_HEADER_INVALID',
		hint: 'An id or a media type is on one line, without angle brackets, line breaks or other control characters.',
	});
}

/** The bodies as they go out, and whom an answer goes to. */
export function finalParts(draft: Draft, fixed: FixedParts): Pick<Draft, 'text' | 'html' | 'replyTo'> {
	const replyTo = fixed.replyTo === undefined ? draft.replyTo : [{ name: '', address: fixed.replyTo }];
	const { text, html } = withLinks(draft, draft.links ?? [], fixed.date);
	return { text, html, replyTo };
}

/**
 * The message as it goes out, signed when there is a key. Bcc is in the envelope only.
 * @throws InputError `SEND_*`, `DKIM_KEY_INVALID`
 */
export async function composeMessage(draft: Draft, fixed: FixedParts, dkim: DkimKey | null = null): Promise<Buffer> {
	checkDraft(draft);
	const { text, html, replyTo } = finalParts(draft, fixed);
	for (const { address } of replyTo) wireAddress(address);
	const composer = new MailComposer({
		from: mailbox(draft.from),
		to: draft.to.map(mailbox),
		cc: draft.cc.map(mailbox),
		replyTo: replyTo.map(mailbox),
		subject: draft.subject,
		text: text ?? undefined,
		html: html ?? undefined,
		attachments: draft.attachments.map(({ filename, contentType, content, contentId }) => ({
			filename: fileName(filename) ?? 'unnamed',
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
	const message = withCrlf(await composer.compile().build());
	return dkim === null ? message : await signMessage(message, dkim);
}

/**
 * sha256 over what the receiver would notice: envelope and content, not Date, Message-ID or boundary, nor the token and
 * the time that are made of them.
 * @param envelope what is not in the draft: the return path, and the address that a reply token is added to
 */
export function fingerprintOf(draft: Draft, envelope: Record<string, string | boolean> = {}): string {
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
		...(draft.links?.length ? { links: draft.links } : {}),
		...(Object.keys(envelope).length > 0 ? { envelope } : {}),
	};
	return createHash('sha256').update(JSON.stringify(canonical)).digest('hex');
}

function mailbox({ name, address }: EmailAddress) {
	return { name: withoutControl(name), address };
}
