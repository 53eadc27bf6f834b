import { gunzipSync, constants } from 'node:zlib';
import { fileTypeFromBuffer } from 'file-type';
import type { ArchiveEntry } from './archives';
import type { FindingCode } from './findings';
import { type Kind, kindOfName, kindOfType } from './kinds';
import { hasBidiControl, hasDoubleExtension, isExecutableName } from './names';
import { PatternSearch } from './patterns';
import { isTarHeader, TarLister } from './tar';
import { listZip } from './zip';

export interface Inspection {
	/** Findings as `code` or `code: detail`, see findings.ts. */
	reasons: string[];
	entries: ArchiveEntry[] | null;
}

const HEAD = 64 * 1024;
const TAIL = 256 * 1024;
/** Of a gzip file so much is unpacked to see whether it is a tar, and to list it. */
const GUNZIP_LIMIT = 4 * 1024 * 1024;
const BOMB_RATIO = 100;
const BOMB_BYTES = 64 * 1024 * 1024;

const ZIP_MAGIC = Buffer.from('PK\x03\x04', 'latin1');
const OLE_MAGIC = Buffer.from([0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1]);
const GZIP_MAGIC = Buffer.from([0x1f, 0x8b, 0x08]);
const TNEF_MAGIC = Buffer.from([0x78, 0x9f, 0x3e, 0x22]);

/** Names in an OLE directory are UTF-16 (MS-CFB 2.6.1); VBA projects are MS-OVBA 2.2.1, encryption MS-OFFCRYPTO 2.3.4. */
const OLE_PATTERNS = {
	vba: Buffer.from('_VBA_PROJECT', 'utf16le'),
	encrypted: Buffer.from('EncryptedPackage', 'utf16le'),
};

/** ISO 32000-1: 7.6 (encryption), 12.6.4 (actions), 7.11.4 (embedded files). What lies in compressed object streams is not seen. */
const PDF_PATTERNS = {
	encrypt: '/Encrypt',
	javascript: '/JavaScript',
	js: '/JS(',
	jsSpaced: '/JS ',
	launch: '/Launch',
	embedded: '/EmbeddedFile',
};

/** The parts of the known smuggling scripts: decode, make a file of it, offer it (MITRE ATT&CK T1027.006). */
const MARKUP_PATTERNS = {
	script: '<script',
	handler: 'onload=',
	decode: 'atob(',
	bytes: 'uint8array',
	blob: 'new blob',
	objectUrl: 'createobjecturl',
	saveBlob: 'mssaveoropenblob',
	dataUrl: 'data:application/',
	download: 'download',
};

/** Looks at the content of one attachment as it flows by. Holds its first 64 and last 256 KB. Never throws. */
export class ContentInspector {
	private head: Buffer[] = [];
	private headBytes = 0;
	private tail: Buffer[] = [];
	private tailBytes = 0;
	private size = 0;
	private magic: 'zip' | 'ole' | 'pdf' | 'gzip' | 'tar' | 'markup' | 'tnef' | 'other' | null = null;
	private search: PatternSearch | null = null;
	private tar: TarLister | null = null;

	constructor(
		private readonly filename: string | null,
		private readonly contentType: string,
	) {}

	write(chunk: Buffer): void {
		this.size += chunk.length;
		const taken = chunk.subarray(0, HEAD - this.headBytes);
		if (taken.length > 0) {
			this.head.push(Buffer.from(taken));
			this.headBytes += taken.length;
		}
		if (this.magic !== null) {
			this.follow(chunk);
		} else if (this.headBytes >= 1024) {
			this.recognise();
			this.follow(chunk.subarray(taken.length));
		}
	}

	/** Media type by the first bytes, null when nothing is recognised. */
	async detect(start: Buffer): Promise<string | null> {
		if (start.subarray(0, 4).equals(TNEF_MAGIC)) return 'application/ms-tnef';
		try {
			const found = await fileTypeFromBuffer(start);
			if (found !== undefined) return found.mime;
		} catch {
			// A damaged file may end within what file-type wants to read.
		}
		const text = start
			.subarray(0, 1024)
			.toString('latin1')
			.replace(/^\xef\xbb\xbf/, '')
			.trimStart();
		if (/^<svg[\s>]/i.test(text) || (/^<(?:\?xml|!doctype svg)/i.test(text) && /<svg[\s>]/i.test(text)))
			return 'image/svg+xml';
		if (/^(?:<!--[^]{0,500}?-->\s*)?<(?:!doctype html|html|head|body|script|meta|iframe|table|div|a\s)/i.test(text))
			return 'text/html';
		return /^#!\s*\/\S+/.test(text) ? 'text/x-shellscript' : null;
	}

