import { createHash } from 'node:crypto';
import { EventEmitter, once } from 'node:events';
import { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { parseMessage } from '../../../../lib/email/parse/parseMessage';

function mail(...lines: string[]): Buffer {
	return Buffer.from(lines.join('\r\n'));
}

const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');

const WITH_ATTACHMENT = mail(
	'From: ann@example.com',
	'To: Support <support+eu@example.net>',
	'Subject: report',
	'Content-Type: multipart/mixed; boundary=b',
	'',
	'--b',
	'',
	'see attachment',
	'--b',
	'Content-Type: application/octet-stream; name="run.exe"',
	'Content-Transfer-Encoding: base64',
	'',
	'TVqQAAMAAAAEAAAA',
	'--b',
	'Content-Type: text/csv; name="a.csv"',
	'',
	'1,2',
	'--b--',
	'',
);

async function drain(stream: Readable): Promise<Buffer> {
	const chunks: Buffer[] = [];
	for await (const chunk of stream) chunks.push(chunk as Buffer);
	return Buffer.concat(chunks);
}

describe('what the caller knows', () => {
	it('goes into the message', async () => {
		const message = await parseMessage(WITH_ATTACHMENT, {
			source: { kind: 'imap', account: 'box', uid: 7, flags: ['\\Seen'] },
			envelope: { mailFrom: 'bounce@example.com', rcptTo: ['sales+q1@example.net'] },
			rawRef: 'raw/1',
		});
		expect(message.source).toEqual({
			kind: 'imap',
			account: 'box',
			mailbox: null,
			uidValidity: null,
			uid: 7,
			flags: ['\\Seen'],
			provider: null,
			eventId: null,
			receivedAt: null,
		});
		expect(message.envelope).toEqual({ mailFrom: 'bounce@example.com', rcptTo: ['sales+q1@example.net'] });
		expect(message.raw).toEqual({ ref: 'raw/1', sha256: sha256(WITH_ATTACHMENT), size: WITH_ATTACHMENT.length });
		expect(message.routing).toEqual({ alias: 'sales', plusTag: 'q1' });
	});

	it('is replaced by the headers where it is missing', async () => {
		const message = await parseMessage(WITH_ATTACHMENT);
		expect(message.envelope).toEqual({ mailFrom: null, rcptTo: [] });
		expect(message.routing).toEqual({ alias: 'support', plusTag: 'eu' });
		expect(message.id).toBe(`sha256:${sha256(WITH_ATTACHMENT)}`);
	});
});

describe('analysis', () => {
	const auto = mail(
		'Auto-Submitted: auto-replied',
		'',
		'Yes.',
		'',
		'On Tue, 3 Mar 2026, Ann <ann@example.com> wrote:',
		'> No?',
		'',
	);

	it('judges the text', async () => {
		const message = await parseMessage(auto);
		expect(message.reply.text.trim()).toBe('Yes.');
		expect(message.automation.kind).toBe('auto-reply');
	});

	it('can be left out', async () => {
		const message = await parseMessage(auto, { analyse: false });
		expect(message.reply).toEqual({ text: message.text, quoted: '', signature: '' });
		expect(message.automation).toEqual({ kind: 'none', evidence: [] });
	});
});

describe('the attachment sink', () => {
	it('gets every content with its detected type, in order, and names it', async () => {
		const seen: Array<[number, string | null, string | null, string]> = [];
		const message = await parseMessage(Readable.from([WITH_ATTACHMENT]), {
			onAttachment: async ({ index, filename, detectedType }, content) => {
				seen.push([index, filename, detectedType, (await drain(content)).toString('latin1')]);
				return `attachment_${index}`;
			},
		});
		expect(seen).toEqual([
			[0, 'run.exe', 'application/x-msdownload', 'MZ\x90\0\x03\0\0\0\x04\0\0\0'],
			[1, 'a.csv', null, '1,2'],
		]);
		expect(message.attachments.map(({ binary, sha256: hash, size }) => ({ binary, hash, size }))).toEqual([
			{ binary: 'attachment_0', hash: sha256(Buffer.from('MZ\x90\0\x03\0\0\0\x04\0\0\0', 'latin1')), size: 12 },
			{ binary: 'attachment_1', hash: sha256(Buffer.from('1,2')), size: 3 },
		]);
	});

	it('may leave content unread', async () => {
		const big = Buffer.concat([
			Buffer.from('Content-Type: application/octet-stream\r\n\r\n'),
			Buffer.alloc(2_000_000, 'x'),
		]);
		const message = await parseMessage(big, { onAttachment: () => Promise.resolve(null) });
		expect(message.attachments[0]).toMatchObject({ size: 2_000_000, binary: null, verdict: 'accepted' });
	});

	it('may destroy the stream and still name what it kept', async () => {
		const big = Buffer.concat([
			Buffer.from('Content-Type: application/octet-stream\r\n\r\n'),
			Buffer.alloc(2_000_000, 'x'),
		]);
		const message = await parseMessage(big, {
			onAttachment: (_, content) => {
				content.destroy();
				return Promise.resolve('head');
			},
		});
		expect(message.attachments[0]).toMatchObject({ size: 2_000_000, binary: 'head' });
	});

	it('fails the parse with a clear error when it fails', async () => {
		const failing = parseMessage(WITH_ATTACHMENT, { onAttachment: () => Promise.reject(new Error('disk full')) });
		await expect(failing).rejects.toMatchObject({
			code: 'MESSAGE_ATTACHMENT_NOT_STORED',
			retryable: true,
			cause: { message: 'disk full' },
		});
	});

	it('fails it also while a long content waits to be read', async () => {
		const big = Buffer.concat([
			Buffer.from('Content-Type: application/octet-stream\r\n\r\n'),
			Buffer.alloc(5_000_000, 'x'),
		]);
		const failing = parseMessage(Readable.from([big]), {
			onAttachment: async (_, content) => {
				for await (const chunk of content) throw new Error(`after ${(chunk as Buffer).length > 0}`);
				return null;
			},
		});
		await expect(failing).rejects.toMatchObject({ code: 'MESSAGE_ATTACHMENT_NOT_STORED' });
	});
});

describe('the attachment policy', () => {
	it('accepts everything when there is none, and tells what it found', async () => {
		const { attachments } = await parseMessage(WITH_ATTACHMENT);
		expect(attachments.map(({ verdict, reasons }) => ({ verdict, reasons }))).toEqual([
			{ verdict: 'accepted', reasons: ['executable: run.exe', 'executable: application/x-msdownload'] },
			{ verdict: 'accepted', reasons: [] },
		]);
	});

	it('strips: the sink is not asked where the type or name decides', async () => {
		const asked: number[] = [];
		const { attachments } = await parseMessage(WITH_ATTACHMENT, {
			policy: { action: 'strip', denyExtensions: ['.EXE'] },
			onAttachment: ({ index }) => {
				asked.push(index);
				return Promise.resolve(`b${index}`);
			},
		});
		expect(asked).toEqual([1]);
		expect(attachments[0]).toMatchObject({ verdict: 'stripped', binary: null, size: 12 });
		expect(attachments[0]?.reasons).toContain('policy-extension-denied: exe');
		expect(attachments[1]).toMatchObject({ verdict: 'accepted', binary: 'b1' });
	});

	it('quarantines: the content is kept and marked', async () => {
		const { attachments } = await parseMessage(WITH_ATTACHMENT, {
			policy: { action: 'quarantine', denyFindings: 'any' },
			onAttachment: ({ index }) => Promise.resolve(`b${index}`),
		});
		expect(attachments[0]).toMatchObject({ verdict: 'quarantined', binary: 'b0' });
		expect(attachments[0]?.reasons).toContain('policy-finding: executable');
		expect(attachments[1]).toMatchObject({ verdict: 'accepted' });
	});
});

describe('limits', () => {
	const codes = async (
		raw: Buffer,
		limits: NonNullable<Parameters<typeof parseMessage>[1]>['limits'],
	): Promise<string[]> => (await parseMessage(raw, { limits })).defects.map((defect) => defect.code);

	it('on the whole message: hash and size still cover it', async () => {
		const message = await parseMessage(WITH_ATTACHMENT, { limits: { messageBytes: 150 } });
		expect(message.defects.map((defect) => defect.code)).toContain('limit-message');
		expect(message.raw).toEqual({ ref: null, sha256: sha256(WITH_ATTACHMENT), size: WITH_ATTACHMENT.length });
	});

	it('on parts, depth, header, text, attachments and addresses', async () => {
		expect(await codes(WITH_ATTACHMENT, { parts: 2 })).toEqual(['limit-parts']);
		expect(await codes(WITH_ATTACHMENT, { depth: 0 })).toEqual(['limit-depth']);
		expect(await codes(WITH_ATTACHMENT, { textBytes: 3 })).toEqual(['limit-text']);
		expect(await codes(WITH_ATTACHMENT, { attachments: 1 })).toEqual(['limit-attachments']);
		expect(await codes(mail('To: a@x.example, b@x.example', '', ''), { addresses: 1 })).toEqual(['limit-addresses']);
		expect(await codes(mail('Subject: s', `X-Long: ${'x'.repeat(500)}`, '', 'body'), { headerBytes: 100 })).toEqual([
			'limit-header',
		]);
	});

	it('keep what is within them', async () => {
		const { subject, text } = await parseMessage(mail('Subject: s', `X-Long: ${'x'.repeat(500)}`, '', 'body'), {
			limits: { headerBytes: 100 },
		});
		expect({ subject, text }).toEqual({ subject: 's', text: 'body' });
		const { attachments } = await parseMessage(WITH_ATTACHMENT, { limits: { attachments: 1 } });
		expect(attachments.map((entry) => entry.filename)).toEqual(['run.exe']);
	});

	it('on one attachment: the excess is dropped and the verdict says so', async () => {
		const { attachments, defects } = await parseMessage(WITH_ATTACHMENT, {
			limits: { attachmentBytes: 4 },
			onAttachment: () => Promise.resolve('b'),
		});
		expect(attachments[0]).toMatchObject({ size: 4, verdict: 'stripped', binary: null });
		expect(attachments[1]).toMatchObject({ size: 3, verdict: 'accepted', binary: 'b' });
		expect(defects.map((defect) => defect.code)).toEqual(['limit-attachment']);
	});
});

describe('a source that breaks off', () => {
	it('is an error that tells so, not a short message', async () => {
		const broken = Readable.from(
			(function* () {
				yield Buffer.from('Subject: s\r\n\r\nbody');
				throw new Error('archive gone');
			})(),
		);
		await expect(parseMessage(broken)).rejects.toMatchObject({
			code: 'MESSAGE_UNREADABLE',
			cause: { message: 'archive gone' },
		});
	});
});

describe('a source that breaks off within an attachment', () => {
	it('tells the sink too, which must not wait forever', async () => {
		const signals = new EventEmitter();
		const started = once(signals, 'started');
		let ended: Promise<unknown> = Promise.resolve();
		const broken = Readable.from(
			(async function* () {
				yield Buffer.from('Content-Type: application/octet-stream\r\n\r\n');
				for (let i = 0; i < 4; i++) yield Buffer.alloc(60_000, 'x\n');
				await started;
				throw new Error('archive gone');
			})(),
		);
		const parsing = parseMessage(broken, {
			onAttachment: (_, content) => {
				ended = drain(content).catch((error: unknown) => error);
				signals.emit('started');
				return ended.then(() => null);
			},
		});
		await expect(parsing).rejects.toMatchObject({ code: 'MESSAGE_UNREADABLE' });
		expect(await ended).toMatchObject({ message: 'archive gone' });
	});
});

describe('a large message', () => {
	it('of 66 MB with a 48 MB attachment stays under 64 MB of extra memory', async () => {
		const line = `${Buffer.alloc(57, 'abc').toString('base64')}\r\n`;
		const block = Buffer.from(line.repeat(1000));
		const blocks = Math.ceil((48 * 1024 * 1024) / 57_000);
		const source = Readable.from(
			(function* () {
				yield Buffer.from(
					'Subject: large\r\nContent-Type: application/octet-stream\r\nContent-Transfer-Encoding: base64\r\n\r\n',
				);
				for (let i = 0; i < blocks; i++) yield block;
			})(),
		);
		const before = process.memoryUsage().rss;
		let peak = 0;
		const message = await parseMessage(source, {
			onAttachment: async (_, content) => {
				for await (const chunk of content)
					if ((chunk as Buffer).length > 0) peak = Math.max(peak, process.memoryUsage().rss - before);
				return 'large';
			},
		});
		expect(message.attachments[0]).toMatchObject({ size: blocks * 57_000, binary: 'large', verdict: 'accepted' });
		expect(peak / 1048576).toBeLessThan(64);
	});
});
