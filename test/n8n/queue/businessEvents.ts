/** Business events, each fired several times at once at n8n's own Webhook, that are to send one mail each. */
import { randomUUID } from 'node:crypto';
import type { INode } from 'n8n-workflow';
import type { QueueMode } from '../driver/queueMode';
import { credentialsOf, pause, wire, type MailPlaces } from './pipeline';

export interface EventWorkflow {
	workflowId: string;
	/** Fires one event and waits for the workflow's answer. */
	fire(event: string): Promise<Answer>;
}

/** What Idempotent Send says in the answer. */
export interface Answer {
	messageId: string;
	state: string;
	replayed: boolean;
}

/** How long the workflow may take to answer, in ms. */
const PATIENCE = 180_000;

/** @param recipient of every mail */
export async function deployEvents(
	queue: QueueMode,
	places: Omit<MailPlaces, 'imap'>,
	recipient: string,
): Promise<EventWorkflow> {
	const { client } = queue;
	const { scope } = places;
	const credentials = credentialsOf([
		await client.createCredential(`${scope}: smtp`, 'smtpServerApi', { ...places.smtp }),
		await client.createCredential(`${scope}: store`, 'pipelineStoreApi', { ...queue.storeCredential }),
	]);
	const path = randomUUID();
	const node = (name: string, type: string, typeVersion: number, parameters: INode['parameters']): INode => ({
		...{ id: randomUUID(), name, type, typeVersion, position: [0, 0] as [number, number], parameters },
		credentials,
	});
	const { id } = await client.createWorkflow({
		name: `${scope}: events`,
		nodes: [
			{
				...node('Event', 'n8n-nodes-base.webhook', 2, { path, httpMethod: 'POST', responseMode: 'lastNode' }),
				webhookId: path,
			},
			node('Send', 'n8n-nodes-email-pipeline.idempotentSend', 1, {
				operation: 'send',
				fromEmail: places.from,
				toEmail: recipient,
				subject: '=Event {{ $json.body.event }}',
				emailFormat: 'text',
				text: '=It happened: {{ $json.body.event }}',
				eventId: '={{ $json.body.event }}',
				options: { store: 'credential', scope },
			}),
			// Another execution is sending this very mail: look again.
			pause('Later', 1),
			node('Answer', 'n8n-nodes-base.noOp', 1, {}),
		],
		connections: {
			...wire('Event', ['Send']),
			...wire('Send', ['Answer'], ['Answer'], ['Later'], ['Answer']),
			...wire('Later', ['Send']),
		},
	});
	await client.activate(id);
	const address = `${queue.webhookProcessor.url}/webhook/${path}`;
	return {
		workflowId: id,
		async fire(event) {
			const response = await fetch(address, {
				method: 'POST',
				headers: { 'content-type': 'application/json' },
				body: JSON.stringify({ event }),
				signal: AbortSignal.timeout(PATIENCE),
			}).catch(async (cause: unknown) => {
				const states = (await client.executions({ workflowId: id })).map((one) => `${one.id} ${one.status}`);
				throw new Error(`The event ${event} was not answered; executions: ${states.join(', ')}`, { cause });
			});
			const text = await response.text();
			if (!response.ok) throw new Error(`The event ${event} was answered ${response.status}: ${text.slice(0, 200)}`);
			return (JSON.parse(text) as { send: Answer }).send;
		},
	};
}

/** Fires each event three times, `width` at a time, in a fixed order. @returns the answers by event */
export async function fireAll(
	workflow: EventWorkflow,
	events: readonly string[],
	width: number,
): Promise<Map<string, Answer[]>> {
	const waiting = events.flatMap((event) => [event, event, event]);
	const answers = new Map<string, Answer[]>(events.map((event) => [event, []]));
	const lane = async (): Promise<void> => {
		for (let event = waiting.shift(); event !== undefined; event = waiting.shift()) {
			answers.get(event)?.push(await workflow.fire(event));
		}
	};
	await Promise.all(Array.from({ length: width }, lane));
	return answers;
}
