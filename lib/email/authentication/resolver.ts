import { promises as dns } from 'node:dns';
import { isIP } from 'node:net';
import { InputError } from '../../errors';

/**
 * Answers a DNS question as `dns.promises.resolve` does: TXT gives `string[][]`, A and AAAA `string[]`, MX
 * `{exchange, priority}[]`. Rejects with the codes of node:dns (`ENOTFOUND`, `ENODATA`, `ETIMEOUT`, …).
 */
export type DnsResolver = (name: string, type: string) => Promise<unknown>;

/** A question that had no answer in time: what asks it then gives `temperror`. */
class DnsTimeout extends Error {
	readonly code = 'ETIMEOUT';
}

export interface DnsLimits {
	/** Milliseconds for one question. */
	queryMs: number;
	/** Milliseconds for all questions of one message. */
	totalMs: number;
	/** Questions of one message: SPF alone may ask some 110 (RFC 7208, 4.6.4). */
	queries: number;
}

/**
 * Holds a resolver to limits, whatever it does: beyond one, every question rejects with `ETIMEOUT`. `stop` ends the
 * waiting for answers that nobody needs any more.
 */
export function limitedResolver(resolver: DnsResolver, limits: DnsLimits): { resolve: DnsResolver; stop: () => void } {
	const end = new AbortController();
	const timer = setTimeout(() => end.abort(), limits.totalMs);
	let left = limits.queries;
	const resolve: DnsResolver = (name, type) => {
		if (end.signal.aborted || left-- <= 0) return Promise.reject(new DnsTimeout(`No time left to ask for ${name}`));
		return new Promise((answer, reject) => {
			const giveUp = (): void => {
				clearTimeout(wait);
				end.signal.removeEventListener('abort', giveUp);
				reject(new DnsTimeout(`No answer for ${name} in time`));
			};
			const wait = setTimeout(giveUp, limits.queryMs);
			end.signal.addEventListener('abort', giveUp);
			const settled = (): void => {
				clearTimeout(wait);
				end.signal.removeEventListener('abort', giveUp);
			};
			Promise.resolve()
				.then(() => resolver(name, type))
				.finally(settled)
				.then(answer, reject);
		});
	};
	return {
		resolve,
		stop: () => {
			clearTimeout(timer);
			end.abort();
		},
	};
}

/**
 * The system's resolver, or one that asks the given servers.
 *
 * @param servers `ip` or `ip:port` (RFC 5952 for v6: `[::1]:53`)
 * @throws InputError `DNS_SERVER_INVALID`
 */
export function systemResolver(servers: readonly string[] = []): DnsResolver {
	const resolver = new dns.Resolver({ timeout: 2_000, tries: 2 });
	if (servers.length > 0) {
		try {
			resolver.setServers(servers);
		} catch (cause) {
			const wrong = servers.find((server) => isIP(server.replace(/^\[(.*)\](?::\d+)?$|:\d+$/, '$1')) === 0);
			throw new InputError(`“${wrong ?? servers.join(', ')}” is no address of a DNS server`, {
				code: 'DNS_SERVER_INVALID',
				hint: 'Write addresses such as 192.0.2.53, 192.0.2.53:5353 or [2001:db8::53]:53, separated by commas.',
				cause,
			});
		}
	}
	return (name, type) => resolver.resolve(name, type);
}
