import { classifyReply } from '../bounce/classifyReply';
import { REASONS, type Reason } from '../bounce/reasons';
import { findReplyCode, findStatus } from '../bounce/statusCodes';
import type { Bounce } from './items';
import { textOf } from './json';

/** What a provider's own classification of a bounce means: their word, our type and reason. */
export type BounceTable = Readonly<Record<string, { type: 'hard' | 'soft' | null; reason: Reason | null }>>;

export interface BounceFacts {
	/** Row of the provider's table, if its classification is in there. */
	known?: BounceTable[string];
	/** Enhanced status code (RFC 3463). */
	status?: unknown;
	/** SMTP reply code. */
	replyCode?: unknown;
	/** What the refusing host, or the provider, said. */
	diagnostic?: unknown;
}

/**
 * Fills in a bounce: the provider's classification first, then the codes and the words of the diagnostic. `hard` stays
 * only where the reason is one for which the address will never work (bounce/reasons.ts), or no reason is known.
 */
export function bounceOf(facts: BounceFacts): Bounce {
	const diagnostic = textOf(facts.diagnostic);
	const status = /^[245]\.\d{1,3}\.\d{1,3}$/.exec(textOf(facts.status) ?? '')?.[0] ?? findStatus(diagnostic ?? '');
	const replyCode = /^[245]\d\d$/.exec(textOf(facts.replyCode) ?? '')?.[0] ?? findReplyCode(diagnostic ?? '');
	const reason = facts.known?.reason ?? reasonOf(status, replyCode, diagnostic);
	const definition = reason === null || reason === 'undetermined' ? null : REASONS[reason];
	const type = facts.known?.type === 'soft' ? 'soft' : (definition?.bounceType ?? facts.known?.type ?? null);
	return { type, reason, status, replyCode, diagnostic };
}

function reasonOf(status: string | null, replyCode: string | null, diagnostic: string | null): Reason | null {
	if (status === null && replyCode === null && diagnostic === null) return null;
	return classifyReply({ status, replyCode, text: diagnostic ?? '' }).reason;
}

/** The row of a table; undefined when the provider's word is not in it. */
export function lookup(table: BounceTable, ...names: Array<string | null>): BounceTable[string] | undefined {
	const name = names.find((candidate) => candidate !== null && Object.hasOwn(table, candidate));
	return name === undefined || name === null ? undefined : table[name];
}
