import { expect, it } from 'vitest';
import { fileName } from '../../../lib/email/fileName';

it.each<[string | null, string | null]>([
	['invoice.pdf', 'invoice.pdf'],
	['.', 'unnamed'],
	['..', 'unnamed'],
	['...', 'unnamed'],
	['../..', 'unnamed'],
	['../../etc/passwd', 'passwd'],
	['..\\..\\windows\\win.ini', 'win.ini'],
	['folder/', 'folder'],
	['../', 'unnamed'],
	['/', null],
	[' / ', null],
	['a/ .. ', 'unnamed'],
	['C:\\Users\\ann\\a.txt', 'a.txt'],
	['in\r\nvoice\0.pdf', 'invoice.pdf'],
	['.\0.', 'unnamed'],
	['.profile', '.profile'],
	['', null],
	[null, null],
])('%j may be used as %j', (raw, name) => {
	expect(fileName(raw)).toBe(name);
});
