import { archiveOperations } from './archive';
import { controlOperations } from './control';
import { dashboardOperations } from './dashboard';
import { deadLetterOperations } from './deadLetter';
import { deliverabilityOperations } from './deliverability';
import type { Operation } from './itemCall';
import { messageOperations } from './message';
import { sendOperations } from './send';
import { statisticsOperations } from './statistics';
import { suppressionOperations } from './suppression';

/** By resource and operation, as the node's fields name them. */
export const operations: Record<string, Record<string, Operation>> = {
	archive: archiveOperations,
	control: controlOperations,
	deadLetter: deadLetterOperations,
	deliverability: deliverabilityOperations,
	message: messageOperations,
	send: sendOperations,
	statistics: { ...statisticsOperations, ...dashboardOperations },
	suppression: suppressionOperations,
};
