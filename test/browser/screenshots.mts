/** Takes the pictures of the documentation from a running demo: node test/browser/screenshots.mts URL EMAIL PASSWORD */
import { globSync, mkdirSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { openEditor } from './editor.ts';

const [url, email, password] = process.argv.slice(2);
if (!url || !email || !password) throw new Error('Give the address, the email and the password that npm start prints');
mkdirSync('docs/images', { recursive: true });
const editor = await openEditor(url, { email, password });
const { page } = editor;
for (const file of globSync('workflows/*.json')) {
	const { name } = JSON.parse(readFileSync(file, 'utf8')) as { name: string };
	await editor.openWorkflowNamed(name);
	// The canvas glides to its place.
	await page.waitForTimeout(1500);
	await page.screenshot({ path: `docs/images/${basename(file, '.json')}.png` });
}
await editor.close();
