import type { ICredentialDataDecryptedObject, INode } from 'n8n-workflow';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { withKeptCredentials } from '../../nodes/rememberedCredential';

/** A node with two credentials; n8n makes a context for each request. */
function requestTo(node: string, read: (type: string) => Promise<ICredentialDataDecryptedObject>) {
	const credentials = { webhookSigningApi: { id: '1', name: 'Sender' }, pipelineStoreApi: { id: '2', name: 'Store' } };
	return withKeptCredentials({
		getNode: () => ({ id: node, credentials }) as unknown as INode,
		getWorkflow: () => ({ id: 'w', active: true }),
		getCredentials: read,
	});
}

describe('the credentials of a webhook', () => {
	beforeEach(() => void vi.useFakeTimers());
	afterEach(() => void vi.useRealTimers());

	it('are read once for the requests of two seconds, each of its own node and type', async () => {
		const read = vi.fn((type: string) => Promise.resolve({ type }));
		for (let request = 0; request < 3; request++) {
			expect(await requestTo('a', read).getCredentials('webhookSigningApi')).toEqual({ type: 'webhookSigningApi' });
			expect(await requestTo('a', read).getCredentials('pipelineStoreApi')).toEqual({ type: 'pipelineStoreApi' });
		}
		expect(read).toHaveBeenCalledTimes(2);
		await requestTo('b', read).getCredentials('webhookSigningApi');
		expect(read).toHaveBeenCalledTimes(3);
		vi.advanceTimersByTime(2_001);
		await requestTo('a', read).getCredentials('webhookSigningApi');
		expect(read).toHaveBeenCalledTimes(4);
	});

	it('are read again when they could not be read', async () => {
		const read = vi.fn().mockRejectedValueOnce(new Error('away')).mockResolvedValue({ secret: 's' });
		await expect(requestTo('c', read).getCredentials('webhookSigningApi')).rejects.toThrow('away');
		expect(await requestTo('c', read).getCredentials('webhookSigningApi')).toEqual({ secret: 's' });
	});
});
