/** What stands below a heading of a page, as its reader would copy it. */

/**
 * The fenced boxes of a language below a heading of the second level, in their order.
 * @throws Error when there is no such heading
 */
export function boxes(markdown: string, heading: string, language: string): string[] {
	const from = markdown.indexOf(`\n## ${heading}\n`);
	if (from < 0) throw new Error(`There is no heading “${heading}”`);
	const section = markdown.slice(from + 1).split(/^## /m)[1]!;
	return [...section.matchAll(new RegExp(`^ *\`\`\`${language}\\n([^]*?)^ *\`\`\`$`, 'gm'))].map((match) => match[1]!);
}
