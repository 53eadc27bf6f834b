/** What the user allows, as the limits that the store keeps for all workers. */
import { createHash } from 'node:crypto';
import { normalAddress, normalDomain } from '../../address';
import { REASONS, type Reason } from '../../email/bounce/reasons';
import { verdictOf } from '../../email/bounce/verdict';
import type { AdmissionTerms, Limit, Millis, PauseTarget } from '../../store/store';
import type { SendRequest } from './sendRequest';

const DAY: Millis = 86_400_000;

/** What one limit is kept for: each credential, recipient and so on has its own. */
export type LimitSubject = 'credential' | 'domain' | 'recipient' | 'scope' | 'stream' | 'template';

export interface RateLimit {
	per: LimitSubject;
	/** So many in `window` ms on average, evenly spread. */
	amount: number;
	window: Millis;
	/** So many may go at once after a pause; one second's worth unless set. */
	burst?: number;
	/** Only for recipients of this domain. */
	domain?: string;
}

export interface QuotaLimit {
	per: LimitSubject;
	/** At most so many in any `window` ms. */
	amount: number;
	window: Millis;
	/** Only for recipients of this domain. */
	domain?: string;
}

/** More mail every day, so that receivers get to know a new sender; no limit after the last day. */
export interface WarmUp {
	per: 'credential' | 'domain';
	/** Begin of the first day. */
	start: Millis;
	/** Mails of the first day, the second, and so on. */
	volumes: readonly number[];
}

export interface BreakerPolicy {
	/** Failures of the server in a row that open it. */
	threshold: number;
	openFor: Millis;
	/** Each probe that fails doubles the pause, up to this. */
	longest: Millis;
}

export interface SendPolicy {
	/** Identity of the account that is sent through, such as the credential's id; all limits per credential need it. */
	account: string | null;
	/** Other names under which somebody may pause the account. */
	accountNames?: readonly string[];
	/** Changes with the account's settings: new settings begin with a closed breaker. */
	accountVersion?: string;
	rates?: readonly RateLimit[];
	quotas?: readonly QuotaLimit[];
	warmUp?: WarmUp | null;
	/** null: never. */
	breaker?: BreakerPolicy | null;
	/** Attempts that follow the first within one call, for what may pass in seconds. */
	retries?: RetryPolicy;
	/** Suppressions that do not count, for streams of `streams` only. */
	override?: { streams: readonly string[]; reasons: readonly string[] } | null;
	/** `resend`: what is in doubt goes out again, and may arrive twice. */
	whenInDoubt?: 'keep' | 'resend';
}

export interface RetryPolicy {
	attempts: number;
	/** Longest pause before the first of them, in ms; doubles with each, up to `longest`. */
	first: Millis;
	longest: Millis;
}

/** One attempt, whatever the server has done before. */
export const WITHOUT_LIMITS: SendPolicy = { account: null, retries: { attempts: 0, first: 0, longest: 0 } };
export const DEFAULT_BREAKER: BreakerPolicy = { threshold: 5, openFor: 60_000, longest: 900_000 };
export const DEFAULT_RETRIES: RetryPolicy = { attempts: 2, first: 1_000, longest: 10_000 };
/** A refused login is not tried again for so long, so that the provider does not lock the account. */
export const AUTHENTICATION_PAUSE: BreakerPolicy = { threshold: 1, openFor: 300_000, longest: 3_600_000 };

/** Name of the account's breaker; null when there is no breaker. */
export function breakerOf({ account, accountVersion, breaker }: SendPolicy): string | null {
	if (account === null || !breaker) return null;
	return accountVersion ? `${account}:${accountVersion}` : account;
}

export function termsOf(request: SendRequest, policy: SendPolicy): AdmissionTerms {
	const stream = request.stream ?? null;
	const { override } = policy;
	const overrides = override && stream !== null && override.streams.includes(stream);
	return {
		suppression: { stream, ignored: overrides ? override.reasons : 'none' },
		pausedBy: pauseTargets(request, policy),
		breaker: breakerOf(policy),
		limits: (recipient) => limitsOf(request, policy, recipient),
	};
}

function pauseTargets({ stream, template }: SendRequest, { account, accountNames = [] }: SendPolicy): PauseTarget[] {
	const credentials = [...(account === null ? [] : [account]), ...accountNames];
	return [
		{ kind: 'all', name: '' },
		...(stream ? [{ kind: 'stream' as const, name: stream }] : []),
		...(template ? [{ kind: 'template' as const, name: template }] : []),
		...credentials.map((name) => ({ kind: 'credential' as const, name })),
	];
}

function limitsOf(request: SendRequest, policy: SendPolicy, recipient: string): Limit[] {
	const domain = domainOf(recipient);
	const applies = (limit: { domain?: string }): boolean =>
		limit.domain === undefined || normalDomain(limit.domain) === domain;
	const subject = (per: LimitSubject): string | null => {
		switch (per) {
			case 'credential':
				return policy.account;
			case 'domain':
				return domain;
			case 'recipient':
				return hashOf(request.scope, recipient);
			case 'scope':
				return '';
			case 'stream':
				return request.stream ?? '';
			case 'template':
				return request.template ?? '';
		}
	};
	const named = (kind: string, per: LimitSubject, ...more: Array<string | number>): string | null => {
		const about = subject(per);
		return about === null ? null : [kind, per, about, ...more].join(':');
	};
	const limits: Limit[] = [];
	for (const rate of policy.rates ?? []) {
		const name = applies(rate) ? named('rate', rate.per, rate.domain ?? '') : null;
		if (name === null) continue;
		const ratePerSecond = (rate.amount / rate.window) * 1_000;
		limits.push({ kind: 'bucket', name, ratePerSecond, burst: rate.burst ?? Math.max(1, ratePerSecond) });
	}
	for (const quota of policy.quotas ?? []) {
		const { window, amount } = quota;
		const name = applies(quota) ? named('quota', quota.per, quota.domain ?? '', window) : null;
		if (name !== null) limits.push({ kind: 'quota', name, limit: amount, window });
	}
	const { warmUp } = policy;
	const name = warmUp && warmUp.volumes.length > 0 ? named('warm-up', warmUp.per, warmUp.start) : null;
	if (warmUp && name !== null) limits.push({ kind: 'schedule', name, periods: periodsOf(warmUp) });
	return limits;
}

function periodsOf({ start, volumes }: WarmUp): Array<{ from: Millis; until: Millis; limit: number }> {
	return volumes.map((limit, day) => ({ from: start + day * DAY, until: start + (day + 1) * DAY, limit }));
}

/** Kinds of suppression as a person names them, and the reasons that they stand for. */
export const SUPPRESSION_KINDS = {
	hard: reasonsWith('always').filter((reason) => reason !== 'complaint'),
	soft: reasonsWith('repeated'),
	complaint: ['complaint'],
	manual: ['manual'],
	unsubscribed: ['unsubscribed'],
} as const satisfies Record<string, readonly string[]>;

function reasonsWith(suppress: 'always' | 'repeated'): Reason[] {
	return (Object.keys(REASONS) as Reason[]).filter((reason) => verdictOf(reason).suppress === suppress);
}

function domainOf(address: string): string {
	return normalDomain(address.slice(address.lastIndexOf('@') + 1));
}

/** The name of a limit outlives the send, and need not tell the address. */
export function hashOf(scope: string, address: string): string {
	return createHash('sha256')
		.update(`${scope}\0${normalAddress(address)}`)
		.digest('hex')
		.slice(0, 32);
}
