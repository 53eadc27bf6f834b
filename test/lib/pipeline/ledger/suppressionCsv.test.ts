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

	it('never hand a spreadsheet a formula', () => {
		const entry = { id: '1', scope: 's', addressHash: 'h', address: '=x@y.z', stream: null, reason: '+1', source: '-' };
		const csv = suppressionsToCsv([{ ...entry, expiresAt: null, createdAt: 0 }]);
		expect(csv.split('\r\n')[1]).toMatch(/^'=x@y\.z,,'\+1,'-,/);
	});
});
