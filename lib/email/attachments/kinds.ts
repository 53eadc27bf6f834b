import { extensionOf } from './names';

/** Kinds of content that are told apart from each other; within one, labels are often used loosely. */
export type Kind =
	| 'executable'
	| 'archive'
	| 'zip'
	| 'ole'
	| 'pdf'
	| 'image'
	| 'media'
	| 'markup'
	| 'message'
	| 'font'
	| 'tnef'
	| 'text';

interface KindRule {
	kind: Kind;
	types: RegExp;
	extensions: RegExp;
}

/** OOXML, OpenDocument, EPUB and JAR are zip files, .doc, .xls, .ppt, .msg and .msi are OLE files: labels name either. */
const RULES: readonly KindRule[] = [
	{
		kind: 'executable',
		types:
			/^application\/(?:x-(?:msdownload|dosexec|executable|elf|mach-binary|sharedlib|ms-installer|sh|bat)|vnd\.microsoft\.portable-executable|x\.ms\.shortcut|java-vm)$|^text\/x-shellscript$/,
		extensions: /^(?:exe|com|scr|dll|pif|cpl|sys|ocx|elf|lnk|class|sh)$/,
	},
	{
		kind: 'zip',
		types:
			/^application\/(?:zip|x-zip.*|java-archive|epub\+zip|vnd\.openxmlformats-.*|vnd\.oasis\.opendocument.*|vnd\.ms-[a-z]+\.(?:sheet|template|addin|document|presentation|slideshow).*|vnd\.android\.package-archive|x-xpinstall|vnd\.google-earth\.kmz)$/,
		extensions:
			/^(?:zip|jar|epub|docx|docm|dotx|dotm|xlsx|xlsm|xlsb|xltx|xltm|xlam|pptx|pptm|ppsx|potx|ppam|odt|ods|odp|odg|kmz|apk|xpi)$/,
	},
	{
		kind: 'ole',
		types:
			/^application\/(?:x-cfb|msword|vnd\.ms-(?:excel|powerpoint|outlook|project|works|office)|x-msi|x-ole-storage|cdfv2.*|vnd\.visio)$/,
		extensions: /^(?:doc|dot|xls|xlt|xla|ppt|pps|pot|msg|msi|msp|mpp|vsd|pub)$/,
	},
	{
		kind: 'archive',
		types:
			/^application\/(?:gzip|x-gzip|x-tar|x-bzip2?|x-xz|zstd|x-7z-compressed|x-rar-compressed|vnd\.rar|x-lzip|x-compress|vnd\.ms-cab-compressed|x-ace-compressed|x-iso9660-image|x-lzh-compressed|x-arj)$/,
		extensions: /^(?:gz|tgz|tar|bz2|tbz2|xz|zst|7z|rar|lz|z|cab|ace|iso|img|lzh|arj)$/,
	},
	{ kind: 'pdf', types: /^application\/(?:x-)?pdf$/, extensions: /^pdf$/ },
	{
		kind: 'image',
		types: /^image\/(?!svg).*/,
		extensions: /^(?:png|jpe?g|jfif|gif|bmp|tiff?|webp|heic|heif|avif|ico|psd)$/,
	},
	{
		kind: 'media',
		types: /^(?:audio|video)\/.*|^application\/(?:ogg|x-shockwave-flash|vnd\.ms-asf)$/,
		extensions: /^(?:mp[34]|m4[av]|wav|ogg|oga|ogv|flac|avi|mov|mkv|webm|mpe?g|wm[av]|aac|opus|amr)$/,
	},
	{
		kind: 'markup',
		types: /^(?:text\/(?:html|xml)|application\/(?:xhtml\+xml|xml)|image\/svg\+xml)$/,
		extensions: /^(?:html?|xhtml|shtml|mht|mhtml|svg|xml)$/,
	},
	{ kind: 'message', types: /^message\//, extensions: /^eml$/ },
	{ kind: 'font', types: /^font\//, extensions: /^(?:ttf|otf|woff2?)$/ },
	{ kind: 'tnef', types: /^application\/(?:vnd\.)?ms-tnef$/, extensions: /^$/ },
	{
		kind: 'text',
		types: /^text\/(?:plain|csv|calendar|vcard|x-vcard|markdown)$/,
		extensions: /^(?:txt|csv|log|md|ics|vcf|ini)$/,
	},
];

/** Kind of a media type; null when it says nothing definite (application/octet-stream and the unknown). */
export function kindOfType(type: string | null): Kind | null {
	return type === null ? null : (RULES.find((rule) => rule.types.test(type))?.kind ?? null);
}

export function kindOfName(filename: string | null): Kind | null {
	const extension = extensionOf(filename);
	return extension === null ? null : (RULES.find((rule) => rule.extensions.test(extension))?.kind ?? null);
}
