/** What sanitised html may hold. Everything else is left out. */

/** Elements that show text, lists, tables and images. `body` becomes a `div`. */
export const ALLOWED_TAGS: readonly string[] = [
	...'a abbr address article aside b bdi bdo big blockquote br caption center cite code col colgroup dd del details'.split(
		' ',
	),
	...'dfn div dl dt em figcaption figure font footer h1 h2 h3 h4 h5 h6 header hr i img ins kbd li main mark nav ol p'.split(
		' ',
	),
	...'pre q rp rt ruby s samp section small span strike strong sub summary sup table tbody td tfoot th thead time tr tt'.split(
		' ',
	),
	...'u ul var wbr'.split(' '),
];

/** Elements that go with all they hold: it is no text of the message, or was not meant to be read. */
export const DROPPED_WITH_CONTENT: readonly string[] = [
	...'script style noscript template title textarea option select xmp iframe frameset object embed applet audio'.split(
		' ',
	),
	...'video canvas svg math noembed noframes plaintext'.split(' '),
];

/** No `id`, `name` or `class`: they reach into the page that shows the mail. */
export const ALLOWED_ATTRIBUTES: Readonly<Record<string, readonly string[]>> = {
	'*': ['style', 'dir', 'lang', 'title', 'align', 'valign', 'width', 'height', 'bgcolor'],
	a: ['href', 'rel'],
	img: ['src', 'alt', 'border', 'hspace', 'vspace'],
	font: ['color', 'face', 'size'],
	table: ['border', 'cellpadding', 'cellspacing', 'rules', 'frame', 'summary'],
	td: ['colspan', 'rowspan', 'nowrap', 'scope'],
	th: ['colspan', 'rowspan', 'nowrap', 'scope'],
	col: ['span'],
	colgroup: ['span'],
	ol: ['start', 'type', 'reversed'],
	ul: ['type'],
	li: ['value', 'type'],
	time: ['datetime'],
	details: ['open'],
};

/** Attributes by which a browser fetches something when the mail is shown, and what that is. */
export const FETCHING_ATTRIBUTES: Readonly<Record<string, 'image' | 'media' | 'frame' | 'style' | 'script' | 'other'>> =
	{
		'img src': 'image',
		'img srcset': 'image',
		'img lowsrc': 'image',
		'img dynsrc': 'image',
		'source src': 'media',
		'source srcset': 'image',
		'input src': 'image',
		'image href': 'image',
		'image xlink:href': 'image',
		'use href': 'other',
		'use xlink:href': 'other',
		'feimage href': 'image',
		'feimage xlink:href': 'image',
		'video src': 'media',
		'video poster': 'image',
		'audio src': 'media',
		'track src': 'media',
		'embed src': 'other',
		'object data': 'other',
		'applet code': 'script',
		'iframe src': 'frame',
		'frame src': 'frame',
		'bgsound src': 'media',
		'script src': 'script',
		'link href': 'style',
		'* background': 'image',
	};

/** What an element that is left out counts as in the list of what was removed. */
export const REMOVED_ELEMENTS: Readonly<Record<string, RemovedKind>> = {
	script: 'script',
	style: 'style-sheet',
	link: 'style-sheet',
	form: 'form',
	input: 'form',
	button: 'form',
	select: 'form',
	textarea: 'form',
	iframe: 'frame',
	frame: 'frame',
	frameset: 'frame',
	object: 'embedded-object',
	embed: 'embedded-object',
	applet: 'embedded-object',
	audio: 'embedded-object',
	video: 'embedded-object',
	canvas: 'embedded-object',
	svg: 'vector-image',
	math: 'vector-image',
	base: 'base-address',
};

export type RemovedKind =
	| 'script'
	| 'event-handler'
	| 'form'
	| 'frame'
	| 'embedded-object'
	| 'vector-image'
	| 'style-sheet'
	| 'refresh'
	| 'base-address'
	| 'unsafe-link'
	| 'remote-content'
	| 'too-large';

/** CSS that lays out text within its own place; `position` and the like could cover the page around it. */
const STYLE_PROPERTIES = new Set([
	...'color background-color background font font-family font-size font-style font-weight font-variant'.split(' '),
	...'line-height letter-spacing word-spacing text-align text-decoration text-indent text-transform text-overflow'.split(
		' ',
	),
	...'vertical-align white-space word-break word-wrap overflow-wrap direction unicode-bidi list-style-type'.split(' '),
	...'width min-width max-width height min-height max-height display float clear table-layout border-collapse'.split(
		' ',
	),
	...'border-spacing border-radius box-sizing overflow mso-hide visibility'.split(' '),
]);
const STYLE_FAMILIES = /^(?:padding|margin|border)(?:-[a-z-]+)?$/;
/** No escapes and no comments, which hide what follows. */
const STYLE_VALUE = /^[\w\s#.,%()'"!+/-]*$/;
/** Colours are all that a function is needed for: others fetch, read or reckon. */
const STYLE_FUNCTION = /(?<!\b(?:rgb|hsl)a?)\(/i;
/** What is negative draws text and boxes out of their place, or over each other. */
const NEGATIVE = /(?:^|[\s,/(])-\s*[\d.]/;
/** Sizes of the window rather than of the place a mail is shown in (CSS Values 4, 6.1.2; CSS Containment 3). */
const VIEWPORT = /\d\s*(?:[sld]?v(?:[whib]|min|max)|cq(?:[whib]|min|max))\b/i;

/** The declarations of a style attribute that may stay. */
export function safeStyle(style: string): string {
	return style
		.split(';')
		.map((declaration) => {
			const colon = declaration.indexOf(':');
			const property = declaration.slice(0, Math.max(colon, 0)).trim().toLowerCase();
			const value = declaration.slice(colon + 1).trim();
			const known = STYLE_PROPERTIES.has(property) || STYLE_FAMILIES.test(property);
			return known && isSafeValue(value) ? `${property}: ${value}` : '';
		})
		.filter((declaration) => declaration !== '')
		.join('; ');
}

function isSafeValue(value: string): boolean {
	if (value === '' || !STYLE_VALUE.test(value)) return false;
	return ![STYLE_FUNCTION, NEGATIVE, VIEWPORT].some((pattern) => pattern.test(value));
}
