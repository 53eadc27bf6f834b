import { createHash } from 'node:crypto';
import { allowListOf, hmacScheme } from './config';
import { verifyAddressOnly, verifyBasic, verifyToken } from './credentials';
import { verifyHmac } from './hmac';
import type { KeyId } from './keys';
import { verifyMailgun } from '../providers/mailgun/signature';
import { verifyMandrill } from '../providers/mandrill/signature';
import { verifyPostal } from '../providers/postal/signature';
import { WebhookRefusal } from './refusal';
import type { WebhookRequest } from './request';
import { WEBHOOK_SCHEMES } from './schemeCatalog';
import { DEFAULT_TOLERANCE, type HmacSchemeId, type SchemeId } from './schemes';
import { verifySendGrid } from '../providers/sendgrid/signature';
import type { SignatureCheck, SubscriptionConfirmation, WebhookConfig } from './signature';
import { verifySns } from '../providers/ses/sns';

export interface Verification {
	verified: true;
	scheme: SchemeId;
	/** Which key matched; null for schemes without a key of ours. */
	keyId: KeyId | null;
	/** When the request was signed, milliseconds since 1970; null when nothing signed tells. */
	timestamp: number | null;
	/**
	 * Let a request with this key through once only: the event id where the signature covers it, else `sha256:` and the
	 * hash of exactly the signed bytes. (The event ids of the items come from `readWebhook`.)
	 */
	replayKey: string;
	/** False when the body could be changed without the check noticing. */
	bodyAuthenticated: boolean;
	/** Set for SNS subscription messages, which carry no mail. Never fetched here. */
	confirmation?: SubscriptionConfirmation;
}

const DEFAULT_MAX_BODY_BYTES = 10 * 1024 * 1024;

const SPECIAL: Record<
	Exclude<SchemeId, HmacSchemeId>,
	(request: WebhookRequest, config: WebhookConfig) => SignatureCheck | Promise<SignatureCheck>
> = {
	mailgun: verifyMailgun,
	sendgrid: verifySendGrid,
	mandrill: verifyMandrill,
	postal: verifyPostal,
	sns: verifySns,
	basic: verifyBasic,
	token: verifyToken,
	ip: verifyAddressOnly,
};

/**
 * Decides whether a request comes from the configured sender, unaltered and recently: method, size, address, signature,
 * freshness, in this order. Every configured key is tried. Throws WebhookRefusal with the HTTP status to answer.
 */
export async function verifyWebhook(request: WebhookRequest, config: WebhookConfig): Promise<Verification> {
	if (request.method.toUpperCase() !== 'POST') {
		throw new WebhookRefusal('WEBHOOK_METHOD_REFUSED', 'Webhooks are accepted by POST only.');
	}
	const maxBodyBytes = config.maxBodyBytes ?? DEFAULT_MAX_BODY_BYTES;
	if (request.rawBody.length > maxBodyBytes) {
		throw new WebhookRefusal('WEBHOOK_TOO_LARGE', `The body is larger than ${maxBodyBytes} bytes.`);
	}
	if (allowListOf(config)?.(request.remoteAddress) === false) {
		throw new WebhookRefusal('WEBHOOK_IP_REFUSED', 'The address of the sender is not on the allow-list.');
	}
	const check = await verifyScheme(request, config);
	if (check.timestamp !== null) checkFreshness(check.timestamp, request.now ?? Date.now(), config);
	return {
		verified: true,
		scheme: config.scheme,
		keyId: check.keyId,
		timestamp: check.timestamp,
		replayKey: check.signedId ?? hashOf(check.signedBytes),
		bodyAuthenticated: check.bodyAuthenticated,
		...(check.confirmation && { confirmation: check.confirmation }),
	};
}

async function verifyScheme(request: WebhookRequest, config: WebhookConfig): Promise<SignatureCheck> {
	const hmac = hmacScheme(config.scheme);
	if (hmac !== null) return verifyHmac(hmac, request, config);
	if (!Object.hasOwn(SPECIAL, config.scheme)) {
		throw new WebhookRefusal('WEBHOOK_MISCONFIGURED', `The signature scheme "${config.scheme}" is not known.`);
	}
	return SPECIAL[config.scheme as keyof typeof SPECIAL](request, config);
}

/** The longest for which a signature is remembered where its age does not matter. */
const LONGEST_HORIZON = 400 * 86_400_000;

/**
 * Milliseconds for which a request that is accepted now would be accepted again: so long it must be remembered. 0 where
 * nothing signed tells the time.
 */
export function replayHorizonOf(config: WebhookConfig): number {
	const scheme = WEBHOOK_SCHEMES.find(({ id }) => id === config.scheme);
	if (!scheme?.signsTime) return 0;
	const seconds = toleranceOf(config);
	// The clock of the signer may be ahead by as much as the request may be old.
	if (seconds > 0) return Math.min(LONGEST_HORIZON, 2 * seconds * 1000);
	return scheme.authenticatesBody ? 0 : LONGEST_HORIZON;
}

function toleranceOf(config: WebhookConfig): number {
	return config.toleranceSeconds ?? DEFAULT_TOLERANCE[config.scheme] ?? DEFAULT_TOLERANCE.default;
}

function checkFreshness(timestamp: number, now: number, config: WebhookConfig): void {
	const seconds = toleranceOf(config);
	if (seconds === 0) return;
	if (now - timestamp > seconds * 1000) {
		throw new WebhookRefusal('WEBHOOK_STALE', `The request was signed more than ${seconds} seconds ago.`);
	}
	if (timestamp - now > seconds * 1000) {
		throw new WebhookRefusal('WEBHOOK_FUTURE', `The request was signed more than ${seconds} seconds in the future.`, {
			hint: 'Compare the clock of this machine with the real time.',
		});
	}
}

function hashOf(parts: readonly Buffer[]): string {
	const hash = createHash('sha256');
	for (const part of parts) hash.update(part);
	return `sha256:${hash.digest('hex')}`;
}
