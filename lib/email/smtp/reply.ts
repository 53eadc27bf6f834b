/** SMTP replies (RFC 5321 4.2), read with limits: a server is believed as far as it keeps to the protocol. */

export interface SmtpReply {
	replyCode: string;
	/** RFC 3463 enhanced status, null when the server gives none. */
	status: string | null;
	/** The whole reply as one line. */
	text: string;
}

/** A reply as it came. */
export interface ServerReply extends SmtpReply {
	/** The text of each line, without its code. */
	lines: readonly string[];
	/** Its lines have different codes, all of them 4xx or 5xx: the mail was not taken, and nothing more is said. */
	contradictory: boolean;
}

/** RFC 5321 4.5.3.1.5 asks for 512 octets a line; real servers send more, and none of them this much. */
export const LONGEST_REPLY = { lines: 128, bytes: 65_536 };

/** What cannot be a reply: another protocol, codes that contradict each other, no end. */
export class MalformedReply extends Error {
	constructor(
		message: string,
		/** The line it was found at, as it came. */
		readonly line: string,
	) {
		super(message);
		this.name = new.target.name;
	}
}

/** Puts replies together from the bytes of a connection, however they are cut. */
export class ReplyReader {
	#rest = '';
	#lines: string[] = [];
	#size = 0;

	/**
	 * The replies that these bytes complete.
	 * @throws MalformedReply after the replies before it; nothing that comes later means anything
	 */
	*read(chunk: Buffer): Generator<ServerReply> {
		this.#size += chunk.length;
		const parts = (this.#rest + chunk.toString('latin1')).split('\n');
		this.#rest = parts.pop() ?? '';
		for (const part of parts) {
			const line = decoded(part.replace(/\r$/, ''));
			// Some servers send an empty line before a reply; it is none.
			if (line.trim() === '' && this.#lines.length === 0) continue;
			if (!/^[2-5]\d\d(?:[ -]|$)/.test(line)) throw new MalformedReply('This is not an SMTP reply', line);
			this.#lines.push(line);
			if (line[3] !== '-') yield this.#complete();
			else if (this.#lines.length > LONGEST_REPLY.lines) {
				throw new MalformedReply(`The reply has more than ${LONGEST_REPLY.lines} lines`, line);
			}
		}
		if (this.#lines.length === 0 && this.#rest === '') this.#size = 0;
		if (this.#size > LONGEST_REPLY.bytes) throw new MalformedReply('The reply is too long', this.#rest.slice(0, 200));
		// Another protocol may never end its line.
		if (!/^(?:\s*|[2-5]\d{0,2}|[2-5]\d\d[ \r-].*)$/s.test(this.#rest)) {
			throw new MalformedReply('This is not an SMTP reply', this.#rest);
		}
	}

	/** What has come of a reply that is not complete. */
	get unfinished(): string {
		return decoded([...this.#lines, this.#rest].join('\n')).trim();
	}

	#complete(): ServerReply {
		const lines = this.#lines;
		this.#lines = [];
		this.#size = 0;
		const codes = [...new Set(lines.map((line) => line.slice(0, 3)))];
		const classes = [...new Set(codes.map((code) => code[0]))].join('');
		const refusal = /^[45]+$/.test(classes);
		if (codes.length > 1 && classes !== '2' && !refusal) {
			throw new MalformedReply('The lines of the reply contradict each other', lines.join(' '));
		}
		const last = lines.at(-1) ?? '';
		return {
			...parseReply(lines.join('\n')),
			replyCode: last.slice(0, 3),
			lines: lines.map((line) => line.slice(4)),
			contradictory: codes.length > 1 && refusal,
		};
	}
}

/** Reads `550 5.1.1 …`, also over several lines. */
export function parseReply(text: string): SmtpReply {
	const match = /^(\d{3})[ -]?(?:([245]\.\d{1,3}\.\d{1,3})\b)?/.exec(text.trim());
	return {
		replyCode: match?.[1] ?? '',
		status: match?.[2] ?? null,
		text: text.replace(/\r?\n(?:\d{3}(?:[ -]|$))?(?:[245]\.\d{1,3}\.\d{1,3} )?/gm, ' ').trim(),
	};
}

/**
 * True for a reply that is about the conversation, and so says nothing about a recipient or a message (RFC 5321 4.2.2
 * and 4.2.3): out of sequence, unknown, malformed, not implemented, closing.
 */
export function isAboutConversation({ replyCode }: Pick<SmtpReply, 'replyCode'>): boolean {
	return /^(?:421|50[0-4]|555)$/.test(replyCode);
}

/**
 * True where a server has had too many recipients (RFC 3463 X.5.3). A mail goes to one at a time here, so that this says
 * nothing of him; RFC 5321 4.5.3.1.10: the 552 that older servers say it with is for now.
 */
export function isRecipientLimit({ replyCode, status, text }: SmtpReply): boolean {
	return (
		/^[45]/.test(replyCode) && (/^[45]\.5\.3$/.test(status ?? '') || /too many (?:recipients|rcpts?)\b/i.test(text))
	);
}

/** True where it is this session that has had enough: another one may be welcome. */
export function isSessionLimit(reply: SmtpReply): boolean {
	const { replyCode, text } = reply;
	return (
		isRecipientLimit(reply) ||
		(replyCode.startsWith('4') &&
			/(?:too many|limit|maximum).*(?:messages|mails|transactions).*(?:connection|session)|(?:messages|mails|transactions) per (?:connection|session)/i.test(
				text,
			))
	);
}

/** Replies have no charset of their own; what is not UTF-8 is read as Latin-1. */
function decoded(line: string): string {
	const text = Buffer.from(line, 'latin1').toString('utf8');
	return text.includes('\u{fffd}') ? line : text;
}
