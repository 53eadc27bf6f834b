import { readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect } from 'vitest';

const root = resolve(__dirname, '..');

/** How a formatter lays out tables and lists does not matter. */
const essence = (text: string) => text.replace(/-{3,}/g, '---').replace(/\s+/g, '');

/** Holds a file to what it is made from; with UPDATE_DOCS=1 it is written anew. */
export function sameAsFile(file: string, expected: string): void {
	const path = resolve(root, file);
	if (process.env.UPDATE_DOCS === '1') writeFileSync(path, expected);
	const isSame = essence(readFileSync(path, 'utf8')) === essence(expected);
	expect(isSame, `${file} is out of date: run this test with UPDATE_DOCS=1`).toBe(true);
}
