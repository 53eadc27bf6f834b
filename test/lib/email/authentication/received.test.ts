import { describe, expect, it } from 'vitest';
import { readSmtpClient } from '../../../../lib/email/authentication/received';

const trusted = ['mx.example.net', '*.relay.example', '198.51.100.200'];
const read = (...received: string[]) => readSmtpClient(received, trusted);

describe('the SMTP client', () => {
	it.each<[string, string, string, string]>([
		[
			'Postfix',
			'from out.shop.example (r.shop.example [203.0.113.7]) by mx.example.net (Postfix) with ESMTPS id 4; Tue, 3 Mar 2026 10:00:00 +0100',
			'203.0.113.7',
			'out.shop.example',
		],
		[
			'Postfix, v6',
			'from a (unknown [IPv6:2001:db8::7]) by mx.example.net (Postfix) with ESMTP id 4; Tue, 3 Mar 2026 10:00:00 +0100',
			'2001:db8::7',
			'a',
		],
		[
			'Exim',
			'from [203.0.113.7] (helo=out.shop.example) by mx.example.net with esmtp (Exim 4.96) id 1',
			'203.0.113.7',
			'out.shop.example',
		],
		[
			'Exim, named',
			'from r.shop.example ([203.0.113.7]:4711 helo=out.shop.example) by mx.example.net with esmtps (TLS1.3) id 1',
			'203.0.113.7',
			'out.shop.example',
		],
		[
			'Exchange',
			'from out.shop.example (203.0.113.7) by a.b.relay.example (10.1.1.1) with Microsoft SMTP Server id 15; Tue, 3 Mar 2026',
			'203.0.113.7',
			'out.shop.example',
		],
		['a claim in HELO', 'from x([192.0.2.1]) (unknown [203.0.113.7]) by mx.example.net with ESMTP', '203.0.113.7', 'x'],
		[
			'TLS and login comments',
			'from a (b [203.0.113.7]) (using TLSv1.3 (256/256 bits)) (Authenticated sender: [192.0.2.1]) by mx.example.net',
			'203.0.113.7',
			'a',
		],
	])('of %s', (_, header, ip, helo) => {
		expect(read(header)).toMatchObject({ ip, helo });
	});

	it('is the one before our own relays', () => {
		const local = 'from mx.example.net ([127.0.0.1]) by mx.example.net with LMTP id 1';
		const handed = 'by mx.example.net (Postfix, from userid 0)';
		const relay = 'from out.relay.example (out.relay.example [198.51.100.200]) by mx.example.net with ESMTP';
		const edge =
			'from out.shop.example (r [203.0.113.7]) by a.relay.example with ESMTP; Tue, 3 Mar 2026 10:00:00 +0100';
		expect(read(handed, local, relay, edge)).toEqual({
			ip: '203.0.113.7',
			helo: 'out.shop.example',
			receivedAt: new Date('2026-03-03T09:00:00Z'),
		});
	});

	it.each<[string, string[]]>([
		['a header that a stranger wrote', ['from a (b [203.0.113.7]) by mx.evil.example with ESMTP']],
		[
			'a forged one below a stranger’s',
			['from a (b [192.0.2.9]) by mx.evil.example', 'from a (b [203.0.113.7]) by mx.example.net'],
		],
		['one without an address', ['from a by mx.example.net with ESMTP', 'from a (b [203.0.113.7]) by mx.example.net']],
		[
			'a look-alike',
			['from a (b [203.0.113.7]) by mx.example.net.evil.example', 'from a (b [203.0.113.7]) by relay.example'],
		],
		['a name in a comment', ['from a (x by mx.example.net) (b [203.0.113.7]) by mx.evil.example']],
		['no header', []],
	])('is unknown by %s', (_, headers) => {
		expect(read(...headers)).toBeNull();
	});

	it('of a forged header below the real one is not the client', () => {
		expect(
			read('from evil (evil [192.0.2.66]) by mx.example.net', 'from good (good [203.0.113.7]) by mx.example.net'),
		).toMatchObject({ ip: '192.0.2.66' });
	});

	it('is unknown where nobody is trusted', () => {
		expect(readSmtpClient(['from a (b [203.0.113.7]) by mx.example.net'], [])).toBeNull();
	});
});
