/** What the user chose, as the library wants it. */
import type { IDataObject } from 'n8n-workflow';
import { parseSearch } from '../../lib/email/imap/rawSearch';
import type { MailboxFilter } from '../../lib/email/imap/search';
import type { MailboxAction, WatchStart } from '../../lib/email/imap/watcher';
import { InputError } from '../../lib/errors';
import type { MailboxSetOptions } from '../../lib/pipeline/ingest/sources/imap/mailboxSet';
import { keepRawOf } from '../pipelineStore';

const MEGABYTE = 1024 * 1024;
/** Seconds between signs of life: no server is to be bothered more often, and none keeps a silent IDLE longer (RFC 2177). */
const CHECKS = { shortest: 5, longest: 29 * 60 };

type Choices = Pick<
	MailboxSetOptions,
	| 'action'
	| 'batchSize'
	| 'doneWhen'
	| 'executions'
	| 'filter'
	| 'keep'
	| 'maxAttempts'
	| 'maxMessageSize'
	| 'start'
	| 'timing'
>;

/**
 * @param options the node's `options` collection
 * @param filters its `filters` collection
 * @throws InputError for a date, a keyword or a search that is none
 */
export function choicesOf(options: IDataObject, filters: IDataObject): Choices {
	const action = actionOf(options);
	const filter = filterOf(filters);
	const maxAttempts = positive(options.maxAttempts);
	const executions = positive(options.executions);
	const megabytes = positive(options.maxMessageSize);
	const seconds = positive(options.checkConnectionEvery);
	return {
		start: startOf(options),
		doneWhen: options.doneWhen === 'succeeded' ? 'succeeded' : 'ended',
		keep: keepRawOf(options),
		...(action ? { action } : {}),
		...(filter ? { filter } : {}),
		...(options.batching === 'single' ? { batchSize: 1 } : {}),
		...(maxAttempts === null ? {} : { maxAttempts }),
		...(executions === null ? {} : { executions }),
		...(megabytes === null ? {} : { maxMessageSize: megabytes * MEGABYTE }),
		...(seconds === null ? {} : { timing: { refreshInterval: 1_000 * checkEvery(seconds) } }),
	};
}

/** The mailbox of the main field first, each once. */
export function mailboxesOf(mailbox: string, { additionalMailboxes }: IDataObject): string[] {
	// An expression may give one name, or several with commas between them.
	const more: unknown[] =
		typeof additionalMailboxes === 'string' ? additionalMailboxes.split(',') : [additionalMailboxes].flat();
	const names = [mailbox, ...more].flatMap((name) => (typeof name === 'string' && name.trim() ? [name.trim()] : []));
	return [...new Set(names.length === 0 ? ['INBOX'] : names)];
}

function checkEvery(seconds: number): number {
	return Math.min(Math.max(seconds, CHECKS.shortest), CHECKS.longest);
}

export function filterOf(filters: IDataObject): MailboxFilter | undefined {
	const text = (name: string) => (typeof filters[name] === 'string' ? filters[name].trim() : '');
	const larger = positive(filters.larger);
	const smaller = positive(filters.smaller);
	const headers = headersOf(filters.headers);
	const filter: MailboxFilter = {
		...(text('from') ? { from: text('from') } : {}),
		...(text('to') ? { to: text('to') } : {}),
		...(text('subject') ? { subject: text('subject') } : {}),
		...(text('keyword') ? { keyword: text('keyword') } : {}),
		...(text('since') ? { since: dateOf(filters.since, 'Received Since') } : {}),
		...(filters.unread === true ? { seen: false } : {}),
		...(larger === null ? {} : { larger: larger * 1024 }),
		...(smaller === null ? {} : { smaller: smaller * 1024 }),
		...(Object.keys(headers).length === 0 ? {} : { header: headers }),
		// An `or` of one operand is how imapflow nests an AND.
		...(text('search') ? { or: [parseSearch(text('search'))] } : {}),
	};
	return Object.keys(filter).length === 0 ? undefined : filter;
}

function headersOf(chosen: unknown): Record<string, string | true> {
	const rows = (chosen as { header?: Array<{ name?: string; value?: string }> } | undefined)?.header ?? [];
	const named = rows.filter(({ name }) => name?.trim());
	return Object.fromEntries(named.map(({ name, value }) => [(name ?? '').trim(), value?.trim() ? value.trim() : true]));
}

function startOf(options: IDataObject): WatchStart {
	switch (options.start) {
		case 'unseen':
			return { from: 'unseen' };
		case 'everything':
			return { from: 'everything' };
		case 'since':
			return { from: 'since', date: dateOf(options.since, 'Since') };
		default:
			return { from: 'new' };
	}
}

function dateOf(value: unknown, field: string): Date {
	const date = typeof value === 'string' ? new Date(value) : new Date(Number.NaN);
	if (!Number.isNaN(date.getTime())) return date;
	throw new InputError(`“${field}” needs a date, and there is none`, {
		code: 'INPUT_DATE_MISSING',
		hint: `Choose a date under “${field}”.`,
	});
}

function actionOf(options: IDataObject): MailboxAction | undefined {
	switch (options.afterProcessing) {
		case 'markSeen':
			return { kind: 'markSeen' };
		case 'delete':
			return { kind: 'delete' };
		case 'addKeyword':
			return { kind: 'addKeyword', keyword: keywordOf(options.keyword) };
		case 'move':
			return { kind: 'move', mailbox: locatorValue(options.moveTo) || 'Archive' };
		default:
			return undefined;
	}
}

/** A flag-keyword is an atom (RFC 9051, section 9); one with a backslash is the server's own. */
function keywordOf(value: unknown): string {
	const keyword = typeof value === 'string' ? value.trim() : '';
	if (/^[^\s(){%*"\\\]\x00-\x1f\x7f-\uffff]+$/.test(keyword)) return keyword;
	throw new InputError(keyword === '' ? 'No keyword is given' : `“${keyword}” cannot be a keyword`, {
		code: 'INPUT_KEYWORD_INVALID',
		hint: 'Under “Keyword”, give one word of ASCII letters, digits and signs, such as $Processed.',
	});
}

function locatorValue(value: unknown): string {
	const inner = value !== null && typeof value === 'object' ? (value as { value?: unknown }).value : value;
	return typeof inner === 'string' ? inner.trim() : '';
}

function positive(value: unknown): number | null {
	return typeof value === 'number' && value > 0 ? value : null;
}
