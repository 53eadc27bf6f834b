/**
 * Everything that inspection may say about an attachment. A finding is told in `reasons` as `code` or
 * `code: detail`; it refuses nothing by itself, only a user's policy does.
 */
export const FINDINGS = {
	executable: 'Runs when it is opened: by its content (PE, ELF, Mach-O, shortcut, installer) or by its extension.',
	'double-extension': 'The name shows a harmless extension before the real one: `invoice.pdf.exe`.',
	'bidi-name': 'The name holds a bidirectional control character that reverses what is shown: `invoice\u202Efdp.exe`.',
	'type-mismatch': 'The content is of another kind than the declared type or the extension says.',
	'archive-encrypted':
		'A password-protected archive: its content cannot be checked. The password stands in the mail itself.',
	'archive-executable': 'An archive that holds something that runs when it is opened.',
	'archive-bomb': 'An archive that unpacks to more than a hundred times its size.',
	'archive-unlisted': 'An archive of a format whose content is not listed (7z, rar, cab, ace, iso).',
	'office-macros': 'An Office document with a VBA project (OOXML vbaProject.bin, or OLE VBA storage).',
	'office-encrypted': 'An Office document encrypted with a password (MS-OFFCRYPTO).',
	'pdf-encrypted': 'A PDF that needs a password or restricts its use.',
	'pdf-active': 'A PDF with JavaScript, a launch action or an embedded file.',
	'html-smuggling': 'HTML whose script puts a file together and offers it for download.',
	'html-script': 'An HTML or SVG attachment that brings script.',
	tnef: 'An Outlook winmail.dat (TNEF): attachments are packed within.',
} as const satisfies Record<string, string>;

export type FindingCode = keyof typeof FINDINGS;
