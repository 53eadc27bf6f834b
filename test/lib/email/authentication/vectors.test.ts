import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { verifyAuthentication } from '../../../../lib/email/authentication/verify';
import { zoneResolver } from './zoneResolver';

interface Truth {
	dns: Record<string, Record<string, string>>;
	files: Record<string, { type: 'arc'; arc: string; dns: string } | { type: 'dkim'; dkim: string[]; dns: string }>;
}

const folder = join(__dirname, 'fixtures');
const truth = JSON.parse(readFileSync(join(folder, 'truth.json'), 'utf8')) as Truth;

/**
 * The suite lets a seal's message signature cover no header at all (`h=`). RFC 8617, 4.1.2, gives it the syntax of a
 * DKIM signature, and RFC 6376, 5.4, wants From among what is signed: we hold to that.
 */
const STRICTER: Readonly<Record<string, string>> = { 'arc/ams_fields_h_empty.eml': 'fail' };

describe('the vectors of ValiMail (ARC) and of RFC 6376 and 8463 (DKIM)', () => {
	it.each(Object.entries(truth.files))('%s', async (file, expected) => {
		const zone = Object.entries(truth.dns[expected.dns] ?? {});
		const resolver = zoneResolver(Object.fromEntries(zone.map(([name, text]) => [name, { TXT: [[text]] }])));
		const found = await verifyAuthentication(readFileSync(join(folder, file)), { resolver });
		if (expected.type === 'arc') expect(found.arc?.result).toBe(STRICTER[file] ?? expected.arc);
		else expect(found.dkim.map(({ result }) => result)).toEqual(expected.dkim);
	});
});
