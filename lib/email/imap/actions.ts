import { TransportError } from '../../errors';
import type { ImapConnection } from './connection';
import { searchUids } from './search';

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
}

/**
 * Does the action on exactly this message of the selected mailbox, whatever the server lacks (MOVE, UIDPLUS). Repeating
 * it does no harm, and one whose message is gone already succeeds.
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
	if (mailbox === null || String(mailbox.uidValidity) !== message.uidValidity) {
		throw new TransportError(
			'The mail server has numbered the mailbox anew, so this message cannot be told any more.',
			{
				code: 'IMAP_UIDVALIDITY_CHANGED',
				hint: 'Nothing was changed on the server; do it in a mail program if it matters.',
				record: { ...message },
			},
		);
	}
	if (mailbox.readOnly === true) {
		throw new TransportError('The mailbox can only be read.', {
			code: 'IMAP_NO_PERMISSION',
			hint: 'Ask the administrator of the mail server for the right to change it.',
			record: { ...message },
		});
	}
	await connection.hold(() => {
		switch (action.kind) {
			case 'markSeen':
				return addFlag(connection, message.uid, '\\Seen');
			case 'addKeyword':
				return addFlag(connection, message.uid, action.keyword);
			case 'move':
				return move(connection, message.uid, action.mailbox);
			case 'delete':
				return remove(connection, message.uid);
		}
	});
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
