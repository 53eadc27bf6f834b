import { readFileSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { classifyMessage } from '../../../../lib/email/bounce/classifyMessage';
import { classifyReply } from '../../../../lib/email/bounce/classifyReply';
import { REASONS } from '../../../../lib/email/bounce/reasons';

/** More runs with BOUNCE_FUZZ_RUNS; a failure prints the seed and the path that repeat it. */
const numRuns = Number(process.env.BOUNCE_FUZZ_RUNS ?? 150);

const samples = resolve(__dirname, 'samples');
const messages = ['bounce', 'other'].flatMap((folder) =>
	readdirSync(join(samples, folder)).map((name) => readFileSync(join(samples, folder, name))),
);

function expectSound(raw: Buffer): void {
	const result = classifyMessage(raw);
	expect(['human', 'bounce', 'delay', 'complaint', 'auto-reply']).toContain(result.kind);
	expect(result.confidence).toBeGreaterThanOrEqual(0);
	expect(result.confidence).toBeLessThanOrEqual(1);
	for (const recipient of result.recipients) {
		expect(recipient.reason === null || recipient.reason in REASONS).toBe(true);
		expect(recipient.status ?? '5.1.1').toMatch(/^[245]\.\d\.\d{1,3}$/);
		expect(recipient.replyCode ?? '550').toMatch(/^[245]\d\d$/);
		expect(recipient.address ?? 'a@b').toMatch(/^[^\s<>]+@[^\s<>]+$|^".*"@/);
		expect((recipient.diagnostic ?? '').length).toBeLessThanOrEqual(2000);
	}
	// What goes into a workflow must survive JSON.
	expect(JSON.parse(JSON.stringify(result))).toBeTypeOf('object');
}

const sampleOf = fc.constantFrom(...messages);
const share = fc.double({ min: 0, max: 1, noNaN: true });

describe('classifyMessage is sound on any bytes', () => {
	it('random bytes', () => {
		fc.assert(
			fc.property(fc.uint8Array({ maxLength: 2000 }), (bytes) => expectSound(Buffer.from(bytes))),
			{ numRuns },
		);
	});

	it('messages cut anywhere', () => {
		fc.assert(
			fc.property(sampleOf, share, (raw, at) => expectSound(raw.subarray(0, Math.floor(raw.length * at)))),
			{ numRuns },
		);
	});

	it('messages with bytes changed', () => {
		const changes = fc.array(fc.tuple(share, fc.integer({ min: 0, max: 255 })), { minLength: 1, maxLength: 40 });
		fc.assert(
			fc.property(sampleOf, changes, (raw, edits) => {
				const changed = Buffer.from(raw);
				for (const [at, byte] of edits) changed[Math.floor(at * (changed.length - 1))] = byte;
				expectSound(changed);
			}),
			{ numRuns },
		);
	});

	it('one message spliced into another', () => {
		fc.assert(
			fc.property(sampleOf, sampleOf, share, (raw, other, at) => {
				const cut = Math.floor(raw.length * at);
				expectSound(Buffer.concat([raw.subarray(0, cut), other, raw.subarray(cut)]));
			}),
			{ numRuns },
		);
	});

	it('lines repeated many times', () => {
		fc.assert(
			fc.property(sampleOf, share, fc.integer({ min: 100, max: 2000 }), (raw, at, times) => {
				const lines = raw.toString('latin1').split('\r\n');
				const index = Math.floor(at * (lines.length - 1));
				const repeated = Array<string>(times).fill(lines[index] ?? '');
				expectSound(Buffer.from([...lines.slice(0, index), ...repeated, ...lines.slice(index)].join('\r\n'), 'latin1'));
			}),
			{ numRuns: Math.ceil(numRuns / 5) },
		);
	});
});

describe('classifyReply is sound on any text', () => {
	it('random text', () => {
		fc.assert(
			fc.property(fc.string({ unit: 'binary', maxLength: 3000 }), (text) => {
				const { reason, confidence } = classifyReply({ replyCode: null, status: null, text });
				expect(reason in REASONS).toBe(true);
				expect(confidence).toBeLessThanOrEqual(1);
			}),
			{ numRuns },
		);
	});
});
