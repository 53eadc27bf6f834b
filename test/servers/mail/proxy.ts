import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';

/** A TCP proxy on loopback that can be a bad network. */
export interface FaultyProxy {
	readonly port: number;
	/** Connections open at the moment. */
	readonly open: number;
	/** Connections accepted so far. */
	readonly accepted: number;
	/** The most connections that were open at one time, for more than a moment. */
	readonly peak: number;
	/** Bytes that went to the client so far. */
	readonly toClient: number;
	/** Milliseconds that every byte takes in either direction; order is kept, also when it changes. */
	latency: number;
	/** True: bytes vanish in both directions, connections stay open, new ones are accepted and get nothing. */
	blackhole: boolean;
	/** True: new connections are reset at once. */
	refuse: boolean;
	/** After that many more bytes to the client, the connection that carries them is reset; null for never. */
	resetAfter: number | null;
	/** Resets (RST) every open connection. */
	resetAll(): void;
	/** Makes every open connection half-open: its bytes vanish, it stays open. New ones are as good as before. */
	freezeAll(): void;
	stop(): Promise<void>;
}

export interface ProxyTarget {
	host: string;
	port: number;
}

/** @param targets connections go to them in turn, as to the servers behind one name */
export async function startProxy(...targets: readonly [ProxyTarget, ...ProxyTarget[]]): Promise<FaultyProxy> {
	const pairs = new Set<{ client: Socket; server: Socket; frozen: boolean }>();
	const server = createServer((client) => {
		if (proxy.refuse) {
			client.on('error', () => undefined);
			client.resetAndDestroy();
			return;
		}
		const target = targets[counts.accepted % targets.length]!;
		const upstream = connect(target.port, target.host);
		const pair = { client, server: upstream, frozen: false };
		pairs.add(pair);
		counts.accepted++;
		// A busy machine learns of the end of the connection before only after the beginning of this one.
		setTimeout(() => (counts.peak = Math.max(counts.peak, pairs.size)), 50).unref();
		const end = () => {
			pairs.delete(pair);
			client.destroy();
			upstream.destroy();
		};
		for (const socket of [client, upstream]) {
			socket.on('error', end);
			socket.on('close', () => {
				// In a black hole not even the end of a connection gets through.
				if (!proxy.blackhole && !pair.frozen) end();
				else if (socket === client) pairs.delete(pair);
			});
		}
		const pass = (to: Socket, late: Buffer[], bytes: Buffer) => {
			if (proxy.blackhole || pair.frozen) return;
			const deliver = (bytes: Buffer) => {
				if (proxy.blackhole || pair.frozen || to.destroyed) return;
				if (to === client) {
					if (proxy.resetAfter !== null && (proxy.resetAfter -= bytes.length) <= 0) {
						proxy.resetAfter = null;
						client.resetAndDestroy();
						end();
						return;
					}
					counts.toClient += bytes.length;
				}
				to.write(bytes);
			};
			if (proxy.latency <= 0 && late.length === 0) {
				deliver(bytes);
				return;
			}
			late.push(bytes);
			// Whichever timer comes first, it has the oldest bytes.
			setTimeout(() => deliver(late.shift() ?? Buffer.alloc(0)), proxy.latency);
		};
		const [toServer, toClient]: [Buffer[], Buffer[]] = [[], []];
		client.on('data', (bytes) => pass(upstream, toServer, bytes));
		upstream.on('data', (bytes) => pass(client, toClient, bytes));
	});
	const counts = { accepted: 0, peak: 0, toClient: 0 };
	server.listen(0, '127.0.0.1');
	await once(server, 'listening');
	const proxy: FaultyProxy = {
		port: (server.address() as { port: number }).port,
		get open() {
			return pairs.size;
		},
		get accepted() {
			return counts.accepted;
		},
		get peak() {
			return counts.peak;
		},
		get toClient() {
			return counts.toClient;
		},
		latency: 0,
		blackhole: false,
		refuse: false,
		resetAfter: null,
		resetAll() {
			for (const { client, server: upstream } of pairs) {
				client.resetAndDestroy();
				upstream.destroy();
			}
			pairs.clear();
		},
		freezeAll() {
			for (const pair of pairs) pair.frozen = true;
		},
		async stop() {
			for (const { client, server: upstream } of pairs) {
				client.destroy();
				upstream.destroy();
			}
			server.close();
			await once(server, 'close');
		},
	};
	return proxy;
}
