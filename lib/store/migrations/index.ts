import type { Dialect, Trx } from '../dialect';
import { initial } from './0001-initial';
import { threadKin } from './0030-thread-kin';
import { sendTrace } from './0040-send-trace';
import { admission } from './0050-admission';
import { intakeByTime } from './0060-intake-by-time';
import { ingestionCare } from './0070-ingestion-care';
import { webhookIntake } from './0080-webhook-intake';
import { ingestionKind } from './0081-ingestion-kind';
import { ingestionExecution } from './0095-ingestion-execution';
import { sendContent } from './0111-send-content';
import { mailIdentities } from './0120-mail-identities';
import { ingestionWaiting } from './0150-ingestion-waiting';
import { indexedLookups } from './0160-indexed-lookups';
import { threadStanding } from './0170-thread-standing';

export interface Migration {
	/** Sorts by age; a name is never reused or changed once released. */
	name: string;
	up(db: Trx, dialect: Dialect): Promise<void>;
}

/** Forward only, oldest first. */
export const migrations: readonly Migration[] = [
	initial,
	threadKin,
	sendTrace,
	admission,
	intakeByTime,
	ingestionCare,
	webhookIntake,
	ingestionKind,
	ingestionExecution,
	sendContent,
	mailIdentities,
	ingestionWaiting,
	indexedLookups,
	threadStanding,
];
