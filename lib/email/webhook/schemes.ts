import type { Encoding } from './encoding';
import { textKey, whsecKey } from './keys';

/** A scheme that is an HMAC over the raw bytes with its parts in headers; the engine is hmac.ts. */
export interface HmacScheme {
	signatureHeader: string;
	/** `plain`: the signature itself. `versions`: `v1,<sig> v1,<sig>`. `fields`: `t=<ts>,v1=<sig>,v1=<sig>`. */
	layout: 'plain' | 'versions' | 'fields';
	timestampHeader: string | null;
	/** Header of the message id, when it is part of what is signed. */
	idHeader: string | null;
	/** Names under which the same comes as well; all of a request are of one set. */
	otherNames?: Pick<HmacScheme, 'signatureHeader' | 'timestampHeader' | 'idHeader'>;
	encoding: Encoding;
	/** The key's bytes from what the provider shows. */
	key: (text: string) => Buffer;
}

const WEBHOOK_NAMES = {
	signatureHeader: 'webhook-signature',
	timestampHeader: 'webhook-timestamp',
	idHeader: 'webhook-id',
} as const;
const SVIX_NAMES = {
	signatureHeader: 'svix-signature',
	timestampHeader: 'svix-timestamp',
	idHeader: 'svix-id',
} as const;

const STANDARD: Omit<HmacScheme, 'signatureHeader' | 'timestampHeader' | 'idHeader'> = {
	layout: 'versions',
	encoding: 'base64',
	key: whsecKey,
};

const BODY_HEX: Omit<HmacScheme, 'signatureHeader'> = {
	layout: 'plain',
	timestampHeader: null,
	idHeader: null,
	encoding: 'hex',
	key: textKey,
};

/** HMAC-SHA256 all; they differ in headers, layout and encoding only. */
export const HMAC_SCHEMES = {
	/** The common inbound parsers (MailParse and its like): hex over `timestamp.body`. */
	generic: {
		signatureHeader: 'x-webhook-signature',
		layout: 'plain',
		timestampHeader: 'x-webhook-timestamp',
		idHeader: null,
		encoding: 'hex',
		key: textKey,
	},
	/** https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md */
	'standard-webhooks': { ...STANDARD, ...WEBHOOK_NAMES, otherNames: SVIX_NAMES },
	/** https://docs.svix.com/receiving/verifying-payloads/how-manual; Svix's own libraries take either set of names. */
	svix: { ...STANDARD, ...SVIX_NAMES, otherNames: WEBHOOK_NAMES },
	/** https://docs.stripe.com/webhooks#verify-manually; the header is often another (`signatureHeader`). */
	stripe: { ...BODY_HEX, signatureHeader: 'stripe-signature', layout: 'fields' },
	/** https://developers.mailersend.com/api/v1/webhooks.html#security */
	mailersend: { ...BODY_HEX, signatureHeader: 'signature' },
	/** https://docs.mailtrap.io/email-api-smtp/advanced/webhooks */
	mailtrap: { ...BODY_HEX, signatureHeader: 'mailtrap-signature' },
	/** https://forwardemail.net/faq#do-you-support-webhooks */
	'forward-email': { ...BODY_HEX, signatureHeader: 'x-webhook-signature' },
} satisfies Record<string, HmacScheme>;

/** Signatures that need more than a table row, each with its own file. */
export const SPECIAL_SCHEMES = ['mailgun', 'sendgrid', 'mandrill', 'postal', 'sns'] as const;

/** No signature: a shared secret in the request, or nothing but the address it comes from. */
export const UNSIGNED_SCHEMES = ['basic', 'token', 'ip'] as const;

export type HmacSchemeId = keyof typeof HMAC_SCHEMES;
export type SchemeId = HmacSchemeId | (typeof SPECIAL_SCHEMES)[number] | (typeof UNSIGNED_SCHEMES)[number];

export const SCHEMES: readonly SchemeId[] = [
	...(Object.keys(HMAC_SCHEMES) as HmacSchemeId[]),
	...SPECIAL_SCHEMES,
	...UNSIGNED_SCHEMES,
];

/** Seconds a signature stays valid, where not the usual 300: these providers repeat a request as it was first signed. */
export const DEFAULT_TOLERANCE: Partial<Record<SchemeId, number>> & { default: number } = {
	default: 300,
	// Repeats for 8 hours, the same token and time stamp each time.
	mailgun: 9 * 3600,
	// An HTTP subscription repeats for up to an hour; the time stamp is that of the publication.
	sns: 3900,
};
