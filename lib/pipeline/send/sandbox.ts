/** Keeps test mail from real people: who is not on the allow-list is never mailed. */
import type { EmailAddress } from '../../email/message';

export interface SandboxPolicy {
	/** Addresses (`ann@example.com`) and domains (`example.com`) that are mailed as they are, in lower case. */
	allow: string[];
	/** Where everybody else's mail goes; null: it is kept in the archive and goes nowhere. */
	redirectTo: string | null;
}

/** What becomes of a recipient's copy. */
export type SandboxDecision = { kind: 'mail' } | { kind: 'redirect'; to: string } | { kind: 'capture' };

/** Header that tells whom a redirected mail was meant for. */
export const SANDBOX_HEADER = 'X-Sandbox-Recipient';

export function sandboxDecision(policy: SandboxPolicy | null | undefined, recipient: string): SandboxDecision {
	if (!policy) return { kind: 'mail' };
	const address = recipient.toLowerCase();
	const domain = address.slice(address.lastIndexOf('@') + 1);
	if (policy.allow.some((entry) => entry === address || entry.replace(/^@/, '') === domain)) return { kind: 'mail' };
	return policy.redirectTo === null ? { kind: 'capture' } : { kind: 'redirect', to: policy.redirectTo };
}

/**
 * The key under which a send with sandboxed recipients is kept: one of its own, so that the mail still goes out once the
 * sandbox is off.
 */
export function sandboxKey(key: string, policy: SandboxPolicy | null | undefined, recipients: EmailAddress[]): string {
	const mailed = recipients.every(({ address }) => sandboxDecision(policy, address).kind === 'mail');
	return mailed ? key : `sandbox:${key}`;
}

/** The message, marked with whom it was meant for. */
export function markRedirected(message: Buffer, recipients: readonly string[]): Buffer {
	const marks = recipients.map((recipient) => `${SANDBOX_HEADER}: ${recipient}\r\n`).join('');
	return Buffer.concat([Buffer.from(marks), message]);
}
