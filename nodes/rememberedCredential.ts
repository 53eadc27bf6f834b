import type { ICredentialDataDecryptedObject } from 'n8n-workflow';

interface CredentialContext {
	getCredentials(type: string, itemIndex?: number): Promise<ICredentialDataDecryptedObject>;
}

const remembered = new WeakMap<CredentialContext, Map<string, Promise<ICredentialDataDecryptedObject>>>();

/**
 * A credential as it is for the first item, read once in a run of the node: n8n loads, decrypts and evaluates it anew
 * each time it is asked for.
 */
export function rememberedCredential(
	context: CredentialContext,
	type: string,
): Promise<ICredentialDataDecryptedObject> {
	const known = remembered.get(context) ?? new Map<string, Promise<ICredentialDataDecryptedObject>>();
	remembered.set(context, known);
	const credential = known.get(type) ?? context.getCredentials(type, 0);
	known.set(type, credential);
	return credential;
}
