import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { resolveBySentFolder } from '../../../lib/pipeline/ledger/sentFolder';
import { type Sending, startSending } from '../../lib/pipeline/send/sending';
import { hasDovecot } from '../available';
import { type Dovecot, startDovecot } from '../mail/dovecot';

const support = 'support@example.test';
const decider = { by: 'test', note: null };

describe.skipIf(!hasDovecot)('sends in doubt and the Sent folder of a real server', () => {
	let dovecot: Dovecot;
	let sending: Sending;
	beforeAll(async () => {
		dovecot = await startDovecot({ users: { [support]: 'secret' } });
	});
	afterAll(async () => {
		await dovecot.stop();
	});
	beforeEach(async () => {
		sending = await startSending();
	});
	afterEach(async () => {
		await sending.stop();
	});

	const resolve = (folder: string | null = null) =>
		resolveBySentFolder(
			sending.store,
			'default',
			{
				host: dovecot.host,
				port: dovecot.tlsPort,
				security: 'tls',
				ca: dovecot.certificate.cert,
				authentication: { kind: 'password', user: support, password: 'secret' },
			},
			null,
			folder,
			decider,
		);

	it('what the server filed was accepted, the rest needs somebody', async () => {
		const script = { end: 'drop' };
		for (const key of ['filed', 'lost']) await sending.send({ key, script });
		const [filed] = sending.server.received;
		await dovecot.deliver(support, filed!.message, { mailbox: 'Sent' });

		const { folder, decisions } = await resolve();
		expect(folder).toBe('Sent');
		const states = decisions.map(({ record, changed }) => [record.key, record.state, changed]).sort();
		expect(states).toEqual([
			['filed', 'accepted', true],
			['lost', 'needs_review', true],
		]);
		expect(await sending.send({ key: 'filed' })).toMatchObject([{ disposition: 'duplicate', replayed: true }]);
		expect(await sending.send({ key: 'lost' })).toMatchObject([{ disposition: 'rejected', replayed: true }]);
		expect(sending.server.received).toHaveLength(2);

		// Filed late, in a folder of another name.
		await dovecot.deliver(support, sending.server.received[1]!.message, { mailbox: 'Archive/Sent' });
		expect((await resolve('Archive/Sent')).decisions).toMatchObject([{ record: { key: 'lost', state: 'accepted' } }]);
	});
});
