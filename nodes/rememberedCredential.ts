/** n8n loads, decrypts and evaluates a credential anew each time it is asked for, which takes it some 50 ms of CPU. */
import type { ICredentialDataDecryptedObject, INode, IWorkflowMetadata } from 'n8n-workflow';

type Credential = Promise<ICredentialDataDecryptedObject>;

export interface CredentialContext {
	getCredentials(type: string, itemIndex?: number): Credential;
}

const remembered = new WeakMap<CredentialContext, Map<string, Credential>>();

/** A credential as it is for the first item, read once in a run of the node. */
export function rememberedCredential(context: CredentialContext, type: string): Credential {
	const known = remembered.get(context) ?? new Map<string, Credential>();
	remembered.set(context, known);
	const credential = known.get(type) ?? context.getCredentials(type, 0);
	known.set(type, credential);
	return credential;
}

/** Between requests: a key that was withdrawn opens nothing for longer than this. */
const KEPT_MS = 2_000;

const kept = new Map<string, { credential: Credential; until: number }>();

interface WebhookContext extends CredentialContext {
	getNode(): INode;
	getWorkflow(): IWorkflowMetadata;
}

/** The context of a webhook's node, whose credentials are read once for all requests of two seconds. */
export function withKeptCredentials(context: WebhookContext): CredentialContext & { getNode(): INode } {
	return {
		getNode: () => context.getNode(),
		getCredentials(type) {
			const { id, credentials } = context.getNode();
			const place = JSON.stringify([context.getWorkflow().id, id, type, credentials?.[type]?.id]);
			const now = performance.now();
			const known = kept.get(place);
			if (known && known.until > now) return known.credential;
			for (const [other, { until }] of kept) if (until <= now) kept.delete(other);
			const credential = context.getCredentials(type);
			kept.set(place, { credential, until: now + KEPT_MS });
			// The next request asks again, and may be luckier.
			credential.catch(() => kept.get(place)?.credential === credential && kept.delete(place));
			return credential;
		},
	};
}
