import { createHash } from 'node:crypto';
import { classifyMessage } from '../../../../lib/email/bounce/classifyMessage';
import { addressedTo } from '../../../../lib/email/verp';
import { type LedgerUpdate, applyClassification } from '../../../../lib/pipeline/delivery/applyUpdate';
import type { SuppressionPolicy } from '../../../../lib/pipeline/delivery/suppress';
import type { SendPatch, SendRecord, SendState, Store } from '../../../../lib/store/index';

export const scope = 'default';
export const sender = 'shop@shop.example';

export interface SentMail {
	key: string;
	recipients?: string[];
	messageId?: string;
	correlationId?: string;
	stream?: string;
	patch?: SendPatch;
	to?: SendState;
	/** ISO 8601 UTC. */
	date?: string;
	scope?: string;
}

/** Sends that a server has taken over (or whatever `to` says), one per recipient. */
export async function sent(store: Store, mail: SentMail): Promise<SendRecord[]> {
	const within = mail.scope ?? scope;
	const { sends } = await store.sends.reserve({
		scope: within,
		sender,
		key: mail.key,
		fingerprint: mail.key,
		recipients: mail.recipients ?? ['ann@customer.example'],
		messageId: mail.messageId ?? `${mail.key}@shop.example`,
		fixed: { date: mail.date ?? '2026-11-17T08:12:43.000Z', boundary: 'b' },
		stream: mail.stream ?? null,
		template: null,
		templateVersion: null,
		correlationId: mail.correlationId ?? null,
		threadId: null,
		tags: [],
		metadata: {},
		expiresAt: null,
	});
	const leased = await store.sends.lease(within, sends[0]!.groupId, 60_000);
	const ids = leased.map(({ id }) => id);
	const { fence } = leased[0]!;
	await store.sends.transition(within, { ids, fence, to: 'transmitting' });
	const patch = { replyCode: '250', status: '2.0.0', ...mail.patch };
	return await store.sends.transition(within, { ids, fence, to: mail.to ?? 'accepted', patch });
}

export interface Returned {
	/** Final-Recipient. */
	recipient: string;
	originalRecipient?: string;
	action?: 'failed' | 'delayed' | 'delivered';
	/** What the refusing host said, with its codes. */
	said?: string;
	status?: string;
	/** Header lines of the mail that comes back. */
	original?: string[];
	/** Where the notice goes. */
	to?: string;
	date?: string;
}

/** A report as MTAs write it (RFC 3464), with the header of what comes back. */
export function report(returned: Returned): Buffer {
	const { action = 'failed', said = '550 5.1.1 User unknown' } = returned;
	const status = returned.status ?? /\d\.\d\.\d/.exec(said)?.[0] ?? '5.0.0';
	return mail([
		'From: MAILER-DAEMON@mx.shop.example (Mail Delivery System)',
		`To: ${returned.to ?? sender}`,
		`Subject: ${action === 'failed' ? 'Undelivered Mail Returned to Sender' : 'Delivery report'}`,
		`Date: ${returned.date ?? 'Tue, 17 Nov 2026 09:12:44 +0000'}`,
		'Auto-Submitted: auto-replied',
		'MIME-Version: 1.0',
		'Content-Type: multipart/report; report-type=delivery-status; boundary="b"',
		'',
		'--b',
		'Content-Type: text/plain',
		'',
		`<${returned.recipient}>: host mx.customer.example[192.0.2.8] said: ${said}`,
		'',
		'--b',
		'Content-Type: message/delivery-status',
		'',
		'Reporting-MTA: dns; mx.shop.example',
		'',
		`Final-Recipient: rfc822; ${returned.recipient}`,
		...(returned.originalRecipient ? [`Original-Recipient: rfc822; ${returned.originalRecipient}`] : []),
		`Action: ${action}`,
		`Status: ${status}`,
		`Diagnostic-Code: smtp; ${said}`,
		'',
		...returnedHeader(returned.original),
		'--b--',
	]);
}

/** A complaint (RFC 5965). */
export function complaint(fields: string[], original: string[], date = 'Tue, 17 Nov 2026 09:12:44 +0000'): Buffer {
	return mail([
		'From: fbl@provider.example',
		`To: ${sender}`,
		'Subject: complaint',
		`Date: ${date}`,
		'MIME-Version: 1.0',
		'Content-Type: multipart/report; report-type=feedback-report; boundary="b"',
		'',
		'--b',
		'Content-Type: message/feedback-report',
		'',
		'User-Agent: FBL/1.0',
		'Version: 1',
		...fields,
		'',
		...returnedHeader(original),
		'--b--',
	]);
}

/** What the Bounce Classifier does with a notice. */
export async function applyNotice(store: Store, raw: Buffer, policy?: SuppressionPolicy): Promise<LedgerUpdate> {
	const source = `sha256:${createHash('sha256').update(raw).digest('hex')}`;
	return await applyClassification(
		store,
		scope,
		classifyMessage(raw),
		{ source, recipients: addressedTo(raw) },
		policy,
	);
}

function returnedHeader(original: string[] = []): string[] {
	if (original.length === 0) return [];
	return ['--b', 'Content-Type: text/rfc822-headers', '', `From: Shop <${sender}>`, 'Subject: x', ...original, ''];
}

function mail(lines: string[]): Buffer {
	return Buffer.from([...lines, ''].join('\r\n'));
}
