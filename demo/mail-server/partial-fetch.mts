import fetchHandlers from 'hoodiecrow-imap/lib/commands/handlers/fetch.js';
import type { FetchHandler, FetchQuery, ImapServer } from 'hoodiecrow-imap';

/**
 * Answers BODY[]<first.count> for each message of a FETCH (RFC 9051, 6.4.5). hoodiecrow takes the count out of the query
 * when a message is shorter than that, so that every further message of the same FETCH comes empty.
 */
export function repairPartialFetch(server: ImapServer): void {
	const asked = new WeakMap<FetchQuery, readonly number[]>();
	const body: FetchHandler = (connection, message, query) => {
		const range = asked.get(query) ?? (query.partial && [...query.partial]);
		if (!range) return fetchHandlers.BODY(connection, message, query);
		asked.set(query, range);
		const [start = 0, count = 0] = range;
		const { type, value } = fetchHandlers.BODY(connection, message, { ...query, partial: null });
		// The response names the first byte only.
		query.partial = [start];
		return { type, value: value.slice(start, start + count) };
	};
	server.fetchHandlers.BODY = body;
	server.fetchHandlers['BODY.PEEK'] = body;
}
