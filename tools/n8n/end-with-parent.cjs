/**
 * Loaded into n8n before its own code (node --require). File descriptor 3 is a pipe that only the process that started
 * n8n holds: when it closes, that process is gone — even by kill -9 — and n8n must not outlive it. n8n ends itself on
 * SIGTERM, but not while it is still starting; after a while it is killed with its children, its process group.
 */
const { Socket } = require('node:net');
const { isMainThread } = require('node:worker_threads');

const GRACE_MS = 10_000;

// A thread inherits --require, and would close the descriptor of the whole process when it ends.
if (isMainThread) endWithParent();

function endWithParent() {
	const lifeline = new Socket({ fd: 3, readable: true, writable: false });
	lifeline.on('close', () => {
		setTimeout(() => process.kill(-process.pid, 'SIGKILL'), GRACE_MS).unref();
		process.kill(process.pid, 'SIGTERM');
	});
	lifeline.on('error', () => lifeline.destroy());
	lifeline.resume();
	lifeline.unref();
}
