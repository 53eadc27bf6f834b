import { join } from 'node:path';

/** A thread runs on Node itself, which does not read the sources: it gets the built package. */
export const threadFile = join(__dirname, '../../dist/lib/email/worker/thread.js');
