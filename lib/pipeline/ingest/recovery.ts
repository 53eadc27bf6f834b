/**
 * Records whose execution nobody waits for any more: their process died, the store was away, or it waits. n8n is asked first
 * what became of the execution, and what it has an answer for is settled, or left alone while n8n works at it. Only then is
 * the emission repeated under its id, which starts only if there was none. n8n itself goes on with executions after a crash
 * that it had created and not begun: a mail must not be started beside one of those.
 */
import { messageOf } from '../../errors';
import { INGESTION_STAGES, type IngestionRecord, type IngestionStage, type Millis } from '../../store/store';
import { askStatus } from './executionEnd';
import type { ExecutionBatch, ExecutionState, QueueOptions } from './queueOptions';
import type { Completion } from './completion';

export interface Recovery {
	/** Looks for abandoned records and takes each group of them up. */
	recover(): Promise<void>;
	/** n8n has had an execution for this repeated emission: whether it still runs shows in the records, or in time. */
	refused(emission: ExecutionBatch): Promise<void>;
}

export interface RecoveryContext {
	completion: Completion;
	isAlive: (record: IngestionRecord) => boolean;
	isStopped: () => boolean;
	/** Emits again what was emitted before, under the same id. */
	repeat: (emission: ExecutionBatch) => void;
	/** Calls `recover` again, in ms. */
	later: (delay: Millis) => void;
}

/** Stages in which an execution may still be running, or has died. */
const underWay: readonly IngestionStage[] = ['emitted', 'parsed', 'classified', 'matched'];
const PAGE = 100;
/** n8n is busy when it has just started. */
const GRACE: Millis = 30_000;
/** An execution that shows no trace for so long has ended, unless the other one of its kind is known. */
const AT_REST: Millis = 10 * 60_000;
/** Between two looks at an execution that n8n has taken up again. */
const ASK_AGAIN: Millis = 5_000;

interface Doubt {
	until: Millis;
	/** Stage of each record when last looked at. */
	stages: Map<string, IngestionStage>;
	/** n8n itself has taken the execution up again after a crash. */
	runs: boolean;
}

