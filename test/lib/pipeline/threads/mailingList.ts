/**
 * Makes a mailing list's archive that looks like one: a few busy authors and many rare ones, every quoting style, list
 * footers, signatures with and without a delimiter, changed subjects, parents that were never archived, copies that the
 * list delivered again. The same seed gives the same archive.
 */
export interface ArchivedMail {
	raw: string;
	thread: number;
}

interface Author {
	name: string;
	address: string;
	quoting: 'inline' | 'top' | 'outlook' | 'bottom' | 'none' | 'initials';
	attribution: (name: string, address: string, date: string) => string;
	signature: 'delimited' | 'inline' | 'none';
	client: 'full' | 'in-reply-to' | 'trimmed' | 'exchange';
	replyPrefix: string;
	/** Whom the answer goes to. */
	answers: 'list' | 'all';
	activity: number;
}

interface Mail {
	id: string;
	author: Author;
	date: number;
	subject: string;
	body: string[];
	/** As the next one would quote it: with what it quoted itself. */
	text: string;
	references: string[];
	parent: Mail | null;
	thread: number;
	archived: boolean;
	index: string | null;
}

export type Random = () => number;

export function random(seed: number): Random {
	let state = seed >>> 0;
	return () => {
		state = (state + 0x6d2b79f5) >>> 0;
		let t = Math.imul(state ^ (state >>> 15), 1 | state);
		t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
		return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
	};
}

const PHRASES = [
	'thanks for your help',
	'let me know if you have any questions',
	'I have the same problem here',
	'does anybody know how to do this',
	'as far as I can tell this is not possible',
	'please try the latest version from git',
	'any help would be greatly appreciated',
	'I am not sure what you mean by that',
];
const FIRST =
	'Ann Bob Carla Dieter Elena Frank Grace Hugo Ines Jack Karin Luis Maria Nils Olga Peter Rosa Sven Tina Uwe'.split(
		' ',
	);
const LAST = 'Lee Smith Weber Novak Rossi Garcia Dubois Jansen Kim Olsen Patel Silva Brown Keller Ivanov Tanaka'.split(
	' ',
);
const SYLLABLES = 'ba co di fe gu ka lo mi ne pu ra so ti ve zu han ter bor lin mar ston'.split(' ');
const FOOTER =
	'_______________________________________________\nwidget-users mailing list\nwidget-users@lists.example.org\nhttp://lists.example.org/mailman/listinfo/widget-users';

