import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { extractReply } from '../../../../lib/email/reply/extractReply';

const textOf = (text: string): string => extractReply({ text }).text;

/** Client, body, the author's own words. */
const REPLIES: Array<[string, string, string]> = [
	[
		'Gmail, wrapped attribution',
		'Sounds good!\n\nOn Mon, Feb 1, 2016 at 6:32 PM, Ann Lee via Example Support <\nsupport@example.com> wrote:\n\n> Shall we?\n>\n',
		'Sounds good!',
	],
	[
		'Gmail, a quote below that holds another',
		'Sounds good!\n\nOn Mon, Feb 1, 2016 at 6:32 PM Ann Lee <ann@example.com>\nwrote:\n\n> One\n>\n> On Mon, Feb 1, 2016 at 5:05 AM Bob <bob@example.com\n> > wrote:\n>\n>> Two\n>\n\n-- \nCarl\n+1 234 567 8901',
		'Sounds good!',
	],
	[
		'Outlook desktop',
		'Thanks, received.\n\nRegards,\nBob\n\nFrom: Ann Lee [mailto:ann@example.com]\nSent: Monday, May 2, 2016 10:00 AM\nTo: Bob\nCc: Carl; Dora\nSubject: RE: Order 17\n\nHere it is.\n',
		'Thanks, received.\n\nRegards,\nBob',
	],
	[
		'Outlook desktop, German, original message',
		'Danke!\n\n-----Ursprüngliche Nachricht-----\nVon: Ann Lee <ann@example.com>\nGesendet: Montag, 2. Mai 2016 10:00\nAn: Bob\nBetreff: Bestellung\n\nAnbei.',
		'Danke!',
	],
	[
		'Outlook mobile',
		'Ok thanks\n\nGet Outlook for iOS<https://aka.ms/o0ukef>\n________________________________\nFrom: Ann <ann@example.com>\nSent: Monday, May 2, 2016 10:00:00 AM\nTo: Bob <bob@example.com>\nSubject: Re: foo\n\nOld\n',
		'Ok thanks',
	],
	[
		'Windows Mail',
		'Ok thanks\n\nSent from Mail for Windows 10\n\nFrom: Ann\nSent: ‎Monday‎, ‎May‎ ‎2‎, ‎2016 ‎10‎:‎00\nTo: Bob\nSubject: foo\n\nOld',
		'Ok thanks',
	],
	[
		'Apple Mail',
		'Merci\n\nEnvoyé de mon iPhone\n\n> Le 3 mai 2016 à 10:12, Ann <ann@example.com> a écrit :\n> \n> vieux',
		'Merci',
	],
	[
		'Apple Mail without quote marks',
		'Fine.\n\nSent from my iPad\n\nOn May 3, 2016, at 10:12 AM, Ann <ann@example.com<mailto:ann@example.com>> wrote:\n\n        old\n\nolder',
		'Fine.',
	],
	['Thunderbird', 'Passt.\n\nAm 02.05.16 um 10:00 schrieb Ann Lee:\n> alt\n\n-- \nBob\nTel. 123', 'Passt.'],
	['Thunderbird, answer below', 'Am 02.05.16 um 10:00 schrieb Ann Lee:\n> Passt das?\n> Ann\n\nJa.\n\n-- \nBob', 'Ja.'],
	['mutt', 'On Mon, May 02, 2016 at 10:00:00AM +0000, Ann Lee wrote:\n> one?\n>\n\nYes.\n\n-- \nBob', 'Yes.'],
	['Gnus', 'Ann Lee <ann@example.com> writes:\n\n> foo\n\nbar', 'bar'],
	['Usenet', 'In article <17@news.example.com>,\n Ann Lee <ann@example.com> wrote:\n\n> foo\n\nbar', 'bar'],
	['Horde', 'Quoting Ann Lee <ann@example.com>:\n\n> foo\n\nbar', 'bar'],
	[
		'Yahoo',
		'New\n\n      From: Ann <ann@example.com>\n To: Bob <bob@example.com> \n Sent: Monday, May 2, 2016 10:00 AM\n Subject: foo\n   \nold',
		'New',
	],
	[
		'Yahoo on Android, run together',
		'New\n\nSent from Yahoo Mail on Android \n \n  On Mon, May 2, 2016 at 10:00 AM, Ann<ann@example.com> wrote:   old\nmore old',
		'New',
	],
	[
		'Lotus Notes',
		'New\n\n-----"Ann" <ann@example.com> wrote: -----\nTo: bob@example.com\nFrom: "Ann" <ann@example.com>\nDate: 05/02/2016 10:00AM\nSubject: foo\n\nold',
		'New',
	],
	['GroupWise', 'New\n\n>>> Ann Lee <ann@example.com> 5/2/2016 10:00 AM >>>\nold\nolder', 'New'],
	[
		'Samsung',
		'Ok\n\n\nSent from my Galaxy\n\n-------- Original message --------\nFrom: Ann <ann@example.com> \nDate: 2016/03/31 11:16 (GMT+01:00) \nTo: bob@example.com \nSubject: foo \n\nOld',
		'Ok',
	],
	[
		'BlackBerry',
		'New\n\nSent via BlackBerry from T-Mobile\n\n  Original Message  \nFrom: Ann\nSent: Monday, May 2, 2016 10:00\nTo: bob@example.com\nReply To: ann@example.com\nSubject: foo\n\nold',
		'New',
	],
	[
		'Outlook Express, answer below',
		'----- Original Message ----- \nFrom: "Ann" <ann@example.com>\nTo: <bob@example.com>\nSent: Monday, May 2, 2016 10:00 AM\nSubject: foo\n\n\n> old\n> older\n\nNew text',
		'New text',
	],
	[
		'Proton Mail',
		'New\n\nSent with Proton Mail secure email.\n\n‐‐‐‐‐‐‐ Original Message ‐‐‐‐‐‐‐\nOn Monday, May 2nd, 2016 at 10:00 AM, Ann <ann@example.com> wrote:\n\n> old',
		'New',
	],
	[
		'Hotmail',
		'New\n\n________________________________\n> Date: Mon, 2 May 2016\n> From: ann@example.com\n> old',
		'New',
	],
	[
		'QQ',
		'好的\n\n\n------------------ 原始邮件 ------------------\n发件人: "A"<a@example.com>;\n发送时间: 2016年5月2日(星期一) 上午10:00\n收件人: "B"<b@example.com>;\n主题: x\n\nold',
		'好的',
	],
	['Mail.ru', 'Да\n\n\nСреда, 15 июня 2016, 20:42 +03:00 от Ann <ann@example.com>:\n\nold', 'Да'],
	['Yandex', 'Да\n\n15.06.2016, 20:42, "Ann" <ann@example.com>:\n> old', 'Да'],
	['Zoho', 'New\n\n\n---- On Mon, 01 Feb 2016 18:32:00 +0530 Ann <ann@example.com> wrote ----\n\nold', 'New'],
	[
		'a gateway that runs lines together',
		'Thanks! On Mon, Feb 1, 2016 at 6:32 PM, Ann <ann@example.com> wrote: > old > older',
		'Thanks!',
	],
	['bars as quote marks', 'Fine.\n\n2013/7/20 Ann Lee <ann@example.com>\n\n| old\n| older', 'Fine.'],
	[
		'Mailman footer',
		'I agree.\n_______________________________________________\nUsers mailing list\nUsers@example.com\nhttps://lists.example.com/users',
		'I agree.',
	],
	[
		'Google Groups footer',
		'I agree.\n\n-- \nYou received this message because you are subscribed to the Google Groups "x" group.\nTo unsubscribe from this group and stop receiving emails from it, send an email to x@example.com.',
		'I agree.',
	],
];

