import { describe, expect, it } from 'vitest';
import { extractReply } from '../../../../lib/email/reply/extractReply';
import { readForwarded } from '../../../../lib/email/reply/forwarded';
import { REPLY_ABOVE } from '../../../../lib/email/reply/locales/separators';

const written = (text: string, answers?: boolean): string =>
	extractReply({ text, ...(answers === undefined ? {} : { answers }) }).text;

describe('a block that only looks like a header', () => {
	const block =
		'From: Nora Field <nora@client.example>\nDate: 10.11.2026\nTo: Desk <desk@shop.example>\nSubject: Delivery';

	it('cuts nothing in a mail that answers none', () => {
		expect(written(`New submission\n\n${block}\n\nWhere is my parcel?`, false)).toContain('Where is my parcel?');
		expect(written(`Yes.\n\n${block}\n\nWhere is my parcel?`, true)).toBe('Yes.');
		expect(written(`Yes.\n\n-----Original Message-----\n${block}\n\nWhere?`, false)).toBe('Yes.');
	});

	it.each(['Message: Where is my parcel?', 'Status: deferred', 'Nachricht: Wo ist mein Paket?'])(
		'with a label that no mail has: %s',
		(line) => {
			expect(written(`A request\n\n${block}\n${line}`)).toContain(line);
		},
	);
});

describe('rules within the text', () => {
	it.each([
		'Summary\n__________________\nAll 12 checks passed.\n\nDetails\n__________________\nThree checks failed',
		'First: the invoice.\n\n__________________\n\nSecond: the parcel is late, please look.',
		'Hello,\n\n==================\nSecond part\n==================\n3 failures',
	])('%j', (text) => {
		expect(written(text)).toBe(text);
	});
});

describe('history of other clients', () => {
	it.each([
		'---- 回复的原邮件 ----\n| 发件人 | Max Held<max@shop.example> |\n| 主题 | Order |',
		'---- 转发的原邮件 ----\n| 发件人 | Max Held<max@shop.example> |\n| 日期 | 2026年11月10日 08:12 |',
		'---- Forwarded Message ----\n| From | Max Held<max@shop.example> |\n| Subject | Order |',
		'---- Replied Message ----\nFrom      Max Held<max@shop.example>\nSubject   Order',
		'From: Max Held <max@shop.example>\nReply: Max Held <max@shop.example>\nDate: 10 November 2026 at 08:12:00\nTo: Nora <nora@client.example>\nSubject:  Order',
	])('%j', (lead) => {
		expect(written(`Agreed.\n\n${lead}\n\nDear customer`)).toBe('Agreed.');
	});

	it.each(REPLY_ABOVE)('%s', (line) => {
		expect(written(`Yes.\n\n##- ${line} -##\n\nHello Nora`)).toBe('Yes.');
	});

	it.each([
		['en', 'Begin forwarded message:', 'From', 'Subject'],
		['de', 'Anfang der weitergeleiteten Nachricht:', 'Von', 'Betreff'],
		['fr', 'Début du message réexpédié :', 'De', 'Objet'],
		['it', 'Inizio messaggio inoltrato:', 'Da', 'Oggetto'],
	])('macOS Mail quotes the separator of a forward, too: %s', (_, separator, from, subject) => {
		const text = `See below.\n\n> ${separator}\n> \n> ${from}: Barry <barry@yonder.example>\n> ${subject}: Lamp\n> \n> It broke.`;
		expect(readForwarded(text, { isForward: true })).toMatchObject({
			from: { address: 'barry@yonder.example' },
			subject: 'Lamp',
			text: 'It broke.',
		});
		expect(readForwarded(text)).toBeNull();
	});
});

describe('clear-signed text', () => {
	it('is the author’s, its armour is not', () => {
		const text =
			'-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA256\n\nMy printer fails.\n- - twice\n\n- -- \nNora\n-----BEGIN PGP SIGNATURE-----\n\niQEz\n=abcd\n-----END PGP SIGNATURE-----';
		expect(written(text)).toBe('My printer fails.\n- twice');
		expect(written('My printer fails.\n\n-----BEGIN PGP SIGNED MESSAGE-----')).toContain('My printer fails.');
	});
});
