/** A process that sends what it is told to, as an execution of the node does, until it is killed or has no more to do. */
import { setTimeout as pause } from 'node:timers/promises';
import { sendOnce } from '../../lib/pipeline/send/sendOnce';
import { createSmtpTransport } from '../../lib/pipeline/send/smtpTransport';
import { openStore } from '../../lib/store';
import type { SenderOrder, SenderReport, SenderTask } from './senders';

const order = JSON.parse(process.argv[2] ?? '') as SenderOrder;
const tell = (report: SenderReport): void => void process.send?.(report);
// Whoever started it is gone.
process.once('disconnect', () => process.exit());

void main();

async function main(): Promise<void> {
	const store = await openStore({ ...order.store, linger: 0 });
	process.on('message', (task: SenderTask | 'end') => {
		if (task === 'end') void store.close().then(() => process.disconnect());
		else void work(task);
	});
	tell({ kind: 'ready' });

	async function work({ id, smtp, keys, draft, lanes, untilAnswered }: SenderTask): Promise<void> {
		let next = 0;
		const lane = async (): Promise<void> => {
			const transport = createSmtpTransport(smtp);
			try {
				for (let key = keys[next++]; key !== undefined; key = keys[next++]) await fire(transport, key);
			} finally {
				transport.close();
			}
		};
		const fire = async (transport: ReturnType<typeof createSmtpTransport>, key: string): Promise<void> => {
			for (;;) {
				const outcomes = await sendOnce(store, transport, { scope: 'default', key, draft }, { leaseTtl: 600_000 });
				if (untilAnswered && outcomes.some(({ disposition }) => disposition === 'deferred')) {
					await pause(20);
					continue;
				}
				const fates = outcomes.map(({ record, disposition, replayed, error }) => ({
					recipient: record.recipient,
					state: record.state,
					disposition,
					replayed,
					messageId: record.messageId,
					acceptedAt: record.acceptedAt,
					code: error?.code ?? null,
				}));
				tell({ kind: 'answered', id, key, fates });
				return;
			}
		};
		try {
			await Promise.all(Array.from({ length: lanes }, lane));
			tell({ kind: 'done', id });
		} catch (error) {
			tell({ kind: 'failed', id, message: String(error) });
		}
	}
}
