import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { clamdScanner, parseClamdAddress } from '../../lib/email/attachments/clamd';
import { parseMessage } from '../../lib/email/parse/parseMessage';
import { hasClamd } from './available';
import { type ClamdServer, EICAR, startClamd } from './clamd';

const boundary = 'outer';
const attachment = (name: string, content: Buffer): string[] => [
	`--${boundary}`,
	`Content-Type: application/octet-stream; name="${name}"`,
	'Content-Transfer-Encoding: base64',
	'',
	content.toString('base64').replace(/.{76}/g, '$&\r\n'),
];
const mailWith = (...attachments: string[][]): Buffer =>
	Buffer.from(
		[
			...['From: a@b.example', `Content-Type: multipart/mixed; boundary=${boundary}`, ''],
			...attachments.flat(),
			`--${boundary}--`,
			'',
		].join('\r\n'),
	);

describe.skipIf(!hasClamd)('a real ClamAV daemon', () => {
	let clamd: ClamdServer;
	beforeAll(async () => {
		clamd = await startClamd({ maxStream: '1M' });
	});
	afterAll(async () => {
		await clamd.stop();
	});

	async function verdicts(address: string, onFailure: 'closed' | 'open', raw: Buffer) {
		const scanner = clamdScanner(parseClamdAddress(address));
		const { attachments } = await parseMessage(raw, { scan: { scanner, onFailure } });
		return attachments.map(({ filename, verdict, reasons }) => [filename, verdict, ...reasons]);
	}

	const mixed = mailWith(
		attachment('clean.bin', Buffer.from('nothing to see')),
		attachment('eicar.txt', Buffer.from(EICAR)),
		attachment('long.bin', Buffer.alloc(300_000, 'ab')),
	);

	it.each<['host' | 'socket']>([['host'], ['socket']])('tells the infected from the clean, by its %s', async (door) => {
		const address = door === 'host' ? `${clamd.host}:${clamd.port}` : clamd.socket;
		expect(await verdicts(address, 'open', mixed)).toEqual([
			['clean.bin', 'accepted'],
			['eicar.txt', 'quarantined', expect.stringContaining('infected: Eicar-Test-Signature')],
			['long.bin', 'accepted'],
		]);
	});

	it('is asked about every attachment of many messages at once', async () => {
		const address = `${clamd.host}:${clamd.port}`;
		const all = await Promise.all(Array.from({ length: 20 }, () => verdicts(address, 'closed', mixed)));
		for (const [clean, infected, long] of all) {
			expect([clean![1], infected![1], long![1]]).toEqual(['accepted', 'quarantined', 'accepted']);
		}
	});

	it('refuses what is larger than it takes: closed or open, as chosen', async () => {
		const huge = mailWith(attachment('huge.bin', Buffer.alloc(3_000_000, 'x')));
		// clamd hangs up while it is still being sent to, so its answer may be lost with the connection.
		const reason = expect.stringMatching(/^scan-failed: .*(size limit exceeded|StreamMaxLength)/) as unknown;
		const address = `${clamd.host}:${clamd.port}`;
		expect(await verdicts(address, 'closed', huge)).toEqual([['huge.bin', 'quarantined', reason]]);
		expect(await verdicts(address, 'open', huge)).toEqual([['huge.bin', 'accepted', reason]]);
	});
});
