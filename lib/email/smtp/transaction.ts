/** One mail transaction (RFC 5321 3.3): MAIL, RCPT, DATA and the content, to one recipient. */
import { isAscii } from 'node:buffer';
import { setImmediate as turn } from 'node:timers/promises';
import { TransportError } from '../../errors';
import type { SmtpChannel } from './channel';
import type { SmtpExtensions } from './extensions';
import { type ServerReply, isAboutConversation, isRecipientLimit } from './reply';
import type { SmtpPhase, SmtpServer } from './server';
import { serverMessageIdOf } from './serverMessageId';
import { conversationError, refusalError, smtpError } from './smtpError';
import type { OutgoingEnvelope, Transmission } from './transmission';
import { wireBlocks } from './wireBlocks';
import { isInternational } from './wireAddress';

type Stage = 'MAIL FROM' | 'RCPT TO' | 'DATA';

interface Step {
	stage: Stage;
	line: string;
	phase: SmtpPhase;
	/** Codes that let the conversation go on. */
	expected: RegExp;
}

/**
 * Hands the message over. The channel is destroyed where the session can no longer be trusted; else it waits for RSET.
 * @param beforeBody called after 354; when it throws, no byte of the message is sent
 */
export async function transact(
	channel: SmtpChannel,
	server: SmtpServer,
	extensions: SmtpExtensions,
	envelope: OutgoingEnvelope,
	message: Buffer,
	beforeBody: () => Promise<void>,
): Promise<Transmission> {
	const transaction = new Transaction(channel, server);
	const steps = stepsOf(extensions, envelope, message);
	let refusal: Transmission | null;
	try {
		refusal = extensions.keywords.has('PIPELINING')
			? await transaction.envelopeAtOnce(steps)
			: await transaction.envelope(steps);
	} catch (error) {
		refusal = { outcome: 'not-sent', error: smtpError(error, server) };
	}
	const transmission = refusal ?? (await transaction.content(message, beforeBody));
	if (transmission.outcome !== 'accepted' && transmission.outcome !== 'refused') channel.destroy();
	return transmission;
}

function stepsOf({ keywords }: SmtpExtensions, envelope: OutgoingEnvelope, message: Buffer): Step[] {
	const parameters = [
		...(isInternational(envelope, message) ? [' SMTPUTF8'] : []),
		...(keywords.has('8BITMIME') && !isAscii(message) ? [' BODY=8BITMIME'] : []),
		...(keywords.has('SIZE') ? [` SIZE=${message.length}`] : []),
	].join('');
	return [
		{ stage: 'MAIL FROM', line: `MAIL FROM:<${envelope.mailFrom}>${parameters}`, phase: 'mail', expected: /^2/ },
		{ stage: 'RCPT TO', line: `RCPT TO:<${envelope.rcptTo}>`, phase: 'rcpt', expected: /^2/ },
		{ stage: 'DATA', line: 'DATA', phase: 'data', expected: /^354$/ },
	];
}

class Transaction {
	constructor(
		private readonly channel: SmtpChannel,
		private readonly server: SmtpServer,
	) {}

	/** @returns what stopped it, null when the server waits for the content. @throws TransportError */
	async envelope(steps: readonly Step[]): Promise<Transmission | null> {
		for (const { stage, line, phase, expected } of steps) {
			const reply = await this.channel.command(line, phase);
			if (!expected.test(reply.replyCode)) return this.#refusal(reply, stage);
		}
		return null;
	}

	/** RFC 2920 3.1: all in one piece, and every reply read. @returns as `envelope` */
	async envelopeAtOnce(steps: readonly Step[]): Promise<Transmission | null> {
		this.channel.send(steps.map(({ line }) => line));
		let first: Transmission | null = null;
		let waitsForContent = false;
		try {
			for (const { stage, phase, expected } of steps) {
				const reply = await this.channel.reply(phase);
				first ??= expected.test(reply.replyCode) ? null : this.#refusal(reply, stage);
				// What follows is not to be relied on.
				if (first?.outcome === 'not-sent') return first;
				waitsForContent = reply.replyCode === '354';
			}
			if (first !== null && waitsForContent) await this.#endForNobody(first);
		} catch (error) {
			if (first === null) throw error;
		}
		return first;
	}

	/** RFC 2920 3.1: DATA was taken although the recipient was refused. The empty message goes to nobody. */
	async #endForNobody(refusal: Transmission): Promise<void> {
		// A server that refused the sender has no transaction that could end.
		if (refusal.outcome === 'refused' && refusal.stage === 'MAIL FROM') this.channel.destroy();
		else await this.channel.command('.', 'dot');
	}

	async content(message: Buffer, beforeBody: () => Promise<void>): Promise<Transmission> {
		let begun = false;
		let complete = false;
		try {
			this.channel.expectSilence();
			await beforeBody();
			this.channel.expectSilence();
			for (const { piece, last } of wireBlocks(message)) {
				// It has refused in the midst of the content: the rest is not sent, nor the final dot.
				if (this.channel.hasSpoken) break;
				begun = true;
				complete = last;
				await this.channel.write(piece);
				// A socket that takes all at once leaves no time to hear the server, nor for anybody else.
				if (!last) await turn();
			}
			return this.#verdict(await this.channel.reply('dot'), complete);
		} catch (error) {
			return { outcome: begun ? 'in-doubt' : 'not-sent', error: smtpError(error, this.server) };
		}
	}

	/** @param complete whether the final dot has been sent */
	#verdict(reply: ServerReply, complete: boolean): Transmission {
		const { replyCode, status, text } = reply;
		if (complete && replyCode.startsWith('2')) {
			const serverMessageId = serverMessageIdOf(text, this.server.host);
			return { outcome: 'accepted', reply: { replyCode, status, text }, serverMessageId };
		}
		if (!/^[45]/.test(replyCode)) {
			return { outcome: 'in-doubt', error: conversationError(this.server, reply, 'the content') };
		}
		// Without the final dot the session cannot go on.
		if (!complete) this.channel.destroy();
		return this.#refusal(reply, 'DATA');
	}

	#refusal(reply: ServerReply, stage: Stage): Transmission {
		const { replyCode, status, text } = reply;
		const said = { replyCode, status, text };
		if (reply.contradictory || isAboutConversation(reply) || !/^[45]/.test(replyCode)) {
			return { outcome: 'not-sent', error: conversationError(this.server, reply, stage), reply: said, stage };
		}
		const error = refusalError(this.server, reply, stage);
		const forNow = isRecipientLimit(reply) ? { permanent: false } : {};
		return { outcome: 'refused', reply: said, stage, error, ...forNow };
	}
}

/** Addresses that would break out of the command they stand in. */
export function unsafeAddress({ mailFrom, rcptTo }: OutgoingEnvelope): TransportError | null {
	if (!/[\x00-\x20\x7f<>]/.test(mailFrom + rcptTo) && rcptTo !== '') return null;
	return new TransportError('The envelope has an address that cannot stand in an SMTP command', {
		code: 'SEND_ADDRESS_INVALID',
		hint: 'Write addresses as name@example.com.',
	});
}
