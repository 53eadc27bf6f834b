import type { Part } from './part';
import { stripEnds } from './stripEnds';

/** The parts that make up what is read, in their order: RFC 8621 section 4.1.4. */
export interface BodyParts {
	text: Part[];
	html: Part[];
}

const TEXTUAL = new Set(['text/plain', 'text/html']);

/**
 * Whether a leaf is text of the message and no attachment (RFC 8621, 4.1.4: `isInline` without the media types, which
 * are attachments here). Decided when its header section is read, before its content flows.
 */
export function isBodyPart(part: Part): boolean {
	if (!part.leaf || !TEXTUAL.has(part.contentType) || part.disposition === 'attachment') return false;
	const parent = part.parentNode;
	if (part.index === 0 || parent === false) return true;
	// What stands in for another form of the text is text, whatever it is called.
	if (parent.multipart === 'alternative') return true;
	if (parent.multipart !== 'related') return part.filename === null;
	return isRelatedRoot(part, parent);
}

/** The text of a multipart/related is the part that `start` names (RFC 2387, 3.2), else the first that can be one. */
function isRelatedRoot(part: Part, parent: Part): boolean {
	const start = parent.params.get('start');
	if (start !== undefined && part.contentId !== null) return stripEnds(start, ' <>') === part.contentId;
	if (part.filename !== null) return false;
	return parent.children.slice(0, part.index).every((sibling) => sibling.leaf && !TEXTUAL.has(sibling.contentType));
}

/** Sorts the text parts of a tree into what is shown as text and what as html, as RFC 8621 section 4.1.4 describes. */
export function selectBodies(root: Part): BodyParts {
	const bodies: BodyParts = { text: [], html: [] };
	visit([root], 'mixed', false, bodies.html, bodies.text);
	return bodies;
}

function visit(
	parts: readonly Part[],
	multipart: string,
	inAlternative: boolean,
	htmlIn: Part[] | null,
	textIn: Part[] | null,
): void {
	let html = htmlIn;
	let text = textIn;
	const textLength = text?.length ?? -1;
	const htmlLength = html?.length ?? -1;
	for (const part of parts) {
		if (!part.leaf) {
			visit(part.children, part.multipart || 'mixed', inAlternative || part.multipart === 'alternative', html, text);
			continue;
		}
		if (!isBodyPart(part)) continue;
		if (multipart === 'alternative') {
			(part.contentType === 'text/plain' ? text : html)?.push(part);
			continue;
		}
		if (inAlternative) {
			if (part.contentType === 'text/plain') html = text === null ? html : null;
			else text = html === null ? text : null;
		}
		text?.push(part);
		html?.push(part);
	}
	if (multipart === 'alternative' && text !== null && html !== null) {
		// Only one kind was offered: it stands in for the other.
		if (textLength === text.length && htmlLength !== html.length) text.push(...html.slice(htmlLength));
		if (htmlLength === html.length && textLength !== text.length) html.push(...text.slice(textLength));
	}
}
