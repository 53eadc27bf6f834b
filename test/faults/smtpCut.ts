/** A TCP proxy that knows enough of SMTP to break a conversation with a real server at a given point. */
import { once } from 'node:events';
import { type AddressInfo, type Socket, connect, createServer } from 'node:net';

/** Where both connections are reset; `dot` lets the server have the whole mail and keeps its reply. */
export type CutPoint = 'greeting' | 'tls' | 'mail' | 'rcpt' | '354' | 'body' | 'dot' | 'quit';

export interface SmtpCut {
	port: number;
	/** Null: everything passes. */
	at: CutPoint | null;
	/** Every byte by itself. */
	slow: boolean;
	/** EHLO keywords that the client does not get to see. */
	hides: readonly string[];
	stop(): Promise<void>;
}

export async function startSmtpCut(target: number): Promise<SmtpCut> {
	const sockets = new Set<Socket>();
	const server = createServer((client) => {
		const upstream = connect(target, '127.0.0.1');
		for (const socket of [client, upstream]) {
			sockets.add(socket);
			socket.on('error', () => undefined);
			socket.on('close', () => {
				sockets.delete(socket);
				client.destroy();
				upstream.destroy();
			});
		}
		const reset = (): void => {
			client.resetAndDestroy();
			upstream.resetAndDestroy();
		};
		let inBody = false;
		client.on('data', (bytes) => {
			const text = bytes.toString('latin1');
			if (cut.at === 'tls' && bytes[0] === 0x16) {
				reset();
				return;
			}
			if (cut.at === 'mail' && text.startsWith('MAIL')) {
				reset();
				return;
			}
			if (cut.at === 'quit' && text.startsWith('QUIT')) {
				reset();
				return;
			}
			if (cut.at === 'body' && inBody) {
				// The half is with the server before the connection breaks.
				upstream.write(bytes.subarray(0, bytes.length / 2), reset);
				return;
			}
			pass(upstream, bytes);
		});
		upstream.on('data', (bytes) => {
			const text = bytes.toString('latin1');
			if (cut.at === 'greeting' || (cut.at === 'dot' && inBody)) {
				reset();
				return;
			}
			// The answer to MAIL is before it, in the same piece where the commands came in one.
			const recipient = text.indexOf('250 2.1.5');
			if (cut.at === 'rcpt' && recipient >= 0) {
				client.write(bytes.subarray(0, recipient), reset);
				return;
			}
			if (cut.at === '354' && /^354/m.test(text)) {
				reset();
				return;
			}
			inBody ||= /^354/m.test(text);
			const hidden = cut.hides.some((keyword) => text.includes(`250-${keyword}`));
			pass(client, hidden ? Buffer.from(without(text, cut.hides), 'latin1') : bytes);
		});
	});
	/** What waits to be written byte by byte, in order. */
	let turn = Promise.resolve();
	const pass = (to: Socket, bytes: Buffer): void => {
		if (!cut.slow) {
			to.write(bytes);
			return;
		}
		for (const byte of bytes) {
			turn = turn.then(async () => {
				to.write(Buffer.from([byte]));
				await new Promise((resolve) => setImmediate(resolve));
			});
		}
	};
	server.listen(0, '127.0.0.1');
	await once(server, 'listening');
	const cut: SmtpCut = {
		port: (server.address() as AddressInfo).port,
		at: null,
		slow: false,
		hides: [],
		async stop() {
			for (const socket of sockets) socket.destroy();
			server.close();
			await once(server, 'close');
		},
	};
	return cut;
}

function without(reply: string, keywords: readonly string[]): string {
	const lines = reply.split('\r\n');
	return lines.filter((line) => !keywords.some((keyword) => line.startsWith(`250-${keyword}`))).join('\r\n');
}
