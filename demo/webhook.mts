/** What `npm run demo:webhook` runs: plays a provider that hands over a mail by a signed webhook. */
import { randomUUID } from 'node:crypto';
import type { INode } from 'n8n-workflow';
import { N8nClient } from '../tools/n8n/client.mts';
import { reportFailure, SetupError } from '../tools/setup-error.mjs';
import { showExecutionOf } from './execution.mts';
import { composeSample } from './sample-mail.mts';
import { customerAddress, supportAddress } from './settings.mts';
import { signedHeaders, type DemoScheme } from './signature.mts';
import { loadState, requireRunningDemo } from './state.mts';

async function post(): Promise<void> {
	const demo = requireRunningDemo();
	const { ownerPassword, webhookSecret } = loadState();
	const n8n = new N8nClient(demo.url);
	await n8n.logIn({ email: supportAddress, password: ownerPassword });
	const trigger = await findTrigger(n8n);
	const url = `${demo.url}/webhook/${trigger.webhookId ?? ''}/email`;

	const id = `demo-${randomUUID()}`;
	const raw = (await composeSample()).toString('base64');
	const body = JSON.stringify({ id, envelope: { from: customerAddress, to: [supportAddress] }, raw });
	const headers = { 'content-type': 'application/json', ...signedHeaders(schemeOf(trigger), webhookSecret, id, body) };

	await showExecutionOf(n8n, async () => {
		const status = await send(url, headers, body);
		console.log(`Posted ${id}, signed: ${status}`);
		if (status !== 200) throw new SetupError(`The webhook ${url} did not accept it`);
	});
	console.log(`The same request again: ${await send(url, headers, body)}, and no second execution`);
	console.log(`With another body under that signature: ${await send(url, headers, body.replace(id, 'forged'))}`);
}

async function send(url: string, headers: Record<string, string>, body: string): Promise<number> {
	const response = await fetch(url, { method: 'POST', headers, body });
	await response.arrayBuffer();
	return response.status;
}

async function findTrigger(n8n: N8nClient): Promise<INode> {
	for (const { id, active } of await n8n.listWorkflows()) {
		if (!active) continue;
		const { nodes } = await n8n.getWorkflow(id);
		const trigger = nodes.find(({ type }) => type === 'n8n-nodes-email-pipeline.emailWebhookTrigger');
		if (trigger !== undefined) return trigger;
	}
	throw new SetupError('No active workflow has an Email Webhook Trigger', {
		hint: `Activate "Signed webhook intake" in the editor (${n8n.url}).`,
	});
}

function schemeOf({ parameters }: INode): DemoScheme {
	const { scheme } = (parameters.options ?? {}) as { scheme?: string };
	return scheme === 'standard-webhooks' ? scheme : 'generic';
}

try {
	await post();
} catch (error) {
	reportFailure(error);
}
