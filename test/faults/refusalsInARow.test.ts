/** Real servers that refuse: what was refused before must not decide about who comes next. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sendOnce } from '../../lib/pipeline/send/sendOnce';
import { createSmtpTransport } from '../../lib/pipeline/send/smtpTransport';
import { type Store, openStore } from '../../lib/store';
import { draftWith, plainServer } from '../lib/pipeline/send/sending';
import { hasExim, hasMailServers } from '../servers/available';
import { type Exim, startExim } from '../servers/mail/exim';
import { startPostfix } from '../servers/mail/postfix';

interface Mta {
	port: number;
	/** Takes off what a recipient is deferred for. */
	know(localPart: string): Promise<void>;
	stop(): Promise<void>;
}

const startPostfixThatRefuses = async (): Promise<Mta> => {
	const recipients: Record<string, string> = { 'grey@example.test': '450 4.2.0 Greylisted, try again' };
	for (let number = 0; number < 25; number++) recipients[`gone${number}@example.test`] = '550 5.1.1 No such user here';
	recipients['later@example.test'] = '450 4.2.1 Mailbox is busy';
	// A delay for every error is Postfix's own default, and would only take time here.
	const main = { message_size_limit: '20000', smtpd_error_sleep_time: '0s' };
	const postfix = await startPostfix({ recipients, main, tls: false });
	return {
		port: postfix.port,
		stop: () => postfix.stop(),
		know: async () => {
			delete recipients['grey@example.test'];
			await postfix.restart({ recipients });
		},
	};
};

const startEximThatRefuses = async (): Promise<Mta> => await startExim({ sizeLimit: 20_000 });

let keys = 0;
let folder: string;
beforeAll(async () => {
	folder = await mkdtemp(join(tmpdir(), 'refusals-'));
});
afterAll(async () => {
	await rm(folder, { recursive: true, force: true });
});

const servers = [
	['Postfix', hasMailServers, startPostfixThatRefuses],
	['Exim', hasExim, startEximThatRefuses],
] as const;

for (const [name, isThere, start] of servers)
	describe.runIf(isThere)(name, () => {
		let mta: Mta;
		let store: Store;
		beforeAll(async () => {
			mta = await start();
			store = await openStore({ driver: 'sqlite', file: join(folder, `${name}.sqlite`), linger: 0 });
		});
		afterAll(async () => {
			await store.close();
			await mta.stop();
		});

		/** @returns state and reply of each recipient. @param keep as the node does it, over executions */
		const send = async (to: string[], { keep = false, text = 'Hello.', key = `key-${++keys}`, retries = 0 } = {}) => {
			const transport = createSmtpTransport(plainServer(mta.port), { keep });
			const draft = draftWith({ to: to.map((name) => ({ name: '', address: `${name}@example.test` })), text });
			const policy = { account: null, retries: { attempts: retries, first: 1, longest: 2 } };
			try {
				const outcomes = await sendOnce(store, transport, { scope: key, key, draft }, { backoff: () => 0, policy });
				return outcomes.map(({ record }) => `${record.state} ${record.replyCode ?? record.reason}`);
			} finally {
				transport.close();
			}
		};

		it('sends to the others of a mail when the first is unknown', async () => {
			expect(await send(['gone0', 'good1', 'gone1', 'good2'])).toEqual([
				'failed 550',
				'accepted 250',
				'failed 550',
				'accepted 250',
			]);
		});

		it('sends after a refusal in another execution, over the session that was kept', async () => {
			expect(await send(['gone0'], { keep: true })).toEqual(['failed 550']);
			for (const good of ['good1', 'good2', 'good3'])
				expect(await send([good], { keep: true })).toEqual(['accepted 250']);
		});

		it('sends after 25 refusals in a row, past every limit on errors', async () => {
			const gone = Array.from({ length: 25 }, (_unused, number) => `gone${number}`);
			const outcomes = await send([...gone, 'good1']);
			expect(outcomes).toEqual([...gone.map(() => 'failed 550'), 'accepted 250']);
		});

		it('leaves a recipient who is deferred deferred, however often he is tried', async () => {
			const [outcome] = await send(['later'], { retries: 4 });
			expect(outcome).toMatch(/^deferred 45[01]$/);
		});

		it('sends what was greylisted once it is not, and to the others at once', async () => {
			const [grey, good] = await send(['grey', 'good1'], { key: 'greylisted' });
			expect(grey).toMatch(/^deferred 45[01]$/);
			expect(good).toBe('accepted 250');
			await mta.know('grey');
			expect(await send(['grey', 'good1'], { key: 'greylisted' })).toEqual(['accepted 250', 'accepted 250']);
		});

		it('says what is too large, and takes what comes after it', async () => {
			expect(await send(['good1'], { text: 'A line.\n'.repeat(5_000), keep: true })).toEqual([
				'failed SMTP_MESSAGE_TOO_LARGE',
			]);
			expect(await send(['good1'], { keep: true })).toEqual(['accepted 250']);
		});
	});

describe.runIf(hasExim)('Exim after the content', () => {
	let exim: Exim;
	beforeAll(async () => {
		exim = await startExim({ sizeLimit: 20_000, announcesSize: false });
	});
	afterAll(() => exim.stop());

	it('refuses a mail, defers one, finds one too large, and takes the next', async () => {
		const store = await openStore({ driver: 'sqlite', file: join(folder, 'content.sqlite'), linger: 0 });
		const transport = createSmtpTransport(plainServer(exim.port));
		const send = async (name: string, text = 'Hello.') => {
			const draft = draftWith({ to: [{ name: '', address: `${name}@example.test` }], text });
			const asked = { scope: 'default', key: name, draft };
			const [outcome] = await sendOnce(store, transport, asked, { backoff: () => 0 });
			return `${outcome?.record.state} ${outcome?.record.replyCode}`;
		};
		expect(await send('spam1')).toMatch(/^(?:failed|deferred) 550$/);
		expect(await send('loaded1')).toBe('deferred 451');
		expect(await send('good1', 'A line.\n'.repeat(5_000))).toMatch(/ 55[02]$/);
		expect(await send('good2')).toBe('accepted 250');
		expect(await exim.queued()).toEqual(['good2@example.test']);
		transport.close();
		await store.close();
	});
});
