/** HTML from values: whatever a stranger's mail put into a name or an address stays text. */
export interface Html {
	readonly html: string;
}

type Part = string | number | null | Html | readonly Html[];

/** Tagged template: everything that is not `Html` is escaped. */
export function html(strings: TemplateStringsArray, ...parts: Part[]): Html {
	const text = strings.reduce(
		(sum, string, index) => sum + string + (index < parts.length ? shown(parts[index]) : ''),
		'',
	);
	return { html: text };
}

const ENTITIES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

export function escapeHtml(text: string): string {
	return text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? character);
}

function shown(part: Part | undefined): string {
	if (part === null || part === undefined) return '';
	if (typeof part === 'string' || typeof part === 'number') return escapeHtml(String(part));
	return 'html' in part ? part.html : part.map((each) => each.html).join('');
}
