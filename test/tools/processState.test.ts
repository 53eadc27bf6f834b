import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { expect, it, onTestFinished } from 'vitest';
import { isRunning } from '../n8n/driver/processState.ts';

it('takes a process that nobody has asked for its exit code for ended', async () => {
	// `sleep` never asks for its children, so the one that the shell began stays a zombie.
	const parent = spawn('sh', ['-c', 'sh -c "exit 0" & echo $!; exec sleep 60'], {
		stdio: ['ignore', 'pipe', 'inherit'],
	});
	onTestFinished(() => {
		parent.kill('SIGKILL');
	});
	const [printed] = (await once(parent.stdout, 'data')) as [Buffer];
	const child = Number(printed.toString());
	await expect.poll(() => readFileSync(`/proc/${child}/stat`, 'utf8')).toContain(') Z ');
	expect(isRunning(child)).toBe(false);
	expect(isRunning(parent.pid!)).toBe(true);
	parent.kill('SIGKILL');
	await once(parent, 'exit');
	expect(isRunning(parent.pid!)).toBe(false);
});
