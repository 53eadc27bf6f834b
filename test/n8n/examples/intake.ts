import { expect, it } from 'vitest';
import { outputsOf } from '../driver/start.ts';
import { type World, soon } from './world';

/** The examples that begin with a mail in a mailbox. */
export function intakeExamples(world: () => World): void {
	it('Support inbox to ticket: one ticket, four notes, one answer, no loop', async () => {
		const { api, deliver, mail, publish, client } = world();
		const id = await publish('support-inbox-to-ticket', {
			mailbox: 'support',
			settings: { ticketApi: `${api.url}/helpdesk` },
		});
		const from = (who: string, subject: string, messageId: string, ...more: string[]) => [
			`From: ${who}`,
			'To: support@example.test',
			`Subject: ${subject}`,
			`Message-ID: <${messageId}@mail.test>`,
			...more,
		];
		await deliver('support', from('Carla <customer@example.test>', 'My order', 'q1'), 'Where is my order 4711?');
		await expect.poll(() => mail('customer'), soon).toHaveLength(1);
		const [answer] = await mail('customer');
		const ticket = /\[#(T-\d+)\]$/.exec(answer!.subject ?? '')?.[1];
		expect(answer!.subject).toBe(`Re: My order [#${ticket}]`);
		expect(answer!.text).toContain(`ticket ${ticket}`);

		// A client that drops References and In-Reply-To, a colleague who forwards, a machine that answers.
		await deliver(
			'support',
			from('Carla <customer@example.test>', answer!.subject!, 'q2'),
			'It was to come on Monday.',
		);
		await client.waitForExecutions(id, 2);
		await deliver('support', from('Bob <bob@example.test>', `Fwd: ${answer!.subject}`, 'q3'), 'Please take over.');
		await client.waitForExecutions(id, 3);
		const ooo = from(
			'Carla <customer@example.test>',
			'Out of office',
			'q4',
			`In-Reply-To: ${answer!.messageId}`,
			'Auto-Submitted: auto-replied',
		);
		await deliver('support', ooo, 'I am away until Friday.');
		const executions = await client.waitForExecutions(id, 4);
		expect(executions.map(({ status }) => status)).toEqual(['success', 'success', 'success', 'success']);

		const calls = api.calls('/helpdesk/');
		expect(calls.map(({ path }) => path)).toEqual([
			'/helpdesk/tickets',
			...['q2', 'q3', 'q4'].map(() => `/helpdesk/tickets/${ticket}/notes`),
		]);
		expect(calls.map(({ body }) => (body as { text: string }).text.trim())).toEqual([
			'Where is my order 4711?',
			'It was to come on Monday.',
			'Please take over.',
			'I am away until Friday.',
		]);
		expect(await mail('customer')).toHaveLength(1);
	});

	it('One-time code capture: hands over the code of an expected sender only', async () => {
		const { api, deliver, publish, client } = world();
		const id = await publish('one-time-code', { mailbox: 'codes', settings: { callbackUrl: `${api.url}/codes` } });
		const from = (sender: string, name: string) => [
			`From: ${sender}`,
			'To: codes+shop@example.test',
			'Subject: Your verification code',
			`Message-ID: <${name}@mail.test>`,
		];
		await deliver('codes', from('mallory@elsewhere.example', 'forged'), 'Your verification code is 111111.');
		await deliver('codes', from('accounts@service.example', 'code'), 'Your verification code is 482913.');
		await client.waitForExecutions(id, 2);
		expect(api.calls('/codes').map(({ body }) => body)).toMatchObject([
			{ to: 'codes+shop@example.test', from: 'accounts@service.example', code: '482913' },
		]);
	});

	it('Invoice intake: books invoices, quarantines the rest, keeps what accounting refuses', async () => {
		const { api, deliver, mail, publish, client } = world();
		const settings = { accountingApi: `${api.url}/accounting`, accountsTeam: 'accounts@example.test' };
		const id = await publish('invoice-intake', { mailbox: 'invoices', settings });
		const invoice = async (number: string, filename: string, content: string) => {
			const headers = [
				'From: Supplier <billing@supplier.example>',
				'To: invoices@example.test',
				`Subject: Invoice ${number}`,
				`Message-ID: <${number}@supplier.example>`,
				'MIME-Version: 1.0',
				'Content-Type: multipart/mixed; boundary=b',
			];
			const body = [
				'--b',
				'Content-Type: text/plain',
				'',
				`Please find invoice ${number} attached.`,
				'--b',
				`Content-Type: application/octet-stream; name="${filename}"`,
				`Content-Disposition: attachment; filename="${filename}"`,
				'Content-Transfer-Encoding: base64',
				'',
				Buffer.from(content).toString('base64'),
				'--b--',
			];
			await deliver('invoices', headers, body.join('\r\n'));
		};
		await invoice('R-1001', 'invoice.pdf', '%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n');
		await client.waitForExecutions(id, 1);
		const [call] = api.calls('/accounting/invoices');
		expect(call?.body).toMatchObject({ number: 'R-1001', files: [{ filename: 'invoice.pdf' }] });

		await invoice('R-1002', 'invoice.exe', 'MZ\u0090\u0000not an invoice');
		await expect.poll(() => mail('accounts'), soon).toHaveLength(1);
		expect((await mail('accounts'))[0]?.subject).toBe('Quarantined: Invoice R-1002');
		expect(api.calls('/accounting/invoices')).toHaveLength(1);

		api.fail('/accounting');
		await invoice('R-1003', 'invoice.pdf', '%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n');
		const executions = await client.waitForExecutions(id, 3);
		expect(outputsOf(executions.at(-1)!, 'Keep as Dead Letter')[0]?.[0]?.json).toMatchObject({
			state: 'waiting',
			reason: 'INVOICE_NOT_BOOKED',
		});
	});

	it('Lead routing: the plus-address decides, and a machine makes no lead', async () => {
		const { api, deliver, publish, client } = world();
		const id = await publish('lead-routing', { mailbox: 'hello', settings: { crmApi: `${api.url}/leads-crm` } });
		const write = (to: string, name: string, ...more: string[]) =>
			deliver(
				'hello',
				[
					'From: Lea <lea@prospect.example>',
					`To: ${to}@example.test`,
					'Subject: Hello',
					`Message-ID: <${name}@prospect.example>`,
					...more,
				],
				'I am interested.',
			);
		await write('hello+partners', 'l1');
		await write('hello+pricing', 'l2');
		await write('hello', 'l3');
		await write('hello+partners', 'l4', 'Auto-Submitted: auto-replied');
		await client.waitForExecutions(id, 4);
		const leads = api.calls('/leads-crm/leads').map(({ body }) => body as { team: string; email: string });
		expect(leads.map(({ team }) => team).sort()).toEqual(['front-desk', 'partners', 'sales']);
		expect(new Set(leads.map(({ email }) => email))).toEqual(new Set(['lea@prospect.example']));
	});
}
