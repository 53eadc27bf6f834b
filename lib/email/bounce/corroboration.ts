import { header, rawHeader } from '../mime/headerBlock';
import type { Anatomy } from './anatomy';
import { looseAddresses, readNoticeRecipients } from './noticeRecipients';
import { readAutomation } from './otherMail';
import { sendersOf } from './recipients';

/** Senders that mail systems use, as they stand in a returned or forwarded header. */
export const DAEMON_ADDRESS =
	/mailer-?daemon|mail delivery (?:sub)?system|postmaster@|microsoft outlook|microsoft exchange|mail delivery service/i;

/** `550 5.1.1 …` or `#5.1.1`: a whole refusal. A code alone may be a telephone number. */
const REFUSAL = /(?<![\w.:/@+-])(?:[45][0-5]\d[ -]{1,2}#?[45]\.\d\.\d{1,3}|#[45]\.\d\.\d{1,3})(?![\w.])/;

/**
 * Whether a mail that only looks like a notice by its null return path or a postmaster's name says what a notice says:
 * it gives the message back, or names the address that failed, or quotes a refusal.
 *
 * Calendars, vacation notes, ticket systems, cron and fax gateways send with a null return path, too (RFC 3834 section
 * 3.3), and speak of failures. Of what answers a mail or comes from a list, more is asked.
 *
 * @param titles how many of From and Subject are those of a notice
 */
export function saysWhatANoticeSays(anatomy: Anatomy, titles: number): boolean {
	const fields = anatomy.root.headers;
	const returned = anatomy.returned ?? [];
	if (returned.length > 0 && !DAEMON_ADDRESS.test(header(returned, 'from') ?? '')) return true;
	const isRefusal = REFUSAL.test(anatomy.notice);
	const named = readNoticeRecipients(anatomy.notice, sendersOf(anatomy));
	const strongest = Math.max(0, ...named.map(({ strength }) => strength));
	if (readAutomation(anatomy).kind === 'auto-reply') return strongest === 3 && isRefusal;
	const isDistributed = LISTED.some((name) => rawHeader(fields, name) !== null);
	if (isDistributed) return titles === 2 ? strongest > 0 : strongest === 3 && isRefusal;
	if (strongest > 0) return true;
	if (titles === 2) return isRefusal || looseAddresses(anatomy.notice, sendersOf(anatomy)).length > 0;
	return titles === 1 && isRefusal;
}

/** What lists and newsletters carry (RFC 2369, RFC 2919). */
const LISTED = ['list-id', 'list-unsubscribe', 'list-post'];
