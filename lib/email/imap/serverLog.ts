import { refusalOf, type Refusal } from './imapError';
import { type ImapServer, secretsOf } from './server';

export interface LogObserver {
	onRefusal?: (refusal: Refusal) => void;
	/** The first line of the server, whatever it is. */
	onGreeting?: (line: string) => void;
}

/**
 * imapflow tells some things in its log only: alerts, and why a command whose method answers `false` was refused. Its
 * protocol lines (with subjects and addresses in them) go no further.
 */
export function observingLogger(server: ImapServer, observer: LogObserver) {
	let greeted = false;
	const note = (entry: unknown) => {
		const { err, src, msg } = (entry ?? {}) as { err?: unknown; src?: unknown; msg?: unknown };
		const refusal = refusalOf(err);
		if (refusal !== null && refusal.status !== 'BYE') observer.onRefusal?.(refusal);
		if (src === 's' && typeof msg === 'string') {
			if (!greeted) observer.onGreeting?.(msg.slice(0, 2_000));
			greeted = true;
			const alert = /^\S+ (?:OK|NO|BAD|BYE|PREAUTH) \[ALERT\]\s*(.*)$/i.exec(msg.slice(0, 2_000));
			if (alert?.[1] !== undefined) {
				const text = secretsOf(server).conceal(alert[1]);
				server.logger?.warn('The mail server shows an alert', { text: text.slice(0, 500) });
				server.onAlert?.(text);
			}
		}
	};
	return { trace: () => undefined, debug: note, info: () => undefined, warn: note, error: note, fatal: note };
}
