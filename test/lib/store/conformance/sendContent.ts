import { describe, expect, it } from 'vitest';
import type { AdmissionTerms, SendChange, SendRecord } from '../../../../lib/store';
import type { OpenStore } from '../conformance';
import { LAPSED, LONG, freshScope, useStore } from './fixture';
import { newSend } from './sends';

const DAY = 86_400_000;
const TERMS: AdmissionTerms = {
	suppression: { stream: null, ignored: 'none' },
	pausedBy: [],
	breaker: null,
	limits: () => [],
};

/** The content of a send that waits: replaced, kept, given up. */
export function sendContentConformance(open: OpenStore): void {
	describe('the content of a send', () => {
		const store = useStore(open);
		const made = async (scope: string, recipients = ['jane@example.com', 'joe@example.com']): Promise<SendRecord[]> =>
			(await store().sends.reserve(newSend(scope, { recipients }))).sends;
		const replaced = (sends: SendRecord[], from = 'f1', fingerprint = 'f2') => {
			const { scope, groupId } = sends[0]!;
			return store().sends.replaceContent(scope, { groupId, from, fingerprint, fixed: { date: 'd', boundary: 'c' } });
		};
		const kept = async (scope: string, text: string): Promise<SendRecord> => {
			const { ref: contentRef } = await store().archive.put(scope, Buffer.from(text));
			return (await store().sends.reserve(newSend(scope, { contentRef }))).sends[0]!;
		};
		const cancel = ({ scope, id }: SendRecord) =>
			store().sends.transition(scope, { ids: [id], fence: null, to: 'canceled' });

		it('is replaced for all of its recipients, and told in each history', async () => {
			const sends = await made(freshScope());
			const { replaced: done, sends: after } = await replaced(sends);
			expect(done).toBe(true);
			expect(after).toMatchObject(
				sends.map(({ id, messageId }) => ({ id, messageId, fingerprint: 'f2', fixed: { boundary: 'c' } })),
			);
			for (const { scope, id } of sends) {
				const history = await store().sends.history(scope, id);
				expect(history.at(-1)).toMatchObject({ type: 'content-replaced', to: null, detail: { from: 'f1', to: 'f2' } });
			}
			expect((await store().sends.reserve(newSend(sends[0]!.scope, { ...sends[0]!, fingerprint: 'f2' }))).outcome).toBe(
				'existing',
			);
		});

		it('is replaced by one of many', async () => {
			const sends = await made(freshScope());
			const all = await Promise.all(Array.from({ length: 8 }, (_, index) => replaced(sends, 'f1', `g${index}`)));
			expect(all.filter((one) => one.replaced)).toHaveLength(1);
			const winner = all.findIndex((one) => one.replaced);
			const [now] = await store().sends.group(sends[0]!.scope, sends[0]!.sender, sends[0]!.key);
			expect(now!.fingerprint).toBe(`g${winner}`);
		});

		it('stays while any of them is held, was begun or is over', async () => {
			const held = await made(freshScope());
			await store().sends.lease(held[0]!.scope, held[0]!.groupId, LONG);
			expect(await replaced(held)).toMatchObject({
				replaced: false,
				sends: [{ state: 'leased' }, { state: 'leased' }],
			});

			const begun = await made(freshScope());
			const { scope, groupId } = begun[0]!;
			const [first] = await store().sends.lease(scope, groupId, LONG);
			const step = { ids: [first!.id], fence: first!.fence };
			await store().sends.transition(scope, { ...step, to: 'transmitting' });
			await store().sends.transition(scope, { ...step, to: 'deferred' });
			await store().sends.transition(scope, { ids: [begun[1]!.id], fence: first!.fence, to: 'deferred' });
			expect(await replaced(begun)).toMatchObject({ replaced: false });

			const over = await made(freshScope());
			await cancel(over[1]!);
			expect(await replaced(over)).toMatchObject({ replaced: false, sends: [{ fingerprint: 'f1' }, {}] });
		});

		it('is replaced once a lease has lapsed, and not sent by whoever had it', async () => {
			const sends = await made(freshScope());
			const { scope, groupId, id } = sends[0]!;
			const [lapsed] = await store().sends.lease(scope, groupId, LAPSED);
			expect(await replaced(sends)).toMatchObject({ replaced: true });
			const begun: SendChange = { ids: [id], fence: lapsed!.fence, to: 'transmitting' };
			expect(await store().sends.transition(scope, begun)).toEqual([]);
		});

		it('is not admitted for whoever has the one before', async () => {
			const sends = await made(freshScope());
			const { scope } = sends[0]!;
			const { sends: newer } = await replaced(sends);
			expect(await store().sends.admit(scope, sends, LONG, TERMS)).toMatchObject({ leased: [], held: [] });
			expect((await store().sends.admit(scope, newer, LONG, TERMS)).leased).toHaveLength(2);
		});

		it('that is kept survives the archive’s retention until the send is over, and not for longer', async () => {
			const scope = freshScope();
			const send = await kept(scope, 'waits');
			await store().maintenance.purge({ archive: -DAY });
			expect(await store().archive.stat(scope, send.contentRef!)).toMatchObject({ purgedAt: null });
			expect(await store().sends.releaseContent(scope, send.groupId)).toBe(false);
			await cancel(send);
			await store().maintenance.purge({});
			expect(await store().archive.stat(scope, send.contentRef!)).toBeNull();
			expect(await store().sends.get(scope, send.id)).toMatchObject({ contentRef: null });
		});

		it('that is kept goes with the one that replaces it, and with the record', async () => {
			const scope = freshScope();
			const first = await kept(scope, 'first');
			await replaced([first]);
			expect(await store().archive.stat(scope, first.contentRef!)).toBeNull();
			const second = await kept(scope, 'second');
			await cancel(second);
			expect(await store().sends.releaseContent(scope, second.groupId)).toBe(true);
			expect(await store().archive.stat(scope, second.contentRef!)).toBeNull();
		});

		it('that is kept goes when one of its people is erased', async () => {
			const scope = freshScope();
			const send = await kept(scope, 'personal');
			await store().maintenance.eraseAddress(scope, send.recipient);
			expect(await store().archive.stat(scope, send.contentRef!)).toMatchObject({
				purgedAt: expect.any(Number) as number,
			});
			expect(await store().sends.get(scope, send.id)).toMatchObject({ contentRef: null, state: 'canceled' });
		});
	});
}
