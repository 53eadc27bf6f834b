import type { CanonicalMessage, Extracted } from '../message';
import { findOneTimeCode } from './oneTimeCode';
import { type ExtractionPattern, extractByPatterns } from './patterns';
import { readPlusAddresses } from './plusAddresses';
import { readUnsubscribe } from './unsubscribe';
import { findVerificationLink } from './verificationLink';

/** What to look for. */
export type Extractor = 'code' | 'link' | 'plusAddresses' | 'unsubscribe';

export type ExtractInput = Pick<CanonicalMessage, 'subject' | 'text' | 'html' | 'headers' | 'envelope' | 'to' | 'cc'>;

const EXTRACTORS: { readonly [Name in Extractor]: (message: ExtractInput) => Extracted[Name] } = {
	code: findOneTimeCode,
	link: findVerificationLink,
	plusAddresses: readPlusAddresses,
	unsubscribe: ({ headers }) => readUnsubscribe(headers),
};

/** Looks for what was asked for. Give it the html as it was received, not sanitised. */
export function extractFrom(
	message: ExtractInput,
	wanted: readonly Extractor[],
	patterns: readonly ExtractionPattern[] = [],
): Extracted {
	const found = Object.fromEntries(wanted.map((name) => [name, EXTRACTORS[name](message)])) as Extracted;
	if (patterns.length === 0) return found;
	const { values, problems } = extractByPatterns(message, patterns);
	return { ...found, values, ...(problems.length > 0 ? { problems } : {}) };
}
