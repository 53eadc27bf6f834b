import { createRequire } from 'node:module';
import { describe, expect, it } from 'vitest';
import { domainOf } from '../../../../lib/email/parse/author';
import { parseWithContent } from '../../../../lib/email/parse/parseMessage';
import { seeded } from './mutate';

/** AUTHOR_FUZZ=100000 for the long form; AUTHOR_FUZZ_SEED to begin elsewhere. */
const runs = Number(process.env.AUTHOR_FUZZ ?? 400);
const firstSeed = Number(process.env.AUTHOR_FUZZ_SEED ?? 1);

interface Read {
	address?: string;
	group?: Read[];
}
const otherReader = createRequire(__filename)('nodemailer/lib/addressparser') as (text: string) => Read[];

const BOSS = 'boss@example.test';
const EVIL = 'attacker@evil.example';
const PIECES = [
	...[BOSS, EVIL, `<${BOSS}>`, `<${EVIL}>`, `"${BOSS}"`, `(${BOSS})`, 'Boss', '"The Boss"', 'friends:'],
	...[' ', ',', ';', ':', '<', '>', '"', '(', ')', '\\', '@', '.', '[', ']', '\t', '\r\n ', '\0', '\xa0', '\xff'],
	...['=?utf-8?q?Boss?=', '=?utf-8?q?=3Cboss@example.test=3E?=', '=?utf-8?b?PGJvc3NAZXhhbXBsZS50ZXN0Pg==?='],
	...['\r\nFrom: ', '\nFrom : ', '\rFrom:', '@evil.example', '%evil.example', '!', "'", '\u200b'],
];
const CLAIMS = [
	...[
		'mx.example.net',
		'mx.evil.example',
		';',
		' ',
		'"',
		'(',
		')',
		'\\',
		'\r\n ',
		'=',
		'.',
		'\r\nAuthentication-Results: ',
	],
	...[
		' dmarc=pass',
		' dmarc=fail',
		' spf=pass',
		' dkim=pass',
		' header.from=evil.example',
		' header.from=example.test',
	],
	...[' header.from="example.test"', ' header.d=evil.example', ' smtp.mailfrom=attacker@evil.example', ' policy.x=y'],
];

function some(pieces: readonly string[], random: () => number, most: number): string {
	const count = 1 + Math.floor(random() * most);
	return Array.from({ length: count }, () => pieces[Math.floor(random() * pieces.length)]).join('');
}

/** Every second one begins with an address that is read: most of the others name no author at all. */
const someAuthor = (random: () => number): string =>
	random() < 0.5 ? `Boss <${EVIL}>${some(PIECES, random, 2)}` : some(PIECES, random, 7);

async function read(from: string, results: string) {
	const head = `From: ${from}\r\nAuthentication-Results: ${results}\r\nTo: us@example.net\r\nSubject: x\r\n\r\nx`;
	const raw = Buffer.from(head, 'latin1');
	return (await parseWithContent(raw, { trustedAuthservIds: ['mx.example.net'] })).message;
}

const GENUINE = 'mx.example.net; spf=pass smtp.mailfrom=evil.example; dmarc=pass header.from=evil.example';

describe(`${runs} mutated headers that say who wrote`, () => {
	it(
		'never align a domain that is not that of the parsed author',
		async () => {
			let aligned = 0;
			for (let seed = firstSeed; seed < firstSeed + runs; seed++) {
				const random = seeded(seed);
				// What the trusted host writes is about the attacker's own domain; what he adds stands in his own header.
				const results = random() < 0.5 ? GENUINE : `mx.example.net;${some(CLAIMS.slice(2), random, 6)}`;
				const { authentication, defects, from } = await read(someAuthor(random), results);
				if (authentication.aligned !== true) continue;
				aligned++;
				const about = `seed ${seed}: ${from?.address ?? ''} by ${results}`;
				expect(
					defects.map(({ code }) => code),
					about,
				).not.toContain('sender-ambiguous');
				expect(authentication.author?.domain, about).toBe(domainOf(from?.address ?? ''));
				if (results === GENUINE) expect(domainOf(from?.address ?? ''), about).toBe('evil.example');
			}
			expect(aligned).toBeGreaterThan(runs / 100);
		},
		60_000 + runs * 50,
	);

	it(
		'are ambiguous where another reader sees another author',
		async () => {
			let compared = 0;
			for (let seed = firstSeed; seed < firstSeed + runs; seed++) {
				const value = someAuthor(seeded(seed));
				const { defects, from } = await read(value, GENUINE);
				if (defects.some(({ code }) => code === 'sender-ambiguous')) continue;
				const ours = domainOf(from?.address ?? '');
				const theirs = otherReader(value.replace(/\r?\n(?=[ \t])/g, '')).flatMap((one) => one.group ?? [one]);
				const domains = theirs.map(({ address = '' }) => domainOf(address)).filter((domain) => domain !== null);
				// Without an author of ours nothing can be aligned, whatever another reader finds.
				if (ours === null) continue;
				compared++;
				expect(new Set(domains), `seed ${seed}: ${JSON.stringify(value)}`).toEqual(new Set([ours]));
			}
			expect(compared).toBeGreaterThan(runs / 100);
		},
		60_000 + runs * 50,
	);
});
