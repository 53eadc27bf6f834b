/**
 * Takes the pictures of the documentation from a running demo that has had some mail (npm run demo:mail):
 * node test/browser/screenshots.mts URL EMAIL PASSWORD
 */
import { globSync, mkdirSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import type { Locator } from 'playwright-core';
import { openEditor } from './editor.ts';

/** Panels that the pages of the nodes show: where to find a node that is set up as its users would. */
const panels = [
	{ file: 'panel-imap-idle-trigger', workflow: 'Support inbox', node: 'IMAP IDLE Trigger' },
	{ file: 'panel-mime-parse', workflow: 'Invoice intake', node: 'MIME Parse' },
	{ file: 'panel-idempotent-send', workflow: 'Support inbox', node: 'Acknowledge' },
	{ file: 'panel-email-ledger', workflow: 'Dead letter review', node: 'List Dead Letters' },
	{ file: 'panel-email-webhook-trigger', workflow: 'Signed webhook intake', node: 'Email Webhook Trigger' },
	{ file: 'panel-thread-match', workflow: 'Support inbox to ticket', node: 'Link Ticket to Thread' },
	{ file: 'panel-bounce-classifier', workflow: 'Support inbox', node: 'Bounce Classifier' },
] as const;

const [url, email, password] = process.argv.slice(2);
if (!url || !email || !password) throw new Error('Give the address, the email and the password that npm start prints');
mkdirSync('docs/images', { recursive: true });

await takeCanvases(url, { email, password });
await takeDashboard(url, { email, password });

async function takeCanvases(address: string, login: { email: string; password: string }): Promise<void> {
	const editor = await openEditor(address, login);
	const { page } = editor;
	const shoot = async (name: string, what?: Locator) => {
		// The canvas glides to its place, and what loads later moves it again.
		await page.waitForTimeout(1500);
		await (what ?? page).screenshot({ path: `docs/images/${name}.png` });
	};
	for (const file of globSync('workflows/*.json').sort()) {
		const { name } = JSON.parse(readFileSync(file, 'utf8')) as { name: string };
		await editor.openWorkflowNamed(name);
		await shoot(basename(file, '.json'));
		for (const panel of panels.filter(({ workflow }) => workflow === name)) {
			await editor.openNode(panel.node);
			await shoot(panel.file);
			await editor.closeNode();
		}
	}
	await editor.openWorkflowNamed('Support inbox');
	await editor.executeWorkflow();
	await shoot('support-inbox-run');
	await editor.openNode('Acknowledge');
	await shoot('support-inbox-result');
	await editor.close();
}

/** As a browser shows it to whoever has logged in to its webhook. */
async function takeDashboard(address: string, login: { email: string; password: string }): Promise<void> {
	for (const scheme of ['light', 'dark'] as const) {
		const editor = await openEditor(address, login, scheme);
		const context = await editor.page
			.context()
			.browser()!
			.newContext({
				colorScheme: scheme,
				viewport: { width: 1280, height: 900 },
				httpCredentials: { username: login.email, password: login.password },
			});
		const page = await context.newPage();
		await page.goto(`${address}/webhook/email-operations`);
		await page.screenshot({ path: `docs/images/dashboard-${scheme}.png`, fullPage: true });
		await editor.close();
	}
}
