/**
 * The long form of the chaos suite: `npm run test:chaos -- [--minutes 30] [--seed 7] [--per-second 1]`. Prints one
 * table; ends with code 1 when a mail is unaccounted for or was sent twice.
 */
import '../../lib/store/processes/typescript.mjs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { buildPackage } from '../../../tools/build.mts';
import { packPackage } from '../../../tools/install-package.mts';
import { ensureN8n } from '../../../tools/n8n/install.mts';
import { ensurePrograms } from '../../../tools/programs.mts';

const { hasMailServers, hasQueueServers } = await import('../../servers/available.ts');
const { startQueueMode } = await import('../driver/queueMode.ts');
const { isAccountedFor, runChaos } = await import('./chaos.ts');
const { prepareGround } = await import('./ground.ts');
const { tableOf } = await import('./table.ts');

const { values } = parseArgs({
	options: {
		minutes: { type: 'string', default: '30' },
		seed: { type: 'string', default: String(Date.now() % 1_000_000) },
		'per-second': { type: 'string', default: '1' },
	},
});

await ensurePrograms();
if (!hasMailServers || !hasQueueServers) {
	throw new Error('The chaos suite needs Dovecot, Postfix, PostgreSQL and Redis, and root (for Postfix).');
}
const folder = await mkdtemp(join(tmpdir(), 'email-pipeline-package-'));
const ground = await prepareGround();
try {
	await buildPackage();
	const packageTarball = await packPackage(folder);
	for (const reason of ground.skipped) console.log(`SKIPPED FAULT: ${reason}`);
	console.log(`Seed ${values.seed}: starting n8n in queue mode …`);
	const queue = await startQueueMode({ n8n: await ensureN8n(), packageTarball, ...ground.options });
	try {
		const report = await runChaos(queue, ground, {
			seed: Number(values.seed),
			duration: Number(values.minutes) * 60_000,
			perSecond: Number(values['per-second']),
			log: (line) => console.log(line),
		});
		console.log(`\n${tableOf(report)}\n`);
		if (!isAccountedFor(report)) {
			console.log(JSON.stringify(report, null, 2));
			process.exitCode = 1;
		}
	} finally {
		await queue.stop();
	}
} finally {
	await ground.dispose();
	await rm(folder, { recursive: true, force: true });
}
