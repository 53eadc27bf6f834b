import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll } from 'vitest';
import type { Store } from '../../../../lib/store';
import type { OpenStore } from '../conformance';

/** A store for the tests of one describe block; `store()` inside a test. */
export function useStore(open: OpenStore, options: Parameters<OpenStore>[0] = {}): () => Store {
	let store: Store | undefined;
	beforeAll(async () => {
		store = await open(options);
	});
	afterAll(async () => {
		await store?.close();
	});
	return () => store!;
}

/** A scope nobody else uses. */
export const freshScope = (): string => `scope-${randomUUID()}`;

/** A lease that is over as soon as it is written. */
export const LAPSED = -1;
/** A lease that outlives every test. */
export const LONG = 3_600_000;
