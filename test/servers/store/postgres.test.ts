import { afterAll, beforeAll, describe } from 'vitest';
import { openStore } from '../../../lib/store';
import { mailGraphs } from '../../lib/pipeline/threads/mailGraphs';
import { concurrency } from '../../lib/store/concurrency';
import { conformance } from '../../lib/store/conformance';
import { type PostgresServer, startPostgres } from '../../lib/store/postgresServer';
import { postgresPlans, recordPostgres } from '../../lib/store/queryPlans';
import { hasPostgres } from '../available';

describe.skipIf(!hasPostgres)('a real PostgreSQL', () => {
	let server: PostgresServer;
	beforeAll(async () => {
		server = await startPostgres();
	});
	afterAll(async () => {
		await server.stop();
	});

	const statements = recordPostgres();
	conformance('postgres', (options = {}) => openStore({ driver: 'postgres', url: server.url, linger: 0, ...options }));
	describe('the statements on postgres', () => postgresPlans(statements, () => server.url));

	let places = 0;
	concurrency(() => Promise.resolve({ driver: 'postgres', url: server.url, schema: `place_${++places}`, poolSize: 2 }));
	mailGraphs(() => openStore({ driver: 'postgres', url: server.url, schema: 'graphs', poolSize: 3, linger: 0 }), 4);
});
