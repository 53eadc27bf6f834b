import { existsSync, readFileSync } from 'node:fs';
import { registerHooks, stripTypeScriptTypes } from 'node:module';
import { fileURLToPath } from 'node:url';

/** Lets a child process run the sources as they are: imports without extension, and TypeScript syntax that has code. */
registerHooks({
	resolve(specifier, context, next) {
		if (specifier.startsWith('.') && context.parentURL?.endsWith('ts')) {
			for (const ending of ['.ts', '/index.ts']) {
				const url = new URL(specifier + ending, context.parentURL);
				if (existsSync(url)) return { url: url.href, shortCircuit: true };
			}
		}
		return next(specifier, context);
	},
	load(url, context, next) {
		if (!url.startsWith('file:') || !url.endsWith('.ts')) return next(url, context);
		const source = stripTypeScriptTypes(readFileSync(fileURLToPath(url), 'utf8'), { mode: 'transform' });
		// What the built package has, being CommonJS; on the first line, so that the others keep their numbers.
		const names = 'const { filename: __filename, dirname: __dirname } = import.meta; ';
		return { format: 'module', source: names + source, shortCircuit: true };
	},
});
