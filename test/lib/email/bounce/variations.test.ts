import { readFileSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Classification } from '../../../../lib/email/bounce/classification';
import { classifyMessage } from '../../../../lib/email/bounce/classifyMessage';

const folder = resolve(__dirname, 'samples', 'bounce');
const samples = readdirSync(folder).map((name) => ({
	name,
	text: readFileSync(join(folder, name), 'latin1').replace(/\r\n/g, '\n'),
}));

const classify = (text: string) => classifyMessage(Buffer.from(text, 'latin1'));

/** What a user acts on. */
const told = ({ kind, recipients }: Classification) => ({
	kind,
	recipients: recipients.map(({ address, reason, status, replyCode }) => ({ address, reason, status, replyCode })),
});

function split(text: string): [string, string] {
	const at = text.indexOf('\n\n');
	return [text.slice(0, at), text.slice(at + 2)];
}

/** The mail without the header fields that match. */
function without(text: string, fields: RegExp, instead: readonly string[] = []): string {
	const [head, body] = split(text);
	const kept = head.split(/\n(?![ \t])/).filter((line) => !fields.test(line));
	return `${[...kept, ...instead].join('\n')}\n\n${body}`;
}

const isMultipart = (text: string) => /^content-type: multipart/im.test(split(text)[0]);
/** Made anew, so that a body that is no text of a single part stays as it is. */
const isPlain = (text: string) =>
	!isMultipart(text) && !/^content-transfer-encoding: (?:base64|quoted)/im.test(split(text)[0]);

const wrapped = (from: string, subject: string, fields: readonly string[], words: string, text: string) =>
	[
		`From: ${from}`,
		'To: tom@own.example',
		`Subject: ${subject}`,
		...fields,
		'MIME-Version: 1.0',
		'Content-Type: multipart/mixed; boundary="wrap"',
		'',
		'--wrap',
		'',
		words,
		'--wrap',
		'Content-Type: message/rfc822',
		'',
		text,
		'--wrap--',
		'',
	].join('\n');

/** Ways in which the same report reaches us: other gateways, other MTAs, what clients and archives do to it. */
const VARIATIONS: Record<string, (text: string) => string | null> = {
	'CRLF line ends': (text) => text.replace(/\n/g, '\r\n'),
	'CR line ends': (text) => text.replace(/\n/g, '\r'),
	'an mbox line in front': (text) => `From MAILER-DAEMON Mon Nov 16 10:00:00 2026\n${text}`,
	'no trace fields': (text) =>
		without(text, /^(?:received|dkim-|arc-|authentication|delivered-to|message-id|references)/i),
	'blanks at the ends of lines': (text) => text.replace(/(\S)\n/g, '$1 \n'),
	'multipart/mixed instead of report': (text) =>
		text.replace(/multipart\/report/i, 'multipart/mixed').replace(/report-type="?delivery-status"?;?\s?/i, ''),
	'report fields as text/plain': (text) =>
		text.replace(/^content-type: message\/delivery-status.*$/gim, 'Content-Type: text/plain'),
	'report fields as bytes': (text) =>
		text.replace(
			/^content-type: message\/delivery-status.*$/gim,
			'Content-Type: application/octet-stream; name=details.txt',
		),
	'headers only': (text) => text.replace(/^content-type: message\/rfc822.*$/gim, 'Content-Type: text/rfc822-headers'),
	'field names in lower case': (text) =>
		text.replace(/^(?:Final-Recipient|Original-Recipient|Action|Status|Diagnostic-Code|Reporting-MTA)(?=:)/gm, (name) =>
			name.toLowerCase(),
		),
	'no blank line between the blocks': (text) =>
		text.replace(/^((?:Reporting-MTA|Arrival-Date):.*)\n\n(?=(?:Final|Original)-Recipient)/gm, '$1\n'),
	'no closing boundary': (text) => text.replace(/^--[^\n]{3,}--$/gm, ''),
	base64: (text) =>
		isPlain(text)
			? without(
					`${split(text)[0]}\n\n${Buffer.from(split(text)[1], 'latin1').toString('base64')}\n`,
					/^content-transfer-encoding/i,
					['Content-Transfer-Encoding: base64'],
				)
			: null,
	indented: (text) => (isPlain(text) ? `${split(text)[0]}\n\n${split(text)[1].replace(/^(?=.)/gm, '  ')}` : null),
	'html with line breaks kept': (text) =>
		isPlain(text)
			? without(
					`${split(text)[0]}\n\n<html><body><pre>${split(text)[1].replace(/&/g, '&amp;').replace(/</g, '&lt;')}</pre></body></html>`,
					/^content-type/i,
					['Content-Type: text/html; charset=utf-8'],
				)
			: null,
	"a list manager's wrapper": (text) =>
		wrapped(
			'users-bounces@lists.example',
			'Uncaught bounce notification',
			['X-Mailman-Version: 2.1.39'],
			'The attached message was received as a bounce, but no member addresses could be extracted from it.',
			text,
		),
};

/** A wrapper in a wrapper is deeper than is followed, and one without the bounce's body holds none. */
const UNWRAPPED = new Set(['headers only', "a list manager's wrapper"]);

describe.each(Object.entries(VARIATIONS))('%s', (name, vary) => {
	const cases = samples
		.map(({ name: sample, text }) => [sample, text, vary(text)] as const)
		.filter(([sample, , changed]) => changed !== null && !(UNWRAPPED.has(name) && sample.includes('wrapper')));

	it.each(cases)('%s says the same', (_, text, changed) => {
		expect(told(classify(changed ?? ''))).toEqual(told(classify(text)));
	});
});

const person = ['MIME-Version: 1.0', 'Content-Type: text/plain', ''].join('\n');

/** Whoever passes a notice on is a person. */
const PEOPLE: Record<string, (text: string) => string> = {
	'attaches it': (text) => wrapped('Ana <ana@corp.example>', 'strange mail', [], 'What is this?', text),
	'pastes it': (text) =>
		`From: Ana <ana@corp.example>\nSubject: mail problem\n${person}\nHi Tom, I get this when I write to Joe:\n\n${split(text)[1]}`,
	'quotes it': (text) =>
		`From: Ana <ana@corp.example>\nSubject: Undelivered mail\n${person}\nWhat is this?\n\n${split(text)[1].replace(/^/gm, '> ')}`,
	'forwards it': (text) =>
		`From: Ana <ana@corp.example>\nSubject: Undelivered mail\n${person}\nWhat is this?\n\nFrom: Mail Delivery System <MAILER-DAEMON@mx.example>\nSent: Monday\n\n${split(text)[1]}`,
};

describe.each(Object.entries(PEOPLE))('a person who %s', (_, pass) => {
	it.each(samples.map(({ name, text }) => [name, text] as const))('%s is a person', (__, text) => {
		expect(classify(pass(text)).kind).toBe('human');
	});
});
