import { describe, expect, it } from 'vitest';
import type { OpenStore } from '../conformance';
import { freshScope, useStore } from './fixture';

export function secretConformance(open: OpenStore): void {
	describe('secrets', () => {
		const store = useStore(open);
		const other = useStore(open);

		it('are made once, whoever asks first, one for each scope', async () => {
			const scope = freshScope();
			const asked = await Promise.all(
				[store(), other(), store(), other()].map((one) => one.secrets.get(scope, 'reply-token')),
			);
			expect(new Set(asked.map((secret) => secret.toString('hex'))).size).toBe(1);
			expect(asked[0]).toHaveLength(32);
			expect(await store().secrets.get(freshScope(), 'reply-token')).not.toEqual(asked[0]);
		});

		it('go with their scope', async () => {
			const scope = freshScope();
			const secret = await store().secrets.get(scope, 'reply-token');
			await store().maintenance.eraseScope(scope);
			expect(await store().secrets.get(scope, 'reply-token')).not.toEqual(secret);
		});
	});
}
