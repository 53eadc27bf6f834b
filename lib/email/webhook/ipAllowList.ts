import { BlockList, isIP } from 'node:net';
import { WebhookRefusal } from './refusal';

/** Decides whether an address may call. */
export type IpAllowList = (address: string | null) => boolean;

/**
 * An allow-list of addresses and CIDR ranges (RFC 4632, RFC 4291), v4 and v6. A v4-mapped v6 address (`::ffff:192.0.2.1`)
 * is the v4 address it maps. Throws `WEBHOOK_MISCONFIGURED` with the entry that cannot be read.
 */
export function ipAllowList(entries: readonly string[]): IpAllowList {
	const allowed = new BlockList();
	for (const entry of entries.map((text) => text.trim()).filter((text) => text !== '')) addEntry(allowed, entry);
	return (address) => {
		const plain = plainAddress(address ?? '');
		const version = isIP(plain);
		return version !== 0 && allowed.check(plain, version === 6 ? 'ipv6' : 'ipv4');
	};
}

function addEntry(allowed: BlockList, entry: string): void {
	const [address = '', prefix, ...rest] = entry.split('/');
	const plain = plainAddress(address);
	const version = isIP(plain);
	const bits = version === 6 ? 128 : 32;
	const mapped = plain !== address.toLowerCase() && isIP(address) === 6 && version === 4;
	const length = prefix === undefined ? bits : Number(prefix) - (mapped ? 96 : 0);
	const validPrefix = prefix === undefined || (/^\d{1,3}$/.test(prefix) && length >= 0 && length <= bits);
	if (version === 0 || !validPrefix || rest.length > 0) {
		throw new WebhookRefusal(
			'WEBHOOK_MISCONFIGURED',
			`"${entry}" in the IP allow-list is neither an address nor a CIDR range.`,
			{
				hint: 'Write one address (192.0.2.1, 2001:db8::1) or range (192.0.2.0/24) per entry.',
			},
		);
	}
	allowed.addSubnet(plain, length, version === 6 ? 'ipv6' : 'ipv4');
}

/** Without zone and brackets, and as v4 when it is v4-mapped (RFC 4291, 2.5.5.2). */
function plainAddress(address: string): string {
	const bare = address
		.trim()
		.toLowerCase()
		.replace(/^\[(.*)\]$/, '$1')
		.replace(/%.*$/, '');
	if (isIP(bare) !== 6) return bare;
	const words = new URL(`http://[${bare}]/`).hostname.slice(1, -1);
	const mapped = /^::ffff:([0-9a-f]{1,4}):([0-9a-f]{1,4})$/.exec(words);
	if (mapped === null) return bare;
	const bytes = mapped.slice(1).flatMap((word) => [parseInt(word, 16) >> 8, parseInt(word, 16) & 0xff]);
	return bytes.join('.');
}

/** What tells one caller from another: the address in IPv4, the /64 of it in IPv6; the text as it is where it is neither. */
export function networkOf(address: string): string {
	const plain = plainAddress(address);
	if (isIP(plain) !== 6) return plain;
	const [head = '', tail] = new URL(`http://[${plain}]/`).hostname.slice(1, -1).split('::');
	const wordsOf = (part: string | undefined) => (part ? part.split(':') : []);
	const missing = tail === undefined ? 0 : 8 - wordsOf(head).length - wordsOf(tail).length;
	const words = [...wordsOf(head), ...Array<string>(missing).fill('0'), ...wordsOf(tail)];
	return `${words.slice(0, 4).join(':')}::/64`;
}
