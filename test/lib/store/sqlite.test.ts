import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe } from 'vitest';
import { openStore } from '../../../lib/store';
import { concurrency } from './concurrency';
import { conformance } from './conformance';
import { recordSqlite, sqlitePlans } from './queryPlans';

const folder = mkdtempSync(join(tmpdir(), 'store-'));
afterAll(() => rmSync(folder, { recursive: true }));

const file = join(folder, 'deep', 'store.sqlite');
const statements = recordSqlite();
conformance('sqlite', (options = {}) => openStore({ driver: 'sqlite', file, linger: 0, ...options }));
describe('the statements on sqlite', () => sqlitePlans(statements, file));

let places = 0;
concurrency(() => Promise.resolve({ driver: 'sqlite', file: join(folder, `${++places}`, 'store.sqlite') }));
