import { once } from 'node:events';
import type { Socket } from 'node:net';
import { setImmediate as turn } from 'node:timers/promises';
import { TLSSocket, createSecureContext } from 'node:tls';
import type { Point, ScriptedServer, ScriptedServerOptions, Step } from './scriptedServer';
import { StrictClient } from './strictClient';

type State = 'start' | 'idle' | 'mail' | 'rcpt' | 'body' | 'over';

/** One connection of the scripted server. */
export class Conversation {
	#socket: Socket;
	#state: State = 'start';
	#recipients: string[] = [];
	#bodyLength = 0;
	#pending = '';
	#client: StrictClient;
	/** Chunks are handled one after the other, and replies leave in order. */
	#work: Promise<void> = Promise.resolve();

	constructor(
		private readonly connection: Socket,
		private readonly state: ScriptedServer,
		private readonly options: ScriptedServerOptions,
	) {
		this.#socket = connection;
		this.#client = new StrictClient(state.violations);
	}

	async begin(): Promise<void> {
		if (this.options.implicitTls === true) await this.#secure();
		else this.#listen();
		await this.#reach('greeting');
		await this.#say(this.state.script.greeting, '220 scripted ESMTP');
	}

	get #gone(): boolean {
		return this.#socket.destroyed || this.connection.destroyed;
	}

	#listen(): void {
		this.#socket.on('data', (chunk: Buffer) => {
			this.#work = this.#work.then(() => this.#take(chunk));
		});
	}

	async #secure(): Promise<void> {
		await this.#reach('tls');
		const { tls } = this.state.script;
		this.connection.removeAllListeners('data');
		if (tls === 'silence') await new Promise(() => undefined);
		if (tls === 'drop') {
			// The client has begun: its first bytes are there, and get no answer.
			await once(this.connection, 'data');
			this.connection.destroy();
			return;
		}
		const secureContext = createSecureContext(this.options.certificate ?? {});
		this.#socket = new TLSSocket(this.connection, { isServer: true, secureContext });
		this.#socket.on('error', () => this.connection.destroy());
		this.#state = 'start';
		this.#listen();
	}

	async #reach(point: Point): Promise<void> {
		await this.state.script.reached?.(point);
	}

	/** @returns whether the answer was positive */
	async #say(step: Step | undefined, fallback: string): Promise<boolean> {
		const said = step ?? fallback;
		if (this.#gone) return false;
		if (said === 'drop') {
			this.connection.destroy();
			return false;
		}
		if (said === 'silence') return false;
		if (typeof said === 'object' && 'drip' in said) {
			this.#drip(said.drip);
			return false;
		}
		const text = typeof said === 'string' ? `${said}\r\n` : said.raw;
		await this.#write(text);
		if (/^421/m.test(text) || (typeof said === 'object' && said.drop === true)) this.#socket.end();
		return /^\s*[23]/.test(text);
	}

	#drip(line: string): void {
		if (this.#gone) return;
		this.#socket.write(`${line}\r\n`, () => setTimeout(() => this.#drip(line), 5));
	}

	async #write(text: string): Promise<void> {
		if (this.state.script.slow !== true) {
			this.#socket.write(text);
			return;
		}
		for (const character of text) {
			this.#socket.write(character);
			await turn();
		}
	}

	async #take(chunk: Buffer): Promise<void> {
		const text = chunk.toString('latin1');
		this.#pending += text;
		if (this.#state === 'body') {
			await this.#countBody(chunk.length);
		} else {
			const lines = text.trimEnd().split('\r\n');
			this.state.batches.push(lines.map((line) => line.slice(0, 4)));
		}
		while (!this.#gone) {
			if (this.#state === 'body') {
				if (!(await this.#takeBody())) return;
			} else {
				const end = this.#pending.indexOf('\r\n');
				if (end < 0) return;
				const line = this.#pending.slice(0, end);
				this.#pending = this.#pending.slice(end + 2);
				this.#client.sends(line, this.#pending);
				await this.#command(line);
			}
		}
	}

	async #countBody(length: number): Promise<void> {
		this.state.bodyBytes += length;
		if (this.#bodyLength === 0) {
			await this.#reach('body');
			if (this.state.script.body !== undefined) await this.#say(this.state.script.body, '');
		}
		this.#bodyLength += length;
		if (this.#bodyLength > (this.state.script.dropAfterBodyBytes ?? Infinity)) this.connection.destroy();
	}

	/** @returns false while the message is not complete */
	async #takeBody(): Promise<boolean> {
		const { script } = this.state;
		// A message of no line at all is the dot alone.
		const end = this.#pending.startsWith('.\r\n') ? -2 : this.#pending.indexOf('\r\n.\r\n');
		if (end === -1) return false;
		const sent = this.#pending.slice(0, end + 2);
		this.#client.sendsContent(sent);
		const entry = { recipients: this.#recipients, message: sent };
		this.#pending = this.#pending.slice(end + 5);
		// Whatever the answer is, the transaction is over (RFC 5321 4.1.1.4).
		this.#state = 'idle';
		this.#recipients = [];
		this.#bodyLength = 0;
		this.state.received.push(entry);
		if (script.keepsUnanswered === true) this.state.delivered.push(entry);
		await this.#reach('dot');
		if (script.endBrokenOff !== undefined) {
			this.#socket.end(script.endBrokenOff);
			return false;
		}
		const step = stepOf(script.end, entry.recipients[0] ?? '');
		const taken = await this.#say(step, '250 2.0.0 queued as 1');
		if (taken && /^\s*2/.test(textOf(step) ?? '250') && script.keepsUnanswered !== true)
			this.state.delivered.push(entry);
		await this.#reach('end');
		return true;
	}

	async #command(line: string): Promise<void> {
		const { script, commands } = this.state;
		commands.push(line);
		switch (line.slice(0, 4).toUpperCase()) {
			case 'EHLO': {
				await this.#reach('ehlo');
				const offer = this.options.certificate && this.#socket === this.connection ? '250-STARTTLS\r\n' : '';
				const all = `250-scripted\r\n${offer}250-8BITMIME\r\n250-AUTH PLAIN LOGIN XOAUTH2\r\n250 SIZE 50000000`;
				const answer = script.ehlo ?? all;
				this.#client.offers(typeof answer === 'string' ? answer : '');
				if (await this.#say(answer, all)) this.#state = 'idle';
				return;
			}
			case 'HELO':
				this.#client.offers('');
				if (await this.#say(script.helo, '250 scripted')) this.#state = 'idle';
				return;
			case 'STAR':
				await this.#reach('starttls');
				if (this.options.certificate && (await this.#say(script.starttls, '220 2.0.0 go ahead'))) await this.#secure();
				else if (!this.options.certificate) await this.#say(undefined, '502 5.5.1 not implemented');
				return;
			case 'AUTH':
				await this.#reach('auth');
				await this.#say(stepOf(script.auth, line), '235 2.7.0 ok');
				return;
			case 'RSET':
				await this.#reach('rset');
				if (!(await this.#say(script.rset, '250 2.0.0 ok'))) return;
				this.#recipients = [];
				if (this.#state !== 'start') this.#state = 'idle';
				return;
			case 'QUIT':
				await this.#reach('quit');
				this.#state = 'over';
				if (script.quit === undefined) this.#socket.end('221 bye\r\n');
				else await this.#say(script.quit, '');
				return;
			default:
				await this.#transaction(line);
		}
	}

	/** The commands of a mail transaction, in their sequence only. */
	async #transaction(line: string): Promise<void> {
		const { script, senders } = this.state;
		const address = /<([^>]*)>/.exec(line)?.[1] ?? '';
		switch (line.slice(0, 4).toUpperCase()) {
			case 'MAIL':
				await this.#reach('mail');
				if (this.#state === 'start') await this.#say('503 5.5.1 Error: send HELO/EHLO first', '');
				// Postfix
				else if (this.#state !== 'idle') await this.#say('503 5.5.1 Error: nested MAIL command', '');
				else if (await this.#say(stepOf(script.mail, line), '250 2.1.0 ok')) {
					this.#state = 'mail';
					senders.push(address);
				}
				return;
			case 'RCPT': {
				await this.#reach('rcpt');
				const step = stepOf(script.rcpt, address);
				if (!/^(?:mail|rcpt)$/.test(this.#state)) await this.#say('503 5.5.1 Error: need MAIL command', '');
				else if (await this.#say(step, '250 2.1.5 ok')) {
					this.#recipients.push(address);
					this.#state = 'rcpt';
				}
				return;
			}
			case 'DATA':
				await this.#reach('data');
				if (this.#state === 'mail' && script.data === undefined) {
					await this.#say('554 5.5.1 Error: no valid recipients', '');
				} else if (!/^(?:mail|rcpt)$/.test(this.#state)) await this.#say('503 5.5.1 Error: need RCPT command', '');
				else if ((await this.#say(script.data, '354 go ahead')) && /^354/.test(textOf(script.data) ?? '354')) {
					this.#state = 'body';
				}
				return;
			default:
				await this.#say(
					stepOf(script.unknown, line),
					line.toUpperCase() === 'NOOP' ? '250 ok' : '502 5.5.1 not implemented',
				);
		}
	}
}

function stepOf(step: Step | ((about: string) => Step | undefined) | undefined, about: string): Step | undefined {
	return typeof step === 'function' ? step(about) : step;
}

function textOf(step: Step | undefined): string | undefined {
	return typeof step === 'object' ? ('raw' in step ? step.raw : step.drip) : step;
}
