/** From the node's options to the policy that the pipeline applies. */
import { createHash } from 'node:crypto';
import type { IDataObject, IExecuteFunctions } from 'n8n-workflow';
import { tryToParseDateTime } from 'n8n-workflow';
import { InputError } from '../../lib/errors';
import { DEFAULT_REPLY_THROTTLE, type ReplyThrottle } from '../../lib/pipeline/send/replyThrottle';
import {
	DEFAULT_BREAKER,
	DEFAULT_RETRIES,
	type LimitSubject,
	type QuotaLimit,
	type SendPolicy,
	SUPPRESSION_KINDS,
	type WarmUp,
} from '../../lib/pipeline/send/sendLimits';
import { rememberedCredential } from '../rememberedCredential';

const UNITS: Readonly<Record<string, number>> = {
	seconds: 1_000,
	minutes: 60_000,
	hours: 3_600_000,
	days: 86_400_000,
};
const HOUR = 3_600_000;

/** The account that the node sends through, as limits, breaker and pauses know it. */
export interface SendAccount {
	id: string | null;
	name: string | null;
	/** Changes with host, user and password; tells none of them. */
	version: string;
}

/** @throws the credential's own error when it cannot be read */
export async function sendAccountOf(context: IExecuteFunctions): Promise<SendAccount> {
	const all = context.getNode().credentials ?? {};
	const type = accountTypeOf(context);
	const named = all[type];
	if (named === undefined) return { id: null, name: null, version: '' };
	const settings = await rememberedCredential(context, type);
	return { id: named.id ?? named.name, name: named.name, version: versionOf(settings) };
}

/** Of two transports the first: the other one steps in where nothing was sent. */
function accountTypeOf(context: IExecuteFunctions): string {
	if (['api', 'apiThenSmtp'].includes(context.getNodeParameter('transport', 0, 'smtp') as string))
		return 'emailProviderApi';
	return context.getNodeParameter('authentication', 0, 'password') === 'oAuth2' ? 'mailOAuth2Api' : 'smtpServerApi';
}

/** @throws InputError `INPUT_LIMIT_INVALID`, `INPUT_DATE_INVALID` */
export function sendPolicyOf(context: IExecuteFunctions, options: IDataObject, account: SendAccount): SendPolicy {
	const limits = (options.limits ?? {}) as { rate?: IDataObject[]; quota?: IDataObject[] };
	const breaker = settingsOf(options.breaker);
	const threshold = numberOf(breaker.threshold, DEFAULT_BREAKER.threshold);
	const retries = settingsOf(options.retries);
	return {
		account: account.id,
		accountNames: account.name === null ? [] : [account.name],
		accountVersion: account.version,
		rates: (limits.rate ?? []).map((row) => {
			const burst = numberOf(row.burst, 0);
			return { ...limitOf(row, 'Emails', 1), ...(burst > 0 ? { burst } : {}) };
		}),
		quotas: (limits.quota ?? []).map((row) => limitOf(row, 'At Most', 0)),
		warmUp: warmUpOf(context, settingsOf(options.warmUp)),
		breaker:
			threshold === 0
				? null
				: {
						threshold,
						openFor: numberOf(breaker.pause, DEFAULT_BREAKER.openFor / 1_000) * 1_000,
						longest: numberOf(breaker.longest, DEFAULT_BREAKER.longest / 1_000) * 1_000,
					},
		retries: {
			attempts: numberOf(retries.attempts, DEFAULT_RETRIES.attempts),
			first: numberOf(retries.first, DEFAULT_RETRIES.first / 1_000) * 1_000,
			longest: numberOf(retries.longest, DEFAULT_RETRIES.longest / 1_000) * 1_000,
		},
		override: overrideOf(settingsOf(options.override)),
		whenInDoubt: options.whenInDoubt === 'resend' ? 'resend' : 'keep',
	};
}

