import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { BouncedRecipient, Classification } from '../../../../lib/email/bounce/classification';
import { classifyMessage } from '../../../../lib/email/bounce/classifyMessage';
import { REASONS } from '../../../../lib/email/bounce/reasons';

const corpora = join(__dirname, '../../../corpora');

interface TruthRecipient {
	recipient: string | null;
	alternates?: string[];
	status?: string | null;
	replyCode?: string | null;
	reason?: string;
	hard?: boolean;
	permanent?: boolean;
}
interface TruthFile {
	kind: string;
	accept?: string[];
	recipientsUnknown?: boolean;
	recipients: TruthRecipient[];
}

/** Right answers of all, as a share. */
class Share {
	private right = 0;
	private all = 0;
	add(isRight: boolean): void {
		this.all++;
		if (isRight) this.right++;
	}
	get percent(): number {
		return (100 * this.right) / this.all;
	}
}

function read(corpus: string): Array<[TruthFile, Classification]> {
	const folder = join(corpora, corpus);
	const truth = JSON.parse(readFileSync(join(folder, 'truth.json'), 'utf8')) as { files: Record<string, TruthFile> };
	return Object.entries(truth.files).map(([name, file]) => [file, classifyMessage(readFileSync(join(folder, name)))]);
}

const wanted = (row: TruthRecipient) => [row.recipient ?? '', ...(row.alternates ?? [])].map((a) => a.toLowerCase());
const addresses = (r: BouncedRecipient) => [r.address, r.originalAddress].map((a) => (a ?? '').toLowerCase());

/** Each expected row with the answer that is about its address, else the next in order. */
function pairs(file: TruthFile, answer: Classification): Array<[TruthRecipient, BouncedRecipient | undefined]> {
	const left = [...answer.recipients];
	return file.recipients.map((row) => {
		const index = left.findIndex((r) =>
			addresses(r).some((address) => address !== '' && wanted(row).includes(address)),
		);
		return [row, index < 0 ? left.shift() : left.splice(index, 1)[0]];
	});
}

describe('the corpora', () => {
	it('bounce-sisimai', () => {
		const share = Object.fromEntries(
			['recognised', 'recipient', 'status', 'replyCode', 'hard', 'reason', 'other'].map((name) => [name, new Share()]),
		) as Record<'recognised' | 'recipient' | 'status' | 'replyCode' | 'hard' | 'reason' | 'other', Share>;
		for (const [file, answer] of read('bounce-sisimai')) {
			if (file.kind !== 'bounce') {
				share.other.add(answer.kind === (file.kind === 'complaint' ? 'complaint' : 'auto-reply'));
				continue;
			}
			share.recognised.add((file.accept ?? ['bounce']).includes(answer.kind));
			for (const [row, got] of pairs(file, answer)) {
				if (row.recipient !== null)
					share.recipient.add(got !== undefined && addresses(got).some((a) => wanted(row).includes(a)));
				if (row.status != null) share.status.add(got?.status === row.status);
				if (row.replyCode != null) share.replyCode.add(got?.replyCode === row.replyCode);
				share.hard.add((got?.bounceType === 'hard') === row.hard);
				share.reason.add(got?.reason != null && REASONS[got.reason].others.sisimai === row.reason);
			}
		}
		expect(share.recognised.percent).toBeGreaterThanOrEqual(99);
		expect(share.other.percent).toBe(100);
		expect(share.recipient.percent).toBeGreaterThanOrEqual(97);
		expect(share.status.percent).toBeGreaterThanOrEqual(95);
		expect(share.replyCode.percent).toBeGreaterThanOrEqual(95);
		expect(share.hard.percent).toBeGreaterThanOrEqual(95);
		expect(share.reason.percent).toBeGreaterThanOrEqual(93);
	});

	it('bounce-flufl', () => {
		const recognised = new Share();
		const recipients = new Share();
		const permanence = new Share();
		for (const [file, answer] of read('bounce-flufl')) {
			if (file.kind !== 'bounce') {
				expect(answer.kind).toBe('human');
				continue;
			}
			recognised.add((file.accept ?? ['bounce']).includes(answer.kind));
			for (const [row, got] of pairs(file, answer)) {
				if (row.permanent !== undefined)
					permanence.add(got !== undefined && (got.action === 'failed') === row.permanent);
			}
			if (file.recipientsUnknown === true) continue;
			const all = file.recipients.every((row) =>
				answer.recipients.some((r) => addresses(r).some((address) => wanted(row).includes(address))),
			);
			recipients.add(all && answer.recipients.length <= file.recipients.length);
		}
		expect(recognised.percent).toBeGreaterThanOrEqual(99);
		expect(recipients.percent).toBeGreaterThanOrEqual(96);
		expect(permanence.percent).toBeGreaterThanOrEqual(96);
	});

	it.each(['reply-discourse', 'mime-mime4j'])('%s holds no bounce', (corpus) => {
		const truth = JSON.parse(readFileSync(join(corpora, corpus, 'truth.json'), 'utf8')) as {
			files: Record<string, unknown>;
		};
		const folder = join(corpora, corpus);
		const wrong = Object.keys(truth.files).filter((name) => {
			const { kind } = classifyMessage(readFileSync(join(folder, name)));
			return kind === 'bounce' || kind === 'delay' || kind === 'complaint';
		});
		expect(wrong).toEqual([]);
	});
});
