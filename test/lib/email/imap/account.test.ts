import { describe, expect, it } from 'vitest';
import { type MailboxListing, matchMailboxes, pathMeant } from '../../../../lib/email/imap/account';

function listing(path: string, specialUse: string | null = null, delimiter = '/', ownPath = path): MailboxListing {
	const name = path.split(delimiter).at(-1)!;
	return { path, ownPath, name, delimiter, specialUse, selectable: path !== '[Gmail]' };
}

describe('mailboxes that are meant', () => {
	const mailboxes = [
		listing('INBOX'),
		listing('[Gmail]'),
		listing('[Gmail]/Spam', '\\Junk'),
		listing('Support'),
		listing('Support/DE'),
		listing('Support/DE/Alt'),
		listing('Support.old'),
	];

	it.each([
		[['inbox'], ['INBOX']],
		[['\\Junk'], ['[Gmail]/Spam']],
		[['\\junk', '[Gmail]/Spam'], ['[Gmail]/Spam']],
		[['Support'], ['Support']],
		[['support'], []],
		[['Support/%'], ['Support/DE']],
		[['Support/*'], ['Support/DE', 'Support/DE/Alt']],
		[['%'], ['INBOX', 'Support', 'Support.old']],
		[['*'], ['INBOX', '[Gmail]/Spam', 'Support', 'Support/DE', 'Support/DE/Alt', 'Support.old']],
		[['Support?old', 'S+'], []],
		[['\\Sent'], []],
	])('%s are %s', (wanted, paths) => {
		expect(matchMailboxes(mailboxes, wanted)).toEqual(paths);
	});

	it('heed the separator of the server', () => {
		const dotted = [listing('A.B', null, '.'), listing('A.B.C', null, '.')];
		expect(matchMailboxes(dotted, ['A.%'])).toEqual(['A.B']);
	});

	it('may be named without what the server puts before them, where no other has that name', () => {
		const below = [
			listing('INBOX', null, '.'),
			listing('INBOX.Support', null, '.', 'Support'),
			listing('INBOX.Support.DE', null, '.', 'Support.DE'),
			listing('INBOX.sales', null, '.', 'sales'),
			listing('sales', null, '.'),
		];
		expect(matchMailboxes(below, ['Support.*'])).toEqual(['INBOX.Support.DE']);
		expect(matchMailboxes(below, ['INBOX.S%', 'Support'])).toEqual(['INBOX.Support']);
		expect(['Support', 'INBOX.Support', 'sales', 'none'].map((name) => pathMeant(below, name))).toEqual([
			...['INBOX.Support', 'INBOX.Support', 'sales', 'none'],
		]);
	});
});
