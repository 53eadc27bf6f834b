import { expect, it } from 'vitest';
import { withResult } from '../../nodes/itemField';

it('puts a result in front of the item, also in the place of a former one', () => {
	const json = { subject: 'Hello', send: { state: 'deferred' } };
	expect(Object.entries(withResult(json, { send: { state: 'accepted' } }))).toEqual([
		['send', { state: 'accepted' }],
		['subject', 'Hello'],
	]);
});
