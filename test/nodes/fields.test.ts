import { it } from 'vitest';
import { sameAsFile } from '../generatedDocument';
import { renderFields } from './fieldsDocument';

it('are what docs/fields.md says', () => {
	sameAsFile('docs/fields.md', renderFields());
});
