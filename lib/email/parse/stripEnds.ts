/** Takes the given characters off both ends, in linear time (`/[…]+$/` takes quadratic on a long run in the middle). */
export function stripEnds(text: string, characters: string): string {
	let start = 0;
	let end = text.length;
	while (start < end && characters.includes(text.charAt(start))) start++;
	while (end > start && characters.includes(text.charAt(end - 1))) end--;
	return text.slice(start, end);
}
