/** What the scripted server answers to a command that no test has taken over. */
import { fetchItemsOf, plainItems, type ScriptedMessage, type Section, sectionData } from './scriptedFetch';
import { inSet, searchTest } from './scriptedSearch';
import type { FetchRow, ScriptedServer } from './scriptedServer';
import type { ScriptedSession } from './scriptedSession';

/** Answered with NO and this text. */
export class Refusal extends Error {}

/** The messages that the server shows at the moment, in the order of their UIDs. */
export function shownBy(server: ScriptedServer): ScriptedMessage[] {
	return server.messages.filter((message) => server.visible(message)).sort((a, b) => a.uid - b.uid);
}

/** Tells a client that has selected the mailbox how many messages there are, when there are more than it knows of. */
export function tellNews(server: ScriptedServer, session: ScriptedSession): void {
	const count = shownBy(server).length;
	if (!session.selected || count <= session.told) return;
	session.told = count;
	session.send(`* ${count} EXISTS`);
}

/**
 * The untagged lines of an answer that ends with OK; null where nothing is to be sent.
 *
 * @throws Refusal for a NO, Error for a BAD
 */
export function replyTo(server: ScriptedServer, text: string, session: ScriptedSession): string[] | null {
	const [name = '', ...words] = text.split(' ');
	switch (name.toUpperCase()) {
		case 'CAPABILITY':
			return [
				`* CAPABILITY ${server.capabilitiesWithin !== null && session.state !== 'not authenticated' ? server.capabilitiesWithin : server.capabilities}`,
			];
		case 'NAMESPACE':
			return ['* NAMESPACE (("" "/")) NIL NIL'];
		case 'LIST':
			return server.list;
		case 'LOGOUT':
			return ['* BYE bye'];
		case 'SELECT':
		case 'EXAMINE':
			return opened(server, session);
		case 'IDLE':
			session.send('+ idling');
			if (server.tellsNews) tellNews(server, session);
			return null;
		case 'NOOP':
			if (server.tellsNews) tellNews(server, session);
			return [];
		case 'EXPUNGE':
			return expungeDeleted(server, () => true);
		case 'FETCH':
			return fetch(server, { set: words[0] ?? '', wanted: words.slice(1).join(' '), byUid: false }, session);
		case 'UID':
			return byUid(server, (words[0] ?? '').toUpperCase(), words.slice(1), session);
		default:
			return [];
	}
}

function opened(server: ScriptedServer, session: ScriptedSession): string[] {
	const all = shownBy(server);
	session.told = all.length;
	const next = server.uidNextTold ?? Math.max(0, ...all.map(({ uid }) => uid)) + 1;
	return [
		'* FLAGS (\\Seen \\Deleted)',
		`* OK [PERMANENTFLAGS (${server.permanentFlags})] flags`,
		`* ${all.length} EXISTS`,
		`* OK [UIDVALIDITY ${server.uidValidity}] valid`,
		...(server.uidNext ? [`* OK [UIDNEXT ${next}] next`] : []),
	];
}

function byUid(server: ScriptedServer, name: string, words: string[], session: ScriptedSession): string[] {
	const [set = '', ...rest] = words;
	switch (name) {
		case 'SEARCH':
			return search(server, words.join(' '));
		case 'FETCH':
			return fetch(server, { set, wanted: rest.join(' '), byUid: true }, session);
		case 'STORE':
			return store(server, set, rest);
		case 'EXPUNGE':
			return expungeDeleted(server, (uid) => holds(server, set, uid));
		case 'COPY':
		case 'MOVE':
			return carry(server, set, rest.join(' ').replace(/^"|"$/g, ''), name === 'MOVE');
		default:
			throw new Error(`UID ${name} is no command`);
	}
}

function holds(server: ScriptedServer, set: string, uid: number): boolean {
	return inSet(set, uid, Math.max(0, ...shownBy(server).map((message) => message.uid)));
}

function search(server: ScriptedServer, criteria: string): string[] {
	const all = shownBy(server);
	const { charset, matches } = searchTest(criteria, all);
	if (charset !== null && !server.charsets.includes(charset)) {
		throw new Refusal(`[BADCHARSET (${server.charsets.join(' ')})] The specified charset is not supported.`);
	}
	const found = all.filter(matches).map(({ uid }) => ` ${uid}`);
	return [`* SEARCH${found.join('')}`];
}

function store(server: ScriptedServer, set: string, [how = '', flags = '']: string[]): string[] {
	const named = flags.replace(/[()]/g, '').split(' ');
	for (const message of shownBy(server)) {
		if (!holds(server, set, message.uid)) continue;
		const left = (message.flags ?? '').split(' ').filter((flag) => flag !== '' && !named.includes(flag));
		message.flags = (how.startsWith('-') ? left : [...left, ...named]).join(' ');
	}
	return [];
}

function expungeDeleted(server: ScriptedServer, among: (uid: number) => boolean): string[] {
	for (const { uid, flags } of shownBy(server)) {
		if (among(uid) && /\\Deleted/i.test(flags ?? '')) server.expunge(uid);
	}
	return [];
}

function carry(server: ScriptedServer, set: string, path: string, away: boolean): string[] {
	const taken = shownBy(server).filter(({ uid }) => holds(server, set, uid));
	server.elsewhere.set(path, [...(server.elsewhere.get(path) ?? []), ...taken]);
	if (away) for (const { uid } of taken) server.expunge(uid);
	return [];
}

interface Fetch {
	set: string;
	wanted: string;
	byUid: boolean;
}

function fetch(server: ScriptedServer, { set, wanted, byUid: uids }: Fetch, session: ScriptedSession): string[] {
	const asked = fetchItemsOf(wanted);
	const items = uids && !asked.includes('UID') ? ['UID', ...asked] : asked;
	const all = shownBy(server);
	for (const [index, message] of all.entries()) {
		const wantedToo = uids ? holds(server, set, message.uid) : inSet(set, index + 1, all.length);
		if (!wantedToo) continue;
		// A client knows no number that it was not told.
		if (index >= session.told) {
			session.told = index + 1;
			session.send(`* ${index + 1} EXISTS`);
		}
		tellRow(server, rowOf(server, message, index + 1, items, session));
	}
	return [];
}

function rowOf(
	server: ScriptedServer,
	message: ScriptedMessage,
	sequence: number,
	items: (string | Section)[],
	session: ScriptedSession,
): FetchRow {
	const section = items.find((item): item is Section => typeof item !== 'string') ?? null;
	const head = `* ${sequence} FETCH (${plainItems(message, items, server.begun).join(' ')}`;
	const all = section === null ? '' : sectionData(message.raw, section.name);
	const partial = section?.partial ?? null;
	const data =
		partial === null
			? all
			: server.partial(Buffer.from(all, 'latin1'), partial.start, partial.length).toString('latin1');
	const label = section === null ? '' : `BODY[${section.name}]${partial === null ? '' : `<${partial.start}>`}`;
	return { message, sequence, items, section, data, head, label, session };
}

function tellRow(server: ScriptedServer, row: FetchRow): void {
	if (server.row?.(row) === true) return;
	const { session, head, section, label, data } = row;
	if (section === null) session.send(`${head})`);
	else session.send(`${head} ${label} {${data.length}}`, `${data})`);
}
