/** n8n's ways to run expressions, by the names that the benches' `--engine` and `--engines` take, as environment. */
const ENGINES: Readonly<Record<string, Readonly<Record<string, string>>>> = {
	/** As n8n comes: an isolate for every execution and for every request of a webhook that is not its own node's. */
	default: {},
	/** The same isolates, but none before an expression is evaluated. */
	lazy: { N8N_EXPRESSION_ENGINE_LAZY_ACQUIRE: 'true' },
	/** No isolates. */
	legacy: { N8N_EXPRESSION_ENGINE: 'legacy' },
};

/** @throws Error for a name that is none */
export function environmentOf(engine: string): Record<string, string> {
	const environment = ENGINES[engine];
	if (environment === undefined) {
		throw new Error(`There is no engine ${engine}: there are ${Object.keys(ENGINES).join(', ')}`);
	}
	return { ...environment };
}
