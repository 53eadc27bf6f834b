import type { FixedParts } from '../../email/smtp/compose';
import type { SendRecord } from '../../store/store';

/** What was decided when the send was reserved, so that every transmission of it has the same bytes. */
export function messageIdentityOf(record: SendRecord): FixedParts {
	const { date, boundary, replyTo } = record.fixed as { date: string; boundary: string; replyTo?: string };
	return { messageId: record.messageId, date, boundary, ...(replyTo === undefined ? {} : { replyTo }) };
}
