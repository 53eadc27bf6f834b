import { buffer } from 'node:stream/consumers';
import { expect } from 'vitest';
import type { PipelineError } from '../../../lib/errors';
import type { ImapServer } from '../../../lib/email/imap/server';
import {
	watchMailbox,
	type WatchCursor,
	type WatchHandlers,
	type WatchSettings,
	type WatchState,
	type Watcher,
} from '../../../lib/email/imap/watcher';
import type { MailServer } from '../mail/mailServer';

export const alice = 'alice@example.test';

/** Plaintext on the loopback, fast to give up. */
export function serverOf(running: MailServer, changes: Partial<ImapServer> = {}): ImapServer {
	return {
		host: running.host,
		port: running.port,
		security: 'none',
		authentication: { kind: 'password', user: alice, password: running.users[alice]! },
		...changes,
	};
}

export function mail(subject: string, body = 'x'): string {
	return `From: bob@example.test\r\nTo: ${alice}\r\nSubject: ${subject}\r\nMessage-ID: <${messageIdOf(subject)}>\r\n\r\n${body}\r\n`;
}

/** The Message-ID that `mail` gives, without angle brackets. */
export const messageIdOf = (subject: string) => `${subject.replace(' ', '-')}@example.test`;

export interface Delivered {
	uid: number;
	subject: string;
	raw: Buffer;
	streamed: boolean;
}

/** What a pipeline would keep: the cursor survives the watcher, as in a store. */
export interface Collector {
	delivered: Delivered[];
	readonly subjects: string[];
	states: WatchState[];
	poison: { uid: number; error: PipelineError }[];
	expunged: number[];
	cursor: WatchCursor | null;
	/** Called in onMessage after the message was read and before it counts as delivered. */
	before: ((message: Delivered) => Promise<void> | void) | null;
	watch(settings: WatchSettings, more?: Partial<WatchHandlers>): Watcher;
	/** Waits until that many messages were delivered. */
	count(count: number, timeout?: number): Promise<void>;
	/** Waits until the watcher is in that state. */
	reached(kind: WatchState['kind'], timeout?: number): Promise<WatchState>;
	stopAll(): Promise<void>;
}

export function collect(): Collector {
	const watchers: Watcher[] = [];
	const collector: Collector = {
		delivered: [],
		get subjects() {
			return collector.delivered.map(({ subject }) => subject);
		},
		states: [],
		poison: [],
		expunged: [],
		cursor: null,
		before: null,
		watch(settings, more = {}) {
			const watcher = watchMailbox(settings, {
				cursor: () => Promise.resolve(collector.cursor),
				onUidValidityChange: () => Promise.resolve({ since: null }),
				async onMessage({ uid, source }) {
					const raw = Buffer.isBuffer(source) ? source : await buffer(source);
					const subject = /^Subject: (.*)\r$/m.exec(raw.toString('latin1'))?.[1] ?? '';
					const message = { uid, subject, raw, streamed: !Buffer.isBuffer(source) };
					await collector.before?.(message);
					collector.delivered.push(message);
				},
				onCursor(cursor) {
					collector.cursor = cursor;
					return Promise.resolve();
				},
				onPoison({ uid }, error) {
					collector.poison.push({ uid, error });
					return Promise.resolve();
				},
				onExpunged(uid) {
					collector.expunged.push(uid);
					return Promise.resolve();
				},
				onState: (state) => collector.states.push(state),
				...more,
			});
			watchers.push(watcher);
			return watcher;
		},
		count: (count, timeout = 20_000) =>
			expect.poll(() => collector.delivered.length, { timeout, interval: 10 }).toBeGreaterThanOrEqual(count),
		async reached(kind, timeout = 20_000) {
			await expect.poll(() => watchers.at(-1)?.state.kind, { timeout, interval: 10 }).toBe(kind);
			return watchers.at(-1)!.state;
		},
		async stopAll() {
			await Promise.all(watchers.map((watcher) => watcher.stop()));
		},
	};
	return collector;
}
