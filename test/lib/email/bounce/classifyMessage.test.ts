import { readFileSync, readdirSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { BouncedRecipient, Classification, OriginalMessage } from '../../../../lib/email/bounce/classification';
import { classifyMessage } from '../../../../lib/email/bounce/classifyMessage';

const samples = resolve(__dirname, 'samples');
const json = (name: string): unknown => JSON.parse(readFileSync(join(samples, name), 'utf8'));
const sample = (path: string) => classifyMessage(readFileSync(join(samples, path)));

interface Expected {
	kind: Classification['kind'];
	recipients: Array<Partial<BouncedRecipient>>;
	original?: Partial<OriginalMessage>;
	xOrderId?: string;
	reportingMta?: string;
	feedbackType?: string;
}

describe('bounces and complaints', () => {
	const expectations = Object.entries(json('expected.json') as Record<string, Expected>);

	it('has an expectation for every sample', () => {
		const files = readdirSync(join(samples, 'bounce')).map((name) => basename(name, '.eml'));
		expect(expectations.map(([name]) => name).sort()).toEqual(files.sort());
	});

	it.each(expectations)('%s', (name, expected) => {
		const result = sample(`bounce/${name}.eml`);
		expect(result.kind).toBe(expected.kind);
		expect(result.recipients).toHaveLength(expected.recipients.length);
		expected.recipients.forEach((recipient, index) => expect(result.recipients[index]).toMatchObject(recipient));
		if (expected.original !== undefined) expect(result.original).toMatchObject(expected.original);
		if (expected.xOrderId !== undefined) expect(result.original?.headers['x-order-id']).toEqual([expected.xOrderId]);
		if (expected.reportingMta !== undefined) expect(result.reportingMta).toBe(expected.reportingMta);
		if (expected.feedbackType !== undefined) expect(result.feedbackType).toBe(expected.feedbackType);
		expect(result.evidence).not.toEqual([]);
		expect(result.confidence).toBeGreaterThan(0.7);
	});

	it('gives times in ISO 8601', () => {
		expect(sample('bounce/postfix-user-unknown.eml')).toMatchObject({
			arrivalDate: '2026-11-17T08:12:44.000Z',
			original: { date: '2026-11-17T08:12:43.000Z' },
		});
	});
});

describe('the original message', () => {
	const notice = (report: string, text: string) =>
		classifyMessage(
			Buffer.from(
				[
					'Return-Path: <>',
					'From: MAILER-DAEMON@mx.example',
					'To: a@own.example',
					'Subject: Undelivered Mail',
					'Content-Type: multipart/report; report-type=delivery-status; boundary=b',
					'',
					'--b',
					'',
					text,
					'--b',
					'Content-Type: message/delivery-status',
					'',
					report,
					'',
					'Final-Recipient: rfc822; b@dest.example',
					'Action: failed',
					'Status: 5.1.1',
					'--b--',
				].join('\n'),
			),
		);

	it('is found by X-Original-Message-ID where nothing is returned', () => {
		const { original } = notice('Reporting-MTA: dns; x\nX-Original-Message-ID: <order-42@own.example>', 'Failed.');
		expect(original?.messageId).toBe('order-42@own.example');
	});

	it('is found by the lines that the notice repeats', () => {
		const text =
			'This report relates to a message you sent with the following header fields:\n\n  Message-id: <order-42@own.example>\n  Subject: order\n';
		expect(notice('Reporting-MTA: dns; x', text).original).toMatchObject({
			messageId: 'order-42@own.example',
			subject: 'order',
		});
	});

	it('is null where nothing tells of it', () => {
		expect(notice('Reporting-MTA: dns; x', 'Failed.').original).toBeNull();
	});
});

describe('everything else is no bounce', () => {
	const autoReplies = json('auto-replies.json') as Record<string, string>;

	it.each(readdirSync(join(samples, 'other')).map((name) => basename(name, '.eml')))('%s', (name) => {
		expect(sample(`other/${name}.eml`).kind).toBe(autoReplies[name] ?? 'human');
	});

	it('keeps what a success report says', () => {
		expect(sample('other/delivered-report.eml').recipients).toMatchObject([
			{ address: 'ivan@customer.example', action: 'delivered', status: '2.1.5', reason: 'delivered', bounceType: null },
		]);
	});

	it.each([[''], ['\0'], ['no header at all'], [':'], ['From: \r\n\r\n']])('%j', (text) => {
		expect(classifyMessage(Buffer.from(text)).kind).toBe('human');
	});
});
