import { describe } from 'vitest';
import type { EncryptionKey, Store } from '../../../lib/store';
import { admissionConformance } from './conformance/admission';
import { archiveConformance } from './conformance/archive';
import { deadLetterConformance } from './conformance/deadLetters';
import { endpointConformance } from './conformance/endpoints';
import { ingestionConformance } from './conformance/ingestion';
import { leaseConformance } from './conformance/leases';
import { limitConformance } from './conformance/limits';
import { mailboxConformance } from './conformance/mailboxes';
import { maintenanceConformance } from './conformance/maintenance';
import { replayConformance } from './conformance/replay';
import { secretConformance } from './conformance/secrets';
import { sendContentConformance } from './conformance/sendContent';
import { sendConformance } from './conformance/sends';
import { sendStateConformance } from './conformance/sendStates';
import { clockConformance } from './conformance/clock';
import { statisticsConformance } from './conformance/statistics';
import { overviewConformance } from './conformance/overview';
import { storeConformance } from './conformance/store';
import { storedTextConformance } from './conformance/storedText';
import { suppressionConformance } from './conformance/suppressions';
import { threadConformance } from './conformance/threads';

/** Opens another handle on one and the same database of a suite. */
export type OpenStore = (options?: {
	encryptionKeys?: EncryptionKey[];
	keepSuppressedAddresses?: boolean;
}) => Promise<Store>;

/** What every driver must do: each method of the contract, the same assertions. */
export function conformance(driver: Store['driver'], open: OpenStore): void {
	describe(`the store on ${driver}`, () => {
		storeConformance(driver, open);
		archiveConformance(open);
		leaseConformance(open);
		mailboxConformance(open);
		ingestionConformance(open);
		replayConformance(open);
		endpointConformance(open);
		threadConformance(open);
		secretConformance(open);
		sendConformance(open);
		sendContentConformance(open);
		sendStateConformance(open);
		clockConformance(open);
		admissionConformance(open);
		statisticsConformance(open);
		overviewConformance(open);
		suppressionConformance(open);
		limitConformance(open);
		deadLetterConformance(open);
		describe('a text that not every database takes', () => storedTextConformance(open));
		maintenanceConformance(open);
	});
}
