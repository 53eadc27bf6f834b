import type { Millis } from './values';

/** Master keys for what is kept, newest first; the id is stored beside what it encrypted. */
export interface EncryptionKey {
	id: string;
	/** 32 bytes, base64 or hex. */
	secret: string;
}

export type StoreOptions = (
	| { driver: 'sqlite'; file: string }
	| {
			driver: 'postgres';
			url: string;
			/** Default `email_pipeline`. */
			schema?: string;
			ssl?: { mode: 'disable' | 'require' | 'verify-full'; ca?: string };
			poolSize?: number;
			statementTimeout?: Millis;
	  }
) & {
	encryptionKeys?: EncryptionKey[];
	/**
	 * Keeps suppressed addresses in the clear, so that `suppressions.list` shows them. Otherwise it shows a mask
	 * (`j***@example.com`); looking up an address works either way.
	 */
	keepSuppressedAddresses?: boolean;
	/** How long the connection stays open after the last `close`, in ms. Default 30 s; 0 closes at once. */
	linger?: Millis;
};
