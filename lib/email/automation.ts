import { absenceNote, ownWords, untagged } from './automation/absenceNote';
import { HEADER_RULES } from './automation/headers';
import { AUTOMATION_PHRASES, REPORT_SUBJECTS } from './automation/phrases';
import type { Automation, AutomationKind, EmailAddress } from './message';
import { extractReply } from './reply/extractReply';

export interface AutomationInput {
	/** Lower-case name to decoded values. */
	headers: Record<string, string[]>;
	/** Envelope sender; '' is the null return path, null is unknown. */
	mailFrom: string | null;
	from: EmailAddress | null;
	/** Decoded. */
	subject: string;
	/** Plain text, quotes and all. */
	text: string;
	/** What the author wrote in it, where that has been read already; else it is read from `text`. */
	written?: string;
	/** Media type of the whole message, lower case, without parameters. */
	contentType: string | null;
	/** `report-type` of multipart/report (RFC 6522). */
	reportType: string | null;
}

type Found = Record<Exclude<AutomationKind, 'none'>, string[]> & {
	/** Speaks of automation, but decides nothing alone. */
	hint: string[];
};

/** Bounces above answers above notices above lists: an out-of-office that says `Precedence: bulk` is an out-of-office. */
const STRONGEST_FIRST = ['bounce', 'auto-reply', 'auto-generated', 'list', 'bulk'] as const;

/** Names that only mail systems bear; RFC 5321's postmaster is a person now and then. */
const MAILER = /^(?:mailer-?daemon|mail-?daemon|mdaemon|mmdf|mail[ .]?delivery[ .]?(?:system|subsystem))$/;
const NO_REPLY =
	/^(?:(?:.*[._+-])?(?:no|not?|never|donot|do-not|do_not|dont)[._-]?(?:reply|respond|answer)(?:[._+-].*)?|(?:.*[._-])?(?:keine?[._-]?antwort|ne[._-]?pas[._-]?repondre|nepasrepondre|no[._-]?responder|nao[._-]?responda|non[._-]?rispondere|ikke[._-]?svar|niet[._-]?beantwoorden))$/;
/** Characters of a header value that evidence quotes. */
const EXCERPT = 120;
/** Characters of the text that are looked at for an absence note, and of the author's own words among them. */
const LONGEST_NOTE = 20_000;
const OPENING = 600;

/**
 * Tells whether software wrote or multiplied a message, and by what one sees it. Kind `none` means a person, as far as
 * the message shows; its evidence then lists hints that did not suffice. Never throws; time is linear in the input.
 *
 * Sources: RFC 3834 (Auto-Submitted, null return path), RFC 2369 and 2919 (List-*), RFC 6522 (multipart/report),
 * MS-OXCMAIL (X-Auto-Response-Suppress), and the tables in automation/.
 */
export function detectAutomation(input: AutomationInput): Automation {
	const found: Found = { bounce: [], 'auto-reply': [], 'auto-generated': [], list: [], bulk: [], hint: [] };
	const subject = plain(input.subject);
	const declaredHuman = readAutoSubmitted(input.headers, found);
	readHeaders(input.headers, found);
	const system = readSender(input, found);
	readReport(input, subject, system, found);
	if (!declaredHuman) readPhrases(input, subject, found);
	for (const kind of STRONGEST_FIRST) {
		if (found[kind].length > 0) return { kind, evidence: allEvidence(found) };
	}
	return { kind: 'none', evidence: found.hint };
}

function allEvidence(found: Found): string[] {
	return [...new Set([...STRONGEST_FIRST.flatMap((kind) => found[kind]), ...found.hint])];
}

const plain = (text: string): string => text.normalize('NFC').toLowerCase().replace(/\s+/g, ' ').trim();

const line = (name: string, value: string): string =>
	`${name.replace(/(^|-)[a-z]/g, (c) => c.toUpperCase())}: ${value.length > EXCERPT ? `${value.slice(0, EXCERPT)}…` : value}`;

