/** The record before the send, and where it is asked for the lease with it: one transaction, one wait for the disk. */
import { StoreError } from '../../errors';
import { admissionLocks, admitRows, hashesFor } from '../admission/admit';
import type { Database } from '../database';
import type { Dialect, Trx } from '../dialect';
import type { AddressHasher } from '../keyring';
import { newRecordId } from '../recordId';
import type { AdmissionTerms, Millis, NewSend, Reservation } from '../store';
import { storedKey } from '../storedText';
import { filing } from '../subjects';
import { byId, groupOf } from './rows';

/** Rows inserted by one statement. */
const INSERT_BATCH = 500;

export async function reserveSend(
	database: Database,
	hash: AddressHasher,
	send: NewSend,
	admit?: { ttl: Millis; terms: AdmissionTerms },
): Promise<Reservation> {
	const { scope, sender, key, expiresAt } = send;
	const addresses = [...new Set(send.recipients.map(storedKey))];
	const recipients = await Promise.all(
		addresses.map(async (address) => ({ address, hash: await hash.one(scope, address) })),
	);
	if (recipients.length === 0) {
		throw new StoreError('A send needs at least one recipient.', {
			code: 'STORE_INPUT_INVALID',
			hint: 'Give at least one recipient address.',
			record: { scope, key },
		});
	}
	const asked = admit && { ...admit, hashes: await hashesFor(hash, scope, addresses, admit.terms) };
	const locks = admit ? admissionLocks(scope, addresses, admit.terms) : [];
	return database.transaction([`reserve:${scope}:${sender}:${key}`, ...locks], async (trx, now) => {
		const group = await trx
			.insertInto('send_groups')
			.values({
				id: newRecordId(now),
				scope,
				sender,
				key,
				fingerprint: send.fingerprint,
				message_id: send.messageId,
				fixed: JSON.stringify(send.fixed),
				stream: send.stream,
				template: send.template,
				template_version: send.templateVersion,
				correlation_id: send.correlationId,
				thread_id: send.threadId,
				tags: JSON.stringify(send.tags),
				metadata: JSON.stringify(send.metadata),
				expires_at: expiresAt,
				content_ref: send.contentRef ?? null,
				created_at: now,
			})
			.onConflict((conflict) => conflict.columns(['scope', 'sender', 'key']).doNothing())
			.returning('id')
			.executeTakeFirst();
		if (group) {
			const made = await insertSends(database.dialect, trx, now, { scope, groupId: group.id, recipients, expiresAt });
			const tags = [...new Set(send.tags.map(storedKey))].map((tag) => ({ scope, tag, group_id: group.id }));
			if (tags.length > 0) await trx.insertInto('send_tags').values(tags).execute();
			// Nobody else has seen the group, so there is no lock to take for it and nothing that could have lapsed.
			if (asked && (expiresAt === null || expiresAt > now)) {
				const admission = await admitRows({ dialect: database.dialect, trx, now, scope }, made, asked);
				const { leased, suppressed, held } = admission;
				const sends = [...leased, ...[...suppressed, ...held].map(({ record }) => record)];
				return { outcome: 'created', sends: sends.sort(byId), admission };
			}
		}
		const sends = await groupOf(trx, scope, sender, key);
		if (group) return { outcome: 'created', sends, admission: null };
		return { outcome: sends[0]?.fingerprint === send.fingerprint ? 'existing' : 'conflict', sends };
	});
}

async function insertSends(
	dialect: Dialect,
	trx: Trx,
	now: Millis,
	group: {
		scope: string;
		groupId: string;
		expiresAt: Millis | null;
		recipients: ReadonlyArray<{ address: string; hash: string }>;
	},
) {
	const { scope, groupId, expiresAt } = group;
	const recipients = group.recipients.map((recipient) => ({ ...recipient, id: newRecordId(now) }));
	const fresh = { state: 'reserved' as const, fence: 0, not_before: null };
	for (let from = 0; from < recipients.length; from += INSERT_BATCH) {
		const part = recipients.slice(from, from + INSERT_BATCH);
		const rows = part.map(({ id, address }) => ({
			...fresh,
			id,
			scope,
			group_id: groupId,
			recipient: address,
			attempts: 0,
			expires_at: expiresAt,
			created_at: now,
			updated_at: now,
		}));
		const event = { type: 'reserved', from_state: null, to_state: 'reserved' as const, at: now, detail: '{}' };
		await dialect.changeTogether(trx, [
			filing(
				trx,
				part.map(({ id, hash }) => ({ scope, kind: 'send', ref: id, address_hash: hash })),
			),
			trx.insertInto('sends').values(rows),
			trx.insertInto('send_events').values(part.map(({ id }) => ({ scope, send_id: id, ...event }))),
		]);
	}
	return recipients.map(({ id, address }) => ({ ...fresh, id, recipient: address, updated_at: now }));
}
