import { join } from 'node:path';
import type { Draft } from '../../lib/email/smtp/compose';
import type { SmtpServer } from '../../lib/email/smtp/connection';
import type { Disposition } from '../../lib/pipeline/send/sendOutcome';
import type { SendState, StoreOptions } from '../../lib/store';
import { Child } from '../lib/store/processes/child';

export interface SenderOrder {
	store: StoreOptions;
}

export interface SenderTask {
	/** Tells the reports of several tasks apart. */
	id: string;
	smtp: SmtpServer;
	keys: string[];
	draft: Draft;
	/** Sends at a time, each over its own connection. */
	lanes: number;
	/** Asks again while the answer is “later”. */
	untilAnswered: boolean;
}

export interface SentFate {
	recipient: string;
	state: SendState;
	disposition: Disposition;
	replayed: boolean;
	messageId: string;
	acceptedAt: number | null;
	code: string | null;
}

export type SenderReport =
	| { kind: 'ready' }
	| { kind: 'answered'; id: string; key: string; fates: SentFate[] }
	| { kind: 'done'; id: string }
	| { kind: 'failed'; id: string; message: string };

export class Sender extends Child<SenderReport> {
	constructor(order: SenderOrder) {
		super(join(__dirname, 'sender.ts'), order);
	}

	async ready(): Promise<void> {
		await this.report(({ kind }) => kind === 'ready');
	}

	begin(task: SenderTask): void {
		this.tell(task);
	}

	/** @returns what each key was answered with, in the order of the answers */
	async finished(id: string): Promise<Array<{ key: string; fates: SentFate[] }>> {
		const last = await this.report(
			(report) => (report.kind === 'done' || report.kind === 'failed') && report.id === id,
		);
		if (last.kind === 'failed') throw new Error(last.message);
		return this.reports.flatMap((report) => (report.kind === 'answered' && report.id === id ? [report] : []));
	}

	async end(): Promise<void> {
		this.tell('end');
		await this.gone;
	}
}
