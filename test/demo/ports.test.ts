import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { describe, expect, it } from 'vitest';
import { readPorts, requireFreePorts } from '../../demo/ports.mts';
import { findFreePort } from '../../tools/ports.mts';

describe('the demo’s ports', () => {
	it('are the defaults, or what the command line says', () => {
		expect(readPorts([])).toEqual({ port: 5678, imapPort: 1143, smtpPort: 1025 });
		expect(readPorts(['--port', '6000', '--smtp-port=2525'])).toEqual({ port: 6000, imapPort: 1143, smtpPort: 2525 });
	});

	it.each([[['--port', '99999']], [['--port', 'abc']], [['--prot', '1']], [['5678']]])('refuse %o', (args) => {
		expect(() => readPorts(args)).toThrow(/port|option|argument/i);
	});

	it('must be free; the message says which is not, and how to choose another', async () => {
		const server = createServer().listen(0, '127.0.0.1');
		await once(server, 'listening');
		const { port: taken } = server.address() as AddressInfo;
		const ports = { port: taken, imapPort: await findFreePort(), smtpPort: await findFreePort() };
		await expect(requireFreePorts(ports)).rejects.toMatchObject({
			message: `Port ${taken}, on which n8n should listen, is in use by another program`,
			hint: expect.stringContaining(`npm start -- --port ${taken + 1}`) as string,
		});
		server.close();
		await once(server, 'close');
		await expect(requireFreePorts(ports)).resolves.toBeUndefined();
	});
});
