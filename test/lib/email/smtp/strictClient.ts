/** What an SMTP client may do (RFC 5321, 2920, 1870, 6152, 6531): more than real servers check. */

/** RFC 5321 4.5.3.1.4, and RFC 4954 4 for AUTH. MAIL gains by its extensions. */
const LONGEST_COMMAND = 512;
const LONGEST_LOGIN = 12_288;
/** RFC 5321 4.5.3.1.6, with the dot that is doubled. */
const LONGEST_LINE = 1001;

export class StrictClient {
	#offered = '';
	#eightBit = false;
	#utf8 = false;

	constructor(private readonly violations: string[]) {}

	/** The reply to EHLO. */
	offers(reply: string): void {
		this.#offered = reply.toUpperCase();
	}

	/** @param behind what the client had sent after it before it was answered */
	sends(line: string, behind: string): void {
		const verb = line.slice(0, 4).toUpperCase();
		const isLogin = !/^(?:EHLO|HELO|MAIL|RCPT|DATA|RSET|NOOP|QUIT|STAR|VRFY)/.test(verb);
		if (line.length + 2 > (isLogin ? LONGEST_LOGIN : LONGEST_COMMAND))
			this.#broke(`a command of ${line.length} octets`);
		if (/[\r\n\0]/.test(line)) this.#broke(`a bare CR, LF or NUL in ${verb}`);
		if (behind !== '') {
			if (!this.#has('PIPELINING')) this.#broke(`a command behind ${verb} before its reply`);
			// RFC 2920 3.1: these may stand last in a group only.
			if (/^(?:EHLO|DATA|QUIT|STAR|AUTH|NOOP)$/.test(verb)) this.#broke(`a command behind ${verb}`);
		}
		if (verb === 'MAIL') this.#mail(line);
		if (/[^\x00-\x7f]/.test(line) && !this.#utf8) this.#broke(`${verb} is not ASCII, without SMTPUTF8`);
	}

	/** @param content what came before the final dot */
	sendsContent(content: string): void {
		for (const line of content.split('\r\n')) {
			if (/[\r\n]/.test(line)) this.#broke('a bare CR or LF in the content');
			if (line.length > LONGEST_LINE - 2) this.#broke(`a line of ${line.length} octets in the content`);
			if (line.startsWith('.') && !line.startsWith('..')) this.#broke('a dot that is not doubled');
		}
		if (/[^\x00-\x7f]/.test(content) && this.#has('8BITMIME') && !this.#eightBit)
			this.#broke('8-bit content undeclared');
	}

	#mail(line: string): void {
		const parameters = line.slice(line.indexOf('>') + 1).toUpperCase();
		this.#eightBit = parameters.includes('BODY=8BITMIME');
		this.#utf8 = parameters.includes('SMTPUTF8');
		for (const [parameter, keyword] of [
			['BODY=', '8BITMIME'],
			['SIZE=', 'SIZE'],
			['SMTPUTF8', 'SMTPUTF8'],
		] as const) {
			if (parameters.includes(parameter) && !this.#has(keyword)) this.#broke(`${parameter} without ${keyword}`);
		}
	}

	#has(keyword: string): boolean {
		return new RegExp(`^250[ -]${keyword}\\b`, 'm').test(this.#offered);
	}

	#broke(what: string): void {
		this.violations.push(what);
	}
}
