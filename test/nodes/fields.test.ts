import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect, it } from 'vitest';
import { sameAsFile } from '../generatedDocument';
import { renderFields } from './fieldsDocument';

it('are what docs/fields.md says', () => {
	sameAsFile('docs/fields.md', renderFields());
});

it('are those of every node and credential', () => {
	const manifest = readFileSync(resolve(__dirname, '../../package.json'), 'utf8');
	const { n8n } = JSON.parse(manifest) as { n8n: { nodes: string[]; credentials: string[] } };
	expect(renderFields().match(/^## /gm)).toHaveLength(n8n.nodes.length + n8n.credentials.length);
});
