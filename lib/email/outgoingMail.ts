/** One mail on its way out, as every transport sees it: the composed bytes, and the fields for those that take fields. */
import type { EmailAddress } from './message';
import type { Draft, FixedParts } from './smtp/compose';

export interface OutgoingMail {
	/** The composed message (RFC 5322), the same bytes at every attempt. */
	raw: Buffer;
	draft: Draft;
	fixed: FixedParts;
	/** Who gets this transmission: the draft's recipients that it is for, or where a sandbox redirects it to. */
	to: EmailAddress[];
	cc: EmailAddress[];
	bcc: EmailAddress[];
	/** Whom a sandbox keeps it from; empty for mail that goes where it should. */
	redirectedFrom: string[];
	/** Same at every attempt to these recipients; a provider with native idempotency sends it once. */
	idempotencyKey: string;
	tags: string[];
	/** Handed to providers that return it with their events; text only. */
	metadata: Record<string, string>;
	stream: string | null;
}

/** Addresses of everybody this transmission is for. */
export function recipientsOf({ to, cc, bcc }: Pick<OutgoingMail, 'to' | 'cc' | 'bcc'>): string[] {
	return [...to, ...cc, ...bcc].map(({ address }) => address);
}
