import type { ICredentialTestFunctions, ICredentialsDecrypted, INodeCredentialTestResult } from 'n8n-workflow';
import { ed25519Key, keyRing, publicKey, whsecKey } from '../../lib/email/webhook/keys';
import { failureOf } from '../nodeFailure';
import { keysOf } from './verification';

/** There is nobody to ask: says whether the keys can be read. */
export function webhookSigningTest(
	this: ICredentialTestFunctions,
	credential: ICredentialsDecrypted,
): Promise<INodeCredentialTestResult> {
	const data = credential.data ?? {};
	try {
		const ring = keyRing<unknown>(keysOf(data), (text) => readKey(data.kind === 'publicKey', text));
		const which = ring.length > 1 ? 'Current and previous key are readable' : 'The key is readable';
		return Promise.resolve({ status: 'OK', message: `${which}. A signed request shows whether it is the right one.` });
	} catch (error) {
		const { message, hint } = failureOf(error);
		return Promise.resolve({ status: 'Error', message: hint === null ? message : `${message} ${hint}` });
	}
}

function readKey(isPublic: boolean, text: string): unknown {
	if (!isPublic) return text.startsWith('whsec_') ? whsecKey(text) : text;
	if (text.startsWith('whpk_')) return ed25519Key(text);
	for (const type of ['ec', 'rsa'] as const) {
		try {
			return publicKey(text, type);
		} catch {
			// Of another type, perhaps; the last one tells.
		}
	}
	return publicKey(text, 'ed25519');
}
