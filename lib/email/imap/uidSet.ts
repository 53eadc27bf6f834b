/** A set of UIDs as ranges: half a million in a row cost as much as one. */
export class UidSet {
	/** First and last of each range in turn, ascending, with at least one UID missing between two ranges. */
	readonly #ends: number[];

	private constructor(ends: number[]) {
		this.#ends = ends;
	}

	static empty(): UidSet {
		return new UidSet([]);
	}

	static of(uids: Iterable<number>): UidSet {
		const set = UidSet.empty();
		for (const uid of [...uids].sort((a, b) => a - b)) set.add(uid);
		return set;
	}

	/** @param text a set as IMAP writes it (RFC 9051 `sequence-set`, without `*`), in any order */
	static ofSequence(text: string): UidSet {
		const ranges = text
			.split(',')
			.filter((part) => part !== '')
			.map((part) => part.split(':').map(Number))
			.map(([a = 0, b = a]) => [Math.min(a, b), Math.max(a, b)] as const)
			.sort(([a], [b]) => a - b);
		const set = UidSet.empty();
		for (const [first, last] of ranges) set.#append(first, last);
		return set;
	}

	/** What `encode` wrote; empty for anything else. */
	static decode(text: string): UidSet {
		const set = UidSet.empty();
		if (!/^(?:[0-9a-z]+(?:\.[0-9a-z]+)?(?:,|$))*$/.test(text)) return set;
		let at = 0;
		for (const part of text.split(',').filter((one) => one !== '')) {
			const [gap = '', more = '0'] = part.split('.');
			const first = at + Number.parseInt(gap, 36);
			at = first + Number.parseInt(more, 36);
			set.#append(first, at);
		}
		return set;
	}

	/** Each range as its distance from the one before and how many follow the first, in base 36. */
	encode(): string {
		const parts: string[] = [];
		let at = 0;
		this.#each((first, last) => {
			parts.push((first - at).toString(36) + (last > first ? `.${(last - first).toString(36)}` : ''));
			at = last;
		});
		return parts.join(',');
	}

	get size(): number {
		let size = 0;
		this.#each((first, last) => (size += last - first + 1));
		return size;
	}

	has(uid: number): boolean {
		const index = this.#rangeFrom(uid);
		return (this.#ends[index] ?? Infinity) <= uid;
	}

	add(uid: number): void {
		const ends = this.#ends;
		if ((ends.at(-1) ?? -2) + 1 <= uid) {
			this.#append(uid, uid);
			return;
		}
		const index = this.#rangeFrom(uid);
		if ((ends[index] ?? Infinity) <= uid) return;
		const joinsBefore = index > 0 && ends[index - 1] === uid - 1;
		const joinsNext = ends[index] === uid + 1;
		if (joinsBefore && joinsNext) ends.splice(index - 1, 2);
		else if (joinsBefore) ends[index - 1] = uid;
		else if (joinsNext) ends[index] = uid;
		else ends.splice(index, 0, uid, uid);
	}

	/** Those that the other set lacks, up to and including `through`. */
	without(other: UidSet, through = Infinity): number[] {
		const missing: number[] = [];
		this.#each((first, last) => {
			for (let uid = first; uid <= Math.min(last, through);) {
				const index = other.#rangeFrom(uid);
				const from = other.#ends[index] ?? Infinity;
				if (from <= uid) uid = (other.#ends[index + 1] ?? uid) + 1;
				else for (; uid <= Math.min(last, through) && uid < from; uid++) missing.push(uid);
			}
		});
		return missing;
	}

	/** Those up to and including `through`. */
	upTo(through: number): UidSet {
		const set = UidSet.empty();
		this.#each((first, last) => {
			if (first <= through) set.#append(first, Math.min(last, through));
		});
		return set;
	}

	/** The `count` highest, descending. */
	highest(count: number): number[] {
		const found: number[] = [];
		for (let index = this.#ends.length - 2; index >= 0 && found.length < count; index -= 2) {
			const first = this.#ends[index] ?? 0;
			for (let uid = this.#ends[index + 1] ?? 0; uid >= first && found.length < count; uid--) found.push(uid);
		}
		return found;
	}

	/** The next `count` behind `after`, ascending. */
	following(after: number, count: number): number[] {
		const found: number[] = [];
		for (let index = this.#rangeFrom(after + 1); index < this.#ends.length && found.length < count; index += 2) {
			const last = this.#ends[index + 1] ?? 0;
			for (let uid = Math.max(after + 1, this.#ends[index] ?? 0); uid <= last && found.length < count; uid++)
				found.push(uid);
		}
		return found;
	}

	/** Index of the first range that ends at the UID or behind it. */
	#rangeFrom(uid: number): number {
		let low = 0;
		let high = this.#ends.length / 2;
		while (low < high) {
			const middle = (low + high) >> 1;
			if ((this.#ends[middle * 2 + 1] ?? 0) < uid) low = middle + 1;
			else high = middle;
		}
		return low * 2;
	}

	/** Ranges come in the order of their first UID. */
	#append(first: number, last: number): void {
		const end = this.#ends.at(-1);
		if (end !== undefined && first <= end + 1) this.#ends[this.#ends.length - 1] = Math.max(end, last);
		else this.#ends.push(first, last);
	}

	#each(visit: (first: number, last: number) => void): void {
		for (let index = 0; index < this.#ends.length; index += 2) {
			visit(this.#ends[index] ?? 0, this.#ends[index + 1] ?? 0);
		}
	}
}
