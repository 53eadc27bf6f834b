/** What the end of an execution means for its records; where that is not clear, n8n is asked first. */
import type { IngestionRecord, Millis } from '../../store/store';
import type { ExecutionBatch, ExecutionState, QueueOptions, Outcome } from './queueOptions';
import type { Recovery } from './recovery';
import type { BadEnd, Completion } from './completion';

export interface ExecutionEndContext {
	completion: Completion;
	recovery: Recovery;
}

/** Nothing that could be relied on. */
const UNKNOWN: ExecutionState = { status: 'unknown', execution: null };

export async function askStatus({ executionStatus }: QueueOptions, emission: ExecutionBatch): Promise<ExecutionState> {
	return executionStatus === undefined ? UNKNOWN : await executionStatus(emission);
}

/** @returns brings an emission to its end, and tells how long the first of its records has to wait to run again, in ms */
export function executionEndOf(
	options: QueueOptions,
	{ completion, recovery }: ExecutionEndContext,
): (emission: ExecutionBatch, outcome: Outcome, repeated: boolean) => Promise<Millis> {
	const { store, scope, emitter } = options;

	/** True when another process has repeated the emission meanwhile: its end is that one's matter. */
	async function isTakenOver([first]: readonly IngestionRecord[]): Promise<boolean> {
		const now = first && (await store.ingestion.get(scope, first.key));
		return now !== undefined && now?.emitter !== emitter;
	}

	/** @param otherwise what it counts as when n8n cannot tell */
	async function asked(emission: ExecutionBatch, otherwise: BadEnd): Promise<Millis> {
		const { records } = emission;
		const state = await askStatus(options, emission);
		const delay = await completion.settle(records, state);
		if (delay !== null) return delay;
		switch (state.status) {
			case 'running':
				// Its end is found by the recovery.
				return 0;
			case 'crashed':
				await completion.retry(records);
				return 0;
			default:
				return await completion.fail(records, otherwise);
		}
	}

	async function waits(emission: ExecutionBatch): Promise<void> {
		const { records } = emission;
		if (!records.some((record) => completion.destroys(record))) {
			await completion.confirm(records);
			return;
		}
		const state = await askStatus(options, emission);
		// It may have gone on already.
		if (state.status === 'running' || (await completion.settle(records, state)) !== null) return;
		await completion.leave(records);
	}

	return async (emission, outcome, repeated) => {
		const { records } = emission;
		switch (outcome) {
			case 'succeeded':
				await completion.confirm(records);
				return 0;
			case 'waiting':
				await waits(emission);
				return 0;
			case 'failed':
			case 'canceled':
				return await completion.fail(records, outcome);
			case 'ended':
				return await asked(emission, 'unknown');
			case 'died':
				// With this process; the next one takes it up.
				return 0;
			case 'refused':
				if (repeated) await recovery.refused(emission);
				else if (!(await isTakenOver(records))) return await asked(emission, 'failed');
				return 0;
		}
	};
}
