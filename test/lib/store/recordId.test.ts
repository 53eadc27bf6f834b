import { describe, expect, it } from 'vitest';
import { newRecordId } from '../../../lib/store/recordId';

describe('newRecordId', () => {
	it('sorts by time, and by order of making within a millisecond', () => {
		const ids = [1, 1_700_000_000_000, 1_700_000_000_000, 1_700_000_000_000, 1_700_000_000_001].map(newRecordId);
		expect([...ids].sort()).toEqual(ids);
		expect(ids.every((id) => /^[0-9a-f]{32}$/.test(id))).toBe(true);
	});

	it('never makes the same twice', () => {
		const ids = Array.from({ length: 100_000 }, () => newRecordId(5));
		expect(new Set(ids).size).toBe(ids.length);
	});
});
