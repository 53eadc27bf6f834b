import mimetypes from 'libmime/lib/mimetypes';
import { fileName } from '../fileName';
import type { Defects } from './defects';
import { decodeEncodedWords } from './encodedWords';
import { firstField, type HeaderField } from './headerBlock';
import { parseStructured, withoutComments } from './parameters';
import { stripEnds } from './stripEnds';

export type TransferEncoding = 'identity' | 'base64' | 'quoted-printable' | 'uuencode';

const IDENTITY = new Set(['', '7bit', '8bit', 'binary', '7-bit', '8-bit', 'none', 'plain', 'utf-8']);
const MAX_PREAMBLE = 256 * 1024;
const UUENCODE = new Set(['x-uuencode', 'x-uue', 'uuencode']);

/**
 * One node of the MIME tree (RFC 2045). It is made when its boundary is met and filled when its header section ends.
 * The names `type`, `parentNode` and `multipart` are those that mailsplit's splitter asks its nodes for.
 */
export class Part {
	readonly type = 'node';
	readonly parentNode: Part | false;
	/** IMAP part number (RFC 9051, 6.4.5): `1.2`; '' for the root. */
	readonly path: string;
	readonly depth: number;
	readonly index: number;
	readonly children: Part[] = [];

	/** Header fields of the root; empty for its parts. */
	fields: HeaderField[] = [];
	/** Lower case, without parameters. */
	contentType = 'text/plain';
	params: ReadonlyMap<string, string> = new Map();
	/** Subtype of a multipart whose parts are read, false for a leaf. */
	multipart: string | false = false;
	encoding: TransferEncoding = 'identity';
	charset: string | null = null;
	disposition: 'attachment' | 'inline' | null = null;
	filename: string | null = null;
	contentId: string | null = null;

	/** What separates the parts: the declared boundary and such as had to be guessed. */
	readonly boundaries: Buffer[] = [];
	delimiterSeen = false;
	/** The closing delimiter was met. */
	closed = false;
	/** A charset beyond ASCII and UTF-8 that some part before this one declares: what raw 8-bit names are in. */
	private readonly seen: { charset: string | null };
	private preamble: Buffer[] = [];
	private preambleLength = 0;

	constructor(parent: Part | false) {
		this.parentNode = parent;
		this.depth = parent === false ? 0 : parent.depth + 1;
		this.index = parent === false ? 0 : parent.children.length;
		this.path = parent === false ? '' : `${parent.path === '' ? '' : `${parent.path}.`}${this.index + 1}`;
		this.seen = parent === false ? { charset: null } : parent.seen;
		if (parent !== false) parent.children.push(this);
	}

	/** True for what has no parts of its own to read. */
	get leaf(): boolean {
		return this.multipart === false;
	}

	/** A boundary was met: from now on none shorter than it counts. */
	settleBoundary(met: Buffer): void {
		if (this.boundaries.length < 2) return;
		for (let i = this.boundaries.length - 1; i >= 0; i--) {
			const other = this.boundaries[i];
			if (other !== undefined && other.length < met.length && other.equals(met.subarray(0, other.length)))
				this.boundaries.splice(i, 1);
		}
	}

	/** Text before the first delimiter, kept while it may turn out to be all there is. */
	keepPreamble(text: Buffer): void {
		if (this.preambleLength > MAX_PREAMBLE) return;
		this.preamble.push(text);
		this.preambleLength += text.length;
	}

	dropPreamble(): void {
		this.preamble = [];
		this.preambleLength = 0;
	}

	takePreamble(): Buffer {
		const text = Buffer.concat(this.preamble);
		this.dropPreamble();
		return text;
	}

