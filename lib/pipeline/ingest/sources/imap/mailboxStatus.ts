/** What a person sees of a watched mailbox: kept in the store, and one line in the log for each change of the connection. */
import type { WatchState } from '../../../../email/imap/watcher';
import { PipelineError } from '../../../../errors';
import type { JsonObject, MailboxKey, Millis, Store } from '../../../../store/store';
import type { QueueLog } from '../../queueOptions';

export interface MailboxStatus {
	/** Since when the mailbox is watched, ISO 8601; null: everything in it counts. */
	since: string | null;
	/** The mark of the login that worked last; see `loginMark`. */
	login: string | null;
	/** Reads what an earlier process wrote. @returns true when there was something */
	load(): Promise<boolean>;
	report(state: WatchState): void;
	/** A mail was taken in. */
	event(): void;
	reconciled(): void;
	/** How many wait for an execution, and since when the oldest of them does. */
	waiting(count: number, oldest: Millis | null): void;
	/** Writes down now what is not yet written. */
	flush(): Promise<void>;
	close(): void;
}

/** Written at most that often, in ms. */
const INTERVAL: Millis = 1_000;

export function mailboxStatusOf(store: Store, key: MailboxKey, feed: string, log: QueueLog): MailboxStatus {
	let connection: JsonObject = {};
	let activity: JsonObject = {};
	let logged = '';
	let written = '';
	let timer: NodeJS.Timeout | null = null;

	async function flush(): Promise<void> {
		const login: JsonObject = status.login === null ? {} : { login: status.login };
		const shown = { ...connection, ...activity, ...login, since: status.since };
		const text = JSON.stringify(shown);
		if (text === written) return;
		written = text;
		await store.mailboxes.saveStatus(key, shown).catch(() => {
			// Told again with the next change.
			written = '';
		});
	}

	function soon(): void {
		timer ??= setTimeout(() => {
			timer = null;
			void flush();
		}, INTERVAL).unref();
	}

	const status: MailboxStatus = {
		since: null,
		login: null,
		async load() {
			const all = await store.mailboxes.statuses(key.scope);
			const known = all.find(({ account, mailbox }) => account === key.account && mailbox === key.mailbox)?.status;
			const { since, login, lastEventAt, lastReconcileAt } = known ?? {};
			status.login = typeof login === 'string' ? login : null;
			status.since = typeof since === 'string' ? since : null;
			activity = {
				...(typeof lastEventAt === 'string' ? { lastEventAt } : {}),
				...(typeof lastReconcileAt === 'string' ? { lastReconcileAt } : {}),
			};
			return known !== undefined && 'since' in known;
		},
		report(state) {
			const shown = shownState(state);
			connection = shown;
			// Mail that comes and goes is no change of the connection.
			const name = state.kind === 'working' ? 'watching' : `${state.kind} ${textOf(shown.code)}`.trim();
			if (name !== logged) {
				const known = state.kind === 'disconnected' || state.kind === 'blocked' || state.kind === 'failed';
				log[known ? 'warn' : 'info'](`Mailbox ${state.kind}`, { feed, ...shown });
				logged = name;
			}
			soon();
		},
		event() {
			activity = { ...activity, lastEventAt: new Date().toISOString() };
			soon();
		},
		reconciled() {
			activity = { ...activity, lastReconcileAt: new Date().toISOString() };
			soon();
		},
		waiting(count, oldest) {
			const lagSeconds = oldest === null ? 0 : Math.max(0, Math.round((Date.now() - oldest) / 1000));
			activity = { ...activity, waiting: count, lagSeconds };
			soon();
		},
		flush,
		close() {
			if (timer) clearTimeout(timer);
			timer = null;
		},
	};
	return status;
}

function textOf(value: unknown): string {
	return typeof value === 'string' ? value : '';
}

function shownState(state: WatchState): JsonObject {
	switch (state.kind) {
		case 'connecting':
			return { state: 'connecting', attempt: state.attempt };
		case 'watching':
			return { state: 'watching', mode: state.mode, backlog: 0 };
		case 'working':
			return { state: 'working', backlog: state.backlog };
		case 'blocked':
			return {
				state: 'blocked',
				code: state.error instanceof PipelineError ? state.error.code : 'UNEXPECTED',
				retryAt: state.retryAt.toISOString(),
			};
		case 'disconnected':
			return {
				state: 'disconnected',
				code: state.error.code,
				disconnectedSince: state.since.toISOString(),
				retryAt: state.retryAt.toISOString(),
			};
		case 'failed':
			return { state: 'failed', code: state.error.code };
		case 'stopped':
			return { state: 'stopped' };
	}
}
