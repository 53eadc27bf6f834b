import { createServer, type AddressInfo, type Server } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { clamdScanner, parseClamdAddress } from '../../../../lib/email/attachments/clamd';
import { parseMessage } from '../../../../lib/email/parse/parseMessage';

const raw = Buffer.from(
	[
		...['From: a@b.example', 'Content-Type: multipart/mixed; boundary=b', ''],
		...['--b', 'Content-Type: application/octet-stream; name=a.bin', '', 'first'],
		...['--b', 'Content-Type: application/octet-stream; name=b.bin', '', 'second', '--b--', ''],
	].join('\r\n'),
);

let server: Server | null = null;
afterEach(() => server?.close());

/** Answers every stream; null hangs up instead. What it was sent is kept. */
async function startScanner(reply: string | null): Promise<{ port: number; streams: Buffer[] }> {
	const streams: Buffer[] = [];
	const started = createServer((socket) => {
		let seen = Buffer.alloc(0);
		socket.on('error', () => undefined);
		socket.on('data', (data) => {
			seen = Buffer.concat([seen, data]);
			if (reply === null) socket.destroy();
			else if (seen.subarray(-4).equals(Buffer.alloc(4))) {
				streams.push(seen);
				socket.end(reply);
			}
		});
	});
	server = started;
	await new Promise<void>((resolve) => started.listen(0, '127.0.0.1', resolve));
	return { port: (started.address() as AddressInfo).port, streams };
}

const scan = async (port: number, onFailure: 'closed' | 'open') =>
	(
		await parseMessage(raw, { scan: { scanner: clamdScanner({ host: '127.0.0.1', port }), onFailure } })
	).attachments.map(({ verdict, reasons }) => ({ verdict, reasons }));
const twice = (verdict: string, ...reasons: unknown[]) => [
	{ verdict, reasons },
	{ verdict, reasons },
];

describe('a scan by clamd', () => {
	it('sends each attachment in chunks, and lets in what is clean', async () => {
		const { port, streams } = await startScanner('stream: OK\0');
		expect(await scan(port, 'closed')).toEqual(twice('accepted'));
		expect(streams.map(String)).toEqual(['zINSTREAM\0\0\0\0\x05first\0\0\0\0', 'zINSTREAM\0\0\0\0\x06second\0\0\0\0']);
	});

	it('refuses what is infected, also where failures are let through', async () => {
		const { port } = await startScanner('stream: Eicar-Test FOUND\0');
		expect(await scan(port, 'open')).toEqual(twice('quarantined', 'infected: Eicar-Test'));
	});

	it.each<[string, string | null, string]>([
		['that is too large', 'INSTREAM size limit exceeded. ERROR\0', 'scan-failed: INSTREAM size limit exceeded.'],
		['that breaks off', null, 'scan-failed: '],
		['that makes no sense', 'hello\0', 'scan-failed: hello'],
	])('%s fails closed or open, as chosen', async (_, reply, reason) => {
		const { port } = await startScanner(reply);
		const told = expect.stringContaining(reason) as unknown;
		expect(await scan(port, 'closed')).toEqual(twice('quarantined', told));
		expect(await scan(port, 'open')).toEqual(twice('accepted', told));
	});

	it('without a daemon fails', async () => {
		expect(await scan(1, 'closed')).toEqual(twice('quarantined', 'scan-failed: ECONNREFUSED'));
	});
});

describe('the address of clamd', () => {
	it.each([
		['127.0.0.1:3311', { host: '127.0.0.1', port: 3311 }],
		['clam.example', { host: 'clam.example', port: 3310 }],
		['[::1]:3310', { host: '::1', port: 3310 }],
		['/run/clamd.ctl', { path: '/run/clamd.ctl' }],
		['unix:/run/clamd.ctl', { path: '/run/clamd.ctl' }],
	])('%s', (text, address) => {
		expect(parseClamdAddress(text)).toEqual(address);
	});

	it.each(['host:99999', 'a b', 'http://x/y'])('is not %s', (text) => {
		expect(() => parseClamdAddress(text)).toThrow(expect.objectContaining({ code: 'CLAMD_ADDRESS_INVALID' }));
	});
});
