import type { SendState } from './store';

/**
 * Who may walk an edge.
 * - `lease`: SendStore.lease or admit itself, which also counts the fence up;
 * - `holder`: whoever shows the current fence;
 * - `clock`: the store, once a lease or the send itself has lapsed;
 * - `outside`: anybody, without a fence: a provider event, a person, a policy.
 */
export type SendActor = 'lease' | 'holder' | 'clock' | 'outside';

export interface SendEdge {
	from: readonly SendState[];
	to: SendState;
	by: readonly SendActor[];
	why: string;
	/** Only for a send of which a transmission was begun: of any other there can be no evidence. */
	begun?: true;
}

/** The state machine of DESIGN.md, "The send ledger". What is not here cannot happen. */
export const SEND_EDGES: readonly SendEdge[] = [
	{
		from: ['reserved', 'deferred'],
		to: 'leased',
		by: ['lease'],
		why: 'A worker takes it; only one can, by the fence.',
	},
	{
		from: ['leased'],
		to: 'transmitting',
		by: ['holder'],
		why: 'The server answered 354 (RFC 5321, 4.1.1.4); the first byte of the body is next.',
	},
	{
		from: ['leased'],
		to: 'reserved',
		by: ['holder', 'clock'],
		why: 'The lease was given back or lapsed before DATA: nothing was sent.',
	},
	{
		from: ['reserved'],
		to: 'deferred',
		by: ['lease'],
		why: 'A limit, a pause or an open breaker: its turn has not come. Nothing was sent.',
	},
	{
		from: ['leased', 'transmitting', 'in_doubt'],
		to: 'deferred',
		by: ['holder'],
		why: 'A 4xx reply or no connection before DATA, or an explicit 4xx after it: not accepted (RFC 5321, 4.2.1).',
	},
	{
		from: ['leased', 'transmitting', 'in_doubt'],
		to: 'failed',
		by: ['holder'],
		why: 'An explicit 5xx reply: not accepted, and never will be (RFC 5321, 4.2.1).',
	},
	{
		from: ['transmitting', 'in_doubt', 'needs_review'],
		to: 'accepted',
		by: ['holder', 'outside'],
		why: 'A 250 reply, however late, or evidence from outside (provider event, Sent folder, a person).',
	},
	{
		from: ['reserved', 'leased', 'deferred', 'suppressed', 'canceled', 'expired'],
		to: 'accepted',
		by: ['holder', 'outside'],
		begun: true,
		why: 'The reply came, or evidence did, after somebody had given the transmission up: what is a fact is recorded.',
	},
	{
		from: ['transmitting'],
		to: 'in_doubt',
		by: ['holder', 'clock'],
		why: 'No reply, or the worker is gone: it may have been accepted, so it is not sent again silently.',
	},
	{
		from: ['in_doubt'],
		to: 'needs_review',
		by: ['holder', 'outside'],
		why: 'No evidence came in time: a person decides.',
	},
	{
		from: ['in_doubt', 'needs_review'],
		to: 'reserved',
		by: ['outside'],
		why: 'Sent again, by an explicit policy or by a person.',
	},
	{ from: ['needs_review'], to: 'canceled', by: ['outside'], why: 'A person decides not to send it again.' },
	{
		from: ['transmitting', 'accepted', 'in_doubt', 'needs_review'],
		to: 'delivered',
		by: ['holder', 'outside'],
		why: 'A provider event, which may overtake the reply to DATA. It never overwrites bounced or complained.',
	},
	{
		from: ['reserved', 'leased', 'deferred', 'suppressed', 'canceled', 'expired'],
		to: 'delivered',
		by: ['outside'],
		begun: true,
		why: 'It has arrived, although the transmission had been given up.',
	},
	{
		from: ['suppressed', 'canceled', 'expired'],
		to: 'bounced',
		by: ['outside'],
		begun: true,
		why: 'It was taken over and came back, although the transmission had been given up.',
	},
	{
		from: ['reserved', 'leased', 'deferred', 'suppressed', 'canceled', 'expired'],
		to: 'complained',
		by: ['outside'],
		begun: true,
		why: 'It has arrived, although the transmission had been given up.',
	},
	{
		from: ['deferred', 'bounced'],
		to: 'reserved',
		by: ['outside'],
		why: 'A person says that what it was refused for is mended: nobody has this mail.',
	},
	{
		from: ['transmitting', 'accepted', 'delivered', 'in_doubt', 'needs_review'],
		to: 'bounced',
		by: ['holder', 'outside'],
		why: 'A DSN or provider event; mail that was delivered can still bounce later (RFC 3464, asynchronous bounces).',
	},
	{
		from: ['transmitting', 'accepted', 'delivered', 'in_doubt', 'needs_review'],
		to: 'complained',
		by: ['holder', 'outside'],
		why: 'A feedback report (RFC 5965): the mail has arrived.',
	},
	{
		from: ['reserved', 'leased', 'deferred'],
		to: 'suppressed',
		by: ['holder', 'outside'],
		why: 'The address was suppressed before anything was sent.',
	},
	{
		from: ['reserved', 'leased', 'deferred'],
		to: 'canceled',
		by: ['holder', 'outside'],
		why: 'Called off before anything was sent; a holder then fails to begin transmitting.',
	},
	{
		from: ['reserved', 'leased', 'deferred'],
		to: 'expired',
		by: ['holder', 'outside', 'clock'],
		why: 'Its time was over before anything was sent.',
	},
];

/** The states from which `actor` may go to `to`. */
export function statesBefore(to: SendState, actor: SendActor): SendState[] {
	return SEND_EDGES.filter((edge) => edge.to === to && edge.by.includes(actor)).flatMap((edge) => [...edge.from]);
}

/** Whether the way from one state to the other is open only to a send of which a transmission was begun. */
export function wantsBegun(from: SendState, to: SendState): boolean {
	return SEND_EDGES.some((edge) => edge.begun === true && edge.to === to && edge.from.includes(from));
}

/** States in which the send is over, unless late evidence or a person says otherwise. */
export function isFinal(state: SendState): boolean {
	return FINAL.includes(state);
}

const FINAL: readonly SendState[] = ['bounced', 'complained', 'failed', 'suppressed', 'canceled', 'expired'];

/** Sends that something may still happen to by our own doing. */
export const PENDING: readonly SendState[] = [
	'reserved',
	'leased',
	'transmitting',
	'deferred',
	'in_doubt',
	'needs_review',
];
