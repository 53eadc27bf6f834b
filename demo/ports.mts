import { parseArgs } from 'node:util';
import { isPortFree } from '../tools/ports.mts';
import { SetupError } from '../tools/setup-error.mjs';
import { defaultPorts, type Ports } from './settings.mts';

/** Each port's option on the command line, and what listens there. */
const OPTIONS = [
	{ key: 'port', option: 'port', what: 'n8n' },
	{ key: 'imapPort', option: 'imap-port', what: 'the mail server (IMAP)' },
	{ key: 'smtpPort', option: 'smtp-port', what: 'the mail server (SMTP)' },
] as const;

/**
 * The ports to use: the defaults, or what `--port`, `--imap-port` and `--smtp-port` say.
 *
 * @throws {SetupError} for anything else on the command line
 */
export function readPorts(args: readonly string[]): Ports {
	const values = parse(args);
	const ports: Record<keyof Ports, number> = { ...defaultPorts };
	for (const { key, option } of OPTIONS) {
		const given = values[option];
		if (given === undefined) continue;
		const port = Number(given);
		if (!Number.isInteger(port) || port < 1 || port > 65535)
			throw new SetupError(`--${option} ${given} is not a port (1 to 65535)`);
		ports[key] = port;
	}
	return ports;
}

/** @throws {SetupError} when another program listens on one of them */
export async function requireFreePorts(ports: Ports): Promise<void> {
	for (const { key, option, what } of OPTIONS) {
		const port = ports[key];
		if (await isPortFree(port)) continue;
		throw new SetupError(`Port ${port}, on which ${what} should listen, is in use by another program`, {
			hint: `End that program, or choose another port: npm start -- --${option} ${port + 1}`,
		});
	}
}

function parse(args: readonly string[]): Record<string, string | undefined> {
	try {
		const options = Object.fromEntries(OPTIONS.map(({ option }) => [option, { type: 'string' as const }]));
		return parseArgs({ args: [...args], options }).values;
	} catch (cause) {
		throw new SetupError(cause instanceof Error ? cause.message : String(cause), {
			hint: 'Usage: npm start [-- --port N --imap-port N --smtp-port N]',
			cause,
		});
	}
}
