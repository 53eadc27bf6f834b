import { join } from 'node:path';

/** The compiled `thread.ts`, which stands beside this file once both are built. */
export const threadFile = join(__dirname, 'thread.js');
