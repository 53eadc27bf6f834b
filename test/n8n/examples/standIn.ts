import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Call {
	method: string;
	path: string;
	headers: IncomingMessage['headers'];
	body: unknown;
}

/** The other systems that the examples call: a helpdesk, a CRM, an accounting. It notes every call. */
export interface StandIn {
	/** Such as `http://127.0.0.1:34567`. */
	readonly url: string;
	/** The calls to paths that begin with this, in order; those that were answered 500 too. */
	calls(path: string): Call[];
	/** Answers 500 to paths that begin with this, until it is called with false. */
	fail(path: string, failing?: boolean): void;
	stop(): Promise<void>;
}

export async function startStandIn(): Promise<StandIn> {
	const calls: Call[] = [];
	const failing = new Set<string>();
	const server = createServer((request, response) => {
		const chunks: Buffer[] = [];
		request.on('data', (chunk: Buffer) => chunks.push(chunk));
		request.on('end', () => {
			const path = request.url ?? '';
			const text = Buffer.concat(chunks).toString();
			const body: unknown = text === '' ? null : JSON.parse(text);
			calls.push({ method: request.method ?? '', path, headers: request.headers, body });
			const fails = [...failing].some((prefix) => path.startsWith(prefix));
			response.writeHead(fails ? 500 : 200, { 'content-type': 'application/json' });
			response.end(JSON.stringify(fails ? { error: 'out of order' } : { id: `T-${calls.length}` }));
		});
	});
	server.listen(0, '127.0.0.1');
	await once(server, 'listening');
	return {
		url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
		calls: (path) => calls.filter((call) => call.path.startsWith(path)),
		fail(path, on = true) {
			if (on) failing.add(path);
			else failing.delete(path);
		},
		async stop() {
			server.closeAllConnections();
			server.close();
			await once(server, 'close');
		},
	};
}
