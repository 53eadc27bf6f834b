import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Figures, gatherFigures } from '../../../../../lib/pipeline/ledger/dashboard/figures';
import { prometheusMetrics } from '../../../../../lib/pipeline/ledger/dashboard/metrics';
import { attention, dashboardPage } from '../../../../../lib/pipeline/ledger/dashboard/page';
import { THRESHOLDS, levelOf } from '../../../../../lib/pipeline/ledger/dashboard/thresholds';
import { SEND_STATES, type SendState, type Store } from '../../../../../lib/store';
import { freshStore, reserved, scope, sendIn } from '../ledgerStore';

const HOUR = 3_600_000;
const hostile = '<script>alert("x")</script>';
const account = 'support@imap.example.com:993';

let store: Store;
let dispose: () => Promise<void>;

/** What the store counts, over the last day. */
async function figures(): Promise<Figures> {
	const until = Date.now() + 1;
	return await gatherFigures(store, scope, { since: until - 24 * HOUR, until });
}

const sends = (counts: Partial<Record<SendState, number>>) =>
	({ ...Object.fromEntries(SEND_STATES.map((state) => [state, 0])), ...counts }) as Figures['sends'];

beforeEach(async () => {
	({ store, dispose } = await freshStore());
});
afterEach(() => dispose());

/** One of everything that a dashboard tells. */
async function busyStore(): Promise<void> {
	await reserved(store, { key: 'a', template: hostile });
	await sendIn(store, ['transmitting', 'accepted'], { key: 'b', template: 'welcome' });
	await sendIn(store, ['transmitting', 'in_doubt'], { key: 'c', template: 'welcome' });
	await sendIn(store, ['failed'], { key: 'd' });
	await store.deadLetters.add({ scope, key: 'k', feed: 'f', reason: 'r', message: 'm', rawRef: null, item: {} });
	const dead = { reason: 'user-unknown', source: 'bounce', expiresAt: null };
	await store.suppressions.add({ scope, address: 'gone@example.com', stream: null, ...dead });
	await store.ingestion.record({ scope, key: '1', feed: 'f', rawRef: null, contentKey: null, metadata: {} });
	for (const consumer of ['12/node', '13/node']) {
		await store.mailboxes.saveStatus(
			{ scope, account: `${account}#${consumer}`, mailbox: 'INBOX' },
			{ state: 'disconnected' },
		);
	}
}

describe('the figures of the dashboard', () => {
	it('count what is in the store, every hour of the range', async () => {
		await busyStore();
		const counted = await figures();
		expect(counted.sends).toEqual(sends({ leased: 0, reserved: 1, accepted: 1, in_doubt: 1, failed: 1 }));
		expect(counted.hours.length).toBeGreaterThanOrEqual(24);
		expect(counted.hours.reduce((sum, { received }) => sum + received, 0)).toBe(1);
		expect(counted.by.template.map(({ name }) => name)).toEqual(expect.arrayContaining(['welcome', hostile]));
		expect(counted).toMatchObject({
			intake: { received: 1, confirmed: 0 },
			backlog: { due: 1, inDoubt: 1 },
			deadLetters: { waiting: 1 },
			suppressions: [{ reason: 'user-unknown', count: 1 }],
			mailboxes: [{ mailbox: 'INBOX' }, { mailbox: 'INBOX' }],
		});
	});

	it('are judged by the limits of large providers', () => {
		expect([0.019, 0.02, 0.05, null].map((rate) => levelOf(rate, THRESHOLDS.bounce))).toEqual([
			'good',
			'warning',
			'critical',
			'none',
		]);
	});
});

describe('the page', () => {
	it('says what needs attention, and nothing when all is well', async () => {
		expect(attention(await figures())).toEqual([]);
		expect(dashboardPage(await figures())).toContain('All clear.');
		await busyStore();
		const problems = attention(await figures());
		expect(problems).toEqual([
			'Mailboxes out of reach: INBOX',
			'1 sends in doubt: resolve them in Email Ledger',
			'1 dead letters wait to be replayed or discarded',
			'The bounce rate is 50.0 %',
		]);
		for (const text of problems) expect(dashboardPage(await figures())).toContain(text);
	});

	it('is one small document without script or external resource, and shows strangers’ text as text', async () => {
		await busyStore();
		const page = dashboardPage(await figures());
		expect(Buffer.byteLength(page)).toBeLessThan(200_000);
		expect(page).not.toMatch(/<script|<link|<img|<iframe|@import|url\(|https?:\/\/|\son\w+=/i);
		expect(page).toContain('&lt;script&gt;alert(&quot;x&quot;)&lt;/script&gt;');
		expect(page).toContain('prefers-color-scheme:dark');
	});

	it('stays small with a month of hours', async () => {
		const until = Date.now();
		const month = await gatherFigures(store, scope, { since: until - 31 * 24 * HOUR, until });
		for (const hour of month.hours)
			hour.sends = sends({ accepted: 7, bounced: 1, deferred: 2, in_doubt: 1, failed: 1 });
		expect(Buffer.byteLength(dashboardPage(month))).toBeLessThan(200_000);
	});
});

describe('the metrics', () => {
	it('are well-formed Prometheus text with each series once', async () => {
		await busyStore();
		const text = prometheusMetrics(await figures());
		expect(text.endsWith('\n')).toBe(true);
		const series = text
			.trimEnd()
			.split('\n')
			.filter((line) => !line.startsWith('#'));
		for (const line of series) {
			expect(line).toMatch(
				/^email_pipeline_[a-z_]+\{[a-z_]+="(?:[^"\\]|\\.)*"(?:,[a-z_]+="(?:[^"\\]|\\.)*")*\} -?\d+(?:\.\d+)?(?:e-?\d+)?$/,
			);
		}
		const names = series.map((line) => line.slice(0, line.lastIndexOf(' ')));
		expect(new Set(names).size).toBe(names.length);
		expect(series).toContain('email_pipeline_sends_in_doubt{scope="default"} 1');
		expect(series).toContain('email_pipeline_sends{scope="default",state="accepted"} 1');
		expect(series).toContain(
			`email_pipeline_sends_by_template{scope="default",template="<script>alert(\\"x\\")</script>",state="reserved"} 1`,
		);
		expect(text).not.toContain('gone@example.com');
	});

	it('leave out what there is nothing to say about', async () => {
		expect(prometheusMetrics(await figures())).not.toMatch(/bounce_ratio|NaN|null|undefined/);
	});
});