export function mailingList(options: {
	seed: number;
	threads: number;
	style?: 'mailbox' | 'pipermail';
}): ArchivedMail[] {
	const rnd = random(options.seed);
	const pick = <T>(items: readonly T[]): T => items[Math.floor(rnd() * items.length)]!;
	const vocabulary = Array.from({ length: 2500 }, () =>
		Array.from({ length: 1 + Math.floor(rnd() * 3) }, () => pick(SYLLABLES)).join(''),
	);
	const word = (): string => vocabulary[Math.floor(vocabulary.length * rnd() ** 3)]!;
	const sentence = (): string => {
		if (rnd() < 0.15) return `${pick(PHRASES)}.`;
		const words = Array.from({ length: 4 + Math.floor(rnd() * 14) }, word);
		return `${words.join(' ')}.`;
	};
	const paragraph = (): string => wrap(Array.from({ length: 1 + Math.floor(rnd() * 4) }, sentence).join(' '));
	const attributions: Array<Author['attribution']> = [
		(name, _address, date) => `On ${date}, ${name} wrote:`,
		(name, address, date) => `On ${date}, ${name}\n<${address}> wrote:`,
		(name) => `${name} wrote:`,
		(name, _address, date) => `Am ${date} schrieb ${name}:`,
		(name, address, date) => `* ${name} <${address}> [${date}]:`,
	];
	const authors = Array.from({ length: Math.max(12, Math.floor(options.threads * 0.6)) }, (_, at): Author => {
		const first = pick(FIRST);
		const last = pick(LAST);
		return {
			name: `${first} ${last}`,
			address: `${first}.${last}${at}@${pick(['example.com', 'example.net', 'mail.example'])}`.toLowerCase(),
			quoting: pick(['inline', 'inline', 'inline', 'top', 'top', 'bottom', 'outlook', 'initials', 'inline', 'none']),
			attribution: pick(attributions),
			signature: pick(['delimited', 'inline', 'none']),
			client: pick(['full', 'full', 'full', 'full', 'in-reply-to', 'trimmed', 'exchange']),
			replyPrefix: pick(['Re: ', 'Re: ', 'Re: ', 'RE: ', 'AW: ']),
			answers: pick(['list', 'all', 'all']),
			activity: 1 / (at + 1),
		};
	});
	const total = authors.reduce((sum, { activity }) => sum + activity, 0);
	const someone = (): Author => {
		let left = rnd() * total;
		return authors.find(({ activity }) => (left -= activity) < 0) ?? authors[0]!;
	};
	let count = 0;
	const signed = (author: Author, body: string[]): string[] => {
		if (author.signature === 'delimited')
			return [...body, `-- \n${author.name}\nWidget Corporation, Main Street ${author.name.length}`];
		if (author.signature === 'inline') return [...body, `Regards,\n${author.name}`];
		return body;
	};
	const footed = (text: string): string => `${text}\n${FOOTER}\n`;

	const begin = (thread: number, date: number): Mail => {
		const author = someone();
		const subject = Array.from({ length: 2 + Math.floor(rnd() * 5) }, word).join(' ');
		const body = signed(author, [
			rnd() < 0.5 ? 'Hi all,' : 'Hello,',
			...Array.from({ length: 1 + Math.floor(rnd() * 4) }, paragraph),
		]);
		const index =
			author.client === 'exchange'
				? Buffer.from([1, ...Array.from({ length: 21 }, () => Math.floor(rnd() * 256))])
				: null;
		return {
			id: `${++count}.${Math.floor(rnd() * 1e9)}@${author.address.split('@')[1]}`,
			author,
			date,
			subject,
			body,
			text: footed(body.join('\n\n')),
			references: [],
			parent: null,
			thread,
			archived: true,
			index: index?.toString('base64') ?? null,
		};
	};

	const answer = (parent: Mail): Mail => {
		let author = rnd() < 0.35 && parent.parent ? parent.parent.author : someone();
		if (author === parent.author && rnd() < 0.9) author = someone();
		const date = parent.date + Math.floor((0.2 + rnd() ** 3 * 60) * 3_600_000);
		const own = Array.from({ length: 1 + Math.floor(rnd() * 3) }, () => (rnd() < 0.2 ? sentence() : paragraph()));
		const when = new Date(parent.date).toUTCString().replace(' GMT', '');
		const led = author.attribution(parent.author.name, parent.author.address, when);
		const body = compose(author, parent, own, led, rnd);
		const changed = rnd() < 0.03;
		const base = changed ? `${word()} ${word()} (was: ${parent.subject})` : parent.subject;
		const references = [...parent.references, parent.id];
		return {
			id: `${++count}.${Math.floor(rnd() * 1e9)}@${author.address.split('@')[1]}`,
			author,
			date,
			subject: base,
			body,
			text: footed(body.join('\n\n')),
			references: author.client === 'trimmed' ? references.slice(-2) : references,
			parent,
			thread: parent.thread,
			archived: rnd() > 0.03,
			index: parent.index === null ? null : author.client === 'exchange' ? extended(parent.index, rnd) : parent.index,
		};
	};

	const mails: Mail[] = [];
	let clock = Date.UTC(2009, 0, 5);
	for (let thread = 0; thread < options.threads; thread++) {
		clock += Math.floor(rnd() * 48) * 3_600_000;
		const inThread = [begin(thread, clock)];
		const size = Math.min(60, Math.floor(1 / (0.03 + rnd() ** 1.3)));
		while (inThread.length < size) {
			const late = rnd() < 0.6 ? inThread.at(-1)! : pick(inThread);
			inThread.push(answer(late));
		}
		mails.push(...inThread);
	}
	const tagged = options.style !== 'pipermail';
	return mails
		.filter(({ archived }) => archived)
		.sort((a, b) => a.date - b.date)
		.map((mail) => ({ thread: mail.thread, raw: rawOf(mail, options.style ?? 'mailbox', tagged) }));
}

