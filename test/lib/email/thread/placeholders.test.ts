import { describe, expect, it } from 'vitest';
import { isPlaceholder, threadLinks } from '../../../../lib/email/thread/links';

describe('an id that names no mail', () => {
	it.each([
		'undefined',
		'null',
		'null@null',
		'undefined@shop.example',
		'{{messageId}}',
		'${id}@x',
		'0',
		'none@x.example',
	])('%s', (id) => expect(isPlaceholder(id)).toBe(true));
	it.each(['a1@a.example', '20261117081243.GA1234@shop.example', 'ABCDEF123456'])('is not %s', (id) =>
		expect(isPlaceholder(id)).toBe(false),
	);

	it('ties nothing, and lets In-Reply-To stand in; neither does the address it was sent to', () => {
		const to = [{ name: '', address: 'Support@our.example' }];
		const named = {
			messageId: 'm@x',
			inReplyTo: ['p@shop.example'],
			references: ['undefined', 'support@our.example'],
			to,
		};
		expect(threadLinks(named)).toEqual([{ key: 'mid:p@shop.example', evidence: 'in-reply-to' }]);
	});
});
