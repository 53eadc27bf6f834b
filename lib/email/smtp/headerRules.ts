/** Which headers a user may add to a mail, and in which form (RFC 5322 2.1.1, 2.2, 3.6). */
import { InputError } from '../../errors';
import { hasControl, printable } from './wireAddress';

/** Headers that the draft's own fields or the way of a mail make; a user header of that name would contradict them. */
const RESERVED = new Set(
	(
		'from to cc bcc reply-to sender subject date message-id in-reply-to references mime-version content-type ' +
		'content-transfer-encoding content-disposition content-id return-path received delivered-to dkim-signature ' +
		'authentication-results received-spf arc-seal arc-message-signature arc-authentication-results ' +
		'x-sandbox-recipient'
	).split(' '),
);
/** RFC 5322 3.6.6: these tell who sent a mail on, which is not what a new mail is. */
const RESERVED_PREFIX = /^resent-/;

/** Headers of which a mail has one at most. */
const SINGLE = new Set(
	(
		'auto-submitted list-id list-unsubscribe list-unsubscribe-post list-post list-help list-subscribe list-owner ' +
		'precedence importance priority x-priority feedback-id organization user-agent x-mailer'
	).split(' '),
);

/** RFC 5322 2.1.1, without CRLF. A line is folded at white space only. */
const LONGEST_LINE = 998;
const LONGEST_NAME = 76;
/** What many servers take as the whole header section; more is refused by some. */
const LONGEST_VALUE = 16_384;

/** @throws InputError `SEND_HEADER_INVALID` */
export function checkHeaders(headers: ReadonlyArray<{ name: string; value: string }>): void {
	const seen = new Set<string>();
	for (const { name, value } of headers) {
		const lower = name.toLowerCase();
		if (!/^[\x21-\x39\x3b-\x7e]+$/.test(name) || name.length > LONGEST_NAME || hasControl(value)) {
			throw invalid(
				`The header “${printable(name)}” cannot be sent`,
				`A header name is at most ${LONGEST_NAME} characters of printable ASCII without a colon, and a value stays on one line.`,
			);
		}
		if (RESERVED.has(lower) || RESERVED_PREFIX.test(lower)) {
			throw invalid(
				`The header “${name}” is set by the node or the servers on the way`,
				'Use the field of that name instead of an extra header, where there is one.',
			);
		}
		if (SINGLE.has(lower) && seen.has(lower)) {
			throw invalid(
				`The header “${name}” would be there twice`,
				'Remove it from the extra headers, or switch off the option that sets it.',
			);
		}
		seen.add(lower);
		// What is not ASCII is encoded in short words and folds anywhere.
		const unbroken = /[^\x20-\x7e\t]/.test(value) ? 0 : Math.max(...value.split(/[ \t]/).map((word) => word.length));
		if (value.length > LONGEST_VALUE || unbroken > LONGEST_LINE - name.length - 2) {
			throw invalid(
				`The header “${name}” is too long`,
				`A line of a header has at most ${LONGEST_LINE} characters and is folded only at a blank; a value has at most ${LONGEST_VALUE}.`,
			);
		}
	}
}

function invalid(message: string, hint: string): InputError {
	return new InputError(message, { code: 'SEND_HEADER_INVALID', hint });
}