	end(detectedType: string | null): Inspection {
		if (this.magic === null) this.recognise();
		const reasons: string[] = [];
		const add = (code: FindingCode, detail?: string): void => {
			const reason = detail === undefined ? code : `${code}: ${detail}`;
			if (!reasons.includes(reason)) reasons.push(reason);
		};
		this.judgeName(add);
		this.judgeType(detectedType, add);
		const entries = this.judgeContent(detectedType, add);
		return { reasons, entries };
	}

	/** Looks at what has come so far, and sets up what the rest is searched for. */
	private recognise(): void {
		const head = Buffer.concat(this.head);
		const start = head.subarray(0, 2048).toString('latin1');
		if (head.subarray(0, 4).equals(ZIP_MAGIC)) this.magic = 'zip';
		else if (head.subarray(0, 8).equals(OLE_MAGIC)) this.magic = 'ole';
		else if (start.slice(0, 1024).includes('%PDF-')) this.magic = 'pdf';
		else if (head.subarray(0, 3).equals(GZIP_MAGIC)) this.magic = 'gzip';
		else if (isTarHeader(head.subarray(0, 512))) this.magic = 'tar';
		else if (head.subarray(0, 4).equals(TNEF_MAGIC)) this.magic = 'tnef';
		else if (
			kindOfType(this.contentType) === 'markup' ||
			kindOfName(this.filename) === 'markup' ||
			/<(?:html|script|svg|!doctype html)\b/i.test(start)
		)
			this.magic = 'markup';
		else this.magic = 'other';
		if (this.magic === 'ole') this.search = new PatternSearch(OLE_PATTERNS);
		if (this.magic === 'pdf') this.search = new PatternSearch(PDF_PATTERNS);
		if (this.magic === 'markup') this.search = new PatternSearch(MARKUP_PATTERNS, true);
		if (this.magic === 'tar') this.tar = new TarLister();
		this.follow(head);
	}

	private follow(chunk: Buffer): void {
		this.search?.write(chunk);
		this.tar?.write(chunk);
		if (this.magic !== 'zip' && this.magic !== 'gzip') return;
		this.tail.push(Buffer.from(chunk));
		this.tailBytes += chunk.length;
		let first = this.tail[0];
		while (first !== undefined && this.tailBytes - first.length >= TAIL) {
			this.tailBytes -= first.length;
			this.tail.shift();
			first = this.tail[0];
		}
	}

	private judgeName(add: (code: FindingCode, detail?: string) => void): void {
		if (this.filename === null) return;
		if (isExecutableName(this.filename)) add('executable', this.filename);
		if (hasDoubleExtension(this.filename)) add('double-extension', this.filename);
		if (hasBidiControl(this.filename)) add('bidi-name');
	}

	private judgeType(detected: string | null, add: (code: FindingCode, detail?: string) => void): void {
		const kind = kindOfType(detected);
		if (kind === 'executable') add('executable', detected ?? undefined);
		if (kind === 'tnef') add('tnef');
		if (kind === null || detected === null) return;
		const claims: Array<[Kind | null, string]> = [
			[kindOfType(this.contentType), this.contentType],
			[kindOfName(this.filename), this.filename ?? ''],
		];
		for (const [claimed, label] of claims) {
			if (claimed !== null && claimed !== kind && !looselyNamed(claimed, kind))
				add('type-mismatch', `${detected}, not ${label}`);
		}
	}

