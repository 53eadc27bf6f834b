import { createHmac } from 'node:crypto';
import { chromium } from 'playwright-core';
import { expect, it } from 'vitest';
import { hasChromium } from '../../servers/available';
import { outputsOf } from '../driver/start.ts';
import { type World, linkSecret, login, soon } from './world';

const form = (fields: Record<string, string>): RequestInit => ({ method: 'POST', body: new URLSearchParams(fields) });

/** What comes once an hour or a day comes twice when the clock strikes between two runs. */
const hourNow = (): number => new Date().getUTCHours();

/** The examples that people operate: reviews, reports, approvals, the dashboard. */
export function operationsExamples(world: () => World): void {
	it('Dead letter review: lists, replays from the raw mail, discards', async () => {
		const { call, client, publish } = world();
		const id = await publish('dead-letter-review', {});
		expect((await call('email-dead-letters', { headers: { authorization: '' } })).status).toBe(401);
		const page = async () => await (await call('email-dead-letters')).text();
		const letter = (html: string, subject: string) =>
			new RegExp(`<b>${subject}</b>[^]*?name="id" value="(\\w+)"`).exec(html)?.[1] ?? '';
		const before = await page();
		const refused = letter(before, 'Invoice R-1003');
		const quarantined = letter(before, 'Invoice R-1002');
		expect((await call('email-dead-letters', form({ id: refused, action: 'replay' }))).status).toBe(303);
		expect((await call('email-dead-letters', form({ id: quarantined, action: 'discard' }))).status).toBe(303);
		const after = await page();
		expect(after).toContain('<h1>Dead letters</h1>');
		expect(after).not.toContain(refused);
		expect(after).not.toContain(quarantined);
		const executions = await client.waitForExecutions(id, 4);
		const replayed = executions.flatMap((execution) => outputsOf(execution, 'Your Pipeline Goes on Here').flat());
		expect(replayed.map(({ json }) => json)).toMatchObject([
			{ subject: 'Invoice R-1003', attachments: [{ filename: 'invoice.pdf' }] },
		]);
	});

	it('Daily report: one email a day, however often it runs', async () => {
		const { client, mail, publish } = world();
		const id = await publish('daily-report', { settings: { reportTo: 'reports@example.test' } });
		const hour = hourNow();
		for (let run = 0; run < 2; run++) {
			const { executionId } = await client.run(id, 'Every Morning');
			expect((await client.waitForExecution(executionId)).status).toBe('success');
		}
		await expect.poll(async () => (await mail('reports')).length, soon).toBeGreaterThan(0);
		if (hourNow() === hour) expect(await mail('reports')).toHaveLength(1);
		const [report] = await mail('reports');
		expect(report!.subject).toMatch(/^Email report: \d+ sent, \d+ in doubt, \d+ dead letters$/);
		expect(report!.html).toContain('<td>Bounce rate</td>');
		expect(report!.text).toContain('INBOX of');
	});

	it('Delivery alerts: tell of failures, spikes and dead letters, each once an hour', async () => {
		const { client, mail, publish } = world();
		const settings = { alertTo: 'alerts@example.test', minimumSends: 1, bounceRate: 0.01, deadLettersPerHour: 1 };
		const id = await publish('delivery-alerts', { settings });
		const look = async () => {
			const { executionId } = await client.run(id, 'Every 15 Minutes');
			return await client.waitForExecution(executionId);
		};
		const hour = hourNow();
		const execution = await look();
		expect(execution.status).toBe('success');
		const alerts = outputsOf(execution, 'What Is Wrong?')[0]!.map(({ json }) => json.alert);
		expect(alerts).toEqual(expect.arrayContaining(['bounce-spike', 'dead-letter-growth']));
		await expect
			.poll(async () => (await mail('alerts')).map(({ subject }) => subject), soon)
			.toEqual(
				expect.arrayContaining([
					expect.stringContaining('The bounce rate is'),
					expect.stringContaining('new dead letters'),
				]),
			);
		const told = (await mail('alerts')).length;
		expect((await look()).status).toBe('success');
		if (hourNow() === hour) expect(await mail('alerts')).toHaveLength(told);
	});

	it('Approval by signed link: an authenticated request, a genuine link, in time, once', async () => {
		const { api, call, client, deliver, mail, publish, url } = world();
		const settings = { publicUrl: url, actionApi: `${api.url}/payments` };
		const id = await publish('signed-approval', { mailbox: 'approvals', settings });
		const ask = (subject: string, dmarc: string) =>
			deliver(
				'approvals',
				[
					`Authentication-Results: mx.example.test; dmarc=${dmarc} header.from=example.test; dkim=${dmarc} header.d=example.test`,
					'From: Boss <boss@example.test>',
					'To: approvals@example.test',
					`Subject: ${subject}`,
					`Message-ID: <${dmarc}@boss.test>`,
				],
				'Please do.',
			);
		await ask('Pay mallory', 'fail');
		await ask('Release payment 4711', 'pass');
		await client.waitForExecutions(id, 2);
		await expect.poll(() => mail('boss'), soon).toHaveLength(1);
		const [question] = await mail('boss');
		expect(question!.subject).toBe('Please confirm: Release payment 4711');
		const link = new URL(/http\S+/.exec(question!.text ?? '')![0]);
		const fields = Object.fromEntries(link.searchParams) as { link: string; signature: string };

		const page = await (await call(`email-approval${link.search}`)).text();
		expect(page).toContain(`value="${fields.link}"`);
		expect(api.calls('/payments')).toEqual([]);
		const confirm = async (given: Record<string, string>) => (await call('email-approval', form(given))).status;
		expect(
			await confirm({ ...fields, signature: fields.signature.replace(/.$/, (last) => (last === '0' ? '1' : '0')) }),
		).toBe(403);
		const old = Buffer.from(
			JSON.stringify({ id: 'x', approver: 'boss@example.test', action: 'Old', expires: 1 }),
		).toString('base64url');
		expect(await confirm({ link: old, signature: createHmac('sha256', linkSecret).update(old).digest('hex') })).toBe(
			403,
		);
		expect(await confirm({})).toBe(403);
		expect(await confirm(fields)).toBe(200);
		expect(await confirm(fields)).toBe(409);
		expect(api.calls('/payments').map(({ body }) => body)).toMatchObject([
			{ action: 'Release payment 4711', approver: 'boss@example.test' },
		]);
	});

	it('Operations dashboard: behind the login, metrics beside it', async () => {
		const { call, publish } = world();
		await publish('operations-dashboard', {});
		expect((await call('email-operations', { headers: { authorization: '' } })).status).toBe(401);
		const response = await call('email-operations');
		const html = await response.text();
		expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8');
		expect(html.length).toBeLessThan(200_000);
		const metrics = await call('email-operations/metrics');
		expect(metrics.headers.get('content-type')).toMatch(/^text\/plain;.*version=0\.0\.4/);
		expect(await metrics.text()).toMatch(/^email_pipeline_bounce_ratio\{scope="default"\} 0\.\d+$/m);
	});

	it.skipIf(!hasChromium)('Operations dashboard: stands alone in the browser, light and dark', async () => {
		const { url } = world();
		const browser = await chromium.launch({
			executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
			args: ['--no-sandbox', '--disable-gpu'],
		});
		try {
			const backgrounds: string[] = [];
			for (const colorScheme of ['light', 'dark'] as const) {
				const page = await browser.newPage({
					httpCredentials: login,
					colorScheme,
					viewport: { width: 1280, height: 900 },
				});
				const requests: string[] = [];
				page.on('request', (request) => requests.push(request.url()));
				await page.goto(`${url}/webhook/email-operations`);
				expect(await page.getByRole('heading', { level: 1 }).textContent()).toBe('Email operations');
				expect(await page.locator('.card').count()).toBe(9);
				expect(await page.locator('svg.chart polyline').count()).toBe(1);
				expect(
					requests.filter(
						(address) => !address.startsWith(`${url}/webhook/email-operations`) && !address.endsWith('/favicon.ico'),
					),
				).toEqual([]);
				// A page as wide as the window: nothing is cut off.
				expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true);
				backgrounds.push(await page.evaluate('getComputedStyle(document.body).backgroundColor'));
				const folder = process.env.EMAIL_PIPELINE_SCREENSHOTS;
				if (folder !== undefined)
					await page.screenshot({ path: `${folder}/operations-dashboard-page-${colorScheme}.png` });
				await page.close();
			}
			expect(new Set(backgrounds).size).toBe(2);
		} finally {
			await browser.close();
		}
	});
}
