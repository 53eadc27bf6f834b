import { expect, it } from 'vitest';
import { signedHeaders } from '../../../demo/signature.mts';
import { outputsOf } from '../driver/start.ts';
import { type World, soon, webhookSecret } from './world';

/** The examples around sends and what comes back of them. */
export function sendingExamples(world: () => World): void {
	let sending: string;

	const ship = async (order: string, email: string): Promise<void> => {
		const response = await world().call('order-shipped', {
			method: 'POST',
			headers: { 'content-type': 'application/json' },
			body: JSON.stringify({ order, email }),
		});
		expect(response.status).toBe(200);
	};

	it('Retry of deferred sends: waits for its turn, and sends once', async () => {
		const { client, mail, publish, store } = world();
		sending = await publish('deferred-send-retry', {});
		const stranger = await world().call('order-shipped', { method: 'POST', headers: { authorization: '' } });
		expect(stranger.status).toBe(401);
		// A pause, because its end is known: a server that says “later” is tried again after a minute or two.
		const pause = {
			scope: 'default',
			kind: 'template',
			name: 'order-shipped',
			reason: 'Wrong prices',
			by: 'test',
		} as const;
		await store.pauses.pause({ ...pause, until: Date.now() + 10_000 });
		await ship('1', 'later@example.test');
		await expect.poll(() => mail('later'), soon).toHaveLength(1);
		await ship('1', 'later@example.test');
		const executions = await client.waitForExecutions(sending, 2);
		expect(outputsOf(executions[0]!, 'Send Confirmation')[2]?.[0]?.json.send).toMatchObject({
			error: { code: 'SEND_PAUSED' },
		});
		expect(outputsOf(executions[0]!, 'Wait for Its Turn')[0]).toHaveLength(1);
		expect(outputsOf(executions[1]!, 'Send Confirmation')[1]).toHaveLength(1);
		expect(await mail('later')).toHaveLength(1);
	});

	it('Bounce and complaint handling: a bounce suppresses the address and tells the CRM', async () => {
		const { api, client, deliver, mail, publish } = world();
		const id = await publish('bounce-handling', { mailbox: 'bounces', settings: { crmApi: `${api.url}/crm` } });
		await ship('2', 'bouncer@example.test');
		await expect.poll(() => mail('bouncer'), soon).toHaveLength(1);
		const [sent] = await mail('bouncer');
		const headers = [
			'From: Mail Delivery System <mailer-daemon@mx.example.net>',
			'To: bounces@example.test',
			'Subject: Undelivered Mail Returned to Sender',
			'Message-ID: <dsn-1@mx.example.net>',
			'Auto-Submitted: auto-replied',
			'MIME-Version: 1.0',
			'Content-Type: multipart/report; report-type=delivery-status; boundary=b',
		];
		const report = [
			'--b',
			'Content-Type: text/plain',
			'',
			'<bouncer@example.test>: user unknown',
			'--b',
			'Content-Type: message/delivery-status',
			'',
			'Reporting-MTA: dns; mx.example.net',
			'',
			'Final-Recipient: rfc822; bouncer@example.test',
			'Action: failed',
			'Status: 5.1.1',
			'Diagnostic-Code: smtp; 550 5.1.1 User unknown',
			'',
			'--b',
			'Content-Type: text/rfc822-headers',
			'',
			`Message-ID: ${sent!.messageId}`,
			`Subject: ${sent!.subject}`,
			'To: bouncer@example.test',
			'',
			'--b--',
		];
		await deliver('bounces', headers, report.join('\r\n'));
		await client.waitForExecutions(id, 1);
		expect(api.calls('/crm/undeliverable').map(({ body }) => body)).toEqual([
			{ email: 'bouncer@example.test', reason: 'user-unknown' },
		]);
		await ship('3', 'bouncer@example.test');
		const executions = await client.waitForExecutions(sending, 4);
		expect(outputsOf(executions.at(-1)!, 'Keep as Dead Letter')[0]?.[0]?.json).toMatchObject({
			reason: 'SEND_SUPPRESSED',
		});
		expect(await mail('bouncer')).toHaveLength(1);
	});

	it('Signed webhook fan-out: each subscriber gets its events once; one that is away hinders nobody', async () => {
		const { api, client, publish, url } = world();
		const subscribers = [
			{ url: `${api.url}/subscriber-a`, events: ['message.received'] },
			{ url: `${api.url}/subscriber-b`, events: ['message.received', 'delivery.bounced'] },
		];
		const id = await publish('signed-webhook-fan-out', { settings: { subscribers: JSON.stringify(subscribers) } });
		const { nodes } = await client.getWorkflow(id);
		const { webhookId } = nodes.find(({ name }) => name === 'Email Webhook Trigger')!;
		const post = async (eventId: string, content: object, secret = webhookSecret) => {
			const body = JSON.stringify(content);
			const headers = { 'content-type': 'application/json', ...signedHeaders('generic', secret, eventId, body) };
			return (await fetch(`${url}/webhook/${webhookId}/email`, { method: 'POST', headers, body })).status;
		};
		api.fail('/subscriber-b');
		const raw =
			'From: ann@customer.example\r\nTo: hi@example.test\r\nSubject: Fan out\r\nMessage-ID: <f1@customer.example>\r\n\r\nHi\r\n';
		const mail = { id: 'fan-1', raw: Buffer.from(raw).toString('base64') };
		expect(await post('fan-1', mail)).toBe(200);
		expect(await post('fan-1', mail)).toBe(200);
		expect(await post('fan-2', mail, 'a-forger’s secret')).toBe(401);
		const [first] = await client.waitForExecutions(id, 1);
		expect(outputsOf(first!, 'Keep as Dead Letter')[0]?.[0]?.json).toMatchObject({
			reason: 'SUBSCRIBER_FAILED',
			state: 'waiting',
		});
		api.fail('/subscriber-b', false);
		expect(await post('fan-3', { event: 'hard_bounce', event_id: 'fan-3', recipient: 'gone@customer.example' })).toBe(
			200,
		);
		expect((await client.waitForExecutions(id, 2)).map(({ status }) => status)).toEqual(['success', 'success']);
		expect(api.calls('/subscriber-a').map(({ body }) => body)).toMatchObject([
			{ event: 'message.received', id: 'fan-1', subject: 'Fan out' },
		]);
		expect(api.calls('/subscriber-b').at(-1)?.body).toMatchObject({
			event: 'delivery.bounced',
			recipient: 'gone@customer.example',
		});
		expect(api.calls('/subscriber-b').at(-1)?.headers['idempotency-key']).toBe('generic:fan-3');
	});
}