	private judgeContent(
		detected: string | null,
		add: (code: FindingCode, detail?: string) => void,
	): ArchiveEntry[] | null {
		const found = this.search?.found ?? new Set<string>();
		switch (this.magic) {
			case 'zip':
				return this.judgeZip(add);
			case 'tar':
				return this.judgeEntries(this.tar?.entries ?? [], add);
			case 'gzip':
				return this.judgeGzip(add);
			case 'ole':
				if (found.has('vba')) add('office-macros');
				if (found.has('encrypted')) add('office-encrypted');
				return null;
			case 'pdf':
				if (found.has('encrypt')) add('pdf-encrypted');
				if (found.has('javascript') || found.has('js') || found.has('jsSpaced')) add('pdf-active', 'JavaScript');
				if (found.has('launch')) add('pdf-active', 'Launch');
				if (found.has('embedded')) add('pdf-active', 'EmbeddedFile');
				return null;
			case 'markup': {
				const makesFile = found.has('blob') || found.has('saveBlob') || (found.has('dataUrl') && found.has('download'));
				const offersIt = found.has('objectUrl') || found.has('saveBlob') || found.has('download');
				if (found.has('script') && makesFile && offersIt && (found.has('decode') || found.has('bytes')))
					add('html-smuggling');
				else if (found.has('script') || (found.has('handler') && kindOfType(detected) === 'markup')) add('html-script');
				return null;
			}
			default:
				if (kindOfType(detected) === 'archive') add('archive-unlisted', detected ?? undefined);
				return null;
		}
	}

	private judgeZip(add: (code: FindingCode, detail?: string) => void): ArchiveEntry[] {
		const listing = listZip(Buffer.concat(this.head), Buffer.concat(this.tail), this.size);
		if (listing.unpacked > BOMB_BYTES && listing.unpacked > this.size * BOMB_RATIO)
			add('archive-bomb', `${listing.unpacked} bytes in ${this.size}`);
		// OOXML (ECMA-376): the VBA project, and Excel 4 macro sheets; OpenDocument: Basic libraries.
		if (
			listing.entries.some(({ name }) =>
				/(?:^|\/)vbaProject\.bin$|^xl\/macrosheets\/|^Basic\/[^/]+\/[^/]+\.xml$/i.test(name),
			)
		)
			add('office-macros');
		return this.judgeEntries(listing.entries, add);
	}

	private judgeEntries(entries: ArchiveEntry[], add: (code: FindingCode, detail?: string) => void): ArchiveEntry[] {
		if (entries.some((entry) => entry.encrypted)) add('archive-encrypted');
		for (const { name } of entries.filter((entry) => isExecutableName(entry.name)).slice(0, 10))
			add('archive-executable', name);
		return entries;
	}

	private judgeGzip(add: (code: FindingCode, detail?: string) => void): ArchiveEntry[] {
		const packed = this.size <= this.tailBytes ? Buffer.concat(this.tail) : Buffer.concat(this.head);
		// RFC 1952, 2.3.1: the original name, when flag 3 is set, behind the ten bytes and the extra field.
		const flags = packed[3] ?? 0;
		const start = 10 + ((flags & 4) === 0 ? 0 : 2 + (packed.length >= 12 ? packed.readUInt16LE(10) : 0));
		const end = packed.indexOf(0, start);
		const stored = (flags & 8) !== 0 && end > start ? packed.toString('latin1', start, end) : null;
		const name = stored ?? this.filename?.replace(/\.(?:gz|z)$/i, '').replace(/\.tgz$/i, '.tar') ?? 'unnamed';
		let unpacked: Buffer | null = null;
		try {
			unpacked = gunzipSync(packed, { finishFlush: constants.Z_SYNC_FLUSH, maxOutputLength: GUNZIP_LIMIT });
		} catch {
			// Damaged, or larger than the limit: only the name is told.
		}
		if (unpacked === null || !isTarHeader(unpacked.subarray(0, 512))) {
			const whole = this.size <= this.tailBytes && unpacked !== null;
			return this.judgeEntries([{ name, size: whole ? (unpacked?.length ?? null) : null, encrypted: false }], add);
		}
		const tar = new TarLister();
		tar.write(unpacked);
		return this.judgeEntries(tar.entries, add);
	}
}

/** A zip or tar under any archive label, text under a markup one, and a signed or enclosed mail are no disguise. */
function looselyNamed(claimed: Kind, found: Kind): boolean {
	const archives: readonly Kind[] = ['archive', 'zip'];
	if (archives.includes(claimed) && archives.includes(found)) return true;
	// Office accepts each of its formats under the names of the others, and html and xml under all of them.
	if ((claimed === 'ole' || claimed === 'zip') && (found === 'ole' || found === 'zip' || found === 'markup'))
		return true;
	return (
		claimed === 'message' || (claimed === 'text' && found === 'markup') || (claimed === 'markup' && found === 'image')
	);
}
