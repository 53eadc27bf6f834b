/** Which operations a field belongs to, and the fields that several resources share. */
import type { IDisplayOptions, INodeProperties } from 'n8n-workflow';

export const shownFor = (resource: string, ...operations: string[]): { displayOptions: IDisplayOptions } => ({
	displayOptions: { show: { resource: [resource], operation: operations } },
});

/** “Return All” and “Limit”, as n8n's own nodes have them. */
export const pageOf = (resource: string, operation: string): INodeProperties[] => [
	{
		displayName: 'Return All',
		name: 'returnAll',
		type: 'boolean',
		default: false,
		description: 'Whether to return all results or only up to a given limit',
		...shownFor(resource, operation),
	},
	{
		displayName: 'Limit',
		name: 'limit',
		type: 'number',
		typeOptions: { minValue: 1 },
		default: 50,
		description: 'Max number of results to return',
		displayOptions: { show: { resource: [resource], operation: [operation], returnAll: [false] } },
	},
];
