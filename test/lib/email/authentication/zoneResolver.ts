import type { DnsResolver } from '../../../../lib/email/authentication/resolver';

/** Records by name and type, in the form of dns.promises.resolve; an Error is what the question ends in. */
export type Zone = Record<string, Record<string, unknown>>;

export function dnsError(code: string): Error {
	return Object.assign(new Error(code), { code });
}

/** Answers from a zone; what is not in it does not exist. */
export function zoneResolver(zone: Zone): DnsResolver {
	return (name, type) => {
		const records = zone[name.toLowerCase()];
		if (records === undefined) return Promise.reject(dnsError('ENOTFOUND'));
		const answer = records[type];
		if (answer === undefined) return Promise.reject(dnsError('ENODATA'));
		return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer);
	};
}
