import { type HeaderField, decodeHeaderValue, header, rawHeader } from '../mime/headerBlock';
import { allAddresses, firstAddress, sameAddress } from './addresses';
import type { Anatomy } from './anatomy';
import type { BouncedRecipient, DeliveryAction, Evidence } from './classification';
import { type Decision, type Failure, HEAVIEST, decideReason } from './decide';
import { readAction, typedValue } from './deliveryStatus';
import { type NoticeRecipient, looseAddresses, readNoticeRecipients } from './noticeRecipients';
import { findCommand, findReplyCode, findSaidStatus, findStatus, hostWords } from './statusCodes';

/** One failure before it is decided: what each source says about it. */
interface Account {
	address: string | null;
	originalAddress: string | null;
	action: DeliveryAction | null;
	fieldStatus: string | null;
	fieldDiagnostic: string | null;
	noticeDiagnostic: string;
	remoteMta: string | null;
	form: string;
}

/** The recipients a notice is about, each with its reason. At least one, unless the notice says nothing at all. */
export function recipientsOf(anatomy: Anatomy): BouncedRecipient[] {
	const senders = sendersOf(anatomy);
	const named = readNoticeRecipients(anatomy.notice, senders);
	const failed = allAddresses(header(anatomy.root.headers, 'x-failed-recipients') ?? '');
	const accounts = accountsOf(anatomy, named, failed, senders);
	const alone = accounts.length === 1;
	return accounts.map((account) => decide(account, alone || !hasWords(account) ? anatomy.notice : '', anatomy));
}

/** Whether a source says anything about this very recipient; where none does, the whole notice is about all of them. */
function hasWords(account: Account): boolean {
	return account.fieldDiagnostic !== null || account.noticeDiagnostic !== '';
}

/** Addresses that are not the failed one unless nothing else is named: whom the notice is for, and who wrote it. */
export function sendersOf(anatomy: Anatomy): string[] {
	const fields = anatomy.root.headers;
	const own = ['to', 'from', 'delivered-to', 'x-original-to', 'reply-to'].flatMap((name) =>
		allAddresses(header(fields, name) ?? ''),
	);
	const originals = ['from', 'return-path'].flatMap((name) => allAddresses(header(anatomy.returned ?? [], name) ?? ''));
	return [...own, ...originals];
}

function accountsOf(anatomy: Anatomy, named: NoticeRecipient[], failed: string[], senders: string[]): Account[] {
	const blocks = anatomy.deliveryStatus?.recipients ?? [];
	const addressed = blocks.some((block) => reported(block).address !== null);
	if (blocks.length > 0 && (addressed || named.length <= blocks.length)) {
		return blocks.map((block, index) => {
			const account = reported(block);
			account.address ??= failed[index] ?? null;
			const other = named.find(
				(entry) => sameAddress(entry.address, account.address) || sameAddress(entry.address, account.originalAddress),
			);
			const same = other ?? (blocks.length === 1 && named.length === 1 ? named[0] : undefined);
			return same === undefined ? account : withNotice(account, same);
		});
	}
	if (failed.length > 0) {
		return failed.map((address) => {
			const same =
				named.find((entry) => sameAddress(entry.address, address)) ??
				(failed.length === 1 && named.length === 1 ? named[0] : undefined);
			const account = blank(address, 'x-failed-recipients');
			return same === undefined ? account : withNotice(account, same);
		});
	}
	if (named.length > 0) return named.map((entry) => withNotice(blank(entry.address, entry.form), entry));
	return [blank(guess(anatomy, senders), 'guess')];
}

function blank(address: string | null, form: string): Account {
	return {
		address,
		originalAddress: null,
		action: null,
		fieldStatus: null,
		fieldDiagnostic: null,
		noticeDiagnostic: '',
		remoteMta: null,
		form,
	};
}

