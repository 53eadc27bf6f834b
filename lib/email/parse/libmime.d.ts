/** What this folder uses of mailparser's own parts; neither package declares these entry points. */
declare module 'libmime/lib/charset' {
	const charset: {
		/** Known misspellings of charset names to their proper one. */
		normalizeCharset(name: string): string;
		/** Decodes; the Japanese encodings through encoding-japanese, the others through iconv-lite. */
		decode(bytes: Buffer, charset: string): string;
	};
	export default charset;
}

declare module 'libmime/lib/mimetypes' {
	const mimetypes: {
		/** Media type to its usual file name extensions. */
		list: Record<string, string | string[]>;
		/** Extension to its media types. */
		extensions: Record<string, string | string[]>;
	};
	export default mimetypes;
}