/** RFC 3834, 5. True when the sender says that a person wrote it (`no`). */
function readAutoSubmitted(headers: Record<string, string[]>, found: Found): boolean {
	let human = false;
	for (const value of headers['auto-submitted'] ?? []) {
		const keyword =
			value
				.replace(/\([^()]*\)/g, '')
				.split(';')[0]
				?.trim()
				.toLowerCase() ?? '';
		if (keyword === 'no') human = true;
		else if (keyword === 'auto-replied') found['auto-reply'].push(line('auto-submitted', value));
		else if (keyword !== '') found['auto-generated'].push(line('auto-submitted', value));
	}
	return human && found['auto-reply'].length + found['auto-generated'].length === 0;
}

function readHeaders(headers: Record<string, string[]>, found: Found): void {
	for (const { header, kind, value: expected } of HEADER_RULES) {
		for (const value of headers[header] ?? []) {
			const matches = expected ? expected.test(value.trim()) : !/^(?:no|false|0)$/i.test(value.trim());
			if (matches) found[kind].push(line(header, value));
		}
	}
	// A List-Id is what newsletters carry as well as lists; one click to unsubscribe (RFC 8058) and no way to post is a newsletter.
	const postable = found.list.some((evidence) => !evidence.startsWith('List-Id:'));
	if (!postable && headers['list-unsubscribe-post']) found.bulk.unshift(...found.list.splice(0));
}

