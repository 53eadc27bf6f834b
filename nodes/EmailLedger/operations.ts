import { archiveOperations } from './archive';
import { controlOperations } from './control';
import { dashboardOperations } from './dashboard';
import { deadLetterOperations } from './deadLetter';
import { deliverabilityOperations } from './deliverability';
import type { Operation, StorelessOperation } from './itemCall';
import { messageOperations } from './message';
import { sendOperations } from './send';
import { statisticsOperations } from './statistics';
import { suppressionOperations } from './suppression';

/** By resource and operation, as the node's fields name them; they work on the store. */
export const operations: Record<string, Record<string, Operation>> = {
	archive: archiveOperations,
	control: controlOperations,
	deadLetter: deadLetterOperations,
	message: messageOperations,
	send: sendOperations,
	statistics: { ...statisticsOperations, ...dashboardOperations },
	suppression: suppressionOperations,
};

/** Those that work on the item and the outside world only: they run also where no store can be opened. */
export const storelessOperations: Record<string, Record<string, StorelessOperation>> = {
	deliverability: deliverabilityOperations,
};
