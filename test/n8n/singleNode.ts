/** Runs one node of the package in a real n8n, on one item. */
import { randomUUID } from 'node:crypto';
import { expect } from 'vitest';
import type { INode, INodeExecutionData } from 'n8n-workflow';
import { type N8nClient, type SavedCredential, outputsOf } from './driver/start.ts';

export const packageName = 'n8n-nodes-email-pipeline';

export interface NodeUnderTest {
	type: string;
	parameters: INode['parameters'];
	credential?: SavedCredential;
}

export function singleNodeRunner(client: N8nClient, url: string) {
	const made: string[] = [];

	/** Runs the item through the node, errors going to its error output; gives the items of each output. */
	async function run(
		{ type, parameters, credential }: NodeUnderTest,
		item: Record<string, unknown>,
	): Promise<INodeExecutionData[][]> {
		const path = randomUUID();
		const place = (name: string, x: number) => ({
			id: randomUUID(),
			name,
			typeVersion: 1,
			position: [x, 0] as [number, number],
		});
		const workflow = await client.createWorkflow({
			name: `${type} ${path}`,
			nodes: [
				{
					...place('Hook', 0),
					type: 'n8n-nodes-base.webhook',
					typeVersion: 2,
					parameters: { path, httpMethod: 'POST', responseMode: 'onReceived' },
					webhookId: path,
				},
				{
					...place('Item', 200),
					type: 'n8n-nodes-base.set',
					typeVersion: 3.4,
					parameters: { mode: 'raw', jsonOutput: '={{ $json.body }}' },
				},
				{
					...place('Node', 400),
					type: `${packageName}.${type}`,
					parameters,
					onError: 'continueErrorOutput',
					...(credential && { credentials: { [credential.type]: { id: credential.id, name: credential.name } } }),
				},
			],
			connections: {
				Hook: { main: [[{ node: 'Item', type: 'main', index: 0 }]] },
				Item: { main: [[{ node: 'Node', type: 'main', index: 0 }]] },
			},
		});
		made.push(workflow.id);
		await client.activate(workflow.id);
		await fetch(`${url}/webhook/${path}`, {
			method: 'POST',
			body: JSON.stringify(item),
			headers: { 'content-type': 'application/json' },
		});
		const [execution] = await client.waitForExecutions(workflow.id, 1);
		expect(execution!.status).toBe('success');
		return outputsOf(execution!, 'Node');
	}

	async function removeWorkflows(): Promise<void> {
		for (const id of made.splice(0)) await client.deleteWorkflow(id);
	}

	return { run, removeWorkflows };
}
