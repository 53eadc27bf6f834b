/** What goes out, kept with a send that waits: the run that retries it may bring other content. */
import { buffer } from 'node:stream/consumers';
import type { Draft } from '../../email/smtp/compose';
import { StoreError } from '../../errors';
import type { SendRecord, Store } from '../../store/store';
import { fingerprintOfSend } from './sendRequest';
import type { SendRequest } from './sendRequest';

/** What of a request makes the mail and its envelope. */
export type Content = Pick<SendRequest, 'draft' | 'mailFrom' | 'verp' | 'replyToken' | 'caseSensitive'>;

const LINE_END = 0x0a;

/**
 * In the archive, under a reference that no other send has.
 * @returns the reference
 */
export async function keepContent(store: Store, request: SendRequest, messageId: string): Promise<string> {
	const { ref } = await store.archive.put(request.scope, packed(request, messageId));
	return ref;
}

/** @returns null when it was not kept, is gone, or is not what the record says */
export async function keptContent(store: Store, record: SendRecord): Promise<Content | null> {
	if (record.contentRef === null) return null;
	let bytes: Buffer;
	try {
		bytes = await buffer(await store.archive.open(record.scope, record.contentRef));
	} catch (error) {
		if (error instanceof StoreError && GONE.has(error.code)) return null;
		throw error;
	}
	const content = unpacked(bytes);
	return fingerprintOfSend(content) === record.fingerprint ? content : null;
}

const GONE: ReadonlySet<string> = new Set(['ARCHIVE_NOT_FOUND', 'ARCHIVE_PURGED', 'ARCHIVE_CONTENT_NOT_KEPT']);

/** A line of JSON, then the attachments, each as long as the line says. The Message-ID makes it this send's alone. */
function packed({ draft, mailFrom, verp, replyToken, caseSensitive }: Content, messageId: string): Buffer {
	const attachments = draft.attachments.map(({ content, ...rest }) => ({ ...rest, size: content.length }));
	const head = { messageId, mailFrom, verp, replyToken, caseSensitive, draft: { ...draft, attachments } };
	return Buffer.concat([Buffer.from(`${JSON.stringify(head)}\n`), ...draft.attachments.map(({ content }) => content)]);
}

type PackedDraft = Omit<Draft, 'attachments'> & {
	attachments: Array<Omit<Draft['attachments'][number], 'content'> & { size: number }>;
};

function unpacked(bytes: Buffer): Content {
	const end = bytes.indexOf(LINE_END);
	const head = JSON.parse(bytes.toString('utf8', 0, end)) as Omit<Content, 'draft'> & { draft: PackedDraft };
	let at = end + 1;
	const attachments = head.draft.attachments.map(({ size, ...rest }) => {
		const content = bytes.subarray(at, at + size);
		at += size;
		return { ...rest, content };
	});
	const { mailFrom, verp, replyToken, caseSensitive } = head;
	return { mailFrom, verp, replyToken, caseSensitive, draft: { ...head.draft, attachments } };
}
