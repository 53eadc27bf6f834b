export declare class SetupError extends Error {
	readonly hint: string | undefined;
	constructor(message: string, details?: { hint?: string; cause?: unknown });
}
export declare function reportFailure(error: unknown): void;
