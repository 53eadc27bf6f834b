/** Reads a stranger's XML as a stream, with bounds, into the little tree that a report is made of. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { createGunzip } from 'node:zlib';
import { pipeline } from 'node:stream/promises';
import { Readable } from 'node:stream';
import { Unzip, UnzipInflate } from 'fflate';
import { SaxesParser } from 'saxes';

/** An element with what is in it: elements by local name in order, or text. */
export interface XmlElement {
	children: Map<string, XmlElement[]>;
	text: string;
}

/** What one document may hold. A report of a large receiver has some ten thousand records of some thirty elements. */
export interface XmlLimits {
	/** Unpacked. */
	bytes: number;
	elements: number;
	depth: number;
	/** Characters of one element's text. */
	text: number;
}

/** Bytes that are read before others get their turn. */
const SLICE = 64 * 1024;

export class XmlRefused extends Error {}

/**
 * @param content XML, gzipped XML, or a zip file whose first `.xml` is read; told apart by the first bytes
 * @returns the document, its root element under its name
 * @throws XmlRefused for what is not well-formed, cannot be unpacked, or goes beyond a limit
 */
export async function readXml(content: Buffer, limits: XmlLimits): Promise<XmlElement> {
	const tree = new Tree(limits);
	let bytes = 0;
	const decoder = new TextDecoder('utf-8');
	for await (const chunk of unpacked(content)) {
		for (let at = 0; at < chunk.length; at += SLICE) {
			const slice = chunk.subarray(at, at + SLICE);
			bytes += slice.length;
			if (bytes > limits.bytes) throw new XmlRefused(`it is larger than ${limits.bytes} bytes`);
			tree.write(decoder.decode(slice, { stream: true }));
			await nextTurn();
		}
	}
	return tree.end();
}

async function* unpacked(content: Buffer): AsyncGenerator<Uint8Array> {
	if (content[0] === 0x1f && content[1] === 0x8b) yield* gunzipped(content);
	else if (content[0] === 0x50 && content[1] === 0x4b) yield* unzipped(content);
	else yield content;
}

async function* gunzipped(content: Buffer): AsyncGenerator<Uint8Array> {
	const gunzip = createGunzip();
	const fed = pipeline(Readable.from([content]), gunzip);
	fed.catch(() => undefined);
	try {
		for await (const chunk of gunzip) yield chunk as Buffer;
		await fed;
	} catch (cause) {
		if (cause instanceof XmlRefused) throw cause;
		throw new XmlRefused('it cannot be unpacked', { cause });
	} finally {
		gunzip.destroy();
	}
}

/** The packed bytes go in piece by piece, so that no more is unpacked than is read. */
function* unzipped(content: Buffer): Generator<Uint8Array> {
	const ready: Uint8Array[] = [];
	const seen = { xml: false };
	let failure: unknown = null;
	const unzip = new Unzip((file) => {
		if (seen.xml || !/\.xml$/i.test(file.name)) return;
		seen.xml = true;
		file.ondata = (error, data) => {
			if (error !== null) failure = error;
			else ready.push(data);
		};
		file.start();
	});
	unzip.register(UnzipInflate);
	try {
		for (let at = 0; at < content.length && failure === null; at += 1024) {
			unzip.push(content.subarray(at, at + 1024), at + 1024 >= content.length);
			yield* ready.splice(0);
		}
	} catch (error) {
		if (error instanceof XmlRefused) throw error;
		failure = error;
	}
	if (failure !== null) throw new XmlRefused('it cannot be unpacked', { cause: failure });
	if (!seen.xml) throw new XmlRefused('the zip file holds no XML');
}

/** Builds the tree while the parser reads. */
class Tree {
	private readonly parser = new SaxesParser({ xmlns: false });
	private readonly open: XmlElement[] = [element()];
	private elements = 0;

	constructor(private readonly limits: XmlLimits) {
		this.parser.on('opentag', ({ name }) => this.begin(name));
		this.parser.on('closetag', () => this.open.pop());
		this.parser.on('text', (text) => this.add(text));
		this.parser.on('cdata', (text) => this.add(text));
		this.parser.on('doctype', () => {
			// Entities of a stranger's document are none of ours; no schema of reports needs one.
			throw new XmlRefused('it declares a document type');
		});
		this.parser.on('error', (cause) => {
			throw new XmlRefused('it is no well-formed XML', { cause });
		});
	}

	write(text: string): void {
		this.parser.write(text);
	}

	end(): XmlElement {
		this.parser.close();
		return this.open[0] ?? element();
	}

	private begin(name: string): void {
		if (++this.elements > this.limits.elements)
			throw new XmlRefused(`it has more than ${this.limits.elements} elements`);
		if (this.open.length > this.limits.depth) throw new XmlRefused(`it is more than ${this.limits.depth} levels deep`);
		const local = name.slice(name.indexOf(':') + 1);
		const parent = this.open.at(-1);
		const begun = element();
		const siblings = parent?.children.get(local);
		if (siblings === undefined) parent?.children.set(local, [begun]);
		else siblings.push(begun);
		this.open.push(begun);
	}

	private add(text: string): void {
		const current = this.open.at(-1);
		if (current === undefined) return;
		if (current.text.length + text.length > this.limits.text) throw new XmlRefused('a value in it is too long');
		current.text += text;
	}
}

function element(): XmlElement {
	return { children: new Map(), text: '' };
}
