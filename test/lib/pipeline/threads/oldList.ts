/**
 * Makes the archive of a list that has run for years, as lists of developers look: answers that quote nothing, answers
 * sent from a digest, In-Reply-To with a phrase and no id, ids that a gateway changed, questions asked twice, a report
 * of the same subject every week, subjects of one word. The same seed gives the same archive.
 */
import { type ArchivedMail, type Random, random } from './mailingList';

export interface OldListOptions {
	seed: number;
	threads: number;
	/** `archive` is what pipermail offers: no recipients, no list headers, addresses spelt out. */
	style?: 'list' | 'archive';
}

type Quoting = 'inline' | 'top' | 'outlook' | 'none' | 'snip';

interface Author {
	name: string;
	address: string;
	quoting: Quoting;
	leads: number;
	signature: 'delimited' | 'name' | 'none';
	headers: 'both' | 'in-reply-to' | 'last' | 'phrase';
	prefix: string;
	answersAll: boolean;
	munged: boolean;
}

interface Mail {
	id: string;
	author: Author;
	date: number;
	subject: string;
	body: string[];
	parent: Mail | null;
	references: string[];
	thread: number;
	archived: boolean;
	/** How it names what it answers: as its author's client does, or not at all. */
	named: Author['headers'] | 'gateway' | 'nothing';
}

const HOUR = 3_600_000;
const SHORT =
	'Thanks, that worked.|+1|Me too.|Any news on this?|Thank you very much!|Never mind, I found it.|Could you post the full traceback?|Which version are you using?|Agreed.|Same here, on two machines.|I have committed this, thanks.|Please file a bug for it.'.split(
		'|',
	);
const COMMON =
	'Any help would be greatly appreciated.|I am new to this list, so please bear with me.|Thanks in advance.|Let me know what you think.|As far as I can tell this is not possible at the moment.|I think this should be fixed in the next release.|Hi all,|Hello,|I hope this helps.'.split(
		'|',
	);
const GENERIC = ['help', 'Bug?', 'Hello', 'installation', 'Question', 'A question', 'error', 'Help needed'];
const FIRST = 'Ann Bob Carla Dieter Elena Frank Grace Hugo Ines Jack Karin Luis Maria Nils Olga Peter Rosa Sven'.split(
	' ',
);
const LAST = 'Lee Smith Weber Novak Rossi Garcia Dubois Jansen Kim Olsen Patel Silva Brown Keller Ivanov'.split(' ');
const ROOTS = 'pars cod build test mod link serv port stream buff lock nod patch thread cach queu hash rout'.split(' ');
const ENDS = ['er', 'ing', 'ed', 's', 'able', 'ation', 'or', 'less', 'ed-up', 'y', 'ise', 'ment'];
const PLAIN =
	'the a of to and in is that it for on with this not be are have from which can will when there if but has does should'.split(
		' ',
	);
const FOOTER =
	'_______________________________________________\nwidget-dev mailing list\nwidget-dev@lists.example.org\nhttps://lists.example.org/mailman/listinfo/widget-dev';

type Lead = (parent: Mail, when: string) => string;
const LEADS: Lead[] = [
	({ author }, when) => `On ${when}, ${author.name} wrote:`,
	({ author }, when) => `On ${when}, ${author.name}\n<${author.address}> wrote:`,
	({ author }) => `${author.name} wrote:`,
	({ author }) => `${author.name} <${author.address}> writes:`,
	({ author, id }) => `In article <${id}>,\n${author.name} <${author.address}> wrote:`,
	({ author }, when) => `Am ${when} schrieb ${author.name}:`,
	({ author }, when) => `* ${author.name} <${author.address}> [${when}]:`,
	({ author }) => `>>>>> "${author.name[0]}" == ${author.name} <${author.address}> writes:`,
	({ author }, when) => `[${author.name}, ${when}]`,
	() => '',
];