function withNotice(account: Account, entry: NoticeRecipient): Account {
	return {
		...account,
		address: account.address ?? entry.address,
		originalAddress: account.originalAddress ?? entry.originalAddress,
		noticeDiagnostic: entry.diagnostic,
	};
}

function reported(block: HeaderField[]): Account {
	const value = (name: string) => typedValue(rawHeader(block, name))?.value ?? null;
	const final = firstAddress(value('final-recipient')) ?? firstAddress(value('x-actual-recipient'));
	const original = firstAddress(value('original-recipient'));
	return {
		...blank(
			final?.startsWith('@') === true || isLocalOnly(final) ? (original ?? final) : (final ?? original),
			'rfc3464',
		),
		originalAddress: original,
		action: readAction(rawHeader(block, 'action')),
		fieldStatus: findStatus(rawHeader(block, 'status') ?? ''),
		fieldDiagnostic: diagnosticOf(block),
		remoteMta: value('remote-mta'),
	};
}

/** The Diagnostic-Code, and what some MTAs put in brackets behind the Status: `5.2.1 (mailbox disabled)`. */
function diagnosticOf(block: HeaderField[]): string | null {
	const codes = block
		.filter((field) => field.name === 'diagnostic-code')
		.map((field) => {
			const typed = typedValue(decodeHeaderValue(field.value));
			return typed?.type === 'x-unix' ? `x-unix; ${typed.value}` : (typed?.value ?? '');
		});
	const comment = /\((?!permanent failure|temporary failure)([^()]{3,200})\)/i.exec(
		rawHeader(block, 'status') ?? '',
	)?.[1];
	const text = [...codes, comment ?? ''].join(' ').trim();
	return text === '' ? null : text;
}

