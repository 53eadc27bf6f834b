import { generateKeyPairSync } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { dkimSign } from 'mailauth/lib/dkim/sign';
import type { Attachment } from '../../lib/email/message';
import { hasClamd } from '../servers/available';
import { type ClamdServer, EICAR, startClamd } from '../servers/clamd';
import { type DnsServer, startDns } from '../servers/dns';
import { sharedN8n } from './driver/start.ts';
import { singleNodeRunner } from './singleNode';

const { privateKey, publicKey } = generateKeyPairSync('rsa', {
	modulusLength: 1024,
	publicKeyEncoding: { type: 'spki', format: 'der' },
	privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
});

function mail(attached: string): string {
	return [
		'From: Shop <orders@shop.example>',
		'To: Ann <ann+shop@example.test>',
		'Subject: Your order ORD-204117',
		'Date: Tue, 24 Nov 2026 08:00:00 +0000',
		'Message-ID: <order-204117@shop.example>',
		'List-Unsubscribe: <https://shop.example/u/1>',
		'List-Unsubscribe-Post: List-Unsubscribe=One-Click',
		'MIME-Version: 1.0',
		'Content-Type: multipart/mixed; boundary=outer',
		'',
		'--outer',
		'Content-Type: text/html; charset=utf-8',
		'',
		'<h1>Thank you</h1><p>Your verification code is <b>482913</b>.</p>',
		'<script>alert(1)</script><p>Order ORD-204117 is on its way.</p>',
		'--outer',
		'Content-Type: text/plain; name="note.txt"',
		'Content-Disposition: attachment; filename="note.txt"',
		'',
		attached,
		'--outer--',
		'',
	].join('\r\n');
}

async function signed(message: string): Promise<string> {
	const { signatures } = await dkimSign(message, {
		signatureData: [{ signingDomain: 'shop.example', selector: 's1', privateKey }],
	} as Parameters<typeof dkimSign>[1]);
	return signatures + message;
}

describe.skipIf(!hasClamd)('MIME Parse with all its checks', () => {
	let clamd: ClamdServer;
	let dns: DnsServer;
	let runner: ReturnType<typeof singleNodeRunner>;

	beforeAll(async () => {
		const { client, url } = await sharedN8n();
		runner = singleNodeRunner(client, url);
		clamd = await startClamd();
		dns = await startDns({
			's1._domainkey.shop.example': `v=DKIM1; k=rsa; p=${publicKey.toString('base64')}`,
			'_dmarc.shop.example': 'v=DMARC1; p=reject',
		});
	});
	afterAll(async () => {
		await runner.removeWorkflows();
		await dns.stop();
		await clamd.stop();
	});

	const parse = async (source: string, scanner = `${clamd.host}:${clamd.port}`) => {
		const parameters = {
			input: 'text',
			rawText: '={{ $json.source }}',
			attachments: { clamd: scanner },
			sender: { verify: true, dnsServers: dns.address, requireAligned: true },
			options: {
				html: 'sanitized',
				markdown: true,
				extract: ['code', 'plusAddresses', 'unsubscribe'],
				patterns: { pattern: [{ name: 'order', pattern: 'ORD-(\\d{6})', in: 'subject-and-text', ignoreCase: true }] },
			},
		};
		const [parsed = [], quarantined = []] = await runner.run({ type: 'mimeParse', parameters }, { source });
		return { parsed, quarantined };
	};

	it('lets a signed, clean mail through, with all that was asked of it', async () => {
		const { parsed, quarantined } = await parse(await signed(mail('Hello')));
		expect(quarantined).toEqual([]);
		const [item] = parsed;
		expect(item!.json).toMatchObject({
			subject: 'Your order ORD-204117',
			authentication: { dmarc: { result: 'pass' }, aligned: true },
			extracted: { code: { value: '482913' }, values: { order: ['204117'] } },
			attachments: [{ filename: 'note.txt', verdict: 'accepted', reasons: [], binary: 'attachment_0' }],
		});
		expect(item!.json.markdown).toContain('# Thank you');
		expect(item!.json.html).not.toContain('script');
		expect(Object.keys(item!.binary ?? {})).toEqual(['attachment_0']);
	});

	it('quarantines what the scanner finds', async () => {
		const { parsed, quarantined } = await parse(await signed(mail(EICAR)));
		expect(parsed).toEqual([]);
		const [attachment] = quarantined[0]!.json.attachments as unknown as Attachment[];
		expect(attachment).toMatchObject({
			verdict: 'quarantined',
			reasons: [expect.stringContaining('infected: Eicar-Test-Signature')],
		});
	});

	it('quarantines a mail whose signature was broken on the way', async () => {
		const { parsed, quarantined } = await parse((await signed(mail('Hello'))).replace('482913', '000000'));
		expect(parsed).toEqual([]);
		expect(JSON.stringify(quarantined[0]!.json.quarantine)).toContain('sender-not-aligned');
	});

	it('quarantines what could not be scanned', async () => {
		const { parsed, quarantined } = await parse(await signed(mail('Hello')), '127.0.0.1:1');
		expect(parsed).toEqual([]);
		expect(JSON.stringify(quarantined[0]!.json.quarantine)).toContain('scan-failed');
	});
});
