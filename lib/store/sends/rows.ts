import type { Selectable } from 'kysely';
import type { Db } from '../dialect';
import type { JsonObject, SendEvent, SendRecord } from '../store';
import type { Tables } from '../tables';

/** What a record has from its group. */
export const GROUP_COLUMNS = [
	'send_groups.sender',
	'send_groups.key',
	'send_groups.fingerprint',
	'send_groups.message_id',
	'send_groups.fixed',
	'send_groups.stream',
	'send_groups.template',
	'send_groups.template_version',
	'send_groups.correlation_id',
	'send_groups.thread_id',
	'send_groups.tags',
	'send_groups.metadata',
	'send_groups.expires_at',
	'send_groups.content_ref',
] as const;

/** Sends joined with their groups, as `sendOf` reads them. */
export function selectSends(db: Db) {
	return db
		.selectFrom('sends')
		.innerJoin('send_groups', 'send_groups.id', 'sends.group_id')
		.selectAll('sends')
		.select(GROUP_COLUMNS);
}

export type SendRow = Awaited<ReturnType<ReturnType<typeof selectSends>['execute']>>[number];

export function sendOf(row: SendRow): SendRecord {
	return {
		id: row.id,
		groupId: row.group_id,
		scope: row.scope,
		sender: row.sender,
		key: row.key,
		fingerprint: row.fingerprint,
		recipient: row.recipient,
		messageId: row.message_id,
		fixed: JSON.parse(row.fixed) as JsonObject,
		stream: row.stream,
		template: row.template,
		templateVersion: row.template_version,
		correlationId: row.correlation_id,
		threadId: row.thread_id,
		tags: JSON.parse(row.tags) as string[],
		metadata: JSON.parse(row.metadata) as JsonObject,
		expiresAt: row.expires_at,
		contentRef: row.content_ref,
		state: row.state,
		fence: row.fence,
		leaseUntil: row.lease_until,
		notBefore: row.not_before,
		attempts: row.attempts,
		providerMessageId: row.provider_message_id,
		provider: row.provider,
		sandbox: row.sandbox,
		response: row.response,
		replyCode: row.reply_code,
		status: row.status,
		reason: row.reason,
		createdAt: row.created_at,
		updatedAt: row.updated_at,
		acceptedAt: row.accepted_at,
	};
}

/** Every recipient's copy of one mail, in the order they were given. */
export async function groupOf(db: Db, scope: string, sender: string, key: string): Promise<SendRecord[]> {
	const rows = await selectSends(db)
		.where('send_groups.scope', '=', scope)
		.where('send_groups.sender', '=', sender)
		.where('send_groups.key', '=', key)
		.orderBy('sends.id')
		.execute();
	return rows.map(sendOf);
}

/** The order of ids is that of creation. */
export function byId(a: SendRecord, b: SendRecord): number {
	return a.id < b.id ? -1 : 1;
}

export function eventOf(row: Selectable<Tables['send_events']>): SendEvent {
	return {
		id: row.id,
		sendId: row.send_id,
		type: row.type,
		from: row.from_state,
		to: row.to_state,
		at: row.at,
		detail: JSON.parse(row.detail) as JsonObject,
	};
}