export function oldList({ seed, threads, style = 'list' }: OldListOptions): ArchivedMail[] {
	const rnd = random(seed * 31 + 5);
	const pick = <T>(items: readonly T[]): T => items[Math.floor(rnd() * items.length)]!;
	const term = (): string => pick(ROOTS) + pick(ENDS);
	const word = (): string => (rnd() < 0.55 ? pick(PLAIN) : rnd() < 0.85 ? term() : `${term()}.${pick(ROOTS)}`);
	const sentence = (): string => {
		if (rnd() < 0.12) return pick(COMMON);
		const text = Array.from({ length: 5 + Math.floor(rnd() * 16) }, word).join(' ');
		return `${text[0]!.toUpperCase()}${text.slice(1)}.`;
	};
	const paragraph = (): string => wrap(Array.from({ length: 1 + Math.floor(rnd() * 4) }, sentence).join(' '), 72);
	const authors = Array.from({ length: Math.max(15, Math.floor(threads * 0.7)) }, (_, at): Author => {
		const [first, last] = [pick(FIRST), pick(LAST)];
		return {
			name: `${first} ${last}`,
			address: `${first}.${last}${at}@${pick(['example.com', 'example.net', 'mail.example'])}`.toLowerCase(),
			quoting: pick<Quoting>(['inline', 'inline', 'inline', 'inline', 'snip', 'snip', 'top', 'top', 'outlook', 'none']),
			leads: Math.floor(rnd() * LEADS.length),
			signature: pick(['delimited', 'name', 'none']),
			headers: pick([...Array<'both'>(14).fill('both'), 'in-reply-to', 'in-reply-to', 'last', 'phrase']),
			prefix: pick(['Re: ', 'Re: ', 'Re: ', 'RE: ', 'AW: ', 'Re[2]: ']),
			answersAll: rnd() < 0.5,
			munged: rnd() < 0.05,
		};
	});
	// A few write most of it.
	const someone = (): Author => authors[Math.floor(authors.length * rnd() ** 2.2)]!;
	let count = 0;
	const idOf = (author: Author): string =>
		`${Math.floor(rnd() * 1e12).toString(36)}.${++count}@${author.address.split('@')[1]}`;
	const signed = (author: Author, body: string[]): string[] => [
		...body,
		...(author.signature === 'name' ? [rnd() < 0.5 ? author.name.split(' ')[0]! : `Regards,\n${author.name}`] : []),
		...(author.signature === 'delimited' ? [`-- \n${author.name}\nhttp://www.${author.address.split('@')[1]}`] : []),
	];
	const begin = (thread: number, date: number, subject: string): Mail => {
		const author = someone();
		const body = signed(author, [
			pick(['Hi all,', 'Hello,', 'Hi,']),
			...Array.from({ length: 1 + Math.floor(rnd() * 4) }, paragraph),
		]);
		return {
			...{ id: idOf(author), author, date, subject, body, parent: null },
			...{ references: [], thread, archived: true, named: 'both' },
		};
	};
	const answer = (parent: Mail): Mail => {
		let author = rnd() < 0.4 && parent.parent ? parent.parent.author : someone();
		if (author === parent.author && rnd() < 0.85) author = someone();
		// Half within five hours, one in twenty after more than four days.
		const date = parent.date + Math.floor(Math.exp(1.6 + 1.9 * normal(rnd)) * HOUR * 0.8) + 60_000;
		const quoting = rnd() < 0.05 ? 'none' : author.quoting;
		const own = quoting === 'none' && rnd() < 0.7 ? [pick(SHORT)] : Array.from({ length: 1 + rnd() * 3 }, paragraph);
		const changed = rnd() < 0.03;
		const luck = rnd();
		return {
			id: idOf(author),
			author,
			date,
			subject: changed ? `${term()} ${term()} ${term()} (was: ${parent.subject})` : parent.subject,
			body: quoted(parent, author, quoting, own, rnd, signed),
			parent,
			references: [...parent.references, parent.id],
			thread: parent.thread,
			archived: rnd() > 0.02,
			named: changed || luck > 0.035 ? author.headers : luck < 0.02 ? 'nothing' : 'gateway',
		};
	};

	const mails: Mail[] = [];
	let clock = Date.UTC(2006, 2, 1);
	for (let thread = 0; thread < threads; thread++) {
		clock += Math.floor(-Math.log(1 - rnd()) * 9 * HOUR);
		const luck = rnd();
		const specific = Array.from({ length: 3 + Math.floor(rnd() * 5) }, word).join(' ');
		const subject = luck < 0.04 ? pick(GENERIC) : luck < 0.06 ? 'Weekly bug summary' : specific;
		const first = begin(thread, subject.startsWith('Weekly') ? weekOf(clock, thread) : clock, subject);
		const again = luck > 0.985 ? mails.findLast((mail) => mail.parent === null) : undefined;
		if (again) Object.assign(first, { subject: again.subject, author: again.author, body: again.body });
		const all = [first];
		const size = rnd() < 0.4 ? 1 : Math.min(70, Math.floor(1.5 / (0.04 + rnd())) + 1);
		while (all.length < size) all.push(answer(rnd() < 0.55 ? all.at(-1)! : pick(all)));
		mails.push(...all);
	}
	return mails
		.filter(({ archived }) => archived)
		.sort((a, b) => a.date - b.date)
		.map((mail) => ({ thread: mail.thread, raw: rawOf(mail, style, rnd) }));
}

/** Every report in a week of its own. */
function weekOf(clock: number, thread: number): number {
	return Math.ceil(clock / (168 * HOUR)) * 168 * HOUR + thread * 7 * 168 * HOUR;
}

function normal(rnd: Random): number {
	return Math.sqrt(-2 * Math.log(1 - rnd())) * Math.cos(2 * Math.PI * rnd());
}

