import type { IBinaryData } from 'n8n-workflow';
import { type AggregateReport, readAggregateReport } from '../../lib/email/deliverability/aggregateReport';
import { checkDomain } from '../../lib/email/deliverability/domainRecords';
import { InputError } from '../../lib/errors';
import { type Result, type StorelessCall, type StorelessOperation, optionalText, requiredText } from './itemCall';

export const deliverabilityOperations: Record<string, StorelessOperation> = {
	checkDomain: async (call) => {
		const domain = requiredText(call, 'domain', 'Domain');
		if (!/^(?=.{1,253}\.?$)[^\s@.]+(?:\.[^\s@.]+)+\.?$/.test(domain)) {
			throw new InputError(`“${domain.slice(0, 80)}” is not a domain`, {
				code: 'INPUT_DOMAIN_INVALID',
				hint: 'Write it as example.com, without the part before the @.',
			});
		}
		const selectors = optionalText(call.context.getNodeParameter('selectors', call.itemIndex, '')) ?? '';
		const named = selectors.split(',').map((selector) => selector.trim());
		return [{ json: { ...(await checkDomain(domain, named.filter(Boolean))) } }];
	},

	readReport: async (call) => {
		const split = call.context.getNodeParameter('splitRows', call.itemIndex, false) === true;
		const results: Result[] = [];
		for (const field of reportFields(call)) {
			const content = await call.context.helpers.getBinaryDataBuffer(call.itemIndex, field);
			results.push(...(split ? rowItems : reportItem)(await readAggregateReport(content)));
		}
		return results;
	},
};

const reportItem = (report: AggregateReport): Result[] => [{ json: { ...report } }];

const rowItems = ({ rows, ...report }: AggregateReport): Result[] =>
	rows.map((row) => ({ json: { ...report, ...row } }));

function reportFields({ context, item, itemIndex }: StorelessCall): string[] {
	const named = optionalText(context.getNodeParameter('binaryPropertyName', itemIndex, ''));
	const files = Object.entries(item.binary ?? {});
	const fields = files.filter(([name, file]) => (named === null ? canBeReport(file) : name === named));
	if (fields.length > 0) return fields.map(([name]) => name);
	const present = files.map(([name]) => name).join(', ');
	throw new InputError(
		named === null
			? 'This item carries no attachment that can be a report'
			: `This item has no binary field “${named}”`,
		{
			code: 'INPUT_BINARY_MISSING',
			hint: present === '' ? 'It carries no file at all; put a MIME Parse node in front.' : `It carries: ${present}.`,
		},
	);
}

function canBeReport({ fileName = '', mimeType }: IBinaryData): boolean {
	return /\.(?:xml|gz|zip)$/i.test(fileName) || /\b(?:xml|gzip|zip)\b/i.test(mimeType);
}
