import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { openStore } from '../../../lib/store';
import { concurrency } from './concurrency';
import { conformance } from './conformance';

const folder = mkdtempSync(join(tmpdir(), 'store-'));
afterAll(() => rmSync(folder, { recursive: true }));

conformance('sqlite', (options = {}) =>
	openStore({ driver: 'sqlite', file: join(folder, 'deep', 'store.sqlite'), linger: 0, ...options }),
);

let places = 0;
concurrency(() => Promise.resolve({ driver: 'sqlite', file: join(folder, `${++places}`, 'store.sqlite') }));
