import { setTimeout as delay } from 'node:timers/promises';
import { parse as parseFlatted } from 'flatted';
import type { INodeExecutionData, INodeTypeDescription, ICredentialType, IRun, IWorkflowBase } from 'n8n-workflow';

const POLL_MS = 250;
const PUBLICATION_DEADLINE_MS = 60_000;

export interface Owner {
	readonly email: string;
	/** n8n wants at least eight characters with a digit and a capital letter. */
	readonly password: string;
	readonly firstName: string;
	readonly lastName: string;
}

export interface SavedCredential {
	readonly id: string;
	readonly name: string;
	readonly type: string;
}

/** As in a file exported from the editor. */
export type WorkflowFile = Pick<IWorkflowBase, 'name' | 'nodes' | 'connections'> & Partial<IWorkflowBase>;

export interface SavedWorkflow extends WorkflowFile {
	readonly id: string;
	readonly versionId: string;
	readonly active: boolean;
	readonly isArchived?: boolean;
}

export type ExecutionStatus = 'canceled' | 'crashed' | 'error' | 'new' | 'running' | 'success' | 'unknown' | 'waiting';

interface ExecutionFilter {
	workflowId?: string;
	status?: ExecutionStatus[];
}

interface ExecutionPage {
	results: ExecutionSummary[];
	/** Null on the last page. */
	nextCursor?: string | null;
}

/** A row of n8n's list of executions. */
export interface ExecutionSummary {
	readonly id: string;
	readonly workflowId: string;
	readonly mode: string;
	readonly status: ExecutionStatus;
	readonly finished: boolean;
	readonly startedAt: string | null;
	readonly stoppedAt: string | null;
}

/** One execution with its data. */
export interface Execution extends ExecutionSummary {
	readonly data: IRun['data'];
}

interface PublicationStatus {
	readonly status: 'in_progress' | 'not_published' | 'published' | 'partial' | 'failed';
	readonly liveVersionId: string | null;
	readonly triggers: ReadonlyArray<{ nodeId: string; status: string; errorMessage: string | null }>;
}

/** n8n refused a request: the HTTP status, and n8n's own message as the error's message. */
export class N8nApiError extends Error {
	readonly status: number;

	constructor(request: string, status: number, message: string) {
		super(`${request} answered ${status}: ${message}`);
		this.name = 'N8nApiError';
		this.status = status;
	}
}

/** What a person does in n8n's editor, through the REST interface that the editor itself uses (n8n 2.41). */
export class N8nClient {
	readonly url: string;
	private cookie = '';

	/** @param url such as `http://127.0.0.1:5678` */
	constructor(url: string) {
		this.url = url;
	}

	/** Creates the owner of a fresh n8n, and is logged in as that owner. */
	async setUpOwner(owner: Owner): Promise<void> {
		await this.request('POST', '/rest/owner/setup', owner);
	}

	async logIn({ email, password }: Pick<Owner, 'email' | 'password'>): Promise<void> {
		await this.request('POST', '/rest/login', { emailOrLdapLoginId: email, password });
	}

	/** Creates the owner, or logs in if this n8n has one already. */
	async setUpOwnerOrLogIn(owner: Owner): Promise<void> {
		if (await this.hasOwner()) await this.logIn(owner);
		else await this.setUpOwner(owner);
	}

	async hasOwner(): Promise<boolean> {
		const settings = await this.request<{ userManagement: { showSetupOnFirstLoad?: boolean } }>(
			'GET',
			'/rest/settings',
		);
		return settings.userManagement.showSetupOnFirstLoad !== true;
	}

	/** Every node type that n8n has loaded; names as `n8n-nodes-email-pipeline.mimeParse`. */
	async nodeTypes(): Promise<INodeTypeDescription[]> {
		return await this.request('GET', '/types/nodes.json');
	}

	async credentialTypes(): Promise<ICredentialType[]> {
		return await this.request('GET', '/types/credentials.json');
	}

	async listCredentials(): Promise<SavedCredential[]> {
		return await this.request('GET', '/rest/credentials');
	}

	async createCredential(name: string, type: string, data: Record<string, unknown>): Promise<SavedCredential> {
		return await this.request('POST', '/rest/credentials', { name, type, data });
	}

