import { describe, expect, it } from 'vitest';
import { installAdvice, missingPrograms } from '../../tools/programs.mts';

const here = { name: 'This test', file: __filename, debianPackage: 'here' };
const globbed = { name: 'A test', file: `${__dirname}/*/../programs.test.ts`, debianPackage: 'globbed' };
const apart = { name: 'Apart', file: '/nowhere/else', debianPackage: 'apart', unpackedInto: '/nowhere' };
const absent = { name: 'Absent', file: '/nowhere/at/all', debianPackage: 'absent' };

describe('the programs the tests need', () => {
	it('are missing when their file is', () => {
		expect(missingPrograms([here, globbed, absent])).toEqual([absent]);
	});

	it('are named together with the command that installs them', () => {
		const advice = installAdvice([absent, here]);
		expect(advice).toContain('Missing: Absent, This test');
		expect(advice).toContain('apt-get install --no-install-recommends absent here');
	});

	it('are not installed where that would remove another one', () => {
		const advice = installAdvice([absent, apart]);
		expect(advice).toMatch(/apt-get install --no-install-recommends absent$/m);
		expect(advice).toContain('Apart: run the tests as root');
		expect(installAdvice([apart])).not.toContain('apt-get install');
	});
});
