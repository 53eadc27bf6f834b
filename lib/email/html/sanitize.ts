import sanitizeHtml from 'sanitize-html';
import type { CanonicalMessage } from '../message';
import { isTame, textOfHtml } from '../parse/htmlText';
import {
	ALLOWED_ATTRIBUTES,
	ALLOWED_TAGS,
	DROPPED_WITH_CONTENT,
	FETCHING_ATTRIBUTES,
	REMOVED_ELEMENTS,
	type RemovedKind,
	safeStyle,
} from './allowedMarkup';

export type Sanitized = NonNullable<CanonicalMessage['sanitized']>;
type RemoteContent = Sanitized['remoteContent'][number];

/** Larger html, or such as no parser reads in time, is shown as its text. */
const MAX_LENGTH = 2 * 1024 * 1024;
const MAX_LISTED = 100;
const MAX_URL = 2000;

const SAFE_LINK = /^(?:https?|mailto|tel):/i;
const EMBEDDED_IMAGE = /^data:image\/(?:png|jpe?g|gif|webp|bmp);base64,[A-Za-z0-9+/=\s]*$/i;
const REMOTE = /^(?:[a-z][a-z0-9+.-]*:)?\/\//i;

/**
 * Html that can be shown within another page: without scripts, event handlers, forms, frames, style sheets and whatever
 * would be fetched when it is shown. Images by `cid:` and those within (`data:`) stay, links to the web, mail and
 * telephone too. What was removed is counted, and the addresses of remote content are listed.
 *
 * Never throws; time is linear in the input.
 */
export function sanitizeEmailHtml(html: string): { html: string } & Sanitized {
	const report = new Report();
	if (html.length > MAX_LENGTH || !isTame(html)) {
		report.remove('too-large');
		return { ...htmlAsText(textOfHtml(html)), ...report.done() };
	}
	try {
		report.readStyleSheets(html);
		const safe = sanitizeHtml(html, {
			allowedTags: [...ALLOWED_TAGS],
			allowedAttributes: Object.fromEntries(
				Object.entries(ALLOWED_ATTRIBUTES).map(([tag, names]) => [tag, [...names]]),
			),
			nonTextTags: [...DROPPED_WITH_CONTENT],
			allowedSchemes: ['http', 'https', 'mailto', 'tel'],
			allowedSchemesByTag: { img: ['cid', 'data'] },
			allowProtocolRelative: false,
			parseStyleAttributes: false,
			onOpenTag: (tag, attributes) => report.read(tag, attributes),
			transformTags: {
				'*': (tag, attributes) => ({
					tagName: tag === 'body' ? 'div' : tag,
					attribs: safeAttributes(tag, attributes),
				}),
			},
		});
		return { html: boxed(safe.trim()), ...report.done() };
	} catch {
		report.remove('too-large');
		return { ...htmlAsText(textOfHtml(html)), ...report.done() };
	}
}

/** The text of html that cannot be sanitised, as html. */
export function htmlAsText(text: string): { html: string } & Sanitized {
	const escaped = text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;');
	return { html: `<pre>${escaped}</pre>`, removed: [{ what: 'too-large', count: 1 }], remoteContent: [] };
}

/** However wide or tall a mail makes itself, it is painted within its own place (CSS Containment, 3.4). */
function boxed(html: string): string {
	return html === ''
		? ''
		: `<div style="contain: content; overflow: auto; max-width: 100%; max-height: 100%">${html}</div>`;
}

/** Attribute values as a browser reads an address: without white space and control characters. */
function addressOf(value: string | undefined): string {
	return (value ?? '').replace(/[\x00-\x20\x7f]+/g, '');
}

