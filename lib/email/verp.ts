import { allAddresses } from './bounce/addresses';
import { InputError } from '../errors';
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

/** RFC 5321 4.5.3.1.1. */
const LONGEST_LOCAL_PART = 64;

/**
 * A return path of its own for one send: `bounces@example.com` → `bounces+<id>@example.com`, with `-` where a plus tag is
 * there already. {@link readVerp} finds the id again.
 * @throws InputError `SEND_RETURN_PATH_INVALID`
 */
export function writeVerp(returnPath: string, id: string): string {
	const at = returnPath.lastIndexOf('@');
	const local = returnPath.slice(0, at);
	const tagged = `${local}${local.includes('+') ? '-' : '+'}${id}`;
	if (at < 1 || Buffer.byteLength(tagged) > LONGEST_LOCAL_PART) {
		throw new InputError('No id of the send fits into this return path', {
			code: 'SEND_RETURN_PATH_INVALID',
			hint: 'Give an address with at most 31 characters before the @, whose server takes mail with a + tag.',
		});
	}
	return `${tagged}${returnPath.slice(at)}`;
}
