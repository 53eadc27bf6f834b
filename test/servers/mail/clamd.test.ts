import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { clamdScanner } from '../../../lib/email/attachments/clamd';
import { parseMessage } from '../../../lib/email/parse/parseMessage';
import { hasClamd } from '../available';
import { type Clamd, EICAR, startClamd } from './clamd';

const LETTERS = 'It is only a letter. '.repeat(10);
const attachment = (name: string, content: string): string[] => [
	'--b',
	`Content-Type: application/octet-stream; name=${name}`,
	'Content-Transfer-Encoding: base64',
	'',
	...(Buffer.from(content)
		.toString('base64')
		.match(/.{1,76}/g) ?? []),
];
const mailOf = (...parts: string[][]): Buffer =>
	Buffer.from(
		['From: a@b.example', 'Content-Type: multipart/mixed; boundary=b', '', ...parts.flat(), '--b--', ''].join('\r\n'),
	);

describe.skipIf(!hasClamd)('a real clamd', () => {
	let clamd: Clamd;
	beforeAll(async () => {
		clamd = await startClamd();
	}, 60_000);
	afterAll(() => clamd.stop());

	const scan = async (raw: Buffer, onFailure: 'closed' | 'open') => {
		const scanner = clamdScanner({ host: '127.0.0.1', port: clamd.port });
		const { attachments } = await parseMessage(raw, { scan: { scanner, onFailure } });
		return attachments.map(({ verdict, reasons }) => ({ verdict, reasons }));
	};

	it('finds the infected attachment between clean ones', async () => {
		const raw = mailOf(attachment('a.bin', LETTERS), attachment('b.bin', EICAR), attachment('c.bin', LETTERS));
		expect(await scan(raw, 'open')).toEqual([
			{ verdict: 'accepted', reasons: [] },
			{ verdict: 'quarantined', reasons: ['infected: Eicar-Test.UNOFFICIAL'] },
			{ verdict: 'accepted', reasons: [] },
		]);
	});

	it('refuses what is longer than it takes, unless failures are let through', async () => {
		const raw = mailOf(attachment('a.bin', LETTERS.repeat(10_000)));
		const [closed] = await scan(raw, 'closed');
		expect(closed?.verdict).toBe('quarantined');
		expect(closed?.reasons).toEqual([expect.stringMatching(/^scan-failed: /)]);
		const [open] = await scan(raw, 'open');
		expect(open?.verdict).toBe('accepted');
		expect(open?.reasons).toEqual([expect.stringMatching(/^scan-failed: /)]);
	});
});
