import type { AttachmentVerdict } from '../message';
import type { FindingCode } from './findings';

/**
 * What a user allows in. Without a policy every attachment is accepted: findings are then only told, in `reasons`.
 * A deny-list goes before an allow-list.
 */
export interface AttachmentPolicy {
	/** Media types, `image/*` for a whole family; everything else is refused. Declared and detected type must both pass. */
	allowTypes?: readonly string[];
	denyTypes?: readonly string[];
	/** Extensions without dot, any case; everything else is refused, a name without extension too. */
	allowExtensions?: readonly string[];
	denyExtensions?: readonly string[];
	/** Bytes after decoding. */
	maxSize?: number;
	/** How many attachments are taken; those beyond it are refused. */
	maxCount?: number;
	/** Findings (see findings.ts) that refuse an attachment; `'any'` for all of them. */
	denyFindings?: readonly FindingCode[] | 'any';
	/** `strip` leaves the content out (`binary` is null), `quarantine` keeps it and marks it. */
	action: 'strip' | 'quarantine';
}

/** What the policy looks at; `findings` are reasons as `code` or `code: detail`. */
export interface PolicySubject {
	index: number;
	contentType: string;
	detectedType: string | null;
	extension: string | null;
	size: number;
	findings: readonly string[];
}

export interface PolicyOutcome {
	verdict: AttachmentVerdict;
	/** Why it was refused, as `policy-…: detail`; empty when accepted. */
	reasons: string[];
}

function matchesType(type: string, patterns: readonly string[]): boolean {
	return patterns.some((pattern) => {
		const wanted = pattern.trim().toLowerCase();
		return wanted === '*/*' || wanted === type || (wanted.endsWith('/*') && type.startsWith(wanted.slice(0, -1)));
	});
}

function matchesExtension(extension: string | null, list: readonly string[]): boolean {
	return (
		extension !== null &&
		list.some(
			(entry) =>
				entry
					.trim()
					.replace(/^\*?\./, '')
					.toLowerCase() === extension,
		)
	);
}

/** Judges one attachment. Reasons name the rule that refused it. */
export function applyPolicy(subject: PolicySubject, policy: AttachmentPolicy | undefined): PolicyOutcome {
	if (policy === undefined) return { verdict: 'accepted', reasons: [] };
	const reasons: string[] = [];
	const types =
		subject.detectedType === null || subject.detectedType === subject.contentType
			? [subject.contentType]
			: [subject.contentType, subject.detectedType];
	for (const type of types) {
		if (policy.denyTypes !== undefined && matchesType(type, policy.denyTypes))
			reasons.push(`policy-type-denied: ${type}`);
		else if (policy.allowTypes !== undefined && !matchesType(type, policy.allowTypes))
			reasons.push(`policy-type-not-allowed: ${type}`);
	}
	if (policy.denyExtensions !== undefined && matchesExtension(subject.extension, policy.denyExtensions)) {
		reasons.push(`policy-extension-denied: ${subject.extension ?? ''}`);
	} else if (policy.allowExtensions !== undefined && !matchesExtension(subject.extension, policy.allowExtensions)) {
		reasons.push(`policy-extension-not-allowed: ${subject.extension ?? 'none'}`);
	}
	if (policy.maxSize !== undefined && subject.size > policy.maxSize)
		reasons.push(`policy-size: more than ${policy.maxSize} bytes`);
	if (policy.maxCount !== undefined && subject.index >= policy.maxCount)
		reasons.push(`policy-count: more than ${policy.maxCount} attachments`);
	const denied = policy.denyFindings;
	if (denied !== undefined) {
		for (const finding of subject.findings) {
			const code = finding.split(':', 1)[0] ?? '';
			if (denied === 'any' || denied.some((entry) => entry === code)) reasons.push(`policy-finding: ${code}`);
		}
	}
	if (reasons.length === 0) return { verdict: 'accepted', reasons };
	return { verdict: policy.action === 'strip' ? 'stripped' : 'quarantined', reasons };
}
