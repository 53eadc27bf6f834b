import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';

const HOST = '127.0.0.1';
/** Below the ports that systems give to outgoing connections, which could take one before its server is restarted. */
const FIRST = 20_000;
const LAST = 32_000;
const ATTEMPTS = 100;

/** Whether `port` on 127.0.0.1 can be listened on right now. */
export async function isPortFree(port: number): Promise<boolean> {
	const server = createServer();
	return await new Promise<boolean>((resolve, reject) => {
		server.once('error', (error: NodeJS.ErrnoException) => {
			if (error.code === 'EADDRINUSE' || error.code === 'EACCES') resolve(false);
			else reject(error);
		});
		server.listen(port, HOST, () => server.close(() => resolve(true)));
	});
}

/** A port that was free a moment ago, chosen at random so that processes that choose at the same time differ. */
export async function findFreePort(): Promise<number> {
	for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
		const port = randomInt(FIRST, LAST);
		if (await isPortFree(port)) return port;
	}
	throw new Error(`No free port on ${HOST} between ${FIRST} and ${LAST}`);
}
