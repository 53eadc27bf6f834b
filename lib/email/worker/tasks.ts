/**
 * What may be costly when a stranger wrote the input. Each is a pure function of data that can be sent to another
 * thread (structured clone): no streams, functions or class instances.
 */
import { classifyMessage } from '../bounce/classifyMessage';
import { presentBody } from '../html/presentBody';
import { readText } from '../parse/readText';
import { renderMarkdown } from '../smtp/markdown';

export const TASKS = {
	readText,
	presentBody,
	classify: (raw: Uint8Array) => classifyMessage(Buffer.from(raw.buffer, raw.byteOffset, raw.byteLength)),
	renderMarkdown: ({ markdown, allowHtml }: { markdown: string; allowHtml: boolean }) =>
		renderMarkdown(markdown, allowHtml),
};

export type TaskName = keyof typeof TASKS;
export type TaskInput<Name extends TaskName> = Parameters<(typeof TASKS)[Name]>[0];
export type TaskOutput<Name extends TaskName> = ReturnType<(typeof TASKS)[Name]>;

/** A task on its way to a thread, and what comes back. */
export interface TaskRequest {
	task: TaskName;
	input: unknown;
}
export type TaskAnswer = { output: unknown } | { failure: TaskFailure };

/** An error as data: a thread cannot hand over an instance of a class. */
export interface TaskFailure {
	message: string;
	/** Null for what was not thrown on purpose. */
	code: string | null;
	hint: string | null;
}
