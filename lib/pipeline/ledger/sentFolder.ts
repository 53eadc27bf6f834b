/** Ends doubts by evidence: a mail that lies in the Sent folder was accepted. */
import { type SentFolder, findInSentFolder } from '../../email/imap/sentFolder';
import type { ImapServer } from '../../email/imap/connection';
import { InputError } from '../../errors';
import type { SendRecord, SendState, Store } from '../../store/store';
import { type Decider, type Decision, type SendLocator, everySend, findSends } from './sends';
import { collected } from './paging';

const UNDECIDED: SendState[] = ['in_doubt', 'needs_review'];

/**
 * Sends in doubt whose Message-ID is in the Sent folder become `accepted`, the others `needs_review`: a server may file
 * its copies late, or not at all, so that absence proves nothing.
 * @param locator null: all sends in doubt of the scope
 * @param folder null: the account's own Sent folder
 * @throws TransportError `IMAP_*`; InputError `INPUT_FOLDER_MISSING`; nothing is decided then
 */
export async function resolveBySentFolder(
	store: Store,
	scope: string,
	server: ImapServer,
	locator: SendLocator | null,
	folder: string | null,
	decider: Decider,
): Promise<{ folder: string | null; decisions: Decision[] }> {
	const records =
		locator === null
			? await allInDoubt(store, scope)
			: (await findSends(store, scope, locator)).filter(({ state }) => UNDECIDED.includes(state));
	if (records.length === 0) return { folder, decisions: [] };
	const ids = [...new Set(records.flatMap(idsOf))];
	const evidence = await findInSentFolder(server, ids, folder);
	if (evidence.path === null) {
		throw new InputError('The account has no folder for sent mail', {
			code: 'INPUT_FOLDER_MISSING',
			hint: 'Name the folder under Options → Sent Folder, or resolve the sends by hand.',
		});
	}
	const decisions: Decision[] = [];
	for (const record of records) decisions.push(await decide(store, scope, record, evidence, decider));
	return { folder: evidence.path, decisions };
}

async function allInDoubt(store: Store, scope: string): Promise<SendRecord[]> {
	await store.sends.sweep(scope);
	return await collected(everySend(store, scope, { states: UNDECIDED }));
}

/** Some servers replace the Message-ID, and tell the new one in their reply. */
function idsOf({ messageId, providerMessageId }: SendRecord): string[] {
	return [messageId, ...(providerMessageId?.includes('@') ? [providerMessageId] : [])];
}

async function decide(
	store: Store,
	scope: string,
	record: SendRecord,
	{ path, found }: SentFolder,
	{ by, note }: Decider,
): Promise<Decision> {
	const isThere = idsOf(record).some((id) => found.has(id));
	const [changed] = await store.sends.transition(scope, {
		ids: [record.id],
		fence: record.fence,
		to: isThere ? 'accepted' : 'needs_review',
		detail: {
			by,
			...(note === null ? {} : { note }),
			evidence: isThere ? 'found in the Sent folder' : 'not found in the Sent folder',
			folder: path,
		},
	});
	return { record: changed ?? (await store.sends.get(scope, record.id)) ?? record, changed: !!changed, error: null };
}
