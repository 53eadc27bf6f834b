import { chromium, type Browser, type Page } from 'playwright-core';
import { owner as testOwner } from '../n8n/driver/instance.ts';

/** n8n's editor in headless Chromium (Debian's package), the owner logged in. */
export interface Editor {
	page: Page;
	openWorkflow(id: string): Promise<void>;
	/** Opens a workflow from the list, as a person does. */
	openWorkflowNamed(name: string): Promise<void>;
	/** Opens the panel of a node on the canvas. */
	openNode(name: string): Promise<void>;
	closeNode(): Promise<void>;
	/** Runs the workflow by hand, until it has ended. */
	executeWorkflow(): Promise<void>;
	/** Types into the search of the node list, opened by the plus on the canvas. */
	searchNodes(text: string): Promise<void>;
	close(): Promise<void>;
}

export const executablePath = process.env.CHROMIUM ?? '/usr/bin/chromium';
/** No sandbox for root, and none of Chromium's own calls home. */
export const args = [
	'--no-sandbox',
	'--disable-gpu',
	'--disable-quic',
	'--no-first-run',
	'--disable-background-networking',
	'--disable-component-update',
	'--disable-sync',
	'--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost',
];

export async function openEditor(
	url: string,
	owner: { email: string; password: string } = testOwner,
	colorScheme: 'light' | 'dark' = 'light',
): Promise<Editor> {
	const browser: Browser = await chromium.launch({ executablePath, args });
	const page = await browser.newPage({ viewport: { width: 1600, height: 900 }, colorScheme });
	await page.goto(`${url}/signin`);
	await page.locator('input[name=emailOrLdapLoginId], input[type=email]').first().fill(owner.email);
	await page.locator('input[type=password]').fill(owner.password);
	await page.keyboard.press('Enter');
	await page.waitForURL((address) => !address.pathname.includes('signin'));

	const canvasNode = (name: string) => page.locator(`[data-test-id="canvas-node"][data-node-name="${name}"]`);
	const panel = page.locator('[data-test-id="ndv"], [data-test-id="ndv-modal"]').first();
	return {
		page,
		async openWorkflow(id) {
			await page.goto(`${url}/workflow/${id}`);
			await showWholeCanvas(page);
		},
		async openWorkflowNamed(name) {
			// Going there inside the editor saves loading it anew.
			await page.locator('[data-test-id="project-home-menu-item"]').click();
			// The list holds only the cards that are in view: a search brings the one to the top.
			await page.locator('[data-test-id="resources-list-search"]').fill(name);
			const card = page.locator('[data-test-id="workflow-card-name"]').getByText(name, { exact: true });
			await card.click();
			await showWholeCanvas(page);
		},
		async openNode(name) {
			await canvasNode(name).dblclick();
			await panel.waitFor();
		},
		async closeNode() {
			await page.keyboard.press('Escape');
			await panel.waitFor({ state: 'hidden' });
		},
		async executeWorkflow() {
			await page.locator('[data-test-id="execute-workflow-button"]').first().click();
			const notice = page.getByText('Workflow executed successfully').first();
			await notice.waitFor();
			await notice.waitFor({ state: 'hidden' });
		},
		async searchNodes(text) {
			await page.locator('[data-test-id="node-creator-plus-button"]').click();
			await page.locator('[data-test-id="node-creator-search-bar"]').fill(text);
		},
		close: () => browser.close(),
	};
}

async function showWholeCanvas(page: Page): Promise<void> {
	await page.locator('[data-test-id="canvas-node"]').first().waitFor();
	// What n8n advises on every published workflow covers the canvas.
	const advice = page.getByText('Production Checklist', { exact: true });
	await advice.waitFor({ timeout: 3_000 }).catch(() => undefined);
	if (await advice.isVisible()) {
		await page.keyboard.press('Escape');
		await advice.waitFor({ state: 'hidden' });
	}
	// The editor's own shortcut for “fit to view”.
	await page.keyboard.press('1');
	// A note below the pointer would show its buttons.
	await page.mouse.move(0, 0);
}
