import { describe, expect, it } from 'vitest';
import { parseSearch } from '../../../../lib/email/imap/rawSearch';

describe('search criteria', () => {
	it.each([
		['', {}],
		['ALL', {}],
		['unseen', { seen: false }],
		['UNSEEN FROM "The \\"Shop\\"" LARGER 1000', { seen: false, from: 'The "Shop"', larger: 1000 }],
		['OR FROM a (SUBJECT "b c" SEEN)', { or: [{ from: 'a' }, { subject: 'b c', seen: true }] }],
		['HEADER X-Priority 1', { header: { 'X-Priority': '1' } }],
		['HEADER X-Priority ""', { header: { 'X-Priority': true } }],
		['SINCE 1-Jan-2026', { since: new Date('2026-01-01T00:00:00Z') }],
		['NOT KEYWORD Done', { not: { keyword: 'Done' } }],
		['NOT ALL', { not: { all: true } }],
		['UID 5:*,7', { uid: '5:*,7' }],
		['SUBJECT Grüße', { subject: 'Grüße' }],
		['X-GM-RAW "has:attachment in:unread"', { gmraw: 'has:attachment in:unread' }],
		// The same key twice, and two NOTs: De Morgan.
		['FROM a FROM b', { from: 'a', not: { not: { from: 'b' } } }],
		['NOT FROM a NOT FROM b', { not: { or: [{ from: 'a' }, { from: 'b' }] } }],
		[
			'OR SEEN DRAFT OR FLAGGED ANSWERED',
			{
				or: [{ seen: true }, { draft: true }],
				not: { not: { or: [{ flagged: true }, { answered: true }] } },
			},
		],
	])('%s', (criteria, filter) => {
		expect(parseSearch(criteria)).toEqual(filter);
	});

	it.each([
		['FROM', 'a value is missing (at character 5)'],
		['FROM "a', 'a quotation mark is not closed (at character 6)'],
		['(SEEN', 'a search key is missing (at character 6)'],
		['SEEN)', 'a search key is missing (at character 5)'],
		['()', 'an empty pair of parentheses'],
		['SINCE yesterday', '“yesterday” is not a date'],
		['SINCE 31-Feb-2026', '“31-Feb-2026” is not a date'],
		['LARGER big', '“big” is not a number'],
		['UID x', '“x” is not a set of UIDs'],
		['OR SEEN', 'a search key is missing'],
		['1:5', '“1:5” is not a search key'],
		['SEEN\r\nA1 LOGOUT', '“A1” is not a search key'],
		['FROM {5}', 'a value is missing'],
	])('%s is refused: %s', (criteria, reason) => {
		expect(() => parseSearch(criteria)).toThrow(reason);
		expect(() => parseSearch(criteria)).toThrow(expect.objectContaining({ code: 'INPUT_SEARCH_INVALID' }) as Error);
	});
});
