import { createHash } from 'node:crypto';
import { globSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { checkout } from '../tools/checkout.mts';
import type { N8nClient, SavedCredential, SavedWorkflow, WorkflowFile } from '../tools/n8n/client.mts';
import { SetupError } from '../tools/setup-error.mjs';

/** A workflow file of the repository's workflows/ folder. */
export interface Example {
	readonly file: string;
	readonly hash: string;
	readonly workflow: WorkflowFile;
}

/** What a credential of the given type must hold for the demo, or null for a type the demo has nothing for. */
export type CredentialData = (type: string) => Record<string, unknown> | null;

export function readExamples(): Example[] {
	return globSync(join(checkout, 'workflows', '*.json'))
		.sort()
		.map((file) => {
			const text = readFileSync(file, 'utf8');
			const workflow = JSON.parse(text) as WorkflowFile;
			return { file: basename(file), hash: createHash('sha256').update(text).digest('hex'), workflow };
		});
}

/** Creates every credential the examples refer to, under the name they use, or brings it up to date. */
export async function provideCredentials(
	client: N8nClient,
	examples: readonly Example[],
	dataFor: CredentialData,
): Promise<SavedCredential[]> {
	const existing = await client.listCredentials();
	const provided: SavedCredential[] = [];
	for (const { type, name, file } of referredCredentials(examples)) {
		const data = dataFor(type);
		if (data === null)
			throw new SetupError(`${file} needs a credential of type ${type}, for which the demo has no values`);
		const found = existing.find((credential) => credential.type === type && credential.name === name);
		const { id } =
			found === undefined
				? await client.createCredential(name, type, data)
				: await client.updateCredential(found.id, name, type, data);
		provided.push({ id, name, type });
	}
	return provided;
}

/**
 * Imports an example, and activates it where it can do its work here. A workflow that exists is left as its user made
 * it, unless the example has changed since it was imported.
 *
 * @param importedHash the example's hash when it was last imported
 */
export async function importExample(
	client: N8nClient,
	{ workflow, hash }: Example,
	credentials: readonly SavedCredential[],
	importedHash: string | undefined,
): Promise<SavedWorkflow> {
	const found = (await client.listWorkflows()).find(
		({ name, isArchived }) => name === workflow.name && isArchived !== true,
	);
	if (found !== undefined && hash === importedHash) {
		if (found.active) await client.waitUntilActive(found.id);
		return found;
	}
	const content = withCredentialIds(workflow, credentials);
	const saved =
		found === undefined ? await client.createWorkflow(content) : await client.updateWorkflow(found.id, content);
	const active = worksHere(workflow);
	if (active) await client.activate(saved.id);
	return { ...saved, active };
}

/** An example that calls another system, such as a helpdesk, needs its address first: it is there to be looked at. */
function worksHere({ nodes }: WorkflowFile): boolean {
	return nodes.every(({ type }) => type !== 'n8n-nodes-base.httpRequest');
}

function referredCredentials(examples: readonly Example[]): Array<{ type: string; name: string; file: string }> {
	const all = examples.flatMap(({ file, workflow }) =>
		workflow.nodes.flatMap(({ credentials }) =>
			Object.entries(credentials ?? {}).map(([type, { name }]) => ({ type, name, file })),
		),
	);
	return [...new Map(all.map((reference) => [`${reference.type} ${reference.name}`, reference])).values()];
}

/** A file refers to its credentials by ids of the n8n it was exported from; ours have other ids but the same names. */
function withCredentialIds(workflow: WorkflowFile, saved: readonly SavedCredential[]): WorkflowFile {
	const nodes = workflow.nodes.map((node) => {
		if (node.credentials === undefined) return node;
		const credentials = Object.entries(node.credentials).map(([type, { name }]) => {
			const id = saved.find((credential) => credential.type === type && credential.name === name)?.id ?? null;
			return [type, { id, name }] as const;
		});
		return { ...node, credentials: Object.fromEntries(credentials) };
	});
	const { name, connections, settings, pinData, meta } = workflow;
	return {
		name,
		nodes,
		connections,
		...(settings && { settings }),
		...(pinData && { pinData }),
		...(meta && { meta }),
	};
}
