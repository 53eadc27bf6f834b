import { describe, expect, it } from 'vitest';
import { type Answerable, replyFields, replySubject } from '../../../../lib/email/smtp/replyDraft';

const person = (address: string, name = '') => ({ name, address });
const message: Answerable = {
	from: person('ann@customer.test', 'Ann'),
	replyTo: [],
	to: [person('Support@Example.com'), person('bob@customer.test')],
	cc: [person('cat@other.test'), person('BOB@customer.test')],
	subject: 'Order',
	messageId: 'q1@customer.test',
	inReplyTo: [],
	references: [],
	headers: {},
};
const own = ['support@example.com'];
const addresses = (fields: { to: Array<{ address: string }>; cc: Array<{ address: string }> }) => [
	fields.to.map(({ address }) => address),
	fields.cc.map(({ address }) => address),
];
const list = { 'list-post': ['<mailto:list@lists.test?subject=x> (comment)'] };

describe('who gets a reply', () => {
	it.each<[string, Partial<Answerable>, Parameters<typeof replyFields>[1], string[], string[]]>([
		['the author', {}, 'sender', ['ann@customer.test'], []],
		['whom the author names', { replyTo: [person('desk@customer.test')] }, 'sender', ['desk@customer.test'], []],
		[
			'the author, not the list that put itself there',
			{ replyTo: [person('List@lists.test')], headers: list },
			'sender',
			['ann@customer.test'],
			[],
		],
		[
			'the author beside the list, which stands in From for DMARC',
			{ from: person('list@lists.test'), replyTo: [person('ann@customer.test')], headers: list },
			'sender',
			['ann@customer.test'],
			[],
		],
		['the list', { headers: list }, 'list', ['list@lists.test'], []],
		['everybody once, but us', {}, 'all', ['ann@customer.test', 'bob@customer.test'], ['cat@other.test']],
		[
			'everybody, but not us with a tag',
			{ to: [person('support+8f2a@example.com')], cc: [] },
			'all',
			['ann@customer.test'],
			[],
		],
		[
			'whom the author wants to have the follow-ups',
			{ headers: { 'mail-followup-to': ['List <list@lists.test>, support@example.com'] } },
			'all',
			['list@lists.test'],
			[],
		],
		[
			'those we wrote to, when the mail is ours',
			{ from: person('support@example.com'), to: [person('ann@customer.test')], cc: [] },
			'all',
			['ann@customer.test'],
			[],
		],
	])('%s', (_name, change, audience, to, cc) => {
		expect(addresses(replyFields({ ...message, ...change }, audience, own))).toEqual([to, cc]);
	});

	it.each<Record<string, string[]>>([{}, { 'list-post': ['NO'] }, { 'list-post': ['<https://lists.test/post>'] }])(
		'nobody on a list where there is none: %j',
		(headers) => {
			expect(() => replyFields({ ...message, headers }, 'list', own)).toThrow(/mailing list/);
		},
	);
});

describe('the subject of a reply', () => {
	it.each([
		['Order', 'Re: Order'],
		['Re: Order', 'Re: Order'],
		['RE: re: AW[2]: Order', 'Re: Order'],
		['SV: VS: Order: urgent', 'Re: Order: urgent'],
		['回复：订单', 'Re: 订单'],
		['Fwd: Order', 'Re: Fwd: Order'],
		['[list] Re: Order', '[list] Re: Order'],
		['Reminder: Order', 'Re: Reminder: Order'],
		['12:30 meeting', 'Re: 12:30 meeting'],
		['a\r\nBcc: evil@example.com', 'Re: a Bcc: evil@example.com'],
		['', 'Re:'],
	])('%j becomes %j', (original, reply) => {
		expect(replySubject(original)).toBe(reply);
	});
});
