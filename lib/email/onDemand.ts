import { createRequire } from 'node:module';

const load = createRequire(__filename);

/**
 * A module that is loaded when it is first asked for, synchronously: for what is large and seldom needed, so that a
 * reader that never meets such mail does not load it. Failures are those of `require`.
 *
 * @param name as in an import
 */
export function onDemand(name: string): () => unknown {
	let loaded: unknown;
	return () => {
		loaded ??= load(name) as unknown;
		return loaded;
	};
}
