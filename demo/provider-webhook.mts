import { join } from 'node:path';
import { SetupError } from '../tools/setup-error.mjs';
import { WEBHOOK_SAMPLES } from './provider-samples.mts';
import { keyPairIn, keyTypeOf, SIGNABLE_PROVIDERS, signedSample, type SampleKey } from './provider-signature.mts';
import { demoFolder } from './settings.mts';

/**
 * Plays one provider: sends its documented sample requests, correctly signed, to a URL and prints what was answered.
 *
 * @param secret what the credential holds: the signing secret, token or `user:password`; unused where the provider signs
 *   with a private key, which is then made up once and its public half printed
 * @throws {SetupError} when the provider is not known
 */
export async function postProviderSamples(provider: string, url: string, secret: string): Promise<void> {
	const samples = WEBHOOK_SAMPLES[provider];
	if (samples === undefined || !SIGNABLE_PROVIDERS.includes(provider)) {
		throw new SetupError(`No sample can be signed for "${provider}"`, {
			hint: `Choose one of ${SIGNABLE_PROVIDERS.join(', ')}. Only Amazon itself can sign for Amazon SES.`,
		});
	}
	const key = keyOf(provider, secret);
	for (const sample of samples) {
		const { headers, body, url: target } = await signedSample(provider, sample, url, key);
		const response = await fetch(target, { method: 'POST', headers, body: new Uint8Array(body) });
		console.log(`${provider} ${sample.name}: ${response.status} ${(await response.text()).slice(0, 200)}`);
	}
}

function keyOf(provider: string, secret: string): SampleKey {
	const type = keyTypeOf(provider);
	if (type === null) return secret;
	const { privateKey, publicKey } = keyPairIn(join(demoFolder, `webhook-${provider}.pem`), type);
	console.log(`Public key to enter in the credential:\n${publicKey}\n`);
	return privateKey;
}