export function recoveryOf(options: QueueOptions, context: RecoveryContext): Recovery {
	const { store, scope, feed, emitter, log } = options;
	const { completion, isAlive, isStopped, later } = context;
	const orphanAfter = options.orphanAfter ?? 0;
	/** Emissions that n8n has had an execution for, and nobody knows what became of it. */
	const doubts = new Map<string, Doubt>();
	let recovering = Promise.resolve();
	/** True when it is settled that `recover` is called soon. */
	let asking = false;

	function isOrphan(record: IngestionRecord): boolean {
		if (record.emitter === emitter) return !isAlive(record);
		return options.knowsIds === true || Date.now() - (record.emittedAt ?? 0) >= orphanAfter;
	}

	function isThrough({ stage }: IngestionRecord): boolean {
		const { lastStage } = options;
		return (
			lastStage !== null &&
			lastStage !== undefined &&
			INGESTION_STAGES.indexOf(stage) >= INGESTION_STAGES.indexOf(lastStage)
		);
	}

	/** What is left of one emission. */
	async function takeUp(id: string, records: IngestionRecord[]): Promise<void> {
		const state = await askStatus(options, { id, records });
		if ((await completion.settle(records, state)) !== null) {
			doubts.delete(id);
			const count = records.length;
			if (state.status !== 'waiting') log.info('Executions that had ended are settled', { feed, count, ...state });
			return;
		}
		if (state.status === 'running' && !isTooOld(records)) {
			askAgain();
			return;
		}
		const rest = await withoutThrough(records);
		const [first] = rest;
		if (first === undefined) {
			doubts.delete(id);
			return;
		}
		if (state.status === 'running' || state.status === 'crashed') {
			// A worker that stood still may go on.
			if (orphanAfter > 0 && !isTooOld(rest)) return;
			doubts.delete(id);
			await completion.retry(rest);
			return;
		}
		const doubt = doubts.get(id);
		if (doubt) {
			await resolve(id, doubt, rest, state);
			return;
		}
		if (options.knowsIds !== true) {
			await completion.retry(rest);
			return;
		}
		const keys = rest.map(({ key }) => key);
		const adopted = await store.ingestion.adopt(scope, keys, first.batch ?? '', first.emitter ?? '', emitter);
		if (adopted.length > 0 && !isStopped()) context.repeat({ id, records: adopted });
	}

	/** Confirms those of the records that have nothing left to come. @returns the others */
	async function withoutThrough(records: IngestionRecord[]): Promise<IngestionRecord[]> {
		const through = records.filter(isThrough);
		if (through.length > 0) {
			log.info('Mails that had got through are confirmed', { feed, count: through.length });
			await completion.confirm(through);
		}
		return records.filter((record) => !isThrough(record));
	}

	/** Where workers run the executions, what n8n says of one may be behind the truth until it is older than any of them takes. */
	function isTooOld(records: readonly IngestionRecord[]): boolean {
		return orphanAfter > 0 && Date.now() - emittedAtOf(records) >= orphanAfter;
	}

	async function resolve(
		id: string,
		doubt: Doubt,
		records: IngestionRecord[],
		{ status }: ExecutionState,
	): Promise<void> {
		const moved = records.some(({ key, stage }) => stage !== doubt.stages.get(key));
		const seen = moved && orphanAfter === 0;
		if (seen && !doubt.runs) log.info('n8n has taken an execution up again by itself', { feed, count: records.length });
		// What moved, or runs and can be asked for its end, is left alone: it dies with this process only.
		if (seen || (doubt.runs && status === 'unfinished')) {
			doubts.set(id, { until: Date.now() + AT_REST, stages: stagesOf(records), runs: true });
		}
		if (Date.now() < (doubts.get(id) ?? doubt).until) {
			askAgain();
			return;
		}
		doubts.delete(id);
		if (doubt.runs) await completion.fail(records, 'unknown');
		else await completion.retry(records);
	}

	/** An execution that n8n has taken up tells its end only when asked. */
	function askAgain(): void {
		if (asking || options.executionStatus === undefined || orphanAfter > 0) return;
		asking = true;
		later(ASK_AGAIN);
	}

	async function recoverNow(): Promise<void> {
		asking = false;
		const emissions = new Map<string, IngestionRecord[]>();
		let afterId: number | undefined;
		for (;;) {
			const records = await store.ingestion.list(scope, feed, underWay, PAGE, afterId);
			for (const record of records) {
				afterId = record.id;
				if (!isOrphan(record)) continue;
				const id = batchIdOf(record);
				emissions.set(id, [...(emissions.get(id) ?? []), record]);
			}
			if (records.length < PAGE) break;
		}
		for (const id of doubts.keys()) if (!emissions.has(id)) doubts.delete(id);
		let failed = false;
		for (const [id, records] of emissions) {
			if (isStopped()) return;
			try {
				await takeUp(id, records);
			} catch (error) {
				// One that n8n cannot tell of keeps no other waiting.
				failed = true;
				log.warn('What became of an execution could not be found out, trying again', {
					feed,
					count: records.length,
					key: records[0]?.key ?? null,
					reason: messageOf(error),
				});
			}
		}
		if (failed) later(ASK_AGAIN);
	}

	return {
		recover() {
			// One after the other: two that see the same records would put them back twice.
			recovering = recovering.catch(() => undefined).then(recoverNow);
			return recovering;
		},
		async refused({ id, records }) {
			const state = await askStatus(options, { id, records });
			if ((await completion.settle(records, state)) !== null) return;
			if (state.status === 'running' && !isTooOld(records)) {
				askAgain();
				return;
			}
			if (state.status === 'crashed' && orphanAfter === 0) {
				await completion.retry(records);
				return;
			}
			// What n8n goes on with by itself may have moved the records already: that it moves on has to be seen.
			const grace = options.leavesTraces === true ? (options.grace ?? GRACE) : 0;
			const wait = orphanAfter > 0 ? emittedAtOf(records) + orphanAfter - Date.now() : grace;
			if (wait <= 0) {
				await completion.retry(records);
				return;
			}
			doubts.set(id, { until: Date.now() + wait, stages: stagesOf(records), runs: false });
			later(wait);
			askAgain();
		},
	};
}

function emittedAtOf(records: readonly IngestionRecord[]): Millis {
	return Math.max(...records.map(({ emittedAt }) => emittedAt ?? 0));
}

/** What n8n knows an execution by: made of what the store holds before the emission. */
export function batchIdOf({ batch, attempt }: IngestionRecord): string {
	return `${batch ?? ''}:${attempt}`;
}

function stagesOf(records: readonly IngestionRecord[]): Map<string, IngestionStage> {
	return new Map(records.map(({ key, stage }) => [key, stage]));
}
