import { describe, expect, it } from 'vitest';
import { UidSet } from '../../../../lib/email/imap/uidSet';

/** Numbers that look random and are the same each time. */
function* numbers(count: number, below: number): Generator<number> {
	let state = 12_345;
	for (let index = 0; index < count; index++) {
		state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
		yield 1 + (state % below);
	}
}

describe('a set of UIDs', () => {
	it('holds what a plain set holds, in whatever order it came', () => {
		const plain = new Set<number>();
		const set = UidSet.empty();
		for (const uid of numbers(2_000, 3_000)) {
			plain.add(uid);
			set.add(uid);
		}
		const sorted = [...plain].sort((a, b) => a - b);
		expect(set.size).toBe(plain.size);
		expect(set.without(UidSet.empty())).toEqual(sorted);
		for (let uid = 0; uid <= 3_001; uid++) expect(set.has(uid)).toBe(plain.has(uid));
		expect(UidSet.decode(set.encode()).without(UidSet.empty())).toEqual(sorted);
		expect(set.highest(7)).toEqual(sorted.slice(-7).reverse());
		expect(set.following(1_000, 7)).toEqual(sorted.filter((uid) => uid > 1_000).slice(0, 7));
		expect(set.upTo(1_500).without(UidSet.empty())).toEqual(sorted.filter((uid) => uid <= 1_500));
	});

	it('tells what another one lacks', () => {
		const odd = UidSet.of([...numbers(500, 1_000)].filter((uid) => uid % 2 === 1));
		const some = UidSet.of([...numbers(900, 1_000)]);
		const missing = some.without(UidSet.empty()).filter((uid) => !odd.has(uid) && uid <= 800);
		expect(some.without(odd, 800)).toEqual(missing);
	});

	it('reads ranges as servers write them, also backwards and overlapping', () => {
		expect(UidSet.ofSequence('5:3,9,4:6,4294967295').without(UidSet.empty())).toEqual([3, 4, 5, 6, 9, 4_294_967_295]);
		expect(UidSet.ofSequence('').size).toBe(0);
	});

	it('of half a million in a row is a few letters, and of every other one no longer than what it stands for', () => {
		expect(UidSet.ofSequence('1:500000').encode().length).toBeLessThan(10);
		const sparse = UidSet.of(Array.from({ length: 250_000 }, (_, index) => 2 * index + 1));
		expect(sparse.encode().length).toBeLessThanOrEqual(500_000);
		expect(UidSet.decode(sparse.encode()).size).toBe(250_000);
	});

	it('that was written by nobody is empty', () => {
		expect(UidSet.decode('1:5;rubbish').size).toBe(0);
		expect(UidSet.decode('').size).toBe(0);
	});
});
