import type { Database } from './database';
import type { Trx } from './dialect';
import type { AddressHasher } from './keyring';
import type { IdentityStore, MailIdentity, Millis } from './store';
import { storedKey } from './storedText';
import type { Tables } from './tables';

interface Row {
	identity: string;
	place: string;
	uid: number;
}

export class SqlIdentities implements IdentityStore {
	constructor(
		private readonly database: Database,
		private readonly hash: AddressHasher,
	) {}

	async claim(
		scope: string,
		stream: string,
		given: string,
		candidates: ReadonlyArray<{ uid: number; identity: string }>,
		isHeld: (uid: number) => boolean,
	): Promise<Set<number>> {
		if (candidates.length === 0) return new Set();
		const place = storedKey(given);
		const hashed = await hashedAll(this.hash, scope, candidates);
		return this.database.transaction([`identities:${scope}:${stream}`], async (trx, now) => {
			const rows = await trx
				.selectFrom('mail_identities')
				.select(['identity', 'place', 'uid'])
				.where('scope', '=', scope)
				.where('stream', '=', stream)
				.where('identity', 'in', [...new Set(hashed.map(({ identity }) => identity))])
				.execute();
			const known = new Set<number>();
			for (const { uid, identity } of hashed) {
				const own = rows.filter((row) => row.identity === identity);
				const same = own.find((row) => row.place === place && row.uid === uid);
				const row = same ?? own.find((one) => one.place !== place || !isHeld(one.uid));
				if (row === undefined) continue;
				known.add(uid);
				await moveTo(trx, { scope, stream, row, place, uid, now });
				Object.assign(row, { place, uid });
			}
			return known;
		});
	}

	async strangers(
		scope: string,
		stream: string,
		place: string,
		found: ReadonlyArray<{ uid: number; identity: string }>,
	): Promise<Set<number>> {
		if (found.length === 0) return new Set();
		const hashed = await hashedAll(this.hash, scope, found);
		const rows = await this.database.read((db) =>
			db
				.selectFrom('mail_identities')
				.select(['identity', 'place', 'uid'])
				.where('scope', '=', scope)
				.where('stream', '=', stream)
				.where('place', '=', place)
				.where(
					'uid',
					'in',
					hashed.map(({ uid }) => uid),
				)
				.execute(),
		);
		const strange = hashed.filter(({ uid, identity }) => {
			const noted = rows.filter((row) => row.uid === uid);
			return noted.length > 0 && noted.every((row) => row.identity !== identity);
		});
		return new Set(strange.map(({ uid }) => uid));
	}
}

/** A mail to be noted, its identity hashed already: the secret is not read within a transaction. */
export type IdentityRow = Omit<Tables['mail_identities'], 'seen_at'>;

export async function identityRowOf(
	hash: AddressHasher,
	scope: string,
	mail: MailIdentity | undefined,
): Promise<IdentityRow | null> {
	return mail === undefined ? null : { scope, ...mail, identity: await hashed(hash, scope, mail.identity) };
}

/** Notes mails that were taken in; once each. */
export async function noteIdentities(trx: Trx, rows: readonly IdentityRow[], now: Millis): Promise<void> {
	if (rows.length === 0) return;
	await trx
		.insertInto('mail_identities')
		.values(rows.map((row) => ({ ...row, seen_at: now })))
		.onConflict((conflict) => conflict.doNothing())
		.execute();
}

export async function forgetIdentities(trx: Trx, before: Millis, batch: number): Promise<number> {
	const rows = await trx
		.selectFrom('mail_identities')
		.select(['scope', 'stream', 'identity', 'place', 'uid'])
		.where('seen_at', '<', before)
		.limit(batch)
		.execute();
	for (const { scope, stream, identity, place, uid } of rows) {
		await trx
			.deleteFrom('mail_identities')
			.where('scope', '=', scope)
			.where('stream', '=', stream)
			.where('identity', '=', identity)
			.where('place', '=', place)
			.where('uid', '=', uid)
			.where('seen_at', '<', before)
			.execute();
	}
	return rows.length;
}

async function moveTo(
	trx: Trx,
	{
		scope,
		stream,
		row,
		place,
		uid,
		now,
	}: { scope: string; stream: string; row: Row; place: string; uid: number; now: Millis },
): Promise<void> {
	await trx
		.updateTable('mail_identities')
		.set({ place, uid, seen_at: now })
		.where('scope', '=', scope)
		.where('stream', '=', stream)
		.where('identity', '=', row.identity)
		.where('place', '=', row.place)
		.where('uid', '=', row.uid)
		.execute();
}

/** A keyed hash: useless outside the store, and gone with its scope. */
async function hashed(hash: AddressHasher, scope: string, identity: string): Promise<string> {
	return (await hash.one(scope, `mail ${identity}`)).slice(0, 32);
}

function hashedAll(
	hash: AddressHasher,
	scope: string,
	mails: ReadonlyArray<{ uid: number; identity: string }>,
): Promise<Array<{ uid: number; identity: string }>> {
	return Promise.all(mails.map(async ({ uid, identity }) => ({ uid, identity: await hashed(hash, scope, identity) })));
}