function compose(author: Author, parent: Mail, own: string[], led: string, rnd: Random): string[] {
	const text = author.signature === 'inline' ? [...own, `Regards,\n${author.name}`] : own;
	const sign =
		author.signature === 'delimited'
			? [`-- \n${author.name}\nWidget Corporation, Main Street ${author.name.length}`]
			: [];
	const mark = author.quoting === 'initials' ? `${author.name[0]}${author.name.split(' ')[1]?.[0] ?? ''}> ` : '> ';
	const quote = (some: string): string =>
		(rnd() < 0.2 ? wrap(some.replace(/\n(?![>\n])/g, ' '), 60) : some)
			.split('\n')
			.map((line) => (line.startsWith('>') ? `>${line}` : `${mark}${line}`.trimEnd()))
			.join('\n');
	const hello = rnd() < 0.3 ? [`Hi ${parent.author.name.split(' ')[0]},`] : [];
	switch (author.quoting) {
		case 'none':
			return [...hello, ...text, ...sign];
		case 'top':
			return [...hello, ...text, ...sign, `${led}\n${quote(parent.text)}`];
		case 'outlook':
			return [
				...hello,
				...text,
				...sign,
				`-----Original Message-----\nFrom: ${parent.author.name} <${parent.author.address}>\nSent: ${new Date(parent.date).toUTCString()}\nTo: widget-users@lists.example.org\nSubject: ${parent.subject}\n\n${parent.text}`,
			];
		case 'bottom':
			return [`${led}\n${quote(parent.body.join('\n\n'))}`, ...text, ...sign];
		case 'inline':
		case 'initials': {
			const quotable = parent.body.filter((block) => !block.startsWith('-- '));
			const chosen = quotable.filter(() => rnd() < 0.6);
			const blocks = chosen.length > 0 ? chosen : quotable.slice(0, 1);
			const mixed = blocks.flatMap((block, at) => [(at === 0 ? `${led}\n` : '') + quote(block), own[at] ?? '']);
			return [
				...mixed.filter(Boolean),
				...own.slice(blocks.length),
				...(author.signature === 'inline' ? [`Regards,\n${author.name}`] : []),
				...sign,
			];
		}
	}
}

function rawOf(mail: Mail, style: 'mailbox' | 'pipermail', tagged: boolean): string {
	const { author, parent } = mail;
	const prefix = parent ? author.replyPrefix : '';
	const subject = tagged ? `${prefix}[widget-users] ${mail.subject}` : prefix + mail.subject;
	const headers: string[] = [];
	if (style === 'pipermail') headers.push(`From: ${author.address.replace('@', ' at ')} (${author.name})`);
	else {
		const list = 'Widget users <widget-users@lists.example.org>';
		headers.push(`From: ${author.name} <${author.address}>`);
		if (parent && author.answers === 'all')
			headers.push(`To: ${parent.author.name} <${parent.author.address}>`, `Cc: ${list}`);
		else headers.push(`To: ${list}`);
		headers.push('List-Id: <widget-users.lists.example.org>', 'Precedence: list');
	}
	headers.push(`Date: ${new Date(mail.date).toUTCString().replace('GMT', '+0000')}`, `Subject: ${subject}`);
	if (parent) {
		if (author.client !== 'exchange' || mail.thread % 2 === 0) headers.push(`In-Reply-To: <${parent.id}>`);
		if (author.client === 'full' || author.client === 'trimmed') {
			headers.push(`References: ${mail.references.map((id) => `<${id}>`).join('\n\t')}`);
		}
	}
	if (author.client === 'exchange' && mail.index) headers.push(`Thread-Index: ${mail.index}`);
	headers.push(`Message-ID: <${mail.id}>`, 'Content-Type: text/plain; charset=utf-8');
	return `${headers.join('\n')}\n\n${mail.text}`;
}

function extended(index: string, rnd: Random): string {
	return Buffer.concat([
		Buffer.from(index, 'base64'),
		Buffer.from(Array.from({ length: 5 }, () => Math.floor(rnd() * 256))),
	]).toString('base64');
}

function wrap(text: string, width = 72): string {
	const lines: string[] = [];
	let line = '';
	for (const next of text.split(' ')) {
		if (line.length + next.length >= width) {
			lines.push(line);
			line = next;
		} else line = line === '' ? next : `${line} ${next}`;
	}
	return [...lines, line].join('\n');
}
