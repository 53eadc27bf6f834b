import type { ReplyParts } from '../message';

export function extractReply(input: { text: string; html?: string | null }): ReplyParts {
	return { text: input.text, quoted: '', signature: '' };
}
