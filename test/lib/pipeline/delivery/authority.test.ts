import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { AUTHORITY, type Evidence, type Grounds, decide } from '../../../../lib/pipeline/delivery/authority';
import type { FoundSend } from '../../../../lib/pipeline/delivery/findSend';
import { moveSend } from '../../../../lib/pipeline/delivery/moveSend';
import { addSuppression } from '../../../../lib/pipeline/delivery/suppress';
import type { SendRecord, Store } from '../../../../lib/store/index';

const root = join(__dirname, '../../../..');

function found(proof: FoundSend['proof'], change: Partial<FoundSend> = {}): FoundSend {
	return { send: {} as SendRecord, matchedBy: 'message-id', proof, names: 'recipient', shared: false, ...change };
}
type Checked = 'signature' | 'signed-token' | 'secret' | 'address';
function event(checkedBy: Checked | null, of: FoundSend | null, allowed = false, scheme = 'sns'): Evidence {
	const verified = checkedBy === 'signature' || checkedBy === 'signed-token';
	const signature = { scheme, keyId: null, verified, ...(checkedBy === null ? {} : { checkedBy }) };
	return { kind: 'event', signature, allowed, found: of };
}
const report = (of: FoundSend | null): Evidence => ({ kind: 'report', found: of });

/** Every row of the table, by every way to it. */
const ROWS: Array<[Grounds, moves: boolean, suppresses: boolean, ...Evidence[]]> = [
	['own-session', true, true, { kind: 'own-session' }],
	['operator', true, true, { kind: 'operator' }],
	['signed-event', true, true, event('signature', found('mail-id')), event('signature', found('send-id'))],
	[
		'signed-event-unknown-send',
		false,
		true,
		event('signature', null),
		event('signature', found('none', { matchedBy: 'recipient' })),
	],
	[
		'secret-event',
		true,
		true,
		event('secret', found('mail-id')),
		event('signed-token', found('mail-id')),
		event('address', found('mail-id'), true),
		event(null, found('mail-id'), false, 'basic'),
		{
			...(event(null, found('mail-id')) as object),
			signature: { scheme: 'mailgun', keyId: 'current', verified: true },
		} as Evidence,
	],
	[
		'unproven-event',
		false,
		false,
		event('address', found('mail-id')),
		event(null, found('mail-id'), false, 'ip'),
		event(null, found('mail-id'), false, 'none'),
		event('secret', null),
		event('signed-token', null),
		event('signed-token', found('none', { matchedBy: 'recipient' })),
		event('address', null, true),
		event('address', found('none', { matchedBy: 'recipient' }), true),
	],
	[
		'report',
		true,
		true,
		report(found('mail-id')),
		report(found('send-id', { shared: true })),
		report(found('mail-id', { names: 'nobody' })),
	],
	['report-shared-id', true, false, report(found('mail-id', { shared: true }))],
	['report-forwarded', true, false, report(found('send-id', { names: 'other' }))],
	['report-other-recipient', false, false, report(found('mail-id', { names: 'other' }))],
	[
		'report-unproven',
		false,
		false,
		report(null),
		report(found('none')),
		report(found('none', { matchedBy: 'recipient' })),
	],
	['person', false, false, { kind: 'person' }],
];

describe('authority', () => {
	it.each(ROWS)('%s: moves %s, suppresses %s', (grounds, moves, suppresses, ...evidence) => {
		for (const one of evidence) expect(decide(one)).toMatchObject({ grounds, moves, suppresses });
	});

	it('has a test for every row', () => {
		expect(ROWS.map(([grounds]) => grounds).sort()).toEqual(Object.keys(AUTHORITY).sort());
	});

	it('is what docs/security.md says', () => {
		const page = readFileSync(join(root, 'docs/security.md'), 'utf8');
		const yes = (may: boolean): string => (may ? 'yes' : 'no');
		const rows = Object.values(AUTHORITY).map(
			({ says, moves, suppresses }) => `| ${says} | ${yes(moves)} | ${yes(suppresses)} |`,
		);
		const table = page.slice(page.indexOf('<!-- authority -->'), page.indexOf('<!-- /authority -->'));
		const lines = table.split('\n').map((line) => line.replace(/\s+/g, ' '));
		expect(lines.filter((line) => /^\| (?!Evidence|-)/.test(line))).toEqual(rows);
	});

	it('keeps an address off the list when nothing is proven', async () => {
		const entry = { scope: 's', address: 'a@b.example', stream: null, reason: 'r', source: 's', expiresAt: null };
		const refused = addSuppression({} as Store, decide(report(null)), entry);
		await expect(refused).rejects.toMatchObject({ code: 'SUPPRESSION_NOT_PERMITTED' });
	});

	it('leaves a send where it is when nothing is proven', async () => {
		const change = { ids: ['1'], fence: null, to: 'bounced' as const };
		const refused = moveSend({} as Store, 's', decide(report(null)), change);
		await expect(refused).rejects.toMatchObject({ code: 'SEND_NOT_PERMITTED', record: { sends: '1' } });
	});

	const callers = (pattern: RegExp): string[] =>
		['lib', 'nodes']
			.flatMap((folder) =>
				readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' }).map((name) => join(folder, name)),
			)
			.filter((name) => name.endsWith('.ts'))
			.filter((name) => pattern.test(readFileSync(join(root, name), 'utf8')));

	it('is asked by everybody who suppresses', () => {
		expect(callers(/\bsuppressions\s*\.add\(/)).toEqual([join('lib', 'pipeline', 'delivery', 'suppress.ts')]);
	});

	it('is asked by everybody who moves a send on an outsider’s word', () => {
		// The machine itself, and what a person asks for by Email Ledger.
		const ours = ['send', 'ledger'].map((room) => join('lib', 'pipeline', room));
		const others = callers(/\bsends\s*\.transition\(/).filter((name) => !ours.some((room) => name.startsWith(room)));
		expect(others).toEqual([join('lib', 'pipeline', 'delivery', 'moveSend.ts')]);
	});
});
