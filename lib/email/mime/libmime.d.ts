/** The two functions of libmime that this folder uses; the package brings no declarations. */
declare module 'libmime' {
	const libmime: {
		decodeWords(text: string): string;
		parseHeaderValue(text: string): { value: string; params: Record<string, string> };
	};
	export default libmime;
}