	async updateCredential(
		id: string,
		name: string,
		type: string,
		data: Record<string, unknown>,
	): Promise<SavedCredential> {
		return await this.request('PATCH', `/rest/credentials/${id}`, { name, type, data });
	}

	/** Runs a saved credential's test, as the credential dialog does. */
	async testCredential(
		credential: SavedCredential,
		data: Record<string, unknown>,
	): Promise<{ status: 'OK' | 'Error'; message: string }> {
		return await this.request('POST', '/rest/credentials/test', { credentials: { ...credential, data } });
	}

	async listWorkflows(): Promise<SavedWorkflow[]> {
		return await this.request('GET', '/rest/workflows');
	}

	async getWorkflow(id: string): Promise<SavedWorkflow> {
		return await this.request('GET', `/rest/workflows/${id}`);
	}

	async createWorkflow(workflow: WorkflowFile): Promise<SavedWorkflow> {
		return await this.request('POST', '/rest/workflows', { settings: {}, ...workflow, active: false });
	}

	/** Saves a new version; an active workflow keeps running its published one until `activate` is called again. */
	async updateWorkflow(id: string, changes: Partial<WorkflowFile>): Promise<SavedWorkflow> {
		return await this.request('PATCH', `/rest/workflows/${id}`, {
			...changes,
			versionId: (await this.getWorkflow(id)).versionId,
		});
	}

	async deleteWorkflow(id: string): Promise<void> {
		await this.request('POST', `/rest/workflows/${id}/archive`);
		const remove = async () => {
			try {
				await this.request('DELETE', `/rest/workflows/${id}`);
				return true;
			} catch (error) {
				// Its triggers are still being taken down.
				if (error instanceof N8nApiError && error.status === 409) return null;
				throw error;
			}
		};
		await poll(remove, PUBLICATION_DEADLINE_MS, () => Promise.resolve(`The workflow ${id} is still being unpublished`));
	}

	/**
	 * Publishes the workflow's latest version and waits until its triggers run.
	 *
	 * @throws Error with n8n's message when a trigger could not be activated
	 */
	async activate(id: string): Promise<void> {
		const { versionId } = await this.getWorkflow(id);
		await this.request('POST', `/rest/workflows/${id}/activate`, { versionId });
		await this.waitUntilActive(id, versionId);
	}

	/**
	 * Waits until the triggers of a published workflow run: n8n answers to `activate`, and to requests after a restart,
	 * before they do.
	 */
	async waitUntilActive(id: string, versionId?: string): Promise<void> {
		const { status, triggers } = await this.waitForPublication(
			id,
			(now) =>
				now.status === 'failed' ||
				now.status === 'partial' ||
				(now.status === 'published' && (versionId === undefined || now.liveVersionId === versionId)),
		);
		if (status === 'published') return;
		const reasons = triggers.filter((trigger) => trigger.status === 'failed').map((trigger) => trigger.errorMessage);
		throw new Error(`The workflow ${id} could not be activated: ${reasons.join('; ')}`);
	}

	async deactivate(id: string): Promise<void> {
		await this.request('POST', `/rest/workflows/${id}/deactivate`, {});
		await this.waitForPublication(id, ({ status }) => status === 'not_published');
	}

	async publicationStatus(id: string): Promise<PublicationStatus> {
		return await this.request('GET', `/rest/workflows/${id}/publication-status`);
	}

	private async waitForPublication(
		id: string,
		isReached: (status: PublicationStatus) => boolean,
	): Promise<PublicationStatus> {
		return await poll(
			async () => {
				const now = await this.publicationStatus(id);
				return isReached(now) ? now : null;
			},
			PUBLICATION_DEADLINE_MS,
			async () => `The workflow ${id} is still ${JSON.stringify(await this.publicationStatus(id))}`,
		);
	}

	/**
	 * Runs the workflow's saved version as the editor's *Execute workflow* does; answers without waiting for its end.
	 *
	 * @param trigger name of the node to start from
	 */
	async run(workflowId: string, trigger: string): Promise<{ executionId: string }> {
		return await this.request('POST', `/rest/workflows/${workflowId}/run`, {
			workflowData: await this.getWorkflow(workflowId),
			triggerToStartFrom: { name: trigger },
		});
	}

	/** The newest executions first, without their data; 100 at most. */
	async executions(filter: ExecutionFilter = {}): Promise<ExecutionSummary[]> {
		return (await this.executionPage(filter)).results;
	}

