/** Rows asked for at once; more are fetched page by page. */
const PAGE = 500;

/**
 * Reads a paged list to its end, or up to `limit` rows.
 * @param page the next `size` rows behind `last`
 */
export async function* rowsOf<Row>(
	page: (size: number, last: Row | undefined) => Promise<Row[]>,
	limit: number = Number.POSITIVE_INFINITY,
): AsyncGenerator<Row> {
	let last: Row | undefined;
	for (let left = limit; left > 0;) {
		const size = Math.min(PAGE, left);
		const rows = await page(size, last);
		yield* rows;
		last = rows.at(-1);
		left -= rows.length;
		if (rows.length < size) return;
	}
}

export async function collected<Row>(rows: AsyncIterable<Row>): Promise<Row[]> {
	const all: Row[] = [];
	for await (const row of rows) all.push(row);
	return all;
}