/** When a send that could not be made expires; null: never. */
export function expiryOf(options: IDataObject): number | null {
	const hours = numberOf(settingsOf(options.retries).giveUpAfter, 0);
	return hours > 0 ? Date.now() + hours * HOUR : null;
}

/** null: automatic replies are not limited. */
export function replyThrottleOf(options: IDataObject): ReplyThrottle | null {
	const amount = numberOf(options.automaticReplyLimit, DEFAULT_REPLY_THROTTLE.amount);
	return amount > 0 ? { ...DEFAULT_REPLY_THROTTLE, amount } : null;
}

function limitOf(row: IDataObject, field: string, least: number): QuotaLimit {
	const amount = numberOf(row.amount, Number.NaN);
	const period = numberOf(row.period, 1) * (UNITS[textOf(row.unit)] ?? 0);
	if (!(amount >= least) || !(period > 0)) {
		throw new InputError('A limit under “Limits” has no usable number', {
			code: 'INPUT_LIMIT_INVALID',
			hint: `Fill in “${field}” with ${least} or more, and “Within” with a number above 0.`,
		});
	}
	const domain = typeof row.domain === 'string' ? row.domain.trim().replace(/^@/, '') : '';
	return {
		per: (row.per ?? 'credential') as LimitSubject,
		amount,
		window: period,
		...(domain === '' ? {} : { domain }),
	};
}

function warmUpOf(context: IExecuteFunctions, settings: IDataObject): WarmUp | null {
	if (Object.keys(settings).length === 0) return null;
	const volumes = textOf(settings.volumes)
		.split(/[\s,;]+/)
		.filter(Boolean)
		.map(Number);
	if (volumes.length === 0 || volumes.some((volume) => !Number.isInteger(volume) || volume < 1)) {
		throw new InputError('“Emails per Day” of the warm-up is not a list of numbers', {
			code: 'INPUT_LIMIT_INVALID',
			hint: 'Write one number for each day, such as 50, 100, 200.',
		});
	}
	return {
		start: startOf(context, settings.start),
		volumes,
		per: settings.per === 'domain' ? 'domain' : 'credential',
	};
}

function startOf(context: IExecuteFunctions, value: unknown): number {
	const start = parsedTime(value, context.getTimezone());
	if (start !== null) return start;
	throw new InputError('“Start Date” of the warm-up is not a date', {
		code: 'INPUT_DATE_INVALID',
		hint: 'Write it as 2026-11-21T00:00:00.',
	});
}

function parsedTime(value: unknown, timezone: string): number | null {
	try {
		return tryToParseDateTime(value, timezone).toMillis();
	} catch {
		return null;
	}
}

function overrideOf(settings: IDataObject): SendPolicy['override'] {
	const streams = textOf(settings.streams)
		.split(',')
		.map((stream) => stream.trim())
		.filter(Boolean);
	if (streams.length === 0) return null;
	const kinds = Array.isArray(settings.kinds) ? (settings.kinds as unknown[]) : ['soft'];
	const chosen = Object.entries(SUPPRESSION_KINDS).filter(([kind]) => kinds.includes(kind));
	return { streams, reasons: chosen.flatMap(([, reasons]) => [...reasons]) };
}

/** A hash so short that it tells a change and nothing else. */
function versionOf(settings: IDataObject): string {
	// A fresh token is no new setting.
	const sorted = Object.entries(settings)
		.filter(([name]) => name !== 'oauthTokenData')
		.sort(([a], [b]) => (a < b ? -1 : 1));
	return createHash('sha256').update(JSON.stringify(sorted)).digest('hex').slice(0, 5);
}

function settingsOf(collection: unknown): IDataObject {
	return (collection as { settings?: IDataObject } | undefined)?.settings ?? {};
}

function numberOf(value: unknown, fallback: number): number {
	const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
	return typeof number === 'number' && Number.isFinite(number) ? number : fallback;
}

function textOf(value: unknown): string {
	return typeof value === 'string' ? value : typeof value === 'number' ? String(value) : '';
}
