import { createServer } from 'node:net';

const HOST = '127.0.0.1';

/** Whether `port` on 127.0.0.1 can be listened on right now. */
export async function isPortFree(port: number): Promise<boolean> {
	return (await tryListen(port)) !== null;
}

/** A port that was free a moment ago. */
export async function findFreePort(): Promise<number> {
	const port = await tryListen(0);
	if (port === null) throw new Error(`No free port on ${HOST}`);
	return port;
}

async function tryListen(port: number): Promise<number | null> {
	const server = createServer();
	return await new Promise<number | null>((resolve, reject) => {
		server.once('error', (error: NodeJS.ErrnoException) => {
			if (error.code === 'EADDRINUSE' || error.code === 'EACCES') resolve(null);
			else reject(error);
		});
		server.listen(port, HOST, () => {
			const address = server.address();
			server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : port));
		});
	});
}
