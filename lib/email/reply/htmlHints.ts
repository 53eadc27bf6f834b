import type * as HtmlToText from 'html-to-text';
import { onDemand } from '../onDemand';
import { isBlank } from './line';
import type { LineKind } from './line';

/** Its parser is large, and only html that a client has marked needs it. */
const htmlToText = onDemand('html-to-text') as () => typeof HtmlToText;

/** First and last line. */
export interface Range {
	start: number;
	end: number;
}

/** What the html of a message names, found again in its plain text. */
export interface HtmlHints {
	signatures: Range[];
	attributions: Range[];
}

/** How clients mark the signature: Gmail, Thunderbird, Apple Mail, Outlook on the web, Outlook mobile, Proton Mail. */
const SIGNATURES = [
	'.gmail_signature',
	'.moz-signature',
	'#AppleMailSignature',
	'#Signature',
	'#ms-outlook-mobile-signature',
	'.protonmail_signature_block',
];
/** How they mark the line "On … wrote:", in whatever language: Gmail, Thunderbird. */
const ATTRIBUTIONS = ['.gmail_attr', '.moz-cite-prefix'];
const NAMED =
	/gmail_signature|moz-signature|AppleMailSignature|Signature|ms-outlook-mobile|protonmail_signature|gmail_attr|moz-cite-prefix/;

/** Larger html is not read: the plain text must do. */
const MOST_HTML = 2_000_000;
const MOST_DEPTH = 100;
/** Elements left open at once; the parser's time grows with their square. */
const MOST_OPEN = 2000;
const MOST_LETTERS = 3000;
const LEAST_LETTERS = 3;
/** Elements of one kind that are looked for; more is a thread of quoted messages. */
const MOST_ELEMENTS = 20;

/** Finds signature and attribution of the html body in the lines of the plain text. */
export function readHtmlHints(html: string, lines: readonly string[], kinds: readonly LineKind[]): HtmlHints {
	if (html.length > MOST_HTML || !NAMED.test(html) || isDeep(html)) return { signatures: [], attributions: [] };
	const letters = lettersOf(lines, kinds);
	return {
		signatures: textsOf(html, SIGNATURES).flatMap((text) => locate(letters, text, 'last')),
		attributions: textsOf(html, ATTRIBUTIONS).flatMap((text) => locate(letters, text, 'first')),
	};
}

/** Html that no client writes: void elements aside, more is opened than closed by far. */
function isDeep(html: string): boolean {
	let open = 0;
	for (const [, close] of html.matchAll(
		/<(\/?)(?!br|img|hr|meta|link|input|col|wbr|area|base|embed|source|track)[a-z]/gi,
	)) {
		open += close === '/' ? -1 : 1;
		if (open > MOST_OPEN) return true;
	}
	return false;
}

/** Text of each element that one of the selectors names. */
function textsOf(html: string, selectors: string[]): string[] {
	const mark = '\u0000';
	const text = htmlToText().convert(html, {
		wordwrap: false,
		baseElements: { selectors, returnDomByDefault: false },
		limits: { maxDepth: MOST_DEPTH, maxInputLength: MOST_HTML, maxBaseElements: MOST_ELEMENTS },
		selectors: [
			{ selector: 'a', options: { ignoreHref: true } },
			{ selector: 'img', format: 'skip' },
			...selectors.map((selector) => ({
				selector,
				format: 'marked',
			})),
		],
		formatters: {
			marked: (element, walk, builder) => {
				builder.openBlock({ leadingLineBreaks: 1 });
				builder.addLiteral(mark);
				walk(element.children, builder);
				builder.closeBlock({ trailingLineBreaks: 1 });
			},
		},
	});
	return text.split(mark).filter((part) => part.trim() !== '');
}

interface Letters {
	/** Letters and digits of the unquoted lines, a line feed where anything else stands between. */
	text: string;
	/** Line of each, and whether it is the first or last letter of its line. */
	line: number[];
	lines: readonly string[];
}

const squash = (text: string): string =>
	text
		.normalize('NFC')
		.toLowerCase()
		.replace(/[^\p{L}\p{Nd}]+/gu, '');

function lettersOf(lines: readonly string[], kinds: readonly LineKind[]): Letters {
	const line: number[] = [];
	const text: string[] = [];
	lines.forEach((content, at) => {
		if (isBlank(content)) return;
		const own = kinds[at] === 'quote' || kinds[at] === 'code' ? '\n' : squash(content.slice(0, MOST_LETTERS));
		text.push(own);
		for (let letter = 0; letter < own.length; letter++) line.push(at);
	});
	return { text: text.join(''), line, lines };
}

function locate({ text, line }: Letters, wanted: string, which: 'first' | 'last'): Range[] {
	const letters = squash(wanted.slice(0, MOST_LETTERS * 4));
	if (letters.length < LEAST_LETTERS || letters.length > MOST_LETTERS) return [];
	const at = which === 'first' ? text.indexOf(letters) : text.lastIndexOf(letters);
	const start = line[at];
	const end = line[at + letters.length - 1];
	if (at < 0 || start === undefined || end === undefined) return [];
	const whole = line[at - 1] !== start && line[at + letters.length] !== end;
	return whole ? [{ start, end }] : [];
}
