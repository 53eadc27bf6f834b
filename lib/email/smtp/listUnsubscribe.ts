/** List-Unsubscribe (RFC 2369 3.2) and its one-click form (RFC 8058). */
import { InputError } from '../../errors';

export interface Unsubscription {
	/** Web address; one-click needs https. */
	url: string | null;
	/** Address that a mail to unsubscribe goes to. */
	email: string | null;
	/** Subject of that mail, which tells who it is. */
	subject?: string | null;
	/** True when a POST to `url` unsubscribes without asking anything. */
	oneClick: boolean;
}

/** @throws InputError `SEND_UNSUBSCRIBE_INVALID` */
export function unsubscribeHeaders({
	url,
	email,
	subject,
	oneClick,
}: Unsubscription): Array<{ name: string; value: string }> {
	if (url === null && email === null) return [];
	const invalid = (message: string, hint: string) =>
		new InputError(message, { code: 'SEND_UNSUBSCRIBE_INVALID', hint });
	if (url !== null && (!/^https?:\/\/[\x21-\x7e]+$/i.test(url) || /[<>]/.test(url) || !URL.canParse(url))) {
		throw invalid('The unsubscribe URL is not a web address', 'Write it as https://example.com/unsubscribe?id=…');
	}
	if (oneClick && !/^https:/i.test(url ?? '')) {
		throw invalid(
			'One-click unsubscription needs an unsubscribe URL that begins with https',
			'Give one, or switch One-Click off.',
		);
	}
	if (email !== null && !/^[^\s<>,;:"?&@]+@[^\s<>,;:"?&@]+$/.test(email)) {
		throw invalid('The unsubscribe address is not an email address', 'Write it as unsubscribe@example.com.');
	}
	const query = subject ? `?subject=${encodeURIComponent(subject)}` : '';
	const targets = [...(url === null ? [] : [url]), ...(email === null ? [] : [`mailto:${email}${query}`])];
	return [
		{ name: 'List-Unsubscribe', value: targets.map((target) => `<${target}>`).join(', ') },
		...(oneClick ? [{ name: 'List-Unsubscribe-Post', value: 'List-Unsubscribe=One-Click' }] : []),
	];
}
