import type { IExecuteFunctions } from 'n8n-workflow';
import { describe, expect, it } from 'vitest';
import type { Transmission } from '../../lib/email/smtp/connection';
import type { TransportError } from '../../lib/errors';
import { type Outlet, openOutlet } from '../../nodes/IdempotentSend/outlet';
import { type Script, startScriptedServer } from '../lib/email/smtp/scriptedServer';

describe('the way out of Idempotent Send', () => {
	it.each([
		['password', 'smtpServerApi'],
		['oAuth2', 'mailOAuth2Api'],
	])('keeps to the sandbox of its credential, with %s too', async (authentication, type) => {
		const parameters: Record<string, unknown> = { transport: 'smtp', authentication };
		const credential = { sandbox: true, sandboxAllow: 'qa@ours.test', host: 'localhost', provider: 'google' };
		const context = {
			getNodeParameter: (name: string, _item: number, fallback?: unknown) => parameters[name] ?? fallback,
			getCredentials: (asked: string) =>
				asked === type ? Promise.resolve(credential) : Promise.reject(new Error(`${asked} is not set`)),
		};
		const outlet = await openOutlet(context as unknown as IExecuteFunctions);
		expect(outlet.settings.sandbox).toEqual({ allow: ['qa@ours.test'], redirectTo: null });
		outlet.close();
	});
});

describe('the time-outs of a credential', () => {
	const outletTo = async (port: number, credential: Record<string, unknown>) => {
		const context = {
			getNodeParameter: (name: string, _item: number, fallback?: unknown) => (name === 'transport' ? 'smtp' : fallback),
			getCredentials: () => Promise.resolve({ host: '127.0.0.1', port, security: 'none', ...credential }),
		};
		return await openOutlet(context as unknown as IExecuteFunctions);
	};
	const transmit = async (outlet: Outlet): Promise<Transmission> => {
		const envelope = { mailFrom: 'support@example.com', rcptTo: 'ann@example.com' };
		try {
			const session = await outlet.transport.session();
			return await session.transmit(envelope, Buffer.from('A: b\r\n\r\nc\r\n'), () => Promise.resolve(), {} as never);
		} catch (error) {
			return { outcome: 'not-sent', error: error as TransportError };
		} finally {
			outlet.close();
		}
	};

	it.each<[string, string, Script, string]>([
		['timeoutGreeting', 'greeting', { greeting: 'silence' }, 'not-sent'],
		['timeoutLogin', 'command', { ehlo: 'silence' }, 'not-sent'],
		['timeoutMail', 'mail', { mail: 'silence' }, 'not-sent'],
		['timeoutRecipient', 'rcpt', { rcpt: 'silence' }, 'not-sent'],
		['timeoutData', 'data', { data: 'silence' }, 'not-sent'],
		['timeoutEnd', 'dot', { end: 'silence' }, 'in-doubt'],
	])('%s ends the wait in its phase', async (field, phase, script, outcome) => {
		const server = await startScriptedServer(script);
		const outlet = await outletTo(server.port, { changeTimeouts: true, [field]: 0.1 });
		expect(await transmit(outlet)).toMatchObject({ outcome, error: { code: 'SMTP_TIMEOUT', record: { phase } } });
		await server.stop();
	});

	it('are those of the standard unless they are changed, and have to be numbers', async () => {
		const server = await startScriptedServer();
		expect(await transmit(await outletTo(server.port, { timeoutEnd: 0.001 }))).toMatchObject({ outcome: 'accepted' });
		await expect(outletTo(server.port, { changeTimeouts: true, timeoutEnd: 'soon' })).rejects.toMatchObject({
			code: 'INPUT_INVALID',
		});
		await server.stop();
	});
});
