/** The store a node works on: the credential's, else SQLite in n8n's user folder. */
import { homedir } from 'node:os';
import { join } from 'node:path';
import type {
	ICredentialDataDecryptedObject,
	ICredentialTestFunctions,
	ICredentialsDecrypted,
	INode,
	INodeCredentialTestResult,
	INodeProperties,
} from 'n8n-workflow';
import { StoreError, messageOf } from '../lib/errors';
import {
	type ArchiveMode,
	type EncryptionKey,
	type Retention,
	type Store,
	type StoreOptions,
	openStore,
} from '../lib/store';

const HOUR = 3_600_000;

/** Shown only when the user asks for a store of their own. */
export const withOwnStore = { displayOptions: { show: { '/options.store': ['credential'] } } };

export const storeOption: INodeProperties = {
	displayName: 'Store',
	name: 'store',
	type: 'options',
	options: [
		{
			name: 'Embedded (SQLite)',
			value: 'embedded',
			description: 'A file in n8n’s user folder. For n8n in regular mode, with nothing to set up.',
		},
		{
			name: 'From Credential',
			value: 'credential',
			description: 'Postgres or a SQLite file of your own. Needed in queue mode.',
		},
	],
	default: 'embedded',
	description: 'Where archive, threads and ledger are kept. Use the same in every node of a pipeline.',
};

export const scopeOption: INodeProperties = {
	displayName: 'Scope',
	name: 'scope',
	type: 'string',
	default: 'default',
	placeholder: 'e.g. customer-a',
	description:
		'Tenant this node works for. Nothing is ever shared across scopes: use the same in every node of a pipeline.',
};

/** The privacy mode of a pipeline. */
export const keepRawOption: INodeProperties = {
	displayName: 'Keep Raw Email',
	name: 'keepRaw',
	type: 'options',
	options: [
		{ name: 'Everything', value: 'full', description: 'For as long as the store’s retention says' },
		{ name: 'Headers and SHA-256', value: 'headers', description: 'The body and all attachments are removed' },
		{ name: 'Only SHA-256', value: 'hash', description: 'Only the hash and the size stay' },
	],
	default: 'full',
	description:
		'What the archive keeps of the email once its execution succeeded; one whose execution failed becomes a dead letter instead. Dead letters keep everything until they are settled, and so does content that another workflow still needs.',
};

export function keepRawOf(options: { keepRaw?: unknown }): ArchiveMode {
	return options.keepRaw === 'headers' || options.keepRaw === 'hash' ? options.keepRaw : 'full';
}

/** For a trigger that brings the same mail as another one. */
export const pipelineOption: INodeProperties = {
	displayName: 'Pipeline',
	name: 'pipeline',
	type: 'string',
	default: '',
	placeholder: 'e.g. support-inbox',
	description:
		'Name shared by the triggers that bring the same emails, such as a webhook and an IMAP trigger as its safety net: each email then starts only one of them. They need the same scope and store.',
};

/** @returns nothing when the trigger is the only way in */
export function pipelineOf(options: { pipeline?: unknown }): { pipeline?: string } {
	const pipeline = typeof options.pipeline === 'string' ? options.pipeline.trim() : '';
	return pipeline === '' ? {} : { pipeline };
}

interface StoreContext {
	getNode(): INode;
	getCredentials(type: string, itemIndex?: number): Promise<ICredentialDataDecryptedObject>;
}

/**
 * The one way of a node to a store, and so the place where a credential is held to its scopes.
 * @param options the node's `options` collection: the scope asked for is the one the node then works in
 * @throws StoreError `STORE_SCOPE_NOT_ALLOWED` when the credential is not for this scope, `STORE_QUEUE_MODE` when workers would have to share a file, or whatever opening it says
 */
export async function openNodeStore(
	context: StoreContext,
	options: { store?: unknown; scope?: unknown },
	itemIndex?: number,
): Promise<Store> {
	const queueMode = process.env.EXECUTIONS_MODE === 'queue';
	const credential =
		options.store === 'credential' ? await context.getCredentials('pipelineStoreApi', itemIndex) : null;
	checkScope(credential, scopeOf(options));
	const storeOptions: StoreOptions = credential
		? storeOptionsOf(credential)
		: { driver: 'sqlite', file: embeddedFile() };
	const retention = retentionOf(credential ?? {});
	if (storeOptions.driver === 'sqlite' && queueMode) {
		throw new StoreError('n8n runs in queue mode, where workers cannot share the embedded store', {
			code: 'STORE_QUEUE_MODE',
			hint: 'Set Options → Store to “From Credential” and choose an Email Pipeline Store credential with Postgres, in every node of the pipeline.',
		});
	}
	const store = await openStore(storeOptions);
	await keepTidy(storeOptions, retention);
	return credential === null || itemIndex !== undefined ? store : followingKeys(store, context);
}

/** How often the credential of a node without items is read again, in ms: a trigger may stay active for years. */
const CREDENTIAL_LOOK = 30_000;

/** The store, which until it is closed goes over to the keys of its credential when they change there. */
function followingKeys(store: Store, context: StoreContext): Store {
	const look = async (): Promise<void> => {
		// Opening with keys that follow on those of open stores hands them on.
		const again = await openStore(storeOptionsOf(await context.getCredentials('pipelineStoreApi')));
		await again.close();
	};
	// A credential that cannot be read now is read at the next look.
	const timer = setInterval(() => void look().catch(() => undefined), CREDENTIAL_LOOK).unref();
	const close = store.close.bind(store);
	store.close = () => {
		clearInterval(timer);
		return close();
	};
	return store;
}

