import { once } from 'node:events';
import { connect, isIP, type Socket } from 'node:net';
import { InputError } from '../../errors';
import type { AttachmentScan, AttachmentScanner, ScanVerdict } from './scan';

/** Where clamd listens: its TCPSocket or its LocalSocket (clamd.conf(5)). */
export type ClamdAddress = { host: string; port: number } | { path: string };

export interface ClamdOptions {
	/** Milliseconds without any progress after which a scan has failed. */
	timeoutMs?: number;
}

const PORT = 3310;
const TIMEOUT = 30_000;
/** clamd sets no limit to a chunk, but answers to a length only when it has all of it. */
const CHUNK = 64 * 1024;
/** `stream: OK`, a name and FOUND, or a reason and ERROR. */
const MAX_REPLY = 4096;

/**
 * Reads `host`, `host:port`, `[v6]:port`, `unix:/path` or `/path`.
 *
 * @throws InputError `CLAMD_ADDRESS_INVALID`
 */
export function parseClamdAddress(text: string): ClamdAddress {
	const address = text.trim().replace(/^(?:tcp|clamd):\/\//i, '');
	const path = /^(?:unix:(?:\/\/)?)?(\/.+)$/i.exec(address)?.[1];
	if (path !== undefined) return { path };
	if (isIP(address) === 6) return { host: address, port: PORT };
	const match = /^(?:\[([0-9a-f:.]+)\]|([^\s:/[\]]+))(?::(\d{1,5}))?$/i.exec(address);
	const port = match?.[3] === undefined ? PORT : Number(match[3]);
	const host = match?.[1] ?? match?.[2];
	if (host === undefined || port === 0 || port > 65_535) {
		throw new InputError(`“${text}” is no address of a ClamAV daemon`, {
			code: 'CLAMD_ADDRESS_INVALID',
			hint: 'Write host:port, such as 127.0.0.1:3310, or the path of its socket, such as /run/clamav/clamd.ctl.',
		});
	}
	return { host, port };
}

/**
 * Scans with clamd's INSTREAM command, over a connection for each attachment. Once clamd cannot be reached, the other
 * attachments of the message are not tried: make a scanner for each message.
 */
export function clamdScanner(address: ClamdAddress, options: ClamdOptions = {}): AttachmentScanner {
	let unreachable: ScanVerdict | null = null;
	return {
		begin: () => {
			if (unreachable !== null) return settledScan(unreachable);
			return new ClamdScan(address, options.timeoutMs ?? TIMEOUT, (verdict) => (unreachable = verdict));
		},
	};
}

function settledScan(verdict: ScanVerdict): AttachmentScan {
	return { write: () => Promise.resolve(), end: () => Promise.resolve(verdict), abort: () => undefined };
}

class ClamdScan implements AttachmentScan {
	private readonly socket: Socket;
	private connected = false;
	private reply = '';
	private verdict: ScanVerdict | null = null;
	private readonly settled: Promise<ScanVerdict>;
	private settle: (verdict: ScanVerdict) => void = () => undefined;

	constructor(
		address: ClamdAddress,
		timeoutMs: number,
		private readonly onUnreachable: (verdict: ScanVerdict) => void,
	) {
		this.settled = new Promise((resolve) => (this.settle = resolve));
		this.socket = connect(address);
		this.socket.setTimeout(timeoutMs, () => this.fail(`no answer within ${Math.ceil(timeoutMs / 1000)} s`));
		this.socket.once('connect', () => (this.connected = true));
		this.socket.on('data', (data) => this.read(data));
		this.socket.on('error', (error: NodeJS.ErrnoException) => this.breakOff(error.code ?? error.message));
		this.socket.on('close', () => this.conclude());
		// The `z` forms end in NUL, so that a reply is known to be whole.
		this.socket.write('zINSTREAM\0');
	}

	async write(chunk: Buffer): Promise<void> {
		for (let at = 0; at < chunk.length; at += CHUNK) await this.send(chunk.subarray(at, at + CHUNK));
	}

	end(): Promise<ScanVerdict> {
		// A chunk of no bytes ends the stream.
		if (this.verdict === null) this.socket.write(Buffer.alloc(4));
		return this.settled;
	}

	abort(): void {
		this.finish({ status: 'failed', reason: 'broken off' });
	}

	private async send(piece: Buffer): Promise<void> {
		if (this.verdict !== null || this.socket.destroyed) return;
		const length = Buffer.alloc(4);
		length.writeUInt32BE(piece.length);
		this.socket.write(length);
		// The bytes may be overwritten by the caller once this has settled, so they are not kept beyond it.
		if (this.socket.write(Buffer.from(piece))) return;
		const stop = new AbortController();
		try {
			await Promise.race([once(this.socket, 'drain', { signal: stop.signal }), this.settled]);
		} catch {
			// The error is the verdict already.
		} finally {
			stop.abort();
		}
	}

	private read(data: Buffer): void {
		if (this.reply.length < MAX_REPLY) this.reply += data.toString('utf8');
		if (this.reply.includes('\0')) this.conclude();
	}

	private conclude(): void {
		const answer = this.reply.replace(/\0[^]*$/, '').trim();
		if (answer === '') this.fail('the connection was closed without an answer');
		else this.finish(verdictOf(answer));
	}

	/** clamd hangs up on what is too large for it, and TCP may lose its answer with the connection. */
	private breakOff(code: string): void {
		const hungUp = this.connected && (code === 'ECONNRESET' || code === 'EPIPE');
		if (this.reply !== '') this.conclude();
		else this.fail(hungUp ? `${code}, as when an attachment exceeds clamd's StreamMaxLength` : code);
	}

	private fail(reason: string): void {
		const verdict: ScanVerdict = { status: 'failed', reason };
		if (this.verdict === null && !this.connected) this.onUnreachable(verdict);
		this.finish(verdict);
	}

	private finish(verdict: ScanVerdict): void {
		if (this.verdict !== null) return;
		this.verdict = verdict;
		this.settle(verdict);
		this.socket.destroy();
	}
}

/** clamd(8), INSTREAM: `stream: OK`, `stream: Eicar-Test-Signature FOUND`, `INSTREAM size limit exceeded. ERROR`. */
function verdictOf(answer: string): ScanVerdict {
	const text = answer.replace(/^(?:stream|instream\(.*?\)): /, '');
	if (text === 'OK') return { status: 'clean' };
	const found = /^(.*) FOUND$/.exec(text)?.[1];
	if (found !== undefined) return { status: 'infected', signature: found.slice(0, 200) };
	return { status: 'failed', reason: text.replace(/ ?ERROR$/, '').slice(0, 200) };
}
