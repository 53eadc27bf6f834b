/** What is made of a body for people and workflows: values looked for, Markdown, html that can be shown. */
import { extractFrom, type ExtractInput, type Extractor } from '../extract/extract';
import type { ExtractionPattern } from '../extract/patterns';
import type { CanonicalMessage } from '../message';
import { markdownOf } from './markdown';
import { sanitizeEmailHtml } from './sanitize';

export interface PresentInput {
	message: ExtractInput;
	extract: readonly Extractor[];
	patterns: readonly ExtractionPattern[];
	markdown: boolean;
	sanitize: boolean;
}

export type Presented = Pick<CanonicalMessage, 'html'> &
	Partial<Pick<CanonicalMessage, 'extracted' | 'markdown' | 'sanitized'>>;

/** Pure. The extractors look at the html as it was received. */
export function presentBody({ message, extract, patterns, markdown, sanitize }: PresentInput): Presented {
	const presented: Presented = { html: message.html };
	if (extract.length > 0 || patterns.length > 0) presented.extracted = extractFrom(message, extract, patterns);
	if (markdown) presented.markdown = markdownOf(message);
	if (sanitize && message.html !== null) {
		const { html, ...sanitized } = sanitizeEmailHtml(message.html);
		presented.html = html;
		presented.sanitized = sanitized;
	}
	return presented;
}
