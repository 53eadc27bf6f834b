/**
 * Runs what may be costly so that it costs little: a small input at once, a large one in another thread, which is ended
 * when the time is up. So no input holds up the event loop, and none takes longer than the deadline.
 */
import { InputError } from '../../errors';
import { TASKS, type TaskAnswer, type TaskInput, type TaskName, type TaskOutput } from './tasks';
import { Threads } from './threads';

/** Characters or bytes up to which no input takes the event loop for long, whatever it holds. */
const INLINE = 16 * 1024;
/** Of one task, in milliseconds; an email has two. */
const DEADLINE = 1000;

const threads = new Threads();

/**
 * @param size of the input, in characters or bytes; `Infinity` for what is never done at once
 * @param deadline milliseconds that a thread has for it
 * @returns what the task gives; null when the time or the memory of a thread did not suffice, so that it is not known
 * @throws what the task throws
 */
export async function runTask<Name extends TaskName>(
	task: Name,
	input: TaskInput<Name>,
	size: number,
	deadline = DEADLINE,
): Promise<TaskOutput<Name> | null> {
	if (size <= INLINE) return (TASKS[task] as (input: TaskInput<Name>) => TaskOutput<Name>)(input);
	const answer: TaskAnswer | null = await threads.run({ task, input }, deadline).catch(() => null);
	if (answer === null) return null;
	if ('output' in answer) return answer.output as TaskOutput<Name>;
	const { message, code, hint } = answer.failure;
	throw code === null ? new Error(message) : new InputError(message, { code, ...(hint === null ? {} : { hint }) });
}
