/** Heavy attachments as links: a block below the bodies, which needs no language. */
import { InputError } from '../../errors';
import { escapeHtml } from './markdown';
import { insertBeforeEnd } from './quote';

export interface OutgoingLink {
	filename: string;
	/** Bytes. */
	size: number;
	/** Of the content, hex. */
	sha256: string;
	/** Where it can be fetched, with `{expires}` still in it. */
	url: string;
	/** How long after the mail's date the link lives, in ms; null: it does not end. */
	lifetime: number | null;
}

/** What a template may name, each percent-encoded where it stands. `{expires}` is Unix time in seconds. */
const PLACEHOLDER = /\{(field|filename|sha256|size|expires)\}/g;

/**
 * The link of one attachment by the user's template, such as `https://files.example.com/{sha256}/{filename}?e={expires}`.
 * @throws InputError `SEND_LINK_INVALID`
 */
export function linkOf(
	template: string,
	file: { field: string; filename: string; size: number; sha256: string },
	lifetime: number | null,
): OutgoingLink {
	const { filename, size, sha256 } = file;
	const url = template.replace(PLACEHOLDER, (whole, name: string) =>
		name === 'expires' ? whole : encodeURIComponent(String(file[name as keyof typeof file])),
	);
	const link = { filename, size, sha256, url, lifetime };
	if (!/^https?:\/\//i.test(url) || !URL.canParse(urlAt(link, 0)) || /[\s<>"]/.test(url)) {
		throw new InputError(`The link of the attachment “${filename}” is not a web address`, {
			code: 'SEND_LINK_INVALID',
			hint: 'Write the template as https://files.example.com/{sha256}/{filename}; it may also have {field}, {size} and {expires}.',
		});
	}
	return link;
}

/**
 * Both bodies with the links below.
 * @param date the mail's own, ISO 8601: the same at every attempt
 */
export function withLinks(
	bodies: { text: string | null; html: string | null },
	links: readonly OutgoingLink[],
	date: string,
): { text: string | null; html: string | null } {
	if (links.length === 0) return bodies;
	const sent = Date.parse(date);
	const shown = links.map((link) => {
		const until = link.lifetime === null ? '' : ` → ${new Date(sent + link.lifetime).toISOString().slice(0, 10)}`;
		const name = link.filename.replace(/[\r\n]+/g, ' ');
		return { name, about: `(${sizeOf(link.size)})${until}`, url: urlAt(link, sent) };
	});
	const text = shown.map(({ name, about, url }) => `📎 ${name} ${about}\n${url}`).join('\n');
	const html = shown
		.map(
			({ name, about, url }) =>
				`<div>📎 <a href="${escapeHtml(url)}">${escapeHtml(name)}</a> ${escapeHtml(about)}</div>`,
		)
		.join('\n');
	return {
		text: bodies.text === null ? null : `${bodies.text.trimEnd()}\n\n${text}\n`,
		html:
			bodies.html === null ? null : insertBeforeEnd(bodies.html, `<div class="attachment-links">\n${html}\n</div>\n`),
	};
}

function urlAt({ url, lifetime }: OutgoingLink, sent: number): string {
	return url.replaceAll('{expires}', lifetime === null ? '' : String(Math.floor((sent + lifetime) / 1000)));
}

function sizeOf(bytes: number): string {
	if (bytes < 1_000) return `${bytes} B`;
	if (bytes < 1_000_000) return `${Math.round(bytes / 1_000)} kB`;
	return `${(bytes / 1_000_000).toFixed(1)} MB`;
}
