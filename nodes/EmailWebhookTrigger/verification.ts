import type { ICredentialDataDecryptedObject, IDataObject, IHookFunctions, IWebhookFunctions } from 'n8n-workflow';
import { WEBHOOK_PROVIDERS, type WebhookProvider } from '../../lib/email/webhook/catalog';
import { WebhookRefusal } from '../../lib/email/webhook/refusal';
import { WEBHOOK_SCHEMES } from '../../lib/email/webhook/schemeCatalog';
import type { SchemeId } from '../../lib/email/webhook/schemes';
import type { WebhookConfig } from '../../lib/email/webhook/signature';
import { snsCertificates } from '../../lib/email/providers/ses/snsCertificates';
import type { CredentialContext } from '../rememberedCredential';

const MEGABYTE = 1024 * 1024;
const DEFAULT_MAX_BODY_MB = 10;
/** Schemes without a key of the user's. */
const KEYLESS = WEBHOOK_SCHEMES.filter(({ key }) => key === null).map(({ id }) => id);

/** A request, or the moment at which the workflow is switched on. */
type Context = Pick<IWebhookFunctions | IHookFunctions, 'getCredentials'> & {
	getNodeParameter(name: string, fallback: unknown): unknown;
};

export function providerOf(context: Context): WebhookProvider {
	const id = context.getNodeParameter('provider', 'generic') as string;
	const provider = WEBHOOK_PROVIDERS.find((candidate) => candidate.id === id);
	if (provider) return provider;
	throw new WebhookRefusal('WEBHOOK_MISCONFIGURED', `The provider “${id}” is not known.`);
}

interface SigningKeys {
	current: string;
	previous?: string;
}

/**
 * How the node’s fields say that requests are verified.
 * @param credentials reads the node's credential
 */
export async function configOf(
	context: Context,
	provider: WebhookProvider,
	options: IDataObject,
	credentials: CredentialContext = context,
): Promise<WebhookConfig> {
	const scheme = (options.scheme as SchemeId | undefined) ?? provider.scheme;
	const allowed = listOf(options.ipAllowList);
	const header = textOf(options.header) || provider.header;
	const queryParameter = textOf(options.queryParameter) || (textOf(options.header) ? '' : provider.queryParameter);
	return {
		scheme,
		...(KEYLESS.includes(scheme) ? {} : { keys: keysOf(await credentials.getCredentials('webhookSigningApi')) }),
		...(typeof options.toleranceSeconds === 'number' ? { toleranceSeconds: options.toleranceSeconds } : {}),
		...(allowed.length > 0 ? { ipAllowList: allowed } : {}),
		maxBodyBytes: maxBodyBytesOf(options),
		...(header ? { header: header.toLowerCase() } : {}),
		...(queryParameter ? { queryParameter } : {}),
		...(scheme === 'ip' ? { addressOnly: options.addressOnly === true } : {}),
		...(scheme === 'sns'
			? {
					topicArns: listOf(context.getNodeParameter('topicArns', '')),
					certificates: snsCertificates,
				}
			: {}),
	};
}

export function maxBodyBytesOf(options: IDataObject): number {
	return (typeof options.maxBodySize === 'number' ? options.maxBodySize : DEFAULT_MAX_BODY_MB) * MEGABYTE;
}

export function keysOf(credential: ICredentialDataDecryptedObject): SigningKeys {
	const kind = textOf(credential.kind);
	const [current, previous] =
		kind === 'basic'
			? [credential.password, credential.previousPassword].map((password) =>
					textOf(password) === '' ? '' : `${textOf(credential.user)}:${textOf(password)}`,
				)
			: kind === 'publicKey'
				? [textOf(credential.publicKey), textOf(credential.previousPublicKey)]
				: kind === 'token'
					? [textOf(credential.token), textOf(credential.previousToken)]
					: [textOf(credential.secret), textOf(credential.previousSecret)];
	return { current: current ?? '', ...(previous ? { previous } : {}) };
}

function listOf(value: unknown): string[] {
	return textOf(value)
		.split(',')
		.map((entry) => entry.trim())
		.filter(Boolean);
}

function textOf(value: unknown): string {
	return typeof value === 'string' ? value.trim() : '';
}
