import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import type { INode, INodeParameters } from 'n8n-workflow';
import { mailboxFeedName } from '../../lib/pipeline/ingest/sources/imap/mailboxNames';
import { INGESTION_STAGES, type IngestionRecord, type Store, openStore } from '../../lib/store';
import type { Dovecot } from '../servers/mail/dovecot';
import { type Execution, type N8nClient, type SavedCredential, outputsOf } from './driver/start.ts';

const packageName = 'n8n-nodes-email-pipeline';

export function triggerNode(credential: SavedCredential, parameters: INodeParameters = {}): INode {
	return {
		id: randomUUID(),
		name: 'Trigger',
		type: `${packageName}.imapIdleTrigger`,
		typeVersion: 1,
		position: [0, 0],
		parameters: { mailbox: { __rl: true, mode: 'name', value: 'INBOX' }, options: {}, ...parameters },
		credentials: { imapMailboxApi: { id: credential.id, name: credential.name } },
	};
}

export function node(name: string, type: string, parameters: INodeParameters = {}): INode {
	const full = type.includes('.') ? type : `${packageName}.${type}`;
	return { id: randomUUID(), name, type: full, typeVersion: 1, position: [200, 0], parameters };
}

/** Connects the nodes in a row. */
export function inARow(...nodes: INode[]) {
	const links = nodes.slice(1).map((to, index) => [nodes[index]!.name, to.name] as const);
	return {
		nodes,
		connections: Object.fromEntries(
			links.map(([from, to]) => [from, { main: [[{ node: to, type: 'main' as const, index: 0 }]] }]),
		),
	};
}

/** The store that n8n keeps in its user folder, opened beside it. */
export function openEmbedded(userFolder: string): Promise<Store> {
	const file = join(userFolder, '.n8n', 'email-pipeline', 'store.sqlite');
	return openStore({ driver: 'sqlite', file, linger: 0 });
}

export function feedOf(
	{ host, tlsPort }: Pick<Dovecot, 'host' | 'tlsPort'>,
	user: string,
	workflowId: string,
	trigger: INode,
	mailbox = 'INBOX',
): string {
	return mailboxFeedName(`${user}@${host}:${tlsPort}`, `${workflowId}/${trigger.id}`, mailbox);
}

/** What the store knows of every mail of a feed, whatever n8n is doing. */
export async function recordsOf(store: Store, feed: string): Promise<IngestionRecord[]> {
	return await store.ingestion.list('default', feed, INGESTION_STAGES, 100_000);
}

/** Every execution of the workflow, with its data; oldest first. */
export async function everyExecution(client: N8nClient, workflowId: string): Promise<Execution[]> {
	const rows = await client.everyExecution({ workflowId });
	const all: Execution[] = [];
	for (const { id } of rows.reverse()) all.push(await client.execution(id));
	return all;
}

/** How many of the executions that ended well had each mail, by the subject. */
export function successesBySubject(executions: readonly Execution[]): Map<string, number> {
	const counts = new Map<string, number>();
	for (const execution of executions.filter(({ status }) => status === 'success')) {
		for (const { json } of outputsOf(execution, 'Trigger').flat()) {
			const subject = json.subject as string;
			counts.set(subject, (counts.get(subject) ?? 0) + 1);
		}
	}
	return counts;
}

/** How often each mail ran, by its Message-ID and whatever its execution ended with; each execution is read once. */
export class MailCounts {
	/** Ids of executions that did not end well. */
	readonly unsuccessful: string[] = [];
	readonly #client: N8nClient;
	readonly #workflowId: string;
	readonly #read = new Set<string>();
	readonly #runs = new Map<string, Execution[]>();

	constructor(client: N8nClient, workflowId: string) {
		this.#client = client;
		this.#workflowId = workflowId;
	}

	/** Reads the executions that have ended since the last look. */
	async look(): Promise<void> {
		const rows = await this.#client.everyExecution({ workflowId: this.#workflowId });
		for (const { id, stoppedAt } of rows) {
			if (stoppedAt === null || this.#read.has(id)) continue;
			const execution = await this.#client.execution(id);
			this.#read.add(id);
			if (execution.status !== 'success') this.unsuccessful.push(id);
			for (const { json } of outputsOf(execution, 'Trigger').flat()) {
				const messageId = json.messageId as string;
				this.#runs.set(messageId, [...(this.#runs.get(messageId) ?? []), execution]);
			}
		}
	}

	of(messageId: string): number {
		return this.#runs.get(messageId)?.length ?? 0;
	}

	/** Mails that ran more than once. */
	twice(): string[] {
		return [...this.#runs].filter(([, runs]) => runs.length > 1).map(([messageId]) => messageId);
	}

	/** When the mail ran by n8n's clock, in ms. */
	startedAt(messageId: string): number {
		return Date.parse(this.#runs.get(messageId)?.[0]?.startedAt ?? '');
	}
}
