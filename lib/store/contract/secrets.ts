export interface SecretStore {
	/**
	 * A random secret of the scope, 32 bytes: made once, whoever asks first, and the same for ever, in every process.
	 * Kept under the newest encryption key, if there is one; erased with the scope.
	 * @param name what it is for; every purpose has a secret of its own
	 * @throws StoreError `STORE_KEY_MISSING` when the encryption key that it is kept under is not set
	 */
	get(scope: string, name: 'reply-token' | 'login'): Promise<Buffer>;
}
