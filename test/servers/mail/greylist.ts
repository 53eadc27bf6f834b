/** Greylisting by age: mail to `young-<seconds since 1970>-…` is put off until that moment is some seconds past. */
import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';

/** How long a recipient is put off, in seconds. */
export const greylistedFor = 15;

export function youngAddress(name: string, domain: string): string {
	return `young-${Math.floor(Date.now() / 1_000)}-${name}@${domain}`;
}

/** A policy server for Postfix (SMTPD_POLICY_README: attributes a line each, an empty line, `action=…`). */
export async function startGreylist(): Promise<{ port: number; stop(): Promise<void> }> {
	const open = new Set<Socket>();
	const server = createServer((socket) => {
		open.add(socket);
		let request = '';
		socket.setEncoding('utf8');
		socket.on('error', () => socket.destroy());
		socket.on('close', () => open.delete(socket));
		socket.on('data', (text: string) => {
			request += text;
			for (let end = request.indexOf('\n\n'); end >= 0; end = request.indexOf('\n\n')) {
				socket.write(`action=${isYoung(request.slice(0, end)) ? '450 4.2.0 Greylisted, try again' : 'dunno'}\n\n`);
				request = request.slice(end + 2);
			}
		});
	});
	server.listen(0, '127.0.0.1');
	await once(server, 'listening');
	return {
		port: (server.address() as AddressInfo).port,
		async stop() {
			for (const socket of open) socket.destroy();
			server.close();
			await once(server, 'close');
		},
	};
}

function isYoung(request: string): boolean {
	const since = /^recipient=young-(\d+)-/m.exec(request)?.[1];
	return since !== undefined && Date.now() / 1_000 < Number(since) + greylistedFor;
}
