/** docs/fields.md, made from what n8n's editor shows. */
import type { ICredentialType, INodeProperties, INodePropertyOptions, INodeType } from 'n8n-workflow';
import { EmailProviderApi } from '../../credentials/EmailProviderApi.credentials';
import { ImapMailboxApi } from '../../credentials/ImapMailboxApi.credentials';
import { MailOAuth2Api } from '../../credentials/MailOAuth2Api.credentials';
import { PipelineStoreApi } from '../../credentials/PipelineStoreApi.credentials';
import { SmtpServerApi } from '../../credentials/SmtpServerApi.credentials';
import { WebhookSigningApi } from '../../credentials/WebhookSigningApi.credentials';
import { BounceClassifier } from '../../nodes/BounceClassifier/BounceClassifier.node';
import { EmailLedger } from '../../nodes/EmailLedger/EmailLedger.node';
import { EmailWebhookTrigger } from '../../nodes/EmailWebhookTrigger/EmailWebhookTrigger.node';
import { IdempotentSend } from '../../nodes/IdempotentSend/IdempotentSend.node';
import { ImapIdleTrigger } from '../../nodes/ImapIdleTrigger/ImapIdleTrigger.node';
import { MimeParse } from '../../nodes/MimeParse/MimeParse.node';
import { ThreadMatch } from '../../nodes/ThreadMatch/ThreadMatch.node';

const nodes: INodeType[] = [
	new ImapIdleTrigger(),
	new EmailWebhookTrigger(),
	new MimeParse(),
	new BounceClassifier(),
	new ThreadMatch(),
	new IdempotentSend(),
	new EmailLedger(),
];
const credentials: ICredentialType[] = [
	new ImapMailboxApi(),
	new SmtpServerApi(),
	new EmailProviderApi(),
	new MailOAuth2Api(),
	new WebhookSigningApi(),
	new PipelineStoreApi(),
];

export function renderFields(): string {
	const sections = [
		...nodes.map(({ description }) => section(description.displayName, description.properties)),
		...credentials.map(({ displayName, properties }) => section(displayName, properties)),
	];
	return `# Every field

Of each node and credential, as the editor shows it. _Default_ is what a field has in a new node, and an option once it is added.
What the fields are for, and what holds without an option, is on the [nodes' own pages](../README.md#more). Made from \`nodes/\` and \`credentials/\`; a test keeps them alike (\`UPDATE_DOCS=1\` writes this page anew).

<!-- prettier-ignore-start -->

${sections.join('\n\n')}

<!-- prettier-ignore-end -->
`;
}

interface Row {
	path: string;
	shownFor: string;
	initial: string;
	meaning: string;
}

function section(title: string, properties: INodeProperties[]): string {
	const rows = properties.flatMap((property) => rowsOf(property, '', properties));
	const some = rows.some(({ shownFor }) => shownFor !== '');
	const head = ['Field', ...(some ? ['Shown for'] : []), 'Default', 'What it does'];
	const body = rows.map(({ path, shownFor, initial, meaning }) => [
		path,
		...(some ? [shownFor] : []),
		initial,
		meaning,
	]);
	const lines = [head, head.map(() => '---'), ...body].map((cells) => `| ${cells.map(cellOf).join(' | ')} |`);
	return `## ${title}\n\n${lines.join('\n')}`;
}

function rowsOf(property: INodeProperties, parent: string, all: INodeProperties[]): Row[] {
	const { displayName, type, description, options = [] } = property;
	if (type === 'hidden' || type === 'notice') return [];
	const path = parent === '' ? displayName : `${parent} → ${displayName}`;
	const shownFor = conditionOf(property, all);
	if (type === 'collection') {
		return (options as INodeProperties[])
			.flatMap((option, _, siblings) => rowsOf(option, path, [...siblings, ...all]))
			.map((row) => ({ ...row, shownFor: row.shownFor || shownFor }));
	}
	const own = { path, shownFor, initial: initialOf(property), meaning: meaningOf(property) };
	if (type !== 'fixedCollection') return [own];
	const groups = options as Array<{ displayName: string; values: INodeProperties[] }>;
	const inner = groups.flatMap(({ displayName: name, values }) =>
		values.flatMap((value) => rowsOf(value, groups.length > 1 ? `${path} → ${name}` : path, values)),
	);
	return [...(description ? [own] : []), ...inner];
}

/** Such as `Operation: Send, Reply`. */
function conditionOf({ displayOptions }: INodeProperties, all: INodeProperties[]): string {
	return Object.entries(displayOptions?.show ?? {})
		.filter(([name]) => !name.startsWith('@'))
		.map(([name, values]) => {
			// A field such as Operation stands there once for each resource.
			const asked = all.filter((property) => property.name === name.replace(/^\//, ''));
			const texts = (values ?? []).map((value) => nameOf(asked.flatMap(optionsOf), value));
			return `${asked[0]?.displayName ?? name}: ${texts.join(', ')}`;
		})
		.join('; ');
}

function initialOf(property: INodeProperties): string {
	const value = property.default;
	const options = optionsOf(property);
	if (property.type === 'resourceLocator') return nameOf(options, (value as { value?: unknown }).value);
	if (property.type === 'fixedCollection') return '';
	if (Array.isArray(value)) return value.map((one) => nameOf(options, one)).join(', ');
	if (typeof value === 'boolean') return value ? 'on' : 'off';
	const text = nameOf(options, value);
	return text.startsWith('=') ? `\`${text.slice(1)}\`` : text;
}

/** What the editor calls a value. */
function nameOf(options: INodePropertyOptions[], value: unknown): string {
	const option = options.find((one) => one.value === value);
	if (option) return option.name;
	return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? String(value) : '';
}

function optionsOf({ options = [] }: INodeProperties): INodePropertyOptions[] {
	return options as INodePropertyOptions[];
}

function meaningOf(property: INodeProperties): string {
	const { description = '', type } = property;
	if (type !== 'options' && type !== 'multiOptions') return description;
	const told = optionsOf(property).map(({ name, description: what }) =>
		what && what !== name ? `_${name}_: ${what}` : `_${name}_`,
	);
	return [description, told.join('; ')].filter(Boolean).join('. ').replace(/\.\. /g, '. ');
}

function cellOf(text: string): string {
	return text
		.replace(/<a href="([^"]*)">(.*?)<\/a>/g, '[$2]($1)')
		.replace(/<\/?code>/g, '`')
		.replace(/\s+/g, ' ')
		.replaceAll('|', '\\|')
		.replaceAll('<', '&lt;')
		.replaceAll('*', '\\*')
		.trim();
}
