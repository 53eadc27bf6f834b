import { afterAll, beforeAll, describe } from 'vitest';
import { hasMailServers } from '../servers/available';
import { intakeExamples } from './examples/intake';
import { operationsExamples } from './examples/operations';
import { sendingExamples } from './examples/sending';
import { type World, startWorld } from './examples/world';

describe.skipIf(!hasMailServers)('the example workflows, as they are in workflows/', () => {
	let world: World;

	beforeAll(async () => {
		world = await startWorld();
	});
	afterAll(async () => {
		await world.dispose();
	});

	// In this order: the review, the report and the alerts are about what the others leave behind.
	intakeExamples(() => world);
	sendingExamples(() => world);
	operationsExamples(() => world);
});
