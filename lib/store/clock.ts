import type { Millis } from './store';

/**
 * How far a clock may be set back while everything goes on as before, in ms. What was written by a clock that was further
 * ahead looks as if it came from the future: a lease that ends further away than it is long has lapsed.
 */
export const CLOCK_SLACK: Millis = 30_000;

/** No lease of a send is longer, in ms; they take two minutes and are renewed. */
export const LONGEST_SEND_LEASE: Millis = 3_600_000;

/** No claim on a webhook's event is longer, in ms. */
export const LONGEST_CLAIM: Millis = 3_600_000;
