import { describe, expect, it } from 'vitest';
import {
	extensionOf,
	hasBidiControl,
	hasDoubleExtension,
	isExecutableName,
} from '../../../../lib/email/attachments/names';

describe('file names', () => {
	it.each([
		['a.PDF', 'pdf'],
		['a.exe. ', 'exe'],
		['.bashrc', 'bashrc'],
		['no extension', null],
		['a.b c', null],
	])('extension of %j is %j', (name, extension) => {
		expect(extensionOf(name)).toBe(extension);
	});

	it.each(['a.exe', 'A.Scr', 'x.pdf.lnk', 'run.ps1 ', 'doc\u202Efdp.exe', 'a.settingcontent-ms'])('%j runs', (name) => {
		expect(isExecutableName(name)).toBe(true);
	});

	it.each(['a.pdf', 'exe', 'photo.jpeg', 'archive.zip', 'notes.txt'])('%j does not run', (name) => {
		expect(isExecutableName(name)).toBe(false);
	});

	it.each(['invoice.pdf.exe', 'photo.jpg          .scr', 'a.docx.js', 'scan.pdf.html', 'bill.pdf.iso'])(
		'%j is disguised',
		(name) => {
			expect(hasDoubleExtension(name)).toBe(true);
		},
	);

	it.each(['backup.tar.gz', 'report.2026.pdf', 'a.txt.gz', 'v1.2.zip', 'smime.p7s', 'mail.eml.asc', 'a.min.js'])(
		'%j is not',
		(name) => {
			expect(hasDoubleExtension(name)).toBe(false);
		},
	);

	it('finds bidirectional controls', () => {
		expect(hasBidiControl('cod\u202Excod.exe')).toBe(true);
		expect(hasBidiControl('שלום.pdf')).toBe(false);
	});
});
