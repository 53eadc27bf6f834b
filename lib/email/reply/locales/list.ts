/** A table cell of several phrases: they stand between bars, the white space around them is layout. */
export const list = (text: TemplateStringsArray): readonly string[] =>
	text
		.join('')
		.split('|')
		.map((phrase) => phrase.trim())
		.filter((phrase) => phrase !== '');