/** One purge schedule per store in this process, by the retention that was last asked for. */
const tidied = new Map<string, { retention: string; end: () => void }>();

async function keepTidy(options: StoreOptions, retention: Retention): Promise<void> {
	const place = options.driver === 'sqlite' ? options.file : `${options.url} ${options.schema ?? ''}`;
	const asked = JSON.stringify(retention);
	if (tidied.get(place)?.retention === asked) return;
	// Held open for the life of the process.
	const store = await openStore(options);
	const current = tidied.get(place);
	if (current?.retention === asked) {
		await store.close();
		return;
	}
	current?.end();
	// A purge that fails is tried again at the next turn; what it did not remove is still there.
	const end = store.maintenance.schedule(retention, HOUR, () => undefined);
	tidied.set(place, { retention: asked, end });
}

export function scopeOf(options: { scope?: unknown }): string {
	return typeof options.scope === 'string' && options.scope.trim() !== '' ? options.scope.trim() : 'default';
}

/** Commas or lines apart; a `*` at the end stands for whatever follows. Empty allows every scope. */
function checkScope(credential: ICredentialDataDecryptedObject | null, scope: string): void {
	const text = typeof credential?.allowedScopes === 'string' ? credential.allowedScopes : '';
	const allowed = text
		.split(/[,\n]/)
		.map((entry) => entry.trim())
		.filter((entry) => entry !== '');
	const allows = (entry: string): boolean =>
		entry.endsWith('*') ? scope.startsWith(entry.slice(0, -1)) : entry === scope;
	if (text.trim() === '' || allowed.some(allows)) return;
	throw new StoreError(`This store credential is not for the scope "${scope}".`, {
		code: 'STORE_SCOPE_NOT_ALLOWED',
		hint: 'Set Options → Scope to one of the credential’s Allowed Scopes, or choose the credential of this scope.',
		record: { scope },
	});
}

/** https://docs.n8n.io/hosting/configuration/environment-variables/deployment/ (N8N_USER_FOLDER) */
function embeddedFile(): string {
	return join(process.env.N8N_USER_FOLDER ?? homedir(), '.n8n', 'email-pipeline', 'store.sqlite');
}

function storeOptionsOf(credential: ICredentialDataDecryptedObject): StoreOptions {
	const text = (name: string) => (typeof credential[name] === 'string' ? credential[name].trim() : '');
	const encryptionKeys: EncryptionKey[] = [
		{ id: text('encryptionKeyId') || 'key-1', secret: text('encryptionKey') },
		{ id: text('previousEncryptionKeyId') || 'key-0', secret: text('previousEncryptionKey') },
	].filter(({ secret }) => secret !== '');
	if (text('driver') === 'sqlite') return { driver: 'sqlite', file: text('file') || embeddedFile(), encryptionKeys };
	const url = new URL('postgres://localhost');
	url.hostname = text('host') || 'localhost';
	url.port = String(Number(credential.port ?? 5432));
	url.username = encodeURIComponent(text('user'));
	url.password = encodeURIComponent(typeof credential.password === 'string' ? credential.password : '');
	url.pathname = `/${encodeURIComponent(text('database'))}`;
	const mode = text('ssl');
	return {
		driver: 'postgres',
		url: url.toString(),
		schema: text('schema') || 'email_pipeline',
		ssl: {
			mode: mode === 'disable' || mode === 'require' ? mode : 'verify-full',
			...(text('ca') ? { ca: text('ca') } : {}),
		},
		encryptionKeys,
	};
}

/** Days, 0 for ever. The key of a send is remembered as long as the send. */
const defaultRetention = { archiveDays: 90, ingestionDays: 90, threadDays: 0, sendDays: 400, deadLetterDays: 90 };

/** What tells whether a mail was taken in before is small, and needed as long as the mail may lie in its mailbox. */
const IDENTITY_DAYS = 10 * 365;

function retentionOf(credential: ICredentialDataDecryptedObject): Retention {
	const days = (name: keyof typeof defaultRetention) => {
		const value = credential[name];
		const chosen = typeof value === 'number' && value >= 0 ? value : defaultRetention[name];
		return chosen === 0 ? undefined : chosen * 24 * HOUR;
	};
	return {
		archive: days('archiveDays'),
		ingestion: days('ingestionDays'),
		identities: IDENTITY_DAYS * 24 * HOUR,
		threads: days('threadDays'),
		sends: days('sendDays'),
		deadLetters: days('deadLetterDays'),
	};
}

/** Credential test: opens the store, migrating it when needed, and says what it found. */
export async function pipelineStoreTest(
	this: ICredentialTestFunctions,
	credential: ICredentialsDecrypted,
): Promise<INodeCredentialTestResult> {
	try {
		const store = await openStore(storeOptionsOf(credential.data ?? {}));
		try {
			const { serverVersion, schemaVersion } = await store.describe();
			return { status: 'OK', message: `Connected to ${serverVersion}, schema ${schemaVersion}` };
		} finally {
			await store.close();
		}
	} catch (error) {
		const hint = error instanceof StoreError && error.hint ? `. ${error.hint}` : '';
		return { status: 'Error', message: `${messageOf(error)}${hint}` };
	}
}
