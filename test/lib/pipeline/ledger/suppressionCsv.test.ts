import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { suppressionsFromCsv, suppressionsToCsv } from '../../../../lib/pipeline/ledger/suppressionCsv';

describe('suppressions as CSV', () => {
	it('are read back as they were written', () => {
		const entry = {
			id: '1',
			scope: 's',
			addressHash: 'h',
			address: 'ann@example.com',
			stream: 'news, "daily"',
			reason: 'unsubscribed',
			source: 'line one\nline two',
			expiresAt: Date.now() + 60_000,
			createdAt: 0,
		};
		const { rows, refused } = suppressionsFromCsv(suppressionsToCsv([entry]));
		const { address, stream, reason, source, expiresAt } = entry;
		expect(rows).toEqual([{ address, stream, reason, source, expiresAt }]);
		expect(refused).toEqual([]);
	});

	it('tell which rows cannot be used, and why', () => {
		const file = '\u{feff}Email Address;Reason\r\nann@example.com;bounce\r\nj***@example.com;bounce\r\n;x\r\n';
		expect(suppressionsFromCsv(file)).toMatchObject({
			rows: [{ address: 'ann@example.com', reason: 'bounce', stream: null }],
			refused: [{ line: 3 }, { line: 4 }],
		});
		expect(suppressionsFromCsv('ann@example.com\nbob@example.com').rows).toHaveLength(2);
		expect(() => suppressionsFromCsv('name\nAnn')).toThrow(/no column/);
	});

	const entry = { id: '1', scope: 's', addressHash: 'h', expiresAt: null, createdAt: 0 };

	it('never hand a spreadsheet a formula', () => {
		const csv = suppressionsToCsv([{ ...entry, address: '=x@y.z', stream: null, reason: '+1', source: '-' }]);
		expect(csv.split('\r\n')[1]).toMatch(/^"'=x@y\.z","","'\+1","'-",/);
	});

	it.each([
		['a comma', ','],
		['a semicolon', ';'],
		['a tab', '\t'],
	])('hand no formula to a spreadsheet that separates by %s', (_, separator) => {
		const values = [
			'=1',
			'x;=1',
			'x; =1',
			'x,@SUM(1)',
			'x\t-1',
			'x\n=1',
			' =1',
			'"=1',
			';=1',
			'\uff1d1',
			"'=1",
			"x;''=1",
		];
		for (const value of values) {
			const csv = suppressionsToCsv([
				{ ...entry, address: 'a@b.example', stream: value, reason: value, source: value },
			]);
			const cells = csv
				.split(/\r?\n/)
				.slice(1)
				.flatMap((line) => line.split(separator));
			const formulas = cells.filter((cell) => /^["\s]*[=+\-@\uff1d]/.test(cell));
			expect(formulas, JSON.stringify(value)).toEqual([]);
		}
	});

	it('are read back whatever they hold', () => {
		const text = fc.string({ unit: fc.constantFrom(...Array.from('=+-@;, \t\r\n"|\'ax\uff1d')) });
		const local = fc.string({ unit: fc.constantFrom(...Array.from("=+-|'ax")), minLength: 1 });
		fc.assert(
			fc.property(local, text, text, text, (name, stream, reason, source) => {
				const written = { ...entry, address: `${name}@b.example`, stream: stream || null, reason, source };
				const { rows, refused } = suppressionsFromCsv(suppressionsToCsv([written]));
				expect(refused).toEqual([]);
				const read = {
					address: written.address,
					stream: written.stream,
					reason: reason || null,
					source: source || null,
				};
				expect(rows).toEqual([{ ...read, expiresAt: null }]);
			}),
			{ numRuns: 2000 },
		);
	});
});
