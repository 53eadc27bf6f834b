/** The pipeline of the queue mode tests: mail by IMAP and by webhook, read, told apart, matched, answered; deferred sends come again. */
import { randomUUID } from 'node:crypto';
import type { INode } from 'n8n-workflow';
import type { N8nClient, SavedCredential, WorkflowFile } from '../../../tools/n8n/client.mts';
import type { QueueMode } from '../driver/queueMode';
import { signedHeaders } from '../signedRequest';

export interface MailPlaces {
	/** Without it the webhook is the only way in. */
	imap?: Readonly<Record<string, unknown>>;
	smtp: Readonly<Record<string, unknown>>;
	/** Sender of the replies. */
	from: string;
	scope: string;
}

export interface Pipeline {
	workflowId: string;
	scope: string;
	/** Posts a mail as a provider does, signed. @returns the status, null when there was no answer */
	post(raw: string, eventId: string): Promise<number | null>;
}

const OWN = 'n8n-nodes-email-pipeline.';
const SECRET = 'a secret of the sender';
/** How n8n's own settings of a node ride out a store that is away for some seconds. */
const RETRIES = { retryOnFail: true, maxTries: 5, waitBetweenTries: 5_000 };

/**
 * Creates the credentials and the workflow, and publishes it.
 *
 * @param more options of every node
 */
export async function deployPipeline(
	queue: QueueMode,
	places: MailPlaces,
	more: Readonly<Record<string, string>> = {},
): Promise<Pipeline> {
	const { client } = queue;
	const { scope } = places;
	const save = (type: string, data: Readonly<Record<string, unknown>>) =>
		client.createCredential(`${scope}: ${type}`, type, { ...data });
	const credentials = credentialsOf([
		...(places.imap ? [await save('imapMailboxApi', places.imap)] : []),
		await save('smtpServerApi', places.smtp),
		await save('pipelineStoreApi', queue.storeCredential),
		await save('webhookSigningApi', { kind: 'secret', secret: SECRET }),
	]);
	const options = { store: 'credential', scope, ...more };
	const node = (name: string, type: string, parameters: INode['parameters'], more: Partial<INode> = {}): INode => ({
		id: randomUUID(),
		name,
		type: `${OWN}${type}`,
		typeVersion: 1,
		position: [0, 0],
		parameters: { ...parameters, options: { ...options, ...(parameters.options as object | undefined) } },
		credentials,
		...more,
	});
	const webhookId = randomUUID();
	const inbox = node('Inbox', 'imapIdleTrigger', {
		mailbox: { __rl: true, mode: 'name', value: 'INBOX' },
		options: { start: 'everything' },
	});
	const workflow: WorkflowFile = {
		name: `${scope}: pipeline`,
		nodes: [
			...(places.imap ? [inbox] : []),
			node('Webhook', 'emailWebhookTrigger', { provider: 'generic' }, { webhookId }),
			node('Parse', 'mimeParse', {}, RETRIES),
			node('Classify', 'bounceClassifier', {}, RETRIES),
			node('Match', 'threadMatch', {}, RETRIES),
			node(
				'Reply',
				'idempotentSend',
				{
					operation: 'reply',
					fromEmail: places.from,
					emailFormat: 'text',
					text: '=Thank you for “{{ $json.subject }}”.',
					eventId: '={{ $json.id }}',
					options: { automatic: false, correlationId: '={{ $json.messageId }}' },
				},
				RETRIES,
			),
			pause('Later', 5),
		],
		connections: {
			...(places.imap ? wire('Inbox', ['Parse']) : {}),
			...wire('Webhook', ['Parse']),
			...wire('Parse', ['Classify']),
			...wire('Classify', ['Match']),
			...wire('Match', ['Reply'], ['Reply']),
			...wire('Reply', [], [], ['Later']),
			...wire('Later', ['Reply']),
		},
	};
	const { id } = await client.createWorkflow(workflow);
	await client.activate(id);
	const address = `${queue.webhookProcessor.url}/webhook/${webhookId}/email`;
	return {
		workflowId: id,
		scope,
		post: (raw, eventId) => postSigned(address, JSON.stringify({ event_id: eventId, raw })),
	};
}

/** A webhook, and a node that takes its time and leaves no trace. */
export async function deploySlowHook(
	queue: QueueMode,
	scope: string,
): Promise<{ workflowId: string; post(eventId: string): Promise<number | null> }> {
	const credentials = credentialsOf([
		await queue.client.createCredential(`${scope}: store`, 'pipelineStoreApi', { ...queue.storeCredential }),
		await queue.client.createCredential(`${scope}: signing`, 'webhookSigningApi', { kind: 'secret', secret: SECRET }),
	]);
	const webhookId = randomUUID();
	const { id } = await queue.client.createWorkflow({
		name: `${scope}: slow hook`,
		nodes: [
			{
				id: randomUUID(),
				name: 'Webhook',
				type: `${OWN}emailWebhookTrigger`,
				typeVersion: 1,
				position: [0, 0],
				parameters: { provider: 'generic', options: { binaryData: true, store: 'credential', scope } },
				credentials,
				webhookId,
			},
			pause('Slow', 15),
		],
		connections: wire('Webhook', ['Slow'], ['Slow']),
	});
	await queue.client.activate(id);
	const address = `${queue.webhookProcessor.url}/webhook/${webhookId}/email`;
	const post = (eventId: string) =>
		postSigned(address, JSON.stringify({ event: 'delivered', event_id: eventId, recipient: 'ann@example.test' }));
	return { workflowId: id, post };
}

/** Takes the workflow off, so that its trigger no longer runs. */
export async function removePipeline(client: N8nClient, { workflowId }: { workflowId: string }): Promise<void> {
	await client.deactivate(workflowId);
	await client.deleteWorkflow(workflowId);
}

/** Every credential at every node: n8n takes those that the node's fields ask for. */
export function credentialsOf(saved: readonly SavedCredential[]): NonNullable<INode['credentials']> {
	return Object.fromEntries(saved.map(({ type, id, name }) => [type, { id, name }]));
}

export function pause(name: string, seconds: number): INode {
	return {
		id: randomUUID(),
		name,
		type: 'n8n-nodes-base.wait',
		typeVersion: 1.1,
		position: [0, 0],
		parameters: { resume: 'timeInterval', amount: seconds, unit: 'seconds' },
	};
}

/** Connections from one node, output by output. */
export function wire(from: string, ...outputs: string[][]): WorkflowFile['connections'] {
	const main = outputs.map((names) => names.map((node) => ({ node, type: 'main' as const, index: 0 })));
	return { [from]: { main } };
}

async function postSigned(address: string, body: string): Promise<number | null> {
	try {
		const response = await fetch(address, {
			method: 'POST',
			body,
			headers: signedHeaders(SECRET, body),
			signal: AbortSignal.timeout(30_000),
		});
		// As a proxy does that asks for /healthz/readiness (docs/queue-mode.md): n8n answers 200 before it has loaded a node.
		return (await response.text()).includes('n8n is starting up') ? 503 : response.status;
	} catch {
		return null;
	}
}
