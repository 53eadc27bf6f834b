import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { setTimeout as delay } from 'node:timers/promises';

/** How long anything is waited for, in ms. */
export const PATIENCE = 300_000;

/** The executions of a workflow that have ended, read from n8n's own database. */
export class MailExecutions {
	/** When the execution of each mail started and ended, by subject and clock. */
	readonly mails = new Map<string, { started: number; stopped: number }>();
	readonly #ended = new Set<number>();
	readonly #ids: StatementSync;
	readonly #one: StatementSync;

	constructor(database: DatabaseSync, workflowId: string) {
		const where = `where workflowId = '${workflowId}' and stoppedAt is not null`;
		this.#ids = database.prepare(`select id from execution_entity ${where}`);
		this.#one = database.prepare(
			'select startedAt, stoppedAt, data from execution_entity e join execution_data d on d.executionId = e.id where e.id = ?',
		);
	}

	look(): this {
		for (const { id } of this.#ids.all() as Array<{ id: number }>) {
			if (this.#ended.has(id)) continue;
			this.#ended.add(id);
			const row = this.#one.get(id) as { startedAt: string; stoppedAt: string; data: string };
			const times = { started: timeOf(row.startedAt), stopped: timeOf(row.stoppedAt) };
			for (const [subject] of row.data.matchAll(/bench-[a-z]+-\d+/gi)) {
				if (!this.mails.has(subject)) this.mails.set(subject, times);
			}
		}
		return this;
	}

	get count(): number {
		return this.#ended.size;
	}

	/** Waits for the execution of the mail. @returns null when it does not come */
	async of(subject: string, patience = PATIENCE): Promise<{ started: number; stopped: number } | null> {
		const end = Date.now() + patience;
		for (;;) {
			const times = this.look().mails.get(subject);
			if (times !== undefined || Date.now() > end) return times ?? null;
			await delay(50);
		}
	}
}

/** n8n writes its times in UTC, without saying so. */
function timeOf(text: string): number {
	return Date.parse(`${text.replace(' ', 'T')}Z`);
}
