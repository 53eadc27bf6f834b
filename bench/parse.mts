/**
 * Measures MIME Parse beside mailparser's simpleParser, in one run on the same mail, and prints JSON:
 * messages per second (wall and CPU) over a corpus of small mails, and time and peak extra memory on one large mail.
 *
 *   tsc -p tsconfig.build.json && node bench/parse.mts [--dist DIR] [--corpus DIR,DIR…] [--megabytes 25] [--seconds 4]
 *
 * Each measurement runs in a process of its own, with nothing else loaded, so that memory is comparable. Ours hashes
 * (SHA-256), detects types and inspects; simpleParser hashes (MD5) and makes html of text. `withoutAnalysis` is the same work
 * as simpleParser's: `parseMessage` reads reply text, forwarded message and automation besides. `verified` checks SPF, DKIM,
 * DMARC and ARC in the same pass, with a resolver that knows no name.
 */
import { spawnSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { createReadStream, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import type { Readable } from 'node:stream';

const { values } = parseArgs({
	options: {
		dist: { type: 'string', default: 'dist' },
		corpus: {
			type: 'string',
			default: 'test/lib/email/parse/samples,test/corpora/mime-mime4j/testmsgs,test/corpora/bounce-sisimai',
		},
		megabytes: { type: 'string', default: '25' },
		seconds: { type: 'string', default: '4' },
		child: { type: 'string' },
		file: { type: 'string' },
	},
});

type Parse = (raw: Buffer | Readable) => Promise<unknown>;

async function parser(name: string): Promise<Parse> {
	if (name === 'simpleParser') {
		const { simpleParser } = await import('mailparser');
		return (raw) => simpleParser(raw);
	}
	const built = (module: string): unknown =>
		createRequire(import.meta.url)(resolve(values.dist, 'lib/email', module)) as unknown;
	const { parseMessage } = built('parse/parseMessage.js') as {
		parseMessage: (raw: Buffer | Readable, options: unknown) => Promise<unknown>;
	};
	// A sink that reads everything and keeps nothing, as one that writes to disk would.
	const onAttachment = async (_info: unknown, content: Readable): Promise<string> => {
		const hash = createHash('sha1');
		for await (const chunk of content) hash.update(chunk as Buffer);
		return hash.digest('hex');
	};
	const parse: Parse = (raw) => parseMessage(raw, { onAttachment, analyse: name !== 'withoutAnalysis' });
	if (name !== 'verified') return parse;
	const { verifyWhileRead } = built('authentication/verify.js') as {
		verifyWhileRead: (raw: Buffer | Readable, options: unknown) => { raw: Readable; authentication: Promise<unknown> };
	};
	const resolver = () => Promise.reject(Object.assign(new Error('no such name'), { code: 'ENOTFOUND' }));
	return async (source) => {
		const { raw, authentication } = verifyWhileRead(source, { resolver });
		await parse(raw);
		return authentication;
	};
}

function corpusFiles(): string[] {
	return values.corpus.split(',').flatMap((folder) =>
		readdirSync(folder)
			.filter((name) => /\.(?:eml|msg)$/.test(name))
			.map((name) => join(folder, name)),
	);
}

async function small(name: string): Promise<unknown> {
	const parse = await parser(name);
	const mails = corpusFiles().map((file) => readFileSync(file));
	for (const mail of mails) await parse(mail);
	const end = performance.now() + Number(values.seconds) * 1000;
	const start = performance.now();
	const cpu = process.cpuUsage();
	let count = 0;
	while (performance.now() < end) {
		for (const mail of mails) await parse(mail);
		count += mails.length;
	}
	const { user, system } = process.cpuUsage(cpu);
	return {
		mails: mails.length,
		perSecond: Math.round((count * 1000) / (performance.now() - start)),
		// Comparable also while the machine does other things.
		perCpuSecond: Math.round((count * 1_000_000) / (user + system)),
	};
}

async function large(name: string, file: string): Promise<unknown> {
	const parse = await parser(name);
	await parse(Buffer.from('Subject: warm\r\n\r\nup\r\n'));
	globalThis.gc?.();
	const before = process.memoryUsage.rss();
	let peak = before;
	const watch = setInterval(() => {
		peak = Math.max(peak, process.memoryUsage.rss());
	}, 2);
	const start = performance.now();
	await parse(createReadStream(file));
	const milliseconds = Math.round(performance.now() - start);
	peak = Math.max(peak, process.memoryUsage.rss());
	clearInterval(watch);
	return { milliseconds, extraMiB: Math.round((peak - before) / 1048576) };
}

function inChild(...args: string[]): unknown {
	const forwarded = ['--dist', values.dist, '--corpus', values.corpus, '--seconds', values.seconds];
	const { status, stdout, stderr } = spawnSync(
		process.execPath,
		['--expose-gc', import.meta.filename, ...forwarded, ...args],
		{ encoding: 'utf8' },
	);
	if (status !== 0) throw new Error(`measurement ${args.join(' ')} failed: ${stderr}`);
	return JSON.parse(stdout) as unknown;
}

function largeMail(megabytes: number): string {
	const body = randomBytes(Math.round((megabytes * 1048576 * 57) / 78))
		.toString('base64')
		.replace(/.{76}/g, '$&\r\n');
	return [
		// Names no key that exists: its body hash is computed all the same.
		'DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed; d=example.com; s=s; h=from:to:subject;\r\n bh=AAAA; b=AAAA\r\n',
		'From: ann@example.com\r\nTo: bob@example.com\r\nSubject: large\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n',
		'--b\r\nContent-Type: text/plain\r\n\r\nHere it is.\r\n',
		'--b\r\nContent-Type: application/octet-stream; name=data.bin\r\nContent-Disposition: attachment; filename=data.bin\r\n',
		`Content-Transfer-Encoding: base64\r\n\r\n${body}\r\n--b--\r\n`,
	].join('');
}

if (values.child !== undefined) {
	const result = values.file === undefined ? await small(values.child) : await large(values.child, values.file);
	console.log(JSON.stringify(result));
} else {
	const folder = mkdtempSync(join(tmpdir(), 'bench-parse-'));
	try {
		const file = join(folder, 'large.eml');
		writeFileSync(file, largeMail(Number(values.megabytes)));
		const measure = (name: string): unknown => ({
			small: inChild('--child', name),
			large: inChild('--child', name, '--file', file),
		});
		const report = {
			node: process.version,
			megabytes: Number(values.megabytes),
			parseMessage: measure('parseMessage'),
			withoutAnalysis: measure('withoutAnalysis'),
			verified: measure('verified'),
			simpleParser: measure('simpleParser'),
		};
		console.log(JSON.stringify(report, null, 2));
	} finally {
		rmSync(folder, { recursive: true, force: true });
	}
}
