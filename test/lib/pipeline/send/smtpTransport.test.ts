import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Transmission } from '../../../../lib/email/smtp/connection';
import { createSmtpTransport } from '../../../../lib/pipeline/send/smtpTransport';
import type { SendTransport } from '../../../../lib/pipeline/send/sendRequest';
import { type Point, type ScriptedServer, startScriptedServer } from '../../email/smtp/scriptedServer';
import { plainServer } from './sending';

let server: ScriptedServer;
beforeEach(async () => {
	server = await startScriptedServer();
});
afterEach(async () => {
	await server.stop();
});

const open = () => createSmtpTransport(plainServer(server.port), { keep: true });
const envelope = { mailFrom: 'support@example.com', rcptTo: 'ann@example.com' };
const message = Buffer.from('Subject: Hello\r\n\r\nHello.\r\n');

async function transmitOver(transport: SendTransport, begin = () => Promise.resolve()): Promise<Transmission> {
	const session = await transport.session();
	return await session.transmit(envelope, message, begin, {} as Parameters<typeof session.transmit>[3]);
}

async function sendOver(transport: ReturnType<typeof open>): Promise<string> {
	const { outcome } = await transmitOver(transport);
	transport.close();
	return outcome;
}

it('leaves its session to the next transport with the same settings', async () => {
	expect([await sendOver(open()), await sendOver(open())]).toEqual(['accepted', 'accepted']);
	expect(server.connections).toBe(1);
	const other = createSmtpTransport({ ...plainServer(server.port), clientName: 'other.example' }, { keep: true });
	expect(await sendOver(other)).toBe('accepted');
	expect(server.connections).toBe(2);
});

it('gives a session to one at a time', async () => {
	await sendOver(open());
	const [first, second] = [open(), open()];
	await Promise.all([transmitOver(first), transmitOver(second)]);
	expect(server.connections).toBe(2);
	first.close();
	second.close();
});

it.each(['drop', '421 4.4.2 idle for too long'])(
	'opens another one where the server has ended it: %s',
	async (mail) => {
		await sendOver(open());
		// Only the first MAIL meets with it.
		const reached = (point: Point): void => {
			if (point === 'mail') server.script = {};
		};
		server.script = { mail, reached };
		expect(await sendOver(open())).toBe('accepted');
		expect(server.connections).toBe(2);
		expect(server.delivered).toHaveLength(2);
	},
);

it('does not try again once the body was asked for', async () => {
	await sendOver(open());
	server.script = { end: 'drop' };
	expect(await sendOver(open())).toBe('in-doubt');
	server.script = {};
	const transport = open();
	await transmitOver(transport);
	let begun = 0;
	const refused = await transmitOver(transport, () => {
		begun++;
		return Promise.reject(new Error('Another process took over'));
	});
	expect([refused.outcome, begun]).toEqual(['not-sent', 1]);
	transport.close();
});

it('says that nothing was sent when the server is gone altogether', async () => {
	const transport = open();
	await transmitOver(transport);
	await server.stop();
	await expect(transmitOver(transport)).rejects.toMatchObject({ code: 'SMTP_CONNECTION_REFUSED' });
	transport.close();
});
