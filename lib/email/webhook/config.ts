import { ipAllowList, type IpAllowList } from './ipAllowList';
import { keyRing, publicKey, textKey } from './keys';
import { readKey } from './hmac';
import { WebhookRefusal } from './refusal';
import { HMAC_SCHEMES, SCHEMES, type HmacScheme, type HmacSchemeId } from './schemes';
import type { WebhookConfig } from './signature';

/**
 * Checks that a configuration can verify requests at all, so that a trigger says so when it is activated and not at
 * the first mail. Throws `WEBHOOK_MISCONFIGURED` with what to mend.
 */
export function checkWebhookConfig(config: WebhookConfig): void {
	const { scheme } = config;
	if (!SCHEMES.includes(scheme))
		throw misconfigured(`The signature scheme "${scheme}" is not known.`, 'Choose one of the listed schemes.');
	allowListOf(config);
	if (scheme === 'ip') return;
	if (scheme === 'sns') {
		if (!config.topicArns?.length)
			throw misconfigured('No SNS topic is set.', 'Enter the ARN of the topic: anybody at AWS can sign with SNS.');
		return;
	}
	const hmac = hmacScheme(scheme);
	keyRing<unknown>(config.keys, (text) => {
		if (hmac !== null) return readKey(hmac, text);
		if (scheme === 'sendgrid') return publicKey(text, 'ec');
		if (scheme === 'postal') return publicKey(text, 'rsa');
		if (scheme === 'basic' && !text.includes(':')) throw new Error('it is not of the form user:password');
		return textKey(text);
	});
}

export function hmacScheme(scheme: string): HmacScheme | null {
	return Object.hasOwn(HMAC_SCHEMES, scheme) ? HMAC_SCHEMES[scheme as HmacSchemeId] : null;
}

/**
 * The configured list; null when every address may call. Scheme `ip` must have one, and the word of a person for it:
 * whoever sends from those addresses, other customers of the provider included, can write anything.
 */
export function allowListOf(config: WebhookConfig): IpAllowList | null {
	if (config.scheme === 'ip' && config.addressOnly !== true) {
		throw misconfigured(
			'Nothing but the address of the sender would be checked, and nobody has said that it may be so.',
			'Choose another signature scheme, such as Token, or tick “Trust the Address Alone”.',
		);
	}
	const entries = (config.ipAllowList ?? []).filter((entry) => entry.trim() !== '');
	if (entries.length > 0) return ipAllowList(entries);
	if (config.scheme !== 'ip') return null;
	throw misconfigured(
		'The IP allow-list is empty, and nothing else tells who calls.',
		'Enter the address ranges the provider publishes.',
	);
}

function misconfigured(message: string, hint: string): WebhookRefusal {
	return new WebhookRefusal('WEBHOOK_MISCONFIGURED', message, { hint });
}
