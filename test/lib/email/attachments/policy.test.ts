import { describe, expect, it } from 'vitest';
import { applyPolicy, type AttachmentPolicy, type PolicySubject } from '../../../../lib/email/attachments/policy';

const pdf: PolicySubject = {
	index: 0,
	contentType: 'application/pdf',
	detectedType: 'application/pdf',
	extension: 'pdf',
	size: 1000,
	findings: [],
};
const judge = (rules: Omit<AttachmentPolicy, 'action'>, change: Partial<PolicySubject> = {}): string[] =>
	applyPolicy({ ...pdf, ...change }, { action: 'quarantine', ...rules }).reasons;

describe('attachment policy', () => {
	it('without rules accepts', () => {
		expect(applyPolicy(pdf, undefined)).toEqual({ verdict: 'accepted', reasons: [] });
		expect(applyPolicy(pdf, { action: 'strip' })).toEqual({ verdict: 'accepted', reasons: [] });
	});

	it('gives the verdict its action names', () => {
		expect(applyPolicy(pdf, { action: 'strip', maxSize: 1 }).verdict).toBe('stripped');
		expect(applyPolicy(pdf, { action: 'quarantine', maxSize: 1 }).verdict).toBe('quarantined');
	});

	it.each<[string, Omit<AttachmentPolicy, 'action'>, Partial<PolicySubject>, string[]]>([
		['allowed type', { allowTypes: ['application/pdf', 'image/*'] }, {}, []],
		['allowed family', { allowTypes: ['Image/*'] }, { contentType: 'image/png', detectedType: 'image/png' }, []],
		['other type', { allowTypes: ['image/*'] }, {}, ['policy-type-not-allowed: application/pdf']],
		[
			'allowed by name, another by content',
			{ allowTypes: ['application/pdf'] },
			{ detectedType: 'application/x-msdownload' },
			['policy-type-not-allowed: application/x-msdownload'],
		],
		[
			'denied by content',
			{ denyTypes: ['application/zip'] },
			{ contentType: 'application/octet-stream', detectedType: 'application/zip' },
			['policy-type-denied: application/zip'],
		],
		[
			'denied goes before allowed',
			{ allowExtensions: ['pdf'], denyExtensions: ['pdf'] },
			{},
			['policy-extension-denied: pdf'],
		],
		['extension not allowed', { allowExtensions: ['png', '*.jpg'] }, {}, ['policy-extension-not-allowed: pdf']],
		['no extension', { allowExtensions: ['png'] }, { extension: null }, ['policy-extension-not-allowed: none']],
		['size', { maxSize: 999 }, {}, ['policy-size: more than 999 bytes']],
		['size at the limit', { maxSize: 1000 }, {}, []],
		['count', { maxCount: 2 }, { index: 2 }, ['policy-count: more than 2 attachments']],
		[
			'a named finding',
			{ denyFindings: ['office-macros'] },
			{ findings: ['office-macros', 'type-mismatch: x'] },
			['policy-finding: office-macros'],
		],
		['any finding', { denyFindings: 'any' }, { findings: ['type-mismatch: x'] }, ['policy-finding: type-mismatch']],
	])('%s', (_, rules, change, reasons) => {
		expect(judge(rules, change)).toEqual(reasons);
	});
});
