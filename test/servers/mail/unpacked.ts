import { execFile } from 'node:child_process';
import { copyFile, mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Where a tree unpacked from Debian packages has libraries, from its root. */
export const libraryFolders = ['usr/lib', 'lib'].flatMap((base) =>
	['', 'x86_64-linux-gnu', 'aarch64-linux-gnu'].map((part) => join(base, part)),
);

/**
 * Copies programs from a tree of unpacked packages, and the libraries they need, to the same places below another folder:
 * the tree itself may lie where only root can read.
 *
 * @param system true copies the system's libraries as well, for a root folder (chroot)
 */
export async function copyPrograms(tree: string, programs: readonly string[], folder: string, system: boolean) {
	const env = { ...process.env, LD_LIBRARY_PATH: libraryFolders.map((part) => join(tree, part)).join(':') };
	const sources = new Map<string, string>();
	for (const program of programs) {
		const source = join(tree, program);
		sources.set(program, source);
		const { stdout } = await run('ldd', [source], { env });
		for (const [, library = ''] of stdout.matchAll(/(?:=> |^\s*)(\/\S+) \(0x/gm)) {
			const own = library.startsWith(tree);
			if (own || system) sources.set(own ? library.slice(tree.length) : library, library);
		}
	}
	for (const [target, source] of sources) {
		await mkdir(dirname(join(folder, target)), { recursive: true });
		await copyFile(source, join(folder, target));
	}
}
