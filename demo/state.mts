import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { SetupError } from '../tools/setup-error.mjs';
import { demoFolder, type Ports } from './settings.mts';

/** What is made up on the first start and stays. */
export interface DemoState {
	/** Password of n8n's owner. */
	readonly ownerPassword: string;
	/** Password of both mailboxes. */
	readonly mailPassword: string;
	/** Signs the demo's webhooks, in the form of Standard Webhooks: `whsec_` and base64. */
	readonly webhookSecret: string;
	/** Hash of each example workflow as last imported, by its name. */
	readonly imported: Readonly<Record<string, string>>;
}

/** Says where a running demo is to be found. */
export interface RunningDemo extends Ports {
	readonly pid: number;
	readonly url: string;
}

const stateFile = join(demoFolder, 'state.json');
const runningFile = join(demoFolder, 'running.json');

/** The kept state, made up if this is the first start. */
export function loadState(): DemoState {
	const kept = read(stateFile) as DemoState | null;
	if (kept !== null) return kept;
	const state: DemoState = {
		// n8n asks for a capital letter and a digit.
		ownerPassword: `Demo-${randomBytes(6).toString('hex')}1`,
		mailPassword: randomBytes(8).toString('hex'),
		webhookSecret: `whsec_${randomBytes(24).toString('base64')}`,
		imported: {},
	};
	saveState(state);
	return state;
}

export function saveState(state: DemoState): void {
	write(stateFile, state);
}

/** The demo that runs on this folder, or null. */
export function findRunningDemo(): RunningDemo | null {
	const running = read(runningFile) as RunningDemo | null;
	return running !== null && isAlive(running.pid) ? running : null;
}

/** @throws {SetupError} when no demo runs on this folder */
export function requireRunningDemo(): RunningDemo {
	const running = findRunningDemo();
	if (running !== null) return running;
	throw new SetupError('The demo is not running', {
		hint: 'Start it in another terminal with `npm start`, and try again when it is up.',
	});
}

export function noteRunning(running: RunningDemo): void {
	write(runningFile, running);
}

export function noteStopped(): void {
	rmSync(runningFile, { force: true });
}

function read(file: string): unknown {
	if (!existsSync(file)) return null;
	try {
		return JSON.parse(readFileSync(file, 'utf8'));
	} catch (cause) {
		throw new SetupError(`${file} cannot be read`, { hint: `Remove ${demoFolder} to start the demo afresh.`, cause });
	}
}

/** For our eyes only, and never half written. */
function write(file: string, value: unknown): void {
	mkdirSync(demoFolder, { recursive: true });
	writeFileSync(`${file}.new`, `${JSON.stringify(value, null, 2)}\n`, { mode: 0o600 });
	renameSync(`${file}.new`, file);
}

function isAlive(pid: number): boolean {
	try {
		process.kill(pid, 0);
		return true;
	} catch (error) {
		return (error as NodeJS.ErrnoException).code === 'EPERM';
	}
}
