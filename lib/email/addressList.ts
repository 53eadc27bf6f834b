import addressparser from 'nodemailer/lib/addressparser';
import type { EmailAddress } from './message';

/** Reads what a person types: `Ann <ann@example.com>, bob@example.com` (RFC 5322 3.4). Groups are flattened. */
export function parseAddressList(text: string): EmailAddress[] {
	return addressparser(text, { flatten: true })
		.map(({ name, address }) => ({ name, address }))
		.filter(({ name, address }) => name !== '' || address !== '');
}
