/** What became of handing one message over, by whatever transport. */
import type { TransportError } from '../../errors';
import type { BounceType } from '../bounce/classification';
import type { Reason } from '../bounce/reasons';
import type { SmtpReply } from './reply';

/** What became of one transmission to one recipient. An explicit reply always wins over a broken stream. */
export type Transmission =
	| { outcome: 'accepted'; reply: SmtpReply; serverMessageId: string | null }
	/** The server said 4xx or 5xx about this recipient or message: it has not taken it. */
	| {
			outcome: 'refused';
			reply: SmtpReply;
			stage: string;
			error: TransportError;
			/** Whether it is for good, where the code is not SMTP's or means less; 5xx unless set. */
			permanent?: boolean;
			/** What it means, where more is known than the reply tells. */
			verdict?: { reason: Reason; bounceType: BounceType };
			/** How long to wait at least, in ms, when the server says so. */
			retryAfter?: number;
	  }
	/**
	 * Nothing was taken: it broke before the first byte of the body left, or the server said so in a reply that is about the
	 * conversation (`reply`) and no verdict on recipient or message.
	 */
	| { outcome: 'not-sent'; error: TransportError; reply?: SmtpReply; stage?: string }
	/** Nothing was sent, and nothing ever will be over this transport: it cannot carry this mail. */
	| { outcome: 'unsendable'; error: TransportError }
	/** It broke after that, without a reply, and the provider sends it once however often it is asked. */
	| { outcome: 'repeatable'; error: TransportError }
	/** It broke after that, without a reply: nobody knows. */
	| { outcome: 'in-doubt'; error: TransportError };

export interface OutgoingEnvelope {
	/** '' is the null return path. */
	mailFrom: string;
	rcptTo: string;
}
