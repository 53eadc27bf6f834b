/** The other thread: does one task after another, as `run.ts` asks for them. */
import { parentPort } from 'node:worker_threads';
import { messageOf, PipelineError } from '../../errors';
import { type TaskAnswer, type TaskRequest, TASKS } from './tasks';

parentPort?.on('message', ({ task, input }: TaskRequest) => {
	parentPort?.postMessage(answer(TASKS[task] as (input: unknown) => unknown, input));
});

// Everything is loaded: the time of a task begins when it is asked for.
parentPort?.postMessage('ready');

function answer(task: (input: unknown) => unknown, input: unknown): TaskAnswer {
	try {
		return { output: task(input) };
	} catch (error) {
		const { code, hint } = error instanceof PipelineError ? error : { code: null, hint: null };
		return { failure: { message: messageOf(error), code, hint } };
	}
}