	/** The newest executions first, without their data; all of them. */
	async everyExecution(filter: ExecutionFilter = {}): Promise<ExecutionSummary[]> {
		const all: ExecutionSummary[] = [];
		let cursor: string | undefined;
		do {
			const { results, nextCursor } = await this.executionPage(filter, cursor);
			all.push(...results);
			cursor = nextCursor ?? undefined;
		} while (cursor !== undefined);
		return all;
	}

	private async executionPage(filter: ExecutionFilter, cursor?: string): Promise<ExecutionPage> {
		const query = new URLSearchParams({ filter: JSON.stringify(filter), limit: '100', ...(cursor && { cursor }) });
		return await this.request<ExecutionPage>('GET', `/rest/executions?${query.toString()}`);
	}

	async execution(id: string): Promise<Execution> {
		const { data, ...row } = await this.request<ExecutionSummary & { data: string }>('GET', `/rest/executions/${id}`);
		return { ...row, data: parseFlatted(data) as IRun['data'] };
	}

	/**
	 * Waits for `count` executions of a workflow to have ended, and returns all that have, oldest first.
	 *
	 * @throws Error when they have not within `deadlineMs`, with what there is instead
	 */
	async waitForExecutions(workflowId: string, count: number, deadlineMs = 60_000): Promise<Execution[]> {
		const ended = await poll(
			async () => {
				const rows = (await this.executions({ workflowId })).filter(hasEnded);
				return rows.length >= count ? rows : null;
			},
			deadlineMs,
			async () => {
				const states = (await this.executions({ workflowId })).map(({ id, status }) => `${id} ${status}`);
				return `Expected ${count} executions of workflow ${workflowId} to have ended, found: ${states.join(', ') || 'none'}`;
			},
		);
		return await Promise.all(ended.reverse().map(({ id }) => this.execution(id)));
	}

	/** Waits until one execution, such as a manual one, has ended. */
	async waitForExecution(id: string, deadlineMs = 60_000): Promise<Execution> {
		return await poll(
			async () => {
				const execution = await this.execution(id);
				return hasEnded(execution) ? execution : null;
			},
			deadlineMs,
			async () => `Execution ${id} is still ${(await this.execution(id)).status}`,
		);
	}

	/** One request to n8n, logged in. Answers n8n's `data` where it wraps its answer in that. */
	async request<T>(method: 'GET' | 'POST' | 'PATCH' | 'DELETE', path: string, body?: unknown): Promise<T> {
		const response = await fetch(this.url + path, {
			method,
			headers: { cookie: this.cookie, 'content-type': 'application/json' },
			...(body === undefined ? {} : { body: JSON.stringify(body) }),
		});
		const cookie = response.headers.getSetCookie().find((line) => line.startsWith('n8n-auth='));
		if (cookie !== undefined) this.cookie = cookie.split(';')[0] ?? '';
		const text = await response.text();
		const answer = parseJson(text) as { data?: unknown; message?: string } | null;
		if (!response.ok)
			throw new N8nApiError(`${method} ${path}`, response.status, answer?.message ?? text.slice(0, 500));
		return (path.startsWith('/rest/') && answer !== null && 'data' in answer ? answer.data : answer) as T;
	}
}

/**
 * The items a node put out in its first (or `run`-th) run, per output: `[[first output's items], [second's], …]`.
 * Empty when the node did not run.
 */
export function outputsOf(execution: Execution, nodeName: string, run = 0): INodeExecutionData[][] {
	const task = execution.data.resultData.runData[nodeName]?.[run];
	return (task?.data?.main ?? []).map((items) => items ?? []);
}

function hasEnded({ status }: ExecutionSummary): boolean {
	return status === 'success' || status === 'error' || status === 'crashed' || status === 'canceled';
}

async function poll<T>(
	attempt: () => Promise<T | null>,
	deadlineMs: number,
	describe: () => Promise<string>,
): Promise<T> {
	const deadline = Date.now() + deadlineMs;
	for (;;) {
		const result = await attempt();
		if (result !== null) return result;
		if (Date.now() > deadline) throw new Error(`${await describe()} (after ${deadlineMs / 1000} s)`);
		await delay(POLL_MS);
	}
}

function parseJson(text: string): unknown {
	try {
		return JSON.parse(text);
	} catch {
		return null;
	}
}
