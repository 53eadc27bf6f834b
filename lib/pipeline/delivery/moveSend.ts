import { PipelineError } from '../../errors';
import type { SendRecord, Store } from '../../store/store';
import type { Permit } from './authority';

type Change = Parameters<Store['sends']['transition']>[1];

/**
 * The one way in which something from outside changes a send's state.
 *
 * @returns the sends that were moved; a state that the ledger does not let follow leaves them as they are
 * @throws PipelineError `SEND_NOT_PERMITTED`
 */
export async function moveSend(store: Store, scope: string, permit: Permit, change: Change): Promise<SendRecord[]> {
	if (!permit.moves) {
		throw new PipelineError('What was told is no proof, so no send is moved for it', {
			code: 'SEND_NOT_PERMITTED',
			hint: 'Settle the send by the node Email Ledger (Resolve In Doubt) if you know better.',
			record: { grounds: permit.grounds, sends: change.ids.join(', ') },
		});
	}
	return await store.sends.transition(scope, {
		...change,
		detail: { ...change.detail, grounds: permit.grounds },
	});
}
