import nodemailer from 'nodemailer';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { customer, type MailWorld, startMailWorld, support } from '../../n8n/chaos/mailWorld';
import { deliveredTo, transactionsById } from '../../n8n/queue/delivered';
import { hasMailServers } from '../available';
import { youngAddress } from './greylist';

describe.skipIf(!hasMailServers)('Postfix and Exim behind one name', () => {
	let world: MailWorld;
	/** One mail over a connection of its own: the proxy goes to the servers in turn. */
	const send = async (to: string, messageId: string): Promise<number | string> => {
		const transport = nodemailer.createTransport({
			host: '127.0.0.1',
			port: world.smtpProxy.port,
			requireTLS: true,
			tls: { ca: world.postfix.certificate.cert },
			auth: { user: support, pass: 'secret' },
		});
		try {
			const { response } = await transport.sendMail({ from: support, to, messageId, text: 'x' });
			return Number(response.slice(0, 3));
		} catch (error) {
			return (error as { responseCode?: number }).responseCode ?? String(error);
		} finally {
			transport.close();
		}
	};
	const twice = async (to: string, name: string) => [await send(to, `<1-${name}@x>`), await send(to, `<2-${name}@x>`)];

	beforeAll(async () => {
		world = await startMailWorld();
	});
	afterAll(async () => {
		await world.stop();
	});

	it('refuse, put off and take the same', async () => {
		expect(await twice('gone-1@example.test', 'gone')).toEqual([550, 550]);
		expect(await twice(youngAddress('1', 'example.test'), 'early')).toEqual([450, 451]);
		expect(await twice('young-1-1@example.test', 'late')).toEqual([250, 250]);
		expect(await twice(customer, 'known')).toEqual([250, 250]);
	});

	it('deliver into one mailbox, each under a name of its own for what it took', async () => {
		const arrived = async () =>
			Object.fromEntries(transactionsById(await deliveredTo(world.dovecot.maildir(customer))));
		const once = { '1-late@x': 1, '2-late@x': 1, '1-known@x': 1, '2-known@x': 1 };
		await expect.poll(arrived, { timeout: 30_000 }).toEqual(once);
		const names = (await deliveredTo(world.dovecot.maildir(customer))).map(({ queueId }) => queueId);
		expect(new Set(names.filter((name) => name !== '')).size).toBe(4);
	});

	it('keep over a kill what they have taken', async () => {
		await send(customer, '<3@x>');
		await send(customer, '<4@x>');
		await world.exim.kill();
		await world.exim.restart();
		const arrived = async () => (await deliveredTo(world.dovecot.maildir(customer))).map(({ messageId }) => messageId);
		await expect.poll(arrived, { timeout: 30_000 }).toEqual(expect.arrayContaining(['3@x', '4@x']));
	});
});
