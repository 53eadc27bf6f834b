import { type PoolConfig, types } from 'pg';
import { StoreError } from '../../errors';
import type { StoreOptions } from '../store';

export type PostgresOptions = Extract<StoreOptions, { driver: 'postgres' }>;
type SslOptions = NonNullable<PostgresOptions['ssl']>;

const DEFAULT_POOL_SIZE = 5;
const CONNECT_TIMEOUT = 10_000;

/** The pool's settings, and where it leads, without credentials. */
export function configOf(options: PostgresOptions): { config: PoolConfig; location: string } {
	const url = parseUrl(options.url);
	const fromUrl = url.searchParams.get('sslmode');
	// pg reads `sslmode` in ways of its own, which change with its version: we read it, as libpq does.
	for (const name of ['sslmode', 'uselibpqcompat']) url.searchParams.delete(name);
	const ssl = options.ssl ?? (fromUrl === null ? undefined : { mode: modeOf(fromUrl) });
	return {
		config: {
			connectionString: url.href,
			max: options.poolSize ?? DEFAULT_POOL_SIZE,
			connectionTimeoutMillis: CONNECT_TIMEOUT,
			allowExitOnIdle: true,
			keepAlive: true,
			application_name: 'n8n-email-pipeline',
			...(ssl === undefined ? {} : { ssl: sslOf(ssl) }),
			types: { getTypeParser },
		},
		location: `${url.hostname === '' ? 'localhost' : url.hostname}:${url.port === '' ? '5432' : url.port}${url.pathname}`,
	};
}

/** All our whole numbers are ms, ids and counts, far below 2^53: bigint columns are read as numbers. */
const getTypeParser: typeof types.getTypeParser = (oid, format) =>
	oid === types.builtins.INT8 ? Number : (types.getTypeParser(oid, format) as unknown);

function parseUrl(text: string): URL {
	try {
		const url = new URL(text);
		if (/^postgres(ql)?:$/.test(url.protocol)) return url;
	} catch {
		// The text may hold a password, so neither it nor the parser's error is shown.
	}
	throw new StoreError('The connection URL of the store is not a Postgres URL.', {
		code: 'STORE_URL_INVALID',
		hint: 'Write it as postgres://user:password@host:5432/database; encode special characters of the password (%40 for @).',
	});
}

function modeOf(sslmode: string): SslOptions['mode'] {
	if (sslmode === 'disable' || sslmode === 'require' || sslmode === 'verify-full') return sslmode;
	throw new StoreError(`The store does not support sslmode=${sslmode}.`, {
		code: 'STORE_URL_INVALID',
		hint: 'Use disable, require or verify-full; a mode that falls back to plain text by itself is not offered.',
	});
}

/** As libpq: `require` encrypts without asking who answers, unless a CA is given; `verify-full` checks chain and name. */
function sslOf({ mode, ca }: SslOptions): PoolConfig['ssl'] {
	if (mode === 'disable') return false;
	if (mode === 'verify-full') return { rejectUnauthorized: true, ca };
	return ca === undefined
		? { rejectUnauthorized: false }
		: { rejectUnauthorized: true, ca, checkServerIdentity: () => undefined };
}
