import { allAddresses } from './bounce/addresses';
import { readHeaderBlock } from './mime/headerBlock';

/** Where servers write the address that a mail was sent to; To comes last, as anything may stand there. */
const DELIVERED_TO = ['delivered-to', 'x-original-to', 'envelope-to', 'x-envelope-to', 'to'];
/** Bytes of a header that are looked at. */
const LONGEST_HEADER = 65_536;

/** Addresses that a mail was sent to, by its own header, without angle brackets. */
export function addressedTo(raw: Buffer): string[] {
	const head = raw.subarray(0, LONGEST_HEADER).toString('latin1');
	const { fields } = readHeaderBlock(head, 0, head.length);
	const values = DELIVERED_TO.flatMap((name) => fields.filter((field) => field.name === name));
	return [...new Set(values.flatMap(({ value }) => allAddresses(value)))];
}

/** What a variable envelope return path tells (VERP): `bounces+4711@…`, `bounces-4711-ann=example.com@…`. */
export interface VerpContent {
	/** Addresses written with `=` for `@`. */
	addresses: string[];
	/** Everything behind a `+` or `-`, as a whole and piece by piece. */
	words: string[];
}

/**
 * @param returnPaths addresses that a notice was sent to, without angle brackets
 * @see https://cr.yp.to/proto/verp.txt
 */
export function readVerp(returnPaths: readonly string[]): VerpContent {
	const words = new Set<string>();
	for (const path of returnPaths) {
		const local = path.slice(0, path.lastIndexOf('@'));
		for (const separator of ['+', '-']) {
			const at = local.indexOf(separator);
			if (at >= 0) words.add(local.slice(at + 1));
		}
		for (const piece of local.split(/[+-]/).slice(1)) words.add(piece);
	}
	words.delete('');
	const addresses = [...words]
		.map((word) => /^([^=]+)=([^=]+\.[^=]+)$/.exec(word))
		.filter((match) => match !== null)
		.map(([, local, domain]) => `${local ?? ''}@${domain ?? ''}`);
	return { addresses, words: [...words] };
}