/** What the envelope and the sender's address say; true when a mail system seems to speak. */
function readSender({ headers, mailFrom, from }: AutomationInput, found: Found): boolean {
	const nullPath = mailFrom === '' || (mailFrom === null && headers['return-path']?.[0]?.trim() === '<>');
	// A mail system may sign as a bare `MAILER-DAEMON`, without a domain.
	const local = localPart(from?.address || from?.name);
	const mailer = MAILER.test(local);
	const system = mailer || local === 'postmaster';
	// RFC 5321, 4.5.5: what has no return path asks for no answer. Redirections and rules of a mailbox empty it as well:
	// it proves no responder.
	if (nullPath) found[system ? 'bounce' : 'hint'].push('Return-Path: <>');
	if (system) found[mailer || nullPath ? 'bounce' : 'hint'].push(`From: ${from?.address || local}`);
	if (NO_REPLY.test(local)) {
		// A contact form writes as no-reply and names the person in Reply-To.
		const answerable = (headers['reply-to'] ?? []).some((value) => {
			const address = /[^\s<>,;:"']+@[^\s<>,;:"']+/.exec(value)?.[0];
			return address !== undefined && !NO_REPLY.test(localPart(address));
		});
		found[answerable ? 'hint' : 'auto-generated'].push(`From: ${from?.address ?? ''}`);
	}
	return system || nullPath;
}

function localPart(address: string | undefined): string {
	const at = address?.lastIndexOf('@') ?? -1;
	return (at < 0 ? address : address?.slice(0, at))?.trim().toLowerCase() ?? '';
}

function readReport(
	{ contentType, reportType }: AutomationInput,
	subject: string,
	system: boolean,
	found: Found,
): void {
	const phrase = REPORT_SUBJECTS.find((begin) => subject.startsWith(begin));
	if (contentType === 'multipart/report') {
		const type = reportType?.toLowerCase() ?? '';
		const kind =
			type === 'delivery-status' || type === 'global-delivery-status'
				? 'bounce'
				: // RFC 8098: a receipt answers a message.
					type === 'disposition-notification'
					? 'auto-reply'
					: type === '' && (phrase !== undefined || system)
						? 'bounce'
						: 'auto-generated';
		found[kind].push(`Content-Type: multipart/report${type ? `; report-type=${type}` : ''}`);
	} else if (contentType === 'message/delivery-status') {
		found.bounce.push(`Content-Type: ${contentType}`);
	}
	if (phrase === undefined) return;
	found[system || found.bounce.length > 0 ? 'bounce' : 'hint'].push(`Subject: ${phrase}`);
}

const ABSENCES = AUTOMATION_PHRASES.flatMap(({ absence }) => absence);
const OPENINGS = AUTOMATION_PHRASES.flatMap(({ opening }) => opening);

/** `Re:`, `AW:`, `回复：`: the subject is the answered mail's. */
const ANSWERS = /^[\p{L}\p{M}]{1,12}(?:\[\d+\]|\(\d+\))?[:：] ?/u;
/** HCL Notes: `AUTO: Nora Field is out of the office (returning 17.11.2026)`, in the language of the client. */
const NOTES_SUBJECT = /^auto: .{1,120}\(.{0,60}\p{Nd}.{0,40}\)\.?$/u;

/** Absence notes and receipts by their words; a weak phrase counts only beside other evidence. */
function readPhrases(input: AutomationInput, subject: string, found: Found): void {
	const subjects = untagged(subject);
	const begins = (phrase: string): boolean => subjects.some((candidate) => candidate.startsWith(phrase));
	for (const { responder } of AUTOMATION_PHRASES) {
		const phrase = responder.find(begins);
		if (phrase === undefined) continue;
		found['auto-reply'].push(`Subject: ${phrase}`);
		return;
	}
	const bare = subjects.at(-1) ?? '';
	const away =
		ANSWERS.test(bare) && !bare.startsWith('auto:') ? undefined : ABSENCES.find((phrase) => holds(bare, phrase));
	const weak = ABSENCES.find(begins) ?? away;
	if (bare.startsWith('auto:') && (NOTES_SUBJECT.test(bare) || away !== undefined)) {
		found['auto-reply'].push(`Subject: ${bare.slice(0, EXCERPT)}`);
		return;
	}
	readNote(input, weak, bare.startsWith('auto'), found);
}

/** A phrase as words of their own, or the beginning of one. */
function holds(text: string, phrase: string): boolean {
	const at = text.indexOf(phrase);
	return (
		at >= 0 &&
		(at === 0 || !/\p{L}/u.test(text.charAt(at - 1)) || /[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]/.test(phrase))
	);
}

/** What the text says, beside the subject. */
function readNote(
	{ headers, text, written }: AutomationInput,
	weak: string | undefined,
	auto: boolean,
	found: Found,
): void {
	const note = (written ?? extractReply({ text: text.slice(0, LONGEST_NOTE) }).text).slice(0, LONGEST_NOTE);
	const begin = plain(note).slice(0, OPENING);
	const opening = OPENINGS.find((phrase) => begin.includes(phrase));
	// A person announces an absence in a new mail; only a responder begins the answer to a mail with one and renames the
	// subject, or answers with nothing else.
	const answers = (headers['in-reply-to'] ?? headers.references) !== undefined;
	const own = answers || auto ? ownWords(begin) : null;
	const noPath = found.hint.includes('Return-Path: <>');
	const suppresses = found.hint.some((hint) => hint.startsWith('X-Auto-Response-Suppress:'));
	// Only where it can decide: the tables are long.
	const alone = answers || noPath || suppresses ? absenceNote(note) : null;
	const evidence = [
		...(weak ? [`Subject: ${weak}`] : []),
		...(opening ? [`Text: ${opening}`] : []),
		...(own ? [`Text: ${own}`] : []),
		...(alone !== null && opening !== alone ? [`Text: ${alone}`] : []),
	];
	const automatic =
		found['auto-generated'].length > 0 || found.bulk.some((header) => /^(?:X-)?Precedence:/.test(header));
	const proved =
		(automatic && evidence.length > 0) ||
		(noPath && weak !== undefined) ||
		(weak !== undefined && opening !== undefined && (answers || suppresses)) ||
		own !== null ||
		alone !== null;
	found[proved ? 'auto-reply' : 'hint'].push(...evidence);
}
