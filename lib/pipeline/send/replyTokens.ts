/** Addresses for answers that lead back to the thread by themselves, and the way back from them. */
import { messageIdKey } from '../../email/thread/links';
import { addressWithToken, makeReplyToken, tokensIn, verifyReplyToken } from '../../email/thread/replyToken';
import type { Store } from '../../store/store';

const SECRET = 'reply-token';

/**
 * An address for answers to one mail of ours: `support@example.com` becomes `support+TOKEN@example.com`. The same mail
 * gets the same address, however often it is asked for. Works from the moment it returns: an answer finds the thread
 * even when nothing else of the mail was filed yet.
 *
 * @param sent the mail's own Message-ID, and the thread it goes to; null, or one that the scope does not know, for the
 *   thread that the mail itself will be filed in
 * @throws InputError `REPLY_ADDRESS_INVALID`, `REPLY_ADDRESS_TOO_LONG`
 */
export async function replyAddressFor(
	store: Store,
	scope: string,
	address: string,
	sent: { messageId: string; threadId: string | null },
): Promise<string> {
	const { token, id } = makeReplyToken(await store.secrets.get(scope, SECRET), sent.messageId);
	const full = addressWithToken(address, token);
	await store.threads.reserve(
		scope,
		[
			{ key: messageIdKey(sent.messageId), kind: 'placeholder' },
			{ key: replyTokenKey(id), kind: 'index' },
		],
		sent.threadId,
	);
	return full;
}

/** Thread keys of the tokens in a mail's addresses, as far as this scope signed them. */
export async function replyTokenKeys(
	store: Store,
	scope: string,
	message: Parameters<typeof tokensIn>[0],
): Promise<string[]> {
	const tokens = tokensIn(message);
	if (tokens.length === 0) return [];
	const secret = await store.secrets.get(scope, SECRET);
	return tokens.flatMap((token) => {
		const id = verifyReplyToken(secret, token);
		return id === null ? [] : [replyTokenKey(id)];
	});
}

function replyTokenKey(id: string): string {
	return `token:${id}`;
}
