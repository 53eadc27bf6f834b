import { join } from 'node:path';
import type { StoreOptions } from '../../../../lib/store';
import { Child } from './child';

export type Order = { store: StoreOptions; scope: string } & (
	{ task: 'open' } | { task: 'claim'; keys: number } | { task: 'write' }
);

export type Confirmed = 'ingestion' | 'thread' | 'send' | 'accepted';

export type Report =
	| { kind: 'ready' }
	| { kind: 'done' }
	| { kind: 'won'; keys: string[] }
	| { kind: 'begun'; id: string; ref: string }
	| { kind: 'confirmed'; id: string; what: Confirmed }
	| { kind: 'failed'; code: string; message: string };

/** A process of its own on the store. */
export class Worker extends Child<Report> {
	constructor(order: Order, uid?: number) {
		super(join(__dirname, 'worker.ts'), order, uid);
	}

	go(): void {
		this.tell('go');
	}
}

/** Starts workers, lets them go at the same moment, and waits for their end. @returns their reports, one list each */
export async function together(orders: Order[]): Promise<Report[][]> {
	const workers = orders.map((order) => new Worker(order));
	await Promise.all(workers.map((worker) => worker.report(({ kind }) => kind === 'ready')));
	for (const worker of workers) worker.go();
	await Promise.all(workers.map((worker) => worker.gone));
	return workers.map((worker) => worker.reports);
}
