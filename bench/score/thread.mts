/**
 * The program that scores Thread Match: absolute paths on stdin in the order of delivery, one a line; then a line of
 * JSON, `{"file", "threadId"}`, for each. Needs a build (`npm run build`). `--headers-only` allows no matching by quoted
 * text, subject and participants.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

type Library = Pick<
	typeof import('../../lib/index.ts'),
	'matchThread' | 'openStore' | 'parseMessage' | 'resolveThread'
>;

const compiled = pathToFileURL(join(import.meta.dirname, '../../dist/lib/index.js')).href;
const { matchThread, openStore, parseMessage, resolveThread } = (await import(compiled)) as Library;
const subject = !process.argv.includes('--headers-only');
const folder = mkdtempSync(join(tmpdir(), 'score-thread-'));
try {
	const store = await openStore({ driver: 'sqlite', file: join(folder, 'store.sqlite'), linger: 0 });
	const threads = new Map<string, string>();
	for (const file of readFileSync(0, 'utf8').split('\n').filter(Boolean)) {
		const match = await matchThread(store, await parseMessage(readFileSync(file)), { subject });
		threads.set(file, match.threadId);
	}
	// Threads that turned out to be one were joined meanwhile.
	for (const [file, threadId] of threads) {
		process.stdout.write(`${JSON.stringify({ file, threadId: await resolveThread(store, threadId) })}\n`);
	}
	await store.close();
} finally {
	rmSync(folder, { recursive: true });
}
