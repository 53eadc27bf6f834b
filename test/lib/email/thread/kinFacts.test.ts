import { describe, expect, it } from 'vitest';
import { type KinMessage, kinFactsOf, storedKinFacts } from '../../../../lib/email/thread/kinFacts';
import { kinship } from '../../../../lib/email/thread/kinship';

const HOUR = 3_600_000;
const said = 'The pump on the second floor has been leaking since Tuesday, and nobody has come to look at it so far.';

function mail(change: Partial<KinMessage>): KinMessage {
	const [from, to] = [
		{ name: 'Ann', address: 'ann@example.com' },
		{ name: '', address: 'help@example.net' },
	];
	return { subject: 'Pump', text: said, inReplyTo: [], references: [], from, to: [to], cc: [], ...change };
}

describe('facts that an earlier version kept', () => {
	it('are compared with those of today', () => {
		const { author, name, recipients, ours, sent, orphan, list, quotes, anonymous, own, nearest, older, attributed } =
			kinFactsOf(mail({}));
		const kept = {
			author,
			name,
			recipients,
			ours,
			sent,
			orphan,
			list,
			quotes,
			anonymous,
			own,
			nearest,
			older,
			attributed,
		};
		const answer = mail({
			subject: 'Re: Pump',
			from: { name: 'Bob', address: 'bob@example.org' },
			text: `On it.\n\n> ${said}\n`,
		});
		expect(kinship({ facts: kinFactsOf(answer), at: HOUR }, { facts: storedKinFacts(kept), at: 0 }, 24 * HOUR)).toBe(
			'quoted-text',
		);
	});
});
