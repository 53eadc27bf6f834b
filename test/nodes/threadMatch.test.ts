import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { IDataObject, IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { parseMessage } from '../../lib/email/parse/parseMessage';
import type { ThreadMatch as Match } from '../../lib/pipeline/threads/matchThread';
import { ThreadMatch } from '../../nodes/ThreadMatch/ThreadMatch.node';

let folder: string;
beforeEach(async () => {
	folder = await mkdtemp(join(tmpdir(), 'thread-match-'));
	vi.stubEnv('N8N_USER_FOLDER', folder);
});
afterEach(async () => {
	vi.unstubAllEnvs();
	await rm(folder, { recursive: true, force: true });
});

async function itemOf(from: string, id: string, references: string[] = []): Promise<INodeExecutionData> {
	const named = references.length === 0 ? '' : `References: ${references.map((one) => `<${one}>`).join(' ')}\r\n`;
	const head = `From: ${from}\r\nTo: support@our.example\r\nSubject: Lamp\r\nMessage-ID: <${id}>\r\n${named}`;
	const message = await parseMessage(Buffer.from(`${head}\r\nbody of ${id}`));
	return { json: message as unknown as IDataObject };
}

/** What leaves on Existing Thread and on New Thread. */
async function run(items: INodeExecutionData[], options: IDataObject = {}): Promise<Match[][]> {
	const parameters: Record<string, unknown> = { operation: 'match', options };
	const context = {
		getInputData: () => items,
		getNodeParameter: (name: string, _item: number, fallback: unknown) => parameters[name] ?? fallback,
		getNode: () => ({ name: 'Thread Match' }),
		getMode: () => 'manual',
		getExecutionId: () => '1',
		continueOnFail: () => false,
	} as unknown as IExecuteFunctions;
	const outputs = await new ThreadMatch().execute.call(context);
	return outputs.map((output) => output.map(({ json }) => json.thread as unknown as Match));
}

describe('Thread Match', () => {
	const strangers = ['a1@a.example', 'b1@b.example'];

	it.each([
		['a stranger', 'mallory@evil.example', {}, 'b'],
		['who has part in one only', 'alice@a.example', {}, 'a'],
		['one of our own addresses', 'support@our.example', { ownAddresses: 'Support@our.example' }, 'b'],
	] as const)('joins no threads by the word of %s, and says so', async (_who, from, options, where) => {
		const first = [await itemOf('alice@a.example', 'a1@a.example'), await itemOf('bob@b.example', 'b1@b.example')];
		const [, [a, b] = []] = await run(first);
		const [[match] = []] = await run([await itemOf(from, 'e1@evil.example', strangers)], options);
		expect(match).toMatchObject({
			threadId: (where === 'a' ? a : b)?.threadId,
			mergedThreadIds: [],
			suspect: true,
			suspectReason: 'would-merge-threads',
		});
		const [[again] = []] = await run([await itemOf('alice@a.example', 'a2@a.example', ['a1@a.example'])]);
		expect(again?.threadId).toBe(a?.threadId);
	});

	it('joins two threads of one author by a mail of his', async () => {
		const first = [await itemOf('alice@a.example', 'a1@a.example'), await itemOf('alice@a.example', 'a2@a.example')];
		const [, [a, b] = []] = await run(first);
		const [[match] = []] = await run([
			await itemOf('alice@a.example', 'a3@a.example', ['a1@a.example', 'a2@a.example']),
		]);
		expect(match).toMatchObject({ threadId: a?.threadId, mergedThreadIds: [b?.threadId], suspect: false });
	});
});