	/** Takes in the header section: RFC 2045 (5, 6), RFC 2183. */
	readHeaders(fields: HeaderField[], defects: Defects): void {
		// Only those of the message itself are told; a thousand parts' would add up.
		if (this.parentNode === false) this.fields = fields;
		for (const key of ['content-type', 'content-transfer-encoding', 'content-disposition', 'content-id']) {
			if (fields.filter((field) => field.key === key).length > 1) {
				defects.add('header-duplicate', `${key} stands there more than once; the first was used.`, this.path || key);
			}
		}
		const type = firstField(fields, 'content-type');
		const structured = type === null ? null : parseStructured(type, this.seen.charset);
		const disposition = firstField(fields, 'content-disposition');
		const placed = disposition === null ? null : parseStructured(plainWords(disposition), this.seen.charset);
		this.params = structured?.params ?? new Map<string, string>();
		this.filename = fileName(placed?.params.get('filename') ?? this.params.get('name') ?? null);
		this.contentType = this.mediaType(structured?.value ?? null, defects);
		this.charset = this.params.get('charset')?.trim() ?? null;
		if (this.charset !== null && !/^(?:us-)?ascii$|^utf-?8$/i.test(this.charset)) this.seen.charset ??= this.charset;
		if (placed !== null && placed.value !== '') {
			this.disposition = this.placedAs(placed.value);
		}
		this.contentId = stripEnds(plainWords(firstField(fields, 'content-id') ?? ''), ' \t<>');
		if (this.contentId === '') this.contentId = null;
		this.encoding = this.transferEncoding(firstField(fields, 'content-transfer-encoding'), defects);
		if (this.contentType.startsWith('multipart/')) {
			this.multipart = this.contentType.slice('multipart/'.length);
			const boundary = this.params.get('boundary') ?? '';
			const trimmed = boundary.trimEnd();
			if (trimmed !== '') this.boundaries.push(Buffer.from(boundary, 'latin1'));
			// Some producers write a backslash that is no quoting, others quote what needs none.
			if (boundary.includes('\\')) this.boundaries.push(Buffer.from(boundary.replace(/\\(.)/g, '$1'), 'latin1'));
			// RFC 2045 knows no single quotes; producers that write them leave them out of the delimiters.
			if (/^'.+'$/.test(boundary)) this.boundaries.push(Buffer.from(boundary.slice(1, -1), 'latin1'));
			// A boundary must not end in white space (RFC 2046, 5.1.1), and gateways take it off lines.
			if (trimmed !== '' && trimmed !== boundary) this.boundaries.push(Buffer.from(trimmed, 'latin1'));
		}
	}

	/**
	 * RFC 2183, 2.8: an unknown disposition is an attachment. Text without a name that has one which cannot be read (`in-line`,
	 * `none`, `form-data`) is shown by every client, though.
	 */
	private placedAs(value: string): 'attachment' | 'inline' | null {
		if (/^["']?in[- ]?line\b/.test(value)) return 'inline';
		const known = /^["']?attach/.test(value);
		return !known && this.filename === null && /^text\/(?:plain|html)$/.test(this.contentType) ? null : 'attachment';
	}

	private mediaType(stated: string | null, defects: Defects): string {
		// Blanks around the slash and a comma for the semicolon are read as they are meant.
		const declared = stated?.replace(/\s{0,9}\/\s{0,9}/, '/').replace(/,.*$/, '') ?? null;
		if (declared !== null && /^[^\s/;"<>]+\/[^\s/;"<>]+$/.test(declared)) return declared;
		if (declared !== null && declared !== '') {
			defects.add('content-type-invalid', 'The media type cannot be read.', this.path || 'content-type');
			if (declared === 'multipart' || this.params.has('boundary')) return 'multipart/mixed';
			if (declared === 'html' || declared === 'text/') return declared === 'html' ? 'text/html' : 'text/plain';
		}
		if (this.filename !== null) return mediaTypeOfName(this.filename);
		// RFC 2046, 5.1.5: the default within a digest.
		if (this.parentNode !== false && this.parentNode.multipart === 'digest') return 'message/rfc822';
		return 'text/plain';
	}

	private transferEncoding(declared: string | null, defects: Defects): TransferEncoding {
		const name =
			withoutComments(plainWords(declared ?? ''))
				.replace(/["';,]/g, ' ')
				.trim()
				.toLowerCase()
				.split(/\s+/)[0] ?? '';
		if (name === 'base64' || name === 'base-64' || name === 'b64') return 'base64';
		if (/^quoted[-_ ]?print/.test(name) || name === 'qp') return 'quoted-printable';
		if (UUENCODE.has(name)) return 'uuencode';
		if (!IDENTITY.has(name)) {
			defects.add(
				'transfer-encoding-unknown',
				'The transfer encoding is unknown; the content was taken as it is.',
				this.path || undefined,
			);
		}
		return 'identity';
	}
}

/** Encoded words have no place in a structured header (RFC 2047, 5); who writes them there means what they say. */
function plainWords(value: string): string {
	return value.includes('=?') && !/filename|name/i.test(value) ? decodeEncodedWords(value, (raw) => raw) : value;
}

/** Media type by file name extension, application/octet-stream when it tells nothing. */
export function mediaTypeOfName(name: string): string {
	const extension = /\.([^.]+)$/.exec(name)?.[1]?.toLowerCase() ?? '';
	const types = Object.hasOwn(mimetypes.extensions, extension) ? mimetypes.extensions[extension] : undefined;
	return (Array.isArray(types) ? types[0] : types) ?? 'application/octet-stream';
}
