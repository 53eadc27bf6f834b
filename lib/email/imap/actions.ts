import { TransportError } from '../../errors';
import { identify } from './comparison';
import type { ImapConnection } from './connection';
import { searchUids } from './search';

/** Messages with one Message-ID that are looked at together. */
const LOOKED_AT_ONCE = 20;

/** What can be done with a message on the server once it was dealt with. */
export type MailboxAction =
	| { kind: 'markSeen' }
	| { kind: 'addKeyword'; keyword: string }
	| { kind: 'move'; mailbox: string }
	| { kind: 'delete' };

/** A message of the selected mailbox. */
export interface MessageReference {
	uidValidity: string;
	uid: number;
	/** What the message is (see `identityOf`); without it the UID is trusted. */
	identity?: string;
	/** Without angle brackets: how the message is found when it lies under another UID. */
	messageId?: string;
}

/**
 * Does the action on exactly this message of the selected mailbox, whatever the server lacks (MOVE, UIDPLUS). Repeating
 * it does no harm, and one whose message is gone already succeeds. Where its identity is given, the message is looked at
 * first: under a UID that means another mail by now nothing happens, and the message is looked for by its Message-ID.
 *
 * @throws TransportError `IMAP_UIDVALIDITY_CHANGED`, `IMAP_KEYWORD_NOT_SUPPORTED`, `IMAP_NO_PERMISSION`,
 *   `IMAP_MAILBOX_NOT_FOUND` and those of the connection
 */
export async function applyAction(
	connection: ImapConnection,
	message: MessageReference,
	action: MailboxAction,
): Promise<void> {
	const { mailbox } = connection;
	if (mailbox === null)
		throw new TransportError('No mailbox is open.', { code: 'IMAP_NOT_CONNECTED', retryable: true });
	if (mailbox.readOnly === true) {
		throw new TransportError('The mailbox can only be read.', {
			code: 'IMAP_NO_PERMISSION',
			hint: 'Ask the administrator of the mail server for the right to change it.',
			record: { ...message },
		});
	}
	await connection.hold(async () => {
		const uids = await whereItLies(connection, message);
		for (const uid of uids) await act(connection, uid, action);
	});
}

function act(connection: ImapConnection, uid: number, action: MailboxAction): Promise<void> {
	switch (action.kind) {
		case 'markSeen':
			return addFlag(connection, uid, '\\Seen');
		case 'addKeyword':
			return addFlag(connection, uid, action.keyword);
		case 'move':
			return move(connection, uid, action.mailbox);
		case 'delete':
			return remove(connection, uid);
	}
}

/** The UID under which the message lies now; none when it is gone. */
async function whereItLies(connection: ImapConnection, message: MessageReference): Promise<number[]> {
	const uidValidity = String(connection.mailbox?.uidValidity);
	const { uid, identity, messageId } = message;
	const same = uidValidity === message.uidValidity;
	if (same && identity === undefined) return [uid];
	if (same && (await hold(connection, [uid], message)).length > 0) return [uid];
	if (identity !== undefined && messageId !== undefined) {
		const found = await searchUids(connection, { header: { 'message-id': messageId } });
		// Of two that are the same mail either will do.
		return (await hold(connection, found, message)).slice(0, 1);
	}
	if (same) return [];
	throw new TransportError('The mail server has numbered the mailbox anew, so this message cannot be told any more.', {
		code: 'IMAP_UIDVALIDITY_CHANGED',
		hint: 'Nothing was changed on the server; do it in a mail program if it matters.',
		record: { uid, uidValidity: message.uidValidity },
	});
}

/** Those of the UIDs that hold the message. */
async function hold(
	connection: ImapConnection,
	uids: readonly number[],
	{ identity, uidValidity }: MessageReference,
): Promise<number[]> {
	const found: number[] = [];
	for (let index = 0; index < uids.length; index += LOOKED_AT_ONCE) {
		const mails = await identify(connection, uids.slice(index, index + LOOKED_AT_ONCE), uidValidity);
		found.push(...mails.filter((mail) => mail.identity === identity).map(({ uid }) => uid));
	}
	return found.sort((a, b) => a - b);
}

async function addFlag(connection: ImapConnection, uid: number, flag: string): Promise<void> {
	// PERMANENTFLAGS without `\*` (Outlook, Exchange): the server knows no keywords but those it lists.
	const permanent = connection.mailbox?.permanentFlags;
	const known = [...(permanent ?? [])].map((name) => name.toLowerCase());
	if (permanent !== undefined && !known.includes('\\*') && !known.includes(flag.toLowerCase())) {
		throw new TransportError(`This mail server keeps no keyword such as ${flag} in this mailbox.`, {
			code: 'IMAP_KEYWORD_NOT_SUPPORTED',
			hint: 'Mark the message as read or move it instead.',
			record: { uid },
		});
	}
	await connection.insist((client) => client.messageFlagsAdd(String(uid), [flag], { uid: true, silent: true }));
}

async function move(connection: ImapConnection, uid: number, name: string): Promise<void> {
	// What is gone was moved by an earlier attempt whose answer got lost; a COPY would not tell.
	if (!(await exists(connection, uid))) return;
	const mailbox = await connection.pathOf(name);
	if (has(connection, 'MOVE')) {
		await connection.insist((client) => client.messageMove(String(uid), mailbox, { uid: true }));
		return;
	}
	await connection.insist((client) => client.messageCopy(String(uid), mailbox, { uid: true }));
	await remove(connection, uid);
}

async function remove(connection: ImapConnection, uid: number): Promise<void> {
	if (!(await exists(connection, uid))) return;
	if (has(connection, 'UIDPLUS')) {
		await connection.insist((client) => client.messageDelete(String(uid), { uid: true }));
		return;
	}
	// A bare EXPUNGE removes every message marked \Deleted, also those somebody else has marked: their mark is taken off
	// meanwhile. Should we fail in between, they lose the mark, not their existence.
	const marked = (await searchUids(connection, { deleted: true })).filter((other) => other !== uid);
	const others = marked.join(',');
	const options = { uid: true, silent: true };
	if (others !== '') {
		await connection.insist((client) => client.messageFlagsRemove(others, ['\\Deleted'], options));
	}
	try {
		await connection.insist((client) => client.messageDelete(String(uid), { uid: true }));
	} finally {
		if (others !== '' && connection.failure === null) {
			await connection.insist((client) => client.messageFlagsAdd(others, ['\\Deleted'], options));
		}
	}
}

async function exists(connection: ImapConnection, uid: number): Promise<boolean> {
	return (await searchUids(connection, { uid: String(uid) })).length > 0;
}

/** IMAP4rev2 includes both (RFC 9051 appendix E). */
function has(connection: ImapConnection, capability: 'MOVE' | 'UIDPLUS'): boolean {
	return connection.capabilities.has(capability) || connection.capabilities.has('IMAP4REV2');
}
