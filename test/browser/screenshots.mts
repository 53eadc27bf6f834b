/**
 * Takes the pictures of the documentation from a running demo that has had some mail (npm run demo:mail):
 * node test/browser/screenshots.mts URL EMAIL PASSWORD
 */
import { globSync, mkdirSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { type Editor, openEditor } from './editor.ts';

interface Login {
	email: string;
	password: string;
}

const [url, email, password] = process.argv.slice(2);
if (!url || !email || !password) throw new Error('Give the address, the email and the password that npm start prints');
mkdirSync('docs/images', { recursive: true });

const editor = await openEditor(url, { email, password });
await takeCanvases(editor);
await takePanels(editor);
await takeDashboard(editor, url, { email, password });
await editor.close();

async function takeCanvases(editor: Editor): Promise<void> {
	for (const file of globSync('workflows/*.json').sort()) {
		const { name } = JSON.parse(readFileSync(file, 'utf8')) as { name: string };
		await editor.openWorkflowNamed(name);
		await shoot(editor.page, basename(file, '.json'));
	}
}

/** The panels with what came in and went out of the node in a run by hand. */
async function takePanels(editor: Editor): Promise<void> {
	const { page } = editor;
	await editor.openWorkflowNamed('Support inbox');
	await editor.executeWorkflow();
	await shoot(page, 'support-inbox-run');
	for (const node of ['IMAP IDLE Trigger', 'MIME Parse', 'Bounce Classifier', 'Thread Match', 'Acknowledge']) {
		await editor.openNode(node);
		// An item with a file is shown as the file; its fields say more.
		for (const panel of ['ndv-input-panel', 'output-panel']) {
			const schema = page.locator(`[data-test-id="${panel}"] [data-test-id="radio-button-schema"]`);
			if (await schema.isVisible()) await schema.click();
		}
		await shoot(page, `panel-${node === 'Acknowledge' ? 'idempotent-send' : fileNameOf(node)}`);
		await editor.closeNode();
	}
	await editor.openWorkflowNamed('Signed webhook intake');
	await editor.openNode('Email Webhook Trigger');
	await shoot(page, 'panel-email-webhook-trigger');
	await editor.closeNode();
	await editor.openWorkflowNamed('Daily report');
	await editor.executeWorkflow();
	await editor.openNode('Get Overview');
	await shoot(page, 'panel-email-ledger');
	await editor.closeNode();
}

/** As a browser shows it to whoever has logged in to its webhook. */
async function takeDashboard({ page }: Editor, address: string, login: Login): Promise<void> {
	for (const colorScheme of ['light', 'dark'] as const) {
		const context = await page
			.context()
			.browser()!
			.newContext({
				colorScheme,
				viewport: { width: 1280, height: 900 },
				httpCredentials: { username: login.email, password: login.password },
			});
		const dashboard = await context.newPage();
		await dashboard.goto(`${address}/webhook/email-operations`);
		// The whole page once; what one sees without scrolling is enough to show the other colours.
		await dashboard.screenshot({ path: `docs/images/dashboard-${colorScheme}.png`, fullPage: colorScheme === 'light' });
		await context.close();
	}
}

/** Once the editor has come to rest: the canvas glides to its place, panels and notices slide. */
async function shoot(page: Editor['page'], name: string): Promise<void> {
	await page.waitForTimeout(1500);
	await page.screenshot({ path: `docs/images/${name}.png` });
}

function fileNameOf(node: string): string {
	return node.toLowerCase().replaceAll(' ', '-');
}
