/** The credential of an email provider, and what every sending credential says about a sandbox and about signing. */
import type { ICredentialDataDecryptedObject } from 'n8n-workflow';
import { parseAddressList } from '../lib/email/addressList';
import { API_PROVIDERS, type ApiAccount, type ApiProviderName } from '../lib/email/api/provider';
import type { DkimKey } from '../lib/email/smtp/dkim';
import { wireAddress } from '../lib/email/smtp/wireAddress';
import { InputError } from '../lib/errors';
import type { SandboxPolicy } from '../lib/pipeline/send/sandbox';

/** @throws InputError `API_ACCOUNT_INVALID` */
export function apiAccountOf(credential: ICredentialDataDecryptedObject): ApiAccount {
	const text = (name: string) => (typeof credential[name] === 'string' ? credential[name].trim() : '');
	const provider = text('provider');
	if (!isProvider(provider)) {
		throw new InputError('The credential names no email provider', {
			code: 'API_ACCOUNT_INVALID',
			hint: 'Choose one in the credential.',
		});
	}
	const common = { provider, ...(text('endpoint') === '' ? {} : { endpoint: text('endpoint') }) };
	const optional = (name: string, value: string) => (value === '' ? {} : { [name]: value });
	switch (provider) {
		case 'ses':
			return {
				...common,
				apiKey: text('secretAccessKey'),
				accessKeyId: text('accessKeyId'),
				region: text('awsRegion') || 'us-east-1',
				...optional('sessionToken', text('sessionToken')),
				...optional('messageStream', text('configurationSet')),
			};
		case 'postmark':
			return { ...common, apiKey: text('serverToken'), ...optional('messageStream', text('messageStream')) };
		case 'mailgun':
			return { ...common, apiKey: text('apiKey'), domain: text('domain'), region: text('region') };
		case 'resend':
		case 'sendgrid':
			return { ...common, apiKey: text('apiKey'), region: text('region') };
	}
}

/**
 * @returns null when the credential is no sandbox
 * @throws InputError `SEND_SANDBOX_INVALID` the address to redirect to is missing or wrong
 */
export function sandboxOf(credential: ICredentialDataDecryptedObject): SandboxPolicy | null {
	if (credential.sandbox !== true) return null;
	const text = (name: string) => (typeof credential[name] === 'string' ? credential[name] : '');
	const allow = text('sandboxAllow')
		.split(/[,;\s]+/)
		.map((entry) => entry.trim().toLowerCase())
		.filter(Boolean);
	if (text('sandboxMode') !== 'redirect') return { allow, redirectTo: null };
	const [address, ...others] = parseAddressList(text('sandboxRedirectTo'));
	try {
		if (address && others.length === 0) return { allow, redirectTo: wireAddress(address.address) };
	} catch {
		// Said below, with the name of the field.
	}
	throw new InputError('“Redirect To” of the sandbox must be one address', {
		code: 'SEND_SANDBOX_INVALID',
		hint: 'Fill it in in the credential, or choose Capture. Nothing was sent.',
	});
}

/** @returns null when the credential does not sign */
export function dkimOf(credential: ICredentialDataDecryptedObject): DkimKey | null {
	if (credential.dkim !== true) return null;
	const text = (name: string) => (typeof credential[name] === 'string' ? credential[name].trim() : '');
	// n8n's one-line password field turns line breaks into blanks.
	const privateKey = text('dkimPrivateKey')
		.replace(/\\n/g, '\n')
		.replace(
			/(-----BEGIN [A-Z ]+-----)\s*([\s\S]*?)\s*(-----END [A-Z ]+-----)/,
			(_whole, begin: string, body: string, end: string) => [begin, body.replace(/\s+/g, '\n'), end].join('\n'),
		);
	return { domain: text('dkimDomain'), selector: text('dkimSelector'), privateKey };
}

function isProvider(name: string): name is ApiProviderName {
	return API_PROVIDERS.some((known) => known === name);
}
