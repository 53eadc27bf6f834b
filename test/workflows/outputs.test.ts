import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { INodeType, IWorkflowBase } from 'n8n-workflow';
import { describe, expect, it } from 'vitest';
import { BounceClassifier } from '../../nodes/BounceClassifier/BounceClassifier.node';
import { EmailWebhookTrigger } from '../../nodes/EmailWebhookTrigger/EmailWebhookTrigger.node';
import { IdempotentSend } from '../../nodes/IdempotentSend/IdempotentSend.node';
import { ImapIdleTrigger } from '../../nodes/ImapIdleTrigger/ImapIdleTrigger.node';
import { MimeParse } from '../../nodes/MimeParse/MimeParse.node';
import { ThreadMatch } from '../../nodes/ThreadMatch/ThreadMatch.node';

const folder = join(__dirname, '../../workflows');
const nodes: readonly INodeType[] = [
	new BounceClassifier(),
	new EmailWebhookTrigger(),
	new IdempotentSend(),
	new ImapIdleTrigger(),
	new MimeParse(),
	new ThreadMatch(),
];
const outputNames = new Map(nodes.map(({ description }) => [description.name, description.outputNames ?? []]));

describe('an example', () => {
	it.each(readdirSync(folder))('%s leads on from every output', (file) => {
		const { nodes, connections } = JSON.parse(readFileSync(join(folder, file), 'utf8')) as IWorkflowBase;
		const open = nodes.flatMap(({ name, type, parameters }) => {
			// Operations on a known thread have one output.
			if (type.endsWith('.threadMatch') && (parameters.operation ?? 'match') !== 'match') return [];
			const names = outputNames.get(type.replace('n8n-nodes-email-pipeline.', '')) ?? [];
			return names.filter((_, index) => (connections[name]?.main?.[index] ?? []).length === 0).map((to) => `${name}: ${to}`);
		});
		expect(open).toEqual([]);
	});
});
