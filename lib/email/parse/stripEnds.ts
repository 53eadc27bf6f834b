/**
 * Takes ASCII white space off both ends of text in which one character is one byte: `trim()` would take the byte A0 as well,
 * the last one of `à` and `Р` in UTF-8.
 */
export const trimBytes = (text: string): string => stripEnds(text, ' \t\r\n\f\v');

/** Takes the given characters off both ends, in linear time (`/[…]+$/` takes quadratic on a long run in the middle). */
export function stripEnds(text: string, characters: string): string {
	let start = 0;
	let end = text.length;
	while (start < end && characters.includes(text.charAt(start))) start++;
	while (end > start && characters.includes(text.charAt(end - 1))) end--;
	return text.slice(start, end);
}