function safeAttributes(tag: string, attributes: Readonly<Record<string, string>>): Record<string, string> {
	const safe: Record<string, string> = {};
	for (const [name, value] of Object.entries(attributes)) {
		if (name === 'style') {
			const style = safeStyle(value);
			if (style !== '') safe.style = style;
		} else if (name === 'href') {
			if (SAFE_LINK.test(addressOf(value))) safe.href = addressOf(value);
		} else if (name === 'src') {
			if (isWithinMessage(addressOf(value))) safe.src = addressOf(value);
		} else if (name !== 'rel') {
			safe[name] = value;
		}
	}
	if (tag === 'a' && safe.href !== undefined) safe.rel = 'noopener noreferrer nofollow';
	return safe;
}

/** Whether the content of an image came with the message (RFC 2392, RFC 2397). */
function isWithinMessage(address: string): boolean {
	return /^cid:/i.test(address) || EMBEDDED_IMAGE.test(address);
}

/** Notes what the elements of a message are, as they come. */
class Report {
	private readonly counts = new Map<RemovedKind, number>();
	private readonly remote = new Map<string, RemoteContent>();
	private remoteCount = 0;

	remove(kind: RemovedKind): void {
		this.counts.set(kind, (this.counts.get(kind) ?? 0) + 1);
	}

	read(tag: string, attributes: Readonly<Record<string, string>>): void {
		const kind = Object.hasOwn(REMOVED_ELEMENTS, tag) ? REMOVED_ELEMENTS[tag] : undefined;
		if (kind !== undefined) this.remove(kind);
		if (tag === 'meta' && attributes['http-equiv']?.trim().toLowerCase() === 'refresh') this.remove('refresh');
		for (const [name, value] of Object.entries(attributes)) {
			if (/^on[a-z]/i.test(name)) this.remove('event-handler');
			else if (name === 'style') this.readStyle(value);
			else if (name === 'href' && tag === 'a') this.readLink(value);
			else this.readFetched(tag, name, value, attributes);
		}
	}

	/** Addresses in style sheets; sanitising leaves the sheets out. */
	readStyleSheets(html: string): void {
		const lower = html.toLowerCase();
		for (let at = lower.indexOf('<style'); at >= 0;) {
			const end = lower.indexOf('</style', at);
			this.readStyle(html.slice(at, end < 0 ? html.length : end));
			at = end < 0 ? -1 : lower.indexOf('<style', end);
		}
	}

	done(): Sanitized {
		if (this.remoteCount > 0) this.counts.set('remote-content', this.remoteCount);
		return {
			removed: [...this.counts].map(([what, count]) => ({ what, count })),
			remoteContent: [...this.remote.values()],
		};
	}

	private readLink(value: string): void {
		const address = addressOf(value);
		if (address !== '' && !address.startsWith('#') && !SAFE_LINK.test(address)) this.remove('unsafe-link');
	}

	private readFetched(tag: string, name: string, value: string, attributes: Readonly<Record<string, string>>): void {
		const kind = FETCHING_ATTRIBUTES[`${tag} ${name}`] ?? FETCHING_ATTRIBUTES[`* ${name}`];
		if (kind === undefined) return;
		const addresses =
			name === 'srcset' ? value.split(/,\s/).map((part) => part.trim().split(/\s/, 1)[0] ?? '') : [value];
		for (const address of addresses.map(addressOf)) {
			if (kind === 'image' && isPixel(attributes)) this.fetched('tracking-pixel', address);
			else this.fetched(kind, address);
		}
	}

	private readStyle(style: string): void {
		for (const match of style.matchAll(/url\(\s*["']?([^"')\s]{1,4000})/gi)) this.fetched('style', addressOf(match[1]));
		for (const match of style.matchAll(/@import\s+["']([^"']{1,4000})/gi)) this.fetched('style', addressOf(match[1]));
	}

	private fetched(kind: RemoteContent['kind'], address: string): void {
		if (!REMOTE.test(address)) return;
		this.remoteCount++;
		const url = address.slice(0, MAX_URL);
		if (this.remote.size < MAX_LISTED) this.remote.set(`${kind} ${url}`, { kind, url });
	}
}

function isPixel({ width, height }: Readonly<Record<string, string>>): boolean {
	return [width, height].every((side) => side !== undefined && /^[01](?:px)?$/.test(side.trim()));
}