/** `user@server`: a name without a dot is known behind the gateway only. */
function isLocalOnly(address: string | null): boolean {
	return address !== null && !/@(?:\[|.*\.)/.test(address);
}

/** The notice names nobody: the returned message's recipient is the best there is. */
function guess(anatomy: Anatomy, senders: string[]): string | null {
	const returned = anatomy.returned ?? [];
	const candidates = ['x-original-to', 'delivered-to', 'envelope-to', 'to'].flatMap((name) =>
		allAddresses(header(returned, name) ?? ''),
	);
	const loose = looseAddresses(anatomy.notice, senders);
	const both = loose.find((address) => candidates.some((candidate) => sameAddress(candidate, address)));
	return (
		both ??
		localRecipient(anatomy) ??
		loose[0] ??
		candidates.find((address) => !senders.some((sender) => sameAddress(sender, address))) ??
		candidates[0] ??
		null
	);
}

/** A site that lists its own users by local part only: the domain is the reporter's. */
function localRecipient(anatomy: Anatomy): string | null {
	const match =
		/(?:recipients?|address(?:es)?|users?)\b[^\n]{0,120}(?::\s{0,10}\n{1,3}[ \t]{1,20}|-{3,10}[ \t]{0,10}\n{1,3}[ \t]{0,20})([A-Za-z0-9][\w.+-]{0,60})[ \t]{0,10}(?:\n|$)/.exec(
			anatomy.notice,
		);
	const domain = firstAddress(header(anatomy.root.headers, 'from'))?.split('@').at(-1);
	return match?.[1] === undefined || domain === undefined ? null : `${match[1]}@${domain.toLowerCase()}`;
}

function decide(account: Account, notice: string, anatomy: Anatomy): BouncedRecipient {
	const own = [account.fieldDiagnostic ?? '', account.noticeDiagnostic].filter((text) => text !== '');
	const texts = notice === '' ? own : [...own, notice];
	const status = statusOf(account, own.length > 0 ? own : texts) ?? firstOf(texts, findStatus);
	const replyCode = firstOf(texts, findReplyCode);
	const remote = [
		account.remoteMta ?? '',
		...(account.remoteMta === null ? texts.map((text) => remoteIn(text) ?? '') : []),
	].join(' ');
	const failure: Failure = {
		text: '',
		replyCode,
		status,
		remote: `${remote} ${account.address ?? ''}`,
		command: firstOf([...own, anatomy.notice], findCommand),
	};
	const subject = header(anatomy.root.headers, 'subject') ?? '';
	const decision = decideBest(readingsOf(account, own, notice, subject), failure);
	const diagnostic = (account.fieldDiagnostic ?? account.noticeDiagnostic).replace(/\s+/g, ' ').trim().slice(0, 2000);
	return {
		address: account.address,
		originalAddress: account.originalAddress,
		action: account.action,
		status,
		replyCode,
		reason: decision.reason,
		bounceType: decision.bounceType,
		diagnostic: diagnostic === '' ? null : diagnostic,
		remoteMta: account.remoteMta ?? firstOf(own, remoteIn),
		command: failure.command,
		confidence: decision.confidence,
		evidence: [
			{
				source: account.form === 'rfc3464' ? 'report' : 'notice',
				rule: `recipient:${account.form}`,
				text: account.address ?? '',
			},
			...decision.evidence,
		],
	};
}

/** What the host said beats the field, which MTAs fill with their own view, unless it says nothing (x.0.0). */
function statusOf(account: Account, texts: string[]): string | null {
	const said = firstOf(texts, findSaidStatus);
	if (said !== null && !said.endsWith('.0.0')) return said;
	const spoken = firstOf(texts, findStatus);
	if (account.fieldStatus === null) return spoken;
	return account.fieldStatus.endsWith('.0.0') && spoken !== null ? spoken : account.fieldStatus;
}

/** A text to decide by, and what the weight of its phrases loses for its distance from the refusal. */
interface Reading {
	text: string;
	discount: number;
	source: Evidence['source'];
}

/** The host's own words, the sentence around them, the rest of the notice, the subject: from near to far. */
function readingsOf(account: Account, own: string[], notice: string, subject: string): Reading[] {
	const readings: Reading[] = [];
	for (const [index, text] of own.entries()) {
		const source = text === account.fieldDiagnostic ? 'report' : 'notice';
		const discount = index > 0 ? 2 : 0;
		const words = hostWords(text);
		if (words !== null) readings.push({ text: words, discount, source });
		readings.push({ text, discount: words === null ? discount : discount + 2, source });
	}
	if (notice !== '') {
		const words = hostWords(notice);
		if (words !== null) readings.push({ text: words.slice(0, 600), discount: 1.5, source: 'notice' });
		readings.push({ text: notice, discount: 3.5, source: 'notice' });
	}
	readings.push({ text: subject, discount: 5, source: 'header' });
	return readings.sort((one, other) => one.discount - other.discount);
}

/** Near words of this weight are not overruled by anything further away. */
const CERTAIN = 8;

/** The weightiest decision. What is further away is not read once it could no longer win. */
function decideBest(readings: Reading[], failure: Failure): Decision {
	let best: Decision | null = null;
	for (const { text, discount, source } of readings) {
		if (best !== null && discount > 0 && best.weight >= Math.min(CERTAIN, HEAVIEST - discount)) break;
		const decision = decideReason({ ...failure, text }, source, discount);
		if (best === null || decision.weight > best.weight) best = decision;
	}
	return best ?? decideReason(failure, 'notice');
}

function firstOf<T>(texts: string[], find: (text: string) => T | null): T | null {
	for (const text of texts) {
		const found = find(text);
		if (found !== null) return found;
	}
	return null;
}

const REMOTE =
	/(?:host|while talking to|from|by|server|connect(?:ed)? to|SMTP:\w{4} host|at)\s{1,3}\[?<?([A-Za-z0-9][A-Za-z0-9.-]{2,200}\.[A-Za-z0-9-]{1,60})/;

function remoteIn(text: string): string | null {
	return REMOTE.exec(text)?.[1]?.replace(/\.$/, '') ?? null;
}
