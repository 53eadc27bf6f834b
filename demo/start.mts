/** What `npm start` runs: a mail server and a real n8n with the package and the example workflows loaded. */
import { join } from 'node:path';
import { buildPackage } from '../tools/build.mts';
import { requireRoom } from '../tools/disk.mts';
import { installPackage, packPackage } from '../tools/install-package.mts';
import { N8nApiError, N8nClient, type SavedWorkflow } from '../tools/n8n/client.mts';
import { ensureN8n } from '../tools/n8n/install.mts';
import { runN8n } from '../tools/n8n/run.mts';
import { step } from '../tools/progress.mjs';
import { reportFailure, SetupError } from '../tools/setup-error.mjs';
import { demoCredentials } from './credentials.mts';
import { Lifetime } from './lifetime.mts';
import { startMailServer } from './mail-server/start.mts';
import { readPorts, requireFreePorts } from './ports.mts';
import { customerAddress, demoFolder, domain, host, supportAddress, type Ports } from './settings.mts';
import { findRunningDemo, loadState, noteRunning, noteStopped, saveState, type DemoState } from './state.mts';
import { importExample, provideCredentials, readExamples } from './workflows.mts';

const ROOM_NEEDED_BYTES = 300 * 1024 ** 2;
const userFolder = join(demoFolder, 'n8n');
const logFile = join(demoFolder, 'n8n.log');

const lifetime = new Lifetime();

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
	process.on(signal, () => {
		// npm passes Ctrl-C on although the terminal has sent it to all of us, so a second one says nothing new.
		if (lifetime.isOver) return;
		console.log('\nStopping …');
		const exitCode = lifetime.hasBegun ? 0 : 130;
		lifetime.end().then(() => process.exit(exitCode), reportFailure);
	});
}

async function start(ports: Ports): Promise<void> {
	const already = findRunningDemo();
	if (already !== null) throw new SetupError(`The demo runs already, at ${already.url} (process ${already.pid})`);
	await requireFreePorts(ports);
	await requireRoom(
		demoFolder,
		ROOM_NEEDED_BYTES,
		'the demo',
		'Free some space, or set EMAIL_PIPELINE_DEMO_DIR to a folder on a larger disk.',
	);
	await buildPackage();
	const n8n = await ensureN8n();
	const tarball = await packPackage(demoFolder);
	await installPackage(tarball, userFolder);

	const state = loadState();
	lifetime.onEnd(await startMail(ports, state));
	const interrupt = new AbortController();
	const starting = step('Starting n8n', () =>
		runN8n({ n8n, userFolder, port: ports.port, logFile, signal: interrupt.signal }),
	);
	lifetime.onEnd(async () => {
		interrupt.abort();
		await starting.then(
			(n8nProcess) => n8nProcess.stop(),
			() => undefined,
		);
	});
	const n8nProcess = await starting;
	void n8nProcess.exited.then(() => {
		if (lifetime.isOver) return;
		reportFailure(new SetupError('n8n has ended unexpectedly', { hint: `Its log is ${logFile}` }));
		void lifetime.end().then(() => process.exit());
	});

	const client = new N8nClient(n8nProcess.url);
	await logIn(client, state);
	const workflows = await step('Importing the example workflows', () => importExamples(client, ports, state));
	noteRunning({ pid: process.pid, url: n8nProcess.url, ...ports });
	lifetime.onEnd(noteStopped);
	greet(n8nProcess.url, ports, state, workflows);
}

async function startMail({ imapPort, smtpPort }: Ports, { mailPassword }: DemoState): Promise<() => Promise<void>> {
	return await startMailServer({
		accounts: [supportAddress, customerAddress].map((address) => ({ address, password: mailPassword })),
		domain,
		catchAll: customerAddress,
		host,
		imapPort,
		smtpPort,
		file: join(demoFolder, 'mail.sqlite'),
	});
}

async function logIn(client: N8nClient, { ownerPassword }: DemoState): Promise<void> {
	try {
		await client.setUpOwnerOrLogIn({
			email: supportAddress,
			password: ownerPassword,
			firstName: 'Demo',
			lastName: 'Owner',
		});
	} catch (cause) {
		if (!(cause instanceof N8nApiError) || cause.status !== 401) throw cause;
		throw new SetupError(`n8n does not know its owner ${supportAddress} by the password in ${demoFolder}/state.json`, {
			hint: `Put the password you gave it there, or remove ${demoFolder} to start afresh.`,
			cause,
		});
	}
}

async function importExamples(client: N8nClient, ports: Ports, state: DemoState): Promise<SavedWorkflow[]> {
	const examples = readExamples();
	const credentials = await provideCredentials(client, examples, demoCredentials(ports, state));
	const workflows: SavedWorkflow[] = [];
	const imported: Record<string, string> = { ...state.imported };
	for (const example of examples) {
		const { name } = example.workflow;
		workflows.push(await importExample(client, example, credentials, imported[name]));
		imported[name] = example.hash;
		saveState({ ...state, imported });
	}
	return workflows;
}

function greet(url: string, ports: Ports, state: DemoState, workflows: readonly SavedWorkflow[]): void {
	console.log(`
The demo is up.

  Editor      ${url}
  Log in      ${supportAddress}   password: ${state.ownerPassword}
  Workflows   ${namesOf(workflows, true)}
  To look at  ${namesOf(workflows, false)}
  Dashboard   ${url}/webhook/email-operations (same login)

In another terminal:
  npm run demo:mail               a customer writes to ${supportAddress}; shows the reply
  npm run demo:mail -- FILE.eml   delivers any mail
  npm run demo:webhook            a provider posts a signed webhook

  Mailboxes   ${supportAddress}, ${customerAddress}   password: ${state.mailPassword}
              IMAP ${host}:${ports.imapPort}, SMTP ${host}:${ports.smtpPort}, without TLS
  State       ${demoFolder} (remove it to start afresh); n8n's log is n8n.log in it

Ctrl-C ends everything.`);
}

/** Those that are not active call another system: their notes say what to set first. */
function namesOf(workflows: readonly SavedWorkflow[], active: boolean): string {
	return workflows
		.filter((workflow) => workflow.active === active)
		.map(({ name }) => name)
		.join(', ');
}

try {
	await start(readPorts(process.argv.slice(2)));
} catch (error) {
	if (!lifetime.isOver) {
		reportFailure(error);
		await lifetime.end();
		process.exit();
	}
}
