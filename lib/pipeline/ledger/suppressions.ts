/** The suppression list: who is not to be written to, in one stream or in all. */
import { normalAddress } from '../../address';
import { parseAddressList } from '../../email/addressList';
import { InputError } from '../../errors';
import type { Millis, Store, Suppression } from '../../store/store';
import { decide } from '../delivery/authority';
import { addSuppression } from '../delivery/suppress';
import { collected, rowsOf } from './paging';

export interface SuppressionChange {
	address: string;
	/** null: all streams. */
	stream: string | null;
	reason: string;
	source: string;
	expiresAt: Millis | null;
}

/** The same address and stream again replaces reason, source and expiry. */
export async function suppress(store: Store, scope: string, change: SuppressionChange): Promise<Suppression> {
	if (change.expiresAt !== null && change.expiresAt <= Date.now()) {
		throw new InputError('The suppression would expire in the past', {
			code: 'INPUT_DATE_INVALID',
			hint: 'Set “Expires At” to a time to come, or leave it out to suppress for ever.',
		});
	}
	return await addSuppression(store, decide({ kind: 'operator' }), { scope, ...change });
}

/** For each address the suppressions that keep mail of the stream from it; none means that it may be written to. */
export async function checkSuppressed(
	store: Store,
	scope: string,
	addresses: string[],
	stream: string | null,
): Promise<Array<{ address: string; suppressions: Suppression[] }>> {
	const found = await store.suppressions.check(scope, addresses, stream);
	return addresses.map((address) => ({
		address,
		suppressions: found.filter((entry) => normalAddress(entry.address) === normalAddress(address)),
	}));
}

/** @returns what still suppresses the address in this stream: an entry for all streams, say */
export async function unsuppress(
	store: Store,
	scope: string,
	address: string,
	stream: string | null,
): Promise<{ removed: boolean; remaining: Suppression[] }> {
	const removed = await store.suppressions.remove(scope, address, stream);
	return { removed: removed > 0, remaining: await store.suppressions.check(scope, [address], stream) };
}

/** Oldest first. */
export async function listSuppressions(store: Store, scope: string, limit?: number): Promise<Suppression[]> {
	return await collected(
		rowsOf<Suppression>(
			(size, last) => store.suppressions.list(scope, { limit: size, ...(last ? { after: last.id } : {}) }),
			limit,
		),
	);
}

/**
 * Addresses as a person or a header writes them, one or several.
 * @throws InputError `INPUT_ADDRESS_INVALID`
 */
export function addressesIn(text: string): string[] {
	const addresses = parseAddressList(text).map(({ address }) => address);
	if (addresses.length === 0 || addresses.some((address) => !/^[^\s@]+@[^\s@]+$/.test(address))) {
		throw new InputError('“Email” holds no usable address', {
			code: 'INPUT_ADDRESS_INVALID',
			hint: 'Write it as ann@example.com; separate several by commas.',
		});
	}
	const first = new Map<string, string>();
	for (const address of addresses) {
		const key = normalAddress(address);
		if (!first.has(key)) first.set(key, address);
	}
	return [...first.values()];
}
