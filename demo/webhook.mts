/**
 * What `npm run demo:webhook` runs: plays a provider that hands over a mail by a signed webhook. With the name of a
 * provider (`npm run demo:webhook -- postmark [URL]`) it sends that provider's own samples, to the demo or to the URL;
 * WEBHOOK_SECRET is what the trigger's credential holds, where it is not the demo's.
 */
import { randomUUID } from 'node:crypto';
import type { INode } from 'n8n-workflow';
import { N8nClient } from '../tools/n8n/client.mts';
import { reportFailure, SetupError } from '../tools/setup-error.mjs';
import { showExecutionOf } from './execution.mts';
import { postProviderSamples } from './provider-webhook.mts';
import { composeSample } from './sample-mail.mts';
import { customerAddress, supportAddress } from './settings.mts';
import { signedHeaders, type DemoScheme } from './signature.mts';
import { loadState, requireRunningDemo } from './state.mts';

async function logIn(): Promise<N8nClient> {
	const n8n = new N8nClient(requireRunningDemo().url);
	await n8n.logIn({ email: supportAddress, password: loadState().ownerPassword });
	return n8n;
}

async function urlOfTrigger(): Promise<string> {
	return urlOf(await findTrigger(await logIn()));
}

function urlOf(trigger: INode): string {
	return `${requireRunningDemo().url}/webhook/${trigger.webhookId ?? ''}/email`;
}

async function post(): Promise<void> {
	const { webhookSecret } = loadState();
	const n8n = await logIn();
	const trigger = await findTrigger(n8n);
	const url = urlOf(trigger);

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

async function playProvider(provider: string, url: string | undefined): Promise<void> {
	const secret = process.env.WEBHOOK_SECRET ?? loadState().webhookSecret;
	await postProviderSamples(provider, url ?? (await urlOfTrigger()), secret);
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

const [provider, target] = process.argv.slice(2);
try {
	await (provider === undefined ? post() : playProvider(provider, target));
} catch (error) {
	reportFailure(error);
}
