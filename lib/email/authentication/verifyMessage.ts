/** The verification itself, by mailauth. It is heavy: imported only when something is verified. */
import type { Readable } from 'node:stream';
import { arc } from 'mailauth/lib/arc';
import { dkimVerify } from 'mailauth/lib/dkim/verify';
import { evaluateDmarc } from 'mailauth/lib/dmarc';
import { spf } from 'mailauth/lib/spf';
import { getAlignment } from 'mailauth/lib/tools';
import type { ARCData, ARCResult, DKIMResult, DMARCResult, DNSResolver, SPFResult } from 'mailauth';
import type { AuthorReading } from '../parse/author';
import type { SmtpClient } from './received';
import type { DnsResolver } from './resolver';

export interface Evidence {
	/** Null when the client is unknown. */
	spf: SPFResult | null;
	dkim: DKIMResult[];
	arc: ARCResult;
	/** The domain that sealed last. */
	sealer: string | null;
	dmarc: DMARCResult | null;
	/** The author that all of this is about. */
	author: AuthorReading;
	/** Whether a domain is aligned with From: by the DMARC record where there is one, else relaxed. */
	isAligned: (domain: string | null) => boolean;
}

/** RFC 8301, 3.2: a shorter key is not to be trusted. */
const MIN_KEY_BITS = 1024;

/** Verifies one message, which is read to its end. DNS failures are results; rejects only when reading fails. */
export async function verifyMessage(
	message: Readable,
	context: {
		resolver: DnsResolver;
		author: AuthorReading;
		client: SmtpClient | null;
		mailFrom: string | null;
		receivedAt: Date | null;
	},
): Promise<Evidence> {
	const { client, mailFrom, receivedAt, author } = context;
	const resolver = context.resolver as DNSResolver;
	const common = { resolver, minBitLength: MIN_KEY_BITS, strict: true };
	const [signatures, sender] = await Promise.all([
		dkimVerify(message, { ...common, ...(receivedAt === null ? {} : { curTime: receivedAt }) }),
		client === null ? null : spf({ resolver, strict: true, ...senderOf(client, mailFrom) }),
	]);
	// Declared without the `chain: false` that stands for a message without seals.
	const seals = signatures.arc as ARCData;
	const chain = await arc(seals, { ...common, ...(client === null ? {} : { ip: client.ip }) });
	const passedSpf = sender?.status.result === 'pass' ? [sender.domain] : [];
	const evaluated = await evaluateDmarc({
		// As the message is parsed: mailauth's own reading of From may name somebody else.
		headerFrom: author.domain === null ? [] : [`author@${author.domain}`],
		fromFields: 1,
		spfDomains: passedSpf,
		dkimDomains: signatures.results
			.filter(({ status }) => status.result === 'pass')
			.map(({ id, signingDomain, status }) => ({
				id: id ?? '',
				domain: signingDomain ?? '',
				...(status.underSized === undefined ? {} : { underSized: status.underSized }),
			})),
		arcResult: chain,
		resolver,
		strict: true,
	});
	const dmarc = evaluated.response === false ? null : evaluated.response;
	return {
		spf: sender,
		dkim: signatures.results,
		arc: chain,
		sealer: sealerOf(seals),
		dmarc,
		author,
		isAligned: alignmentWith(author.domain, dmarc, evaluated.dkimAligned),
	};
}

function senderOf(
	client: SmtpClient,
	mailFrom: string | null,
): { ip: string; helo: string; sender: string; mta: string } {
	return {
		ip: client.ip,
		// RFC 5321, 4.1.3: who has no name gives the address.
		helo: client.helo ?? `[${client.ip}]`,
		sender: mailFrom ?? '',
		mta: 'localhost',
	};
}

/** RFC 7489, 3.1: the record says how strict; without a record relaxed alignment is looked at. */
function alignmentWith(
	author: string | null,
	dmarc: DMARCResult | null,
	dkimAligned: ReadonlySet<string> | undefined,
): Evidence['isAligned'] {
	if (author === null || dmarc === null) return () => false;
	const { result } = dmarc.status;
	if (result === 'pass' || result === 'fail') {
		const aligned = new Set([...(dkimAligned ?? []), dmarc.alignment.spf.result, dmarc.alignment.dkim.result]);
		return (domain) => domain !== null && aligned.has(domain.toLowerCase());
	}
	return (domain) => domain !== null && getAlignment(author, [domain]) !== false;
}

function sealerOf(chain: unknown): string | null {
	const { lastEntry } = (chain ?? {}) as {
		lastEntry?: Record<string, { parsed?: Record<string, { value?: unknown }> }>;
	};
	const domain = lastEntry?.['arc-seal']?.parsed?.d?.value;
	return typeof domain === 'string' ? domain.toLowerCase() : null;
}
