import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type N8nClient, sharedN8n } from '../n8n/driver/start.ts';
import { readExample } from '../n8n/mailWorkflow';
import { type Editor, openEditor } from './editor';
import { hasChromium } from '../servers/available';

let client: N8nClient;
let editor: Editor;
let workflowId: string;

/** What a newcomer sees of each node without opening a manual: its fields, and no more. */
const nodes: ReadonlyArray<readonly [string, readonly string[]]> = [
	['IMAP IDLE Trigger', ['Credential', 'Mailbox', 'Filters', 'Options']],
	['MIME Parse', ['Raw Message From', 'Options']],
	['Bounce Classifier', ['Raw Message From', 'Options']],
	['Thread Match', ['Options']],
	[
		'Acknowledge',
		['Credential', 'Operation', 'Transport', 'From Email', 'Email Format', 'Text', 'Business Event ID', 'Options'],
	],
	['Email Ledger', ['Resource', 'Operation', 'Return All', 'Limit', 'Filters', 'Options']],
];

describe.skipIf(!hasChromium)('the nodes in the editor', () => {
	beforeAll(async () => {
		const n8n = await sharedN8n();
		client = n8n.client;
		const example = await readExample('support-inbox');
		for (const node of example.nodes) delete node.credentials;
		example.nodes.push({
			id: randomUUID(),
			name: 'Email Ledger',
			type: 'n8n-nodes-email-pipeline.emailLedger',
			typeVersion: 1,
			position: [240, 480],
			parameters: {},
		});
		({ id: workflowId } = await client.createWorkflow({ ...example, name: `editor ${randomUUID()}` }));
		editor = await openEditor(n8n.url);
		await editor.openWorkflow(workflowId);
	});
	afterAll(async () => {
		await editor.close();
		await client.deleteWorkflow(workflowId);
	});

	it('stand on the canvas with their own icons and named outputs', async () => {
		const canvas = editor.page.locator('[data-test-id="canvas"]').first();
		for (const output of [
			'Parsed',
			'Quarantined',
			'Human',
			'Bounce',
			'Complaint',
			'Auto-Reply',
			'Existing Thread',
			'New Thread',
			'Sent',
			'Duplicate',
			'Deferred',
			'Rejected',
		]) {
			await expect
				.poll(() => canvas.getByText(output, { exact: true }).count(), { timeout: 10_000 })
				.toBeGreaterThan(0);
		}
		for (const [name] of nodes) {
			const icon = editor.page.locator(`[data-test-id="canvas-node"][data-node-name="${name}"] img`).first();
			expect(await icon.getAttribute('src')).toMatch(/n8n-nodes-email-pipeline.*\.svg/);
			expect(
				await icon.evaluate((image) => (image as unknown as { naturalWidth: number }).naturalWidth),
			).toBeGreaterThan(0);
		}
	});

	it.each(nodes)('%s shows the fields that matter', async (name, fields) => {
		await editor.openNode(name);
		const parameters = editor.page
			.locator('[data-test-id="parameter-input-list"], .ndv-parameters, [data-test-id="node-parameters"]')
			.first();
		for (const field of fields) {
			await expect
				.poll(() => editor.page.getByText(field, { exact: true }).count(), { timeout: 10_000 })
				.toBeGreaterThan(0);
		}
		expect(await parameters.getByText('Email Pipeline Store').count()).toBe(0);
		await editor.closeNode();
	});

	it.each([
		['imap', 'IMAP IDLE Trigger'],
		['out of office', 'Bounce Classifier'],
		['idempotent', 'Idempotent Send'],
		['eml', 'MIME Parse'],
		['conversation', 'Thread Match'],
		['inbound email', 'Email Webhook Trigger'],
	])('a search for “%s” finds %s', async (text, name) => {
		await editor.searchNodes(text);
		const found = editor.page.locator('[data-test-id="node-creator-item-name"]').getByText(name, { exact: true });
		await expect.poll(() => found.count(), { timeout: 10_000 }).toBeGreaterThan(0);
		await editor.page.keyboard.press('Escape');
	});
});
