import type { ForwardedMessage } from '../message';

const SEPARATOR = /^-{2,} ?Forwarded message ?-{2,}$/im;

/** First form: finds Gmail's English separator; header and text follow. */
export function readForwarded(text: string): ForwardedMessage | null {
	const match = SEPARATOR.exec(text);
	if (!match) return null;
	return { from: null, to: [], date: null, subject: null, messageId: null, text: text.slice(match.index) };
}