function quoted(
	parent: Mail,
	author: Author,
	quoting: Quoting,
	own: string[],
	rnd: Random,
	signed: (author: Author, body: string[]) => string[],
): string[] {
	const when = new Date(parent.date).toUTCString().replace(' GMT', ' +0000');
	const lead = LEADS[author.leads]!(parent, when);
	const led = (text: string): string => (lead === '' ? text : `${lead}\n${text}`);
	const mark = (text: string): string =>
		(rnd() < 0.15 ? wrap(text.replace(/\n(?![>\n])/g, ' '), 60) : text)
			.split('\n')
			.map((line) => (line.startsWith('>') ? `>${line}` : `> ${line}`.trimEnd()))
			.join('\n');
	const hello = rnd() < 0.2 ? [`Hi ${parent.author.name.split(' ')[0]},`] : [];
	const history = `${parent.body.join('\n\n')}\n${FOOTER}`;
	switch (quoting) {
		case 'none':
			return signed(author, [...hello, ...own]);
		case 'top':
			return [...signed(author, [...hello, ...own]), led(mark(history))];
		case 'outlook':
			return [
				...signed(author, [...hello, ...own]),
				`-----Original Message-----\nFrom: ${parent.author.name} [mailto:${parent.author.address}]\nSent: ${when}\nTo: widget-dev@lists.example.org\nSubject: ${parent.subject}\n\n${history}`,
			];
		case 'snip':
		case 'inline': {
			const blocks = parent.body.filter((block) => !block.startsWith('-- '));
			const chosen = blocks.filter(() => rnd() < 0.5);
			const used = chosen.length > 0 ? chosen : blocks.slice(0, 1);
			const short = (block: string): string => {
				const lines = block.split('\n');
				return quoting === 'snip' && lines.length > 2 ? [...lines.slice(0, 2), '[...]'].join('\n') : block;
			};
			const mixed = used.flatMap((block, at) => [
				at === 0 ? led(mark(short(block))) : mark(short(block)),
				own[at] ?? '',
			]);
			return signed(author, [...mixed.filter(Boolean), ...own.slice(used.length)]);
		}
	}
}

function rawOf(mail: Mail, style: 'list' | 'archive', rnd: Random): string {
	const { author, parent } = mail;
	const list = 'widget-dev@lists.example.org';
	const headers: string[] = [];
	if (style === 'archive') headers.push(`From: ${author.address.replace('@', ' at ')} (${author.name})`);
	else {
		if (author.munged)
			headers.push(`From: ${author.name} via widget-dev <${list}>`, `Reply-To: ${author.name} <${author.address}>`);
		else headers.push(`From: ${author.name} <${author.address}>`);
		if (parent && author.answersAll)
			headers.push(`To: ${parent.author.name} <${parent.author.address}>`, `Cc: ${list}`);
		else headers.push(`To: ${list}`);
		headers.push(`List-Id: Widget developers <widget-dev.lists.example.org>`, `List-Post: <mailto:${list}>`);
	}
	const tag = style === 'archive' && rnd() < 0.5 ? '' : '[Widget-dev] ';
	headers.push(
		`Date: ${new Date(mail.date).toUTCString().replace('GMT', '+0000')}`,
		`Subject: ${parent ? author.prefix : ''}${tag}${mail.subject}`,
		...namesOf(mail, rnd),
		`Message-ID: <${mail.id}>`,
		'Content-Type: text/plain; charset=utf-8',
	);
	return `${headers.join('\n')}\n\n${mail.body.join('\n\n')}\n${style === 'list' ? `${FOOTER}\n` : ''}`;
}

function namesOf({ parent, references, named }: Mail, rnd: Random): string[] {
	if (parent === null) return [];
	const when = new Date(parent.date).toUTCString();
	switch (named) {
		case 'nothing':
			return [];
		case 'gateway':
			return [`References: <mailman.${Math.floor(rnd() * 1e6)}.${parent.date}.widget@lists.example.org>`];
		case 'phrase':
			return [
				rnd() < 0.5
					? `In-Reply-To: Your message of "${when}."\n\t<${parent.id}>`
					: `In-Reply-To: Message from ${parent.author.name} <${parent.author.address}>\n   of "${when}" <${parent.id}>`,
			];
		case 'in-reply-to':
			return [`In-Reply-To: <${parent.id}>`];
		case 'last':
			return [`In-Reply-To: <${parent.id}>`, `References: <${parent.id}>`];
		case 'both':
			return [
				`In-Reply-To: <${parent.id}>`,
				`References: ${references
					.slice(-12)
					.map((id) => `<${id}>`)
					.join('\n\t')}`,
			];
	}
}

function wrap(text: string, width: number): string {
	return text.replace(new RegExp(`(?![^\\n]{1,${width}}$)([^\\n]{1,${width}}) `, 'g'), '$1\n');
}