describe('extractReply', () => {
	it.each(REPLIES)('%s', (_client, body, expected) => {
		expect(textOf(body)).toBe(expected);
		expect(textOf(body.replace(/\n/g, '\r\n'))).toBe(expected);
	});

	it('parts the body: every line that is not blank is in exactly one part, in order', () => {
		for (const [, body] of REPLIES) {
			if (body.includes('wrote: ')) continue;
			const { text, quoted, signature } = extractReply({ text: body });
			const words = (part: string): string[] =>
				part
					.split('\n')
					.map((line) => line.trim())
					.filter((line) => line !== '');
			expect([...words(text), ...words(quoted), ...words(signature)].sort()).toEqual(words(body).sort());
		}
	});

	it('keeps a sign-off and takes the signature below the dashes', () => {
		expect(extractReply({ text: 'Done.\n\nBest regards,\nAnn\n\n--\nACME Inc.\n+1 234 567 890\n' })).toEqual({
			text: 'Done.\n\nBest regards,\nAnn',
			quoted: '',
			signature: '--\nACME Inc.\n+1 234 567 890',
		});
	});

	it('takes several layers off: footer, notice, signature, history', () => {
		const body =
			'Done.\n\n-- \nAnn\n\nSent from my iPhone\n\nThis e-mail is confidential and intended solely for the addressee.\n\nOn 3 May 2016 at 10:12, Bob <bob@example.com> wrote:\n> old\n';
		const { text, quoted, signature } = extractReply({ text: body });
		expect(text).toBe('Done.');
		expect(quoted).toBe('On 3 May 2016 at 10:12, Bob <bob@example.com> wrote:\n> old');
		expect(signature.split('\n').filter(Boolean)).toHaveLength(4);
	});

	describe('quotes that stay', () => {
		it.each([
			[
				'answers between quotes',
				'On Mon, Feb 1, 2016 at 6:32 PM, Ann <ann@example.com> wrote:\n\n> one?\n\nYes\n\n> two?\n\nNo\n',
				'> one?\n\nYes\n\n> two?\n\nNo',
			],
			[
				'a greeting above, the rest of the quote below',
				'Hi,\n\nOn Mon, Feb 1, 2016 at 6:32 PM, Ann <ann@example.com> wrote:\n> one?\n\nYes\n\n> -- \n> Ann',
				'Hi,\n\n> one?\n\nYes',
			],
			['no attribution', '> one?\n\nYes', '> one?\n\nYes'],
			['nothing but a quote', '> one?', '> one?'],
			['a forum quote', '[quote="ann, post:1"]\none?\n[/quote]\n\nYes', '[quote="ann, post:1"]\none?\n[/quote]\n\nYes'],
		])('%s', (_what, body, expected) => {
			expect(textOf(body)).toBe(expected);
		});
	});

	describe('what only looks like history', () => {
		it.each([
			'Please book:\n\nFrom: Berlin\nTo: Paris\nDate: 3 May 2016\n\nThanks',
			'On 5 May at 10:00 I wrote to you the following questions:\n\n1. a\n2. b',
			'In the morning at 10:30 the customer wrote:\n\nIt is broken.\n\nPlease help.',
			'On this day\n\nI wrote something:\n\nit was good.',
			'He told me:\n\n- one\n- two',
			'Title\n-----\n\nPlease call +1 234 567 8901',
			'# Title\n\n- a\n- b\n\n---\n\nMore text here, which goes on for a while.\n\n| a | b |\n|---|---|\n| 1 | 2 |',
			'See:\n\n```\n> a\n-- \nb\nOn 28 Jan 2016, at 19:04, Ann <a@example.com> wrote:\n\nc\n```',
			'[code]\n> a\n-- \nb\n[/code]',
			'>>> print(1)\n1\n\nWhy?',
			'The parcel was damaged.\nSent by courier last week.',
			'Your parcel is on its way.\n\nSent via DHL, tracking number 00340434161094',
			'Das Paket ist da.\n\nVom Lager wurde es gestern gesendet',
			'您好\n\n从昨天开始无法发送',
			'Please keep this secret.\n\nThe contract is confidential and the recipient knows.',
			'Subject: none\n\nI wrote: nothing.',
			'First part\n--\nis this a signature?\n'
				.concat('a long line of the author that goes on and on\n'.repeat(30))
				.trim(),
		])('stays: %j', (body) => {
			expect(extractReply({ text: body })).toEqual({ text: body, quoted: '', signature: '' });
		});
	});

	describe('nothing written', () => {
		it.each([
			['', ''],
			['\n \n', ''],
			['On Mon, Feb 1, 2016 at 6:32 PM, Ann <ann@example.com> wrote:\n\n> one?\n', ''],
			['Sent from my iPhone', ''],
			['-- \nAnn', ''],
		])('%j gives %j', (body, expected) => {
			expect(textOf(body)).toBe(expected);
		});

		it('keeps a forward whole, and parts it from a note above it', () => {
			const forward =
				'---------- Forwarded message ---------\nFrom: Ann <ann@example.com>\nDate: 3 May 2016\nSubject: y\nTo: bob@example.com\n\ntext';
			expect(textOf(forward)).toBe(forward);
			expect(extractReply({ text: `FYI\n\n${forward}` })).toEqual({ text: 'FYI', quoted: forward, signature: '' });
		});

		it('keeps an unquoted text below an attribution', () => {
			expect(textOf('On 8 May 2017 17:34, "Ann" <ann@example.com> wrote:\n\n    a && b\n\nIt should be c')).toBe(
				'    a && b\n\nIt should be c',
			);
		});
	});

	describe('with the html body', () => {
		it('takes off the signature that it names', () => {
			const html =
				'<div dir="ltr">Yes please.</div><br><div><div dir="ltr" class="gmail_signature">Ann Lee<br>ACME, <a href="https://example.com">Springfield</a></div></div>';
			expect(extractReply({ text: 'Yes please.\n\nAnn Lee\nACME, Springfield\n', html })).toEqual({
				text: 'Yes please.',
				quoted: '',
				signature: 'Ann Lee\nACME, Springfield',
			});
		});

		it('knows an attribution in a language that no table has', () => {
			const attribution = 'Na 3 maai nimejaza Bob <bob@example.com> kwamba hii:';
			const html = `<div>Yes</div><div class="gmail_quote"><div class="gmail_attr">Na 3 maai nimejaza Bob &lt;<a href="mailto:bob@example.com">bob@example.com</a>&gt; kwamba hii:<br></div><blockquote>old</blockquote></div>`;
			expect(textOf(`Yes\n\n${attribution}\n\nold`)).toContain('old');
			expect(extractReply({ text: `Yes\n\n${attribution}\n\nold`, html })).toMatchObject({ text: 'Yes' });
		});

		it('leaves a signature that the text does not have alone, and survives hostile html', () => {
			const text = 'Hello\n\nAnn';
			for (const html of [
				'<p class="gmail_signature">Bob</p>',
				'<div class="gmail_signature">'.repeat(30_000),
				`${'<'.repeat(300_000)}gmail_signature`,
				'<!--'.repeat(100_000).concat('gmail_attr'),
				'<div class="gmail_attr"></div>',
			]) {
				expect(textOf(text), html.slice(0, 40)).toBe(text);
				expect(extractReply({ text, html }).text).toBe(text);
			}
		});
	});

	describe('hostile bodies', () => {
		it.each([
			...[
				' ',
				'>',
				'>\n',
				'\n',
				':\n',
				'a',
				'a:\n',
				'wrote:\n',
				'On ',
				'On\n',
				'<',
				'<\n',
				'x\n\n\n<\n',
				'_____\n',
				'--\n',
				'---- x ',
			],
			...[
				'Sent from my iPhone\n',
				'From: a@b.c\n',
				'From: a@b.c\n\n',
				'From: a,\n\tb@c,\n',
				'-----Original Message-----\n',
				'```\n',
			],
			...[
				'[a](',
				'1 2 3 4 ',
				'2016-05-03 10:12 a@b.c wrote ',
				'> a\nb\n',
				'-----\n\n\n\n',
				'a wrote ',
				'((((',
				'*_*_',
				'AB> x\n',
			],
			...[
				'To unsubscribe from this x\n\n',
				'this email is confidential\n\n',
				'\u200e',
				'| x\n',
				'--\nAnn\n',
				'On 28 Jan 2016, at 19:04, A wrote:\n',
			],
			...['Thanks! On 28 Jan 2016, at 19:04, A wrote: ', 'On 1 ', 'a. On 1 May '],
		])('of %j are read to the end', (part) => {
			for (const [begin, size] of [
				['', 1_000_000],
				['Hello\n\n', 100_000],
			] as const) {
				const body = begin + part.repeat(Math.ceil(size / part.length));
				const { text, quoted, signature } = extractReply({ text: body });
				expect(text.length + quoted.length + signature.length).toBeLessThanOrEqual(body.length + 2);
			}
		});
	});

	it('never throws, and gives back nothing that was not there', () => {
		const piece = fc.oneof(
			fc.constantFrom(
				'\n',
				'\n\n',
				'> ',
				'-- \n',
				'```\n',
				'From: ',
				'On 3 May 2016 at 10:12, ',
				' wrote:\n',
				'_____\n',
				'| ',
				'\r\n',
				'\t',
				'\u0000',
			),
			fc.string({ unit: 'grapheme', maxLength: 12 }),
		);
		fc.assert(
			fc.property(fc.array(piece, { maxLength: 40 }), (pieces) => {
				const body = pieces.join('');
				const parts = extractReply({ text: body });
				const lines = new Set(body.split(/\r\n?|\n/).map((line) => line.trim()));
				const whole = body.replace(/\s+/g, '');
				for (const line of Object.values(parts).join('\n').split('\n')) {
					expect(lines.has(line.trim()) || whole.includes(line.replace(/\s+/g, ''))).toBe(true);
				}
			}),
			{ numRuns: 500 },
		);
	});
});
