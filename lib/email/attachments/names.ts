/**
 * Extensions that run something when they are opened, on the systems named. The first line is what Outlook blocks
 * outright ("Blocked attachments in Outlook", support.microsoft.com) as far as it is still met; the others follow.
 */
export const EXECUTABLE_EXTENSIONS: ReadonlySet<string> = new Set(
	[
		// Windows programs, installers, screen savers, control panel
		'exe com scr pif cpl msi msp mst msix msixbundle appx appxbundle appinstaller application gadget sys drv ocx dll',
		// Windows scripts and what the shell runs by association
		'bat cmd vb vbe vbs js jse mjs ws wsf wsc wsh ps1 ps1xml ps2 ps2xml psc1 psc2 psd1 psm1 hta sct shb shs reg inf msc chm hlp',
		// Shortcuts and search or settings files that start a program (CVE-2018-8414 and its kin)
		'lnk url scf settingcontent-ms library-ms search-ms searchconnector-ms website desklink diagcab theme themepack rdp xll xlam xla ppam ppa wll',
		// Disk images that open as drives and hide the mark of the web, notebooks with scripts, queries and links that fetch (CVE-2023-38831)
		'iso img vhd vhdx one onepkg slk iqy oqy dqy rqy udl ace arj wim udf xbap ade adp mdb accde mde mad maf mag mam maq mar mas mat mau mav maw grp csproj vsmacros',
		// Java, Android, macOS, Linux, scripting languages
		'jar jnlp class apk app command dmg pkg mpkg terminal workflow scpt applescript sh bash csh ksh zsh run elf desktop deb rpm appimage py pyc pyw pl rb php',
	].flatMap((line) => line.split(' ')),
);

/** Extensions people trust; one of these before the real one is a disguise: `invoice.pdf.exe`. */
const HARMLESS_EXTENSIONS =
	/^(?:pdf|docx?|xlsx?|pptx?|odt|ods|rtf|txt|csv|jpe?g|png|gif|bmp|tiff?|webp|heic|mp[34]|wav|avi|mov|html?|eml|msg|zip|xml|json|ics|vcf)$/;

/** Archives whose inner name is the compressed file's: `backup.tar.gz`, `log.txt.gz` are no disguise. */
const COMPRESSED = /^(?:gz|bz2|xz|zst|lz|z|br|zip|7z|rar|asc|gpg|pgp|sig|p7m|p7s|bak|old|tmp|part)$/;

/** Unicode bidirectional controls (UAX 9): embeddings, overrides, isolates. */
const BIDI_CONTROL = /[\u202a-\u202e\u2066-\u2069]/;

/** Last extension of a file name in lower case, null when it has none. Trailing dots and blanks are no part of it. */
export function extensionOf(filename: string | null): string | null {
	if (filename === null) return null;
	return /\.([^.\s/\\]{1,20})[.\s]*$/.exec(filename)?.[1]?.toLowerCase() ?? null;
}

export function isExecutableName(filename: string): boolean {
	const extension = extensionOf(withoutBidi(filename));
	return extension !== null && EXECUTABLE_EXTENSIONS.has(extension);
}

export function hasBidiControl(filename: string): boolean {
	return BIDI_CONTROL.test(filename);
}

/** `invoice.pdf.exe`, also with blanks that push the real extension out of sight: `invoice.pdf          .exe`. */
export function hasDoubleExtension(filename: string): boolean {
	const match = /\.([a-z0-9]{2,5})\s*\.([a-z0-9-]{1,20})[.\s]*$/i.exec(withoutBidi(filename));
	if (match?.[1] === undefined || match[2] === undefined) return false;
	const inner = match[1].toLowerCase();
	const outer = match[2].toLowerCase();
	if (!HARMLESS_EXTENSIONS.test(inner) || COMPRESSED.test(outer) || inner === outer) return false;
	return (
		EXECUTABLE_EXTENSIONS.has(outer) ||
		/\s{3,}\.[^.]*$/.test(filename) ||
		/^(?:html?|svg|iso|img|vhdx?|one)$/.test(outer)
	);
}

function withoutBidi(filename: string): string {
	return filename.replace(new RegExp(BIDI_CONTROL, 'g'), '');
}
