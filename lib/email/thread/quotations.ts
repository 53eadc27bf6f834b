/** What a mail's author wrote, what it quotes, and whom it says it quotes: for telling which mail it answers. */
import type { CanonicalMessage } from '../message';
import { rateAttribution } from '../reply/attribution';
import { extractReply } from '../reply/extractReply';
import { clean, INITIALS_QUOTE, QUOTE, splitLines } from '../reply/line';

export interface Quotations {
	/** Blocks of the author's own text, without signature and footer. */
	own: string[];
	/** What the mail before it said, by its quote marks. */
	nearest: string[];
	/** What older mails said: quoted within the quotation. */
	older: string[];
	/** Lines that may name whom it quotes: `On …, Ann Lee wrote:`, `From: Ann Lee`. */
	attributions: string[];
}

/** Lines looked at; a mail of a million lines is no letter. */
const MOST_LINES = 4_000;
const MOST_ATTRIBUTIONS = 12;
/** RFC 3676, 4.3, and the rule above a list's footer. */
const DELIMITER = /^(?:--\s*|_{5,}\s*)$/;
/** Any quote mark, several of them, initials before them. */
const MARK = /^[ \t]*(?:[A-Za-z]{0,3}[>＞|][ \t]?)/;
const MANY_WORDS = 60;

/** Pure and synchronous; time is linear in the length of the text. */
export function readQuotations(
	message: Pick<CanonicalMessage, 'text'> & { reply?: CanonicalMessage['reply'] },
): Quotations {
	const reply = message.reply ?? extractReply({ text: message.text });
	const lines = splitLines(message.text).slice(0, MOST_LINES);
	const marked = new Blocks();
	let above = { depth: 0, text: '' };
	for (const line of lines) {
		const here = unmark(line);
		if (here.depth > 0 && above.depth === here.depth && leadsIn(`${above.text} ${here.text}`)) marked.takeBack();
		else if (here.depth === 0 || !leadsIn(here.text)) marked.add(here.depth, here.text);
		above = here;
	}
	const history = splitLines(reply.quoted)
		.slice(0, MOST_LINES)
		.filter((line) => unmark(line).depth === 0);
	const attributions = history.filter((line) => line.trim() !== '').slice(0, MOST_ATTRIBUTIONS);
	// Outlook's history has no marks: below its header lines it is all the mail before. An attribution alone is none.
	const unmarked = new Blocks();
	for (const line of history) unmarked.add(1, line);
	const below = unmarked.of(1).filter((block) => block.split(/\s+/).length > 3);
	const own = new Blocks();
	for (const line of splitLines(reply.text).slice(0, MOST_LINES)) {
		const { depth, text } = unmark(line);
		own.add(depth, text);
	}
	const nearest = marked.of(1);
	return {
		own: own.of(0),
		nearest: nearest.length > 0 ? nearest : isHistory(below) ? below : [],
		older: marked.deeper(1),
		attributions,
	};
}

/** A line within a quotation that leads an older one in is nobody's text. */
function leadsIn(text: string): boolean {
	return /[:：]\s*$/.test(text) && rateAttribution(clean(text)) !== null;
}

/** A wrapped attribution is some twenty words; what was said before is more, or stands in more than one paragraph. */
function isHistory(blocks: readonly string[]): boolean {
	return blocks.length > 1 || (blocks[0]?.split(/\s+/).length ?? 0) > MANY_WORDS;
}

function unmark(line: string): { depth: number; text: string } {
	let depth = 0;
	let text = line;
	if (!QUOTE.test(text) && !INITIALS_QUOTE.test(text)) return { depth, text };
	for (let mark = MARK.exec(text); mark !== null && depth < 20; mark = MARK.exec(text)) {
		depth++;
		text = text.slice(mark[0].length);
	}
	return { depth, text };
}

/** Lines of one depth that follow each other make a block; a signature within a quotation is left out. */
class Blocks {
	readonly #blocks: Array<{ depth: number; lines: string[] }> = [];
	#signatureAt: number | null = null;

	add(depth: number, text: string): void {
		if (this.#signatureAt !== null && depth < this.#signatureAt) this.#signatureAt = null;
		if (DELIMITER.test(text.trimStart()) && text.trim() !== '') this.#signatureAt = depth;
		if (this.#signatureAt !== null && depth >= this.#signatureAt) return;
		const last = this.#blocks.at(-1);
		if (last?.depth === depth) last.lines.push(text);
		else this.#blocks.push({ depth, lines: [text] });
	}

	/** Drops the line added last. */
	takeBack(): void {
		this.#blocks.at(-1)?.lines.pop();
	}

	of(depth: number): string[] {
		return this.#texts((block) => block.depth === depth);
	}

	deeper(depth: number): string[] {
		return this.#texts((block) => block.depth > depth);
	}

	#texts(wanted: (block: { depth: number }) => boolean): string[] {
		return this.#blocks.filter(wanted).flatMap(({ lines }) => {
			const text = lines.join('\n').trim();
			return text === '' ? [] : [text];
		});
	}
}
