/** Signs the composed bytes (RFC 6376), on nodemailer's signer: no time goes in, so that a retry has the same signature. */
import { createPrivateKey } from 'node:crypto';
import DKIM from 'nodemailer/lib/dkim';
import { InputError } from '../../errors';

export interface DkimKey {
	/** `d=`: the domain whose DNS holds the public key, that of the From address or a parent of it. */
	domain: string;
	/** `s=`: the key is at `<selector>._domainkey.<domain>`. */
	selector: string;
	/** RSA, PEM. */
	privateKey: string;
}

/** RFC 6376 5.4.1, and what RFC 8058 section 4 and RFC 3834 want protected; each is signed where it is there. */
const SIGNED_FIELDS = [
	'From:Sender:Reply-To:Subject:Date:Message-ID:To:Cc:MIME-Version:Content-Type:Content-Transfer-Encoding',
	'In-Reply-To:References:List-Id:List-Help:List-Unsubscribe:List-Unsubscribe-Post:List-Subscribe:List-Post',
	'List-Owner:List-Archive:Auto-Submitted',
].join(':');

/**
 * The message with its DKIM-Signature in front.
 * @throws InputError `DKIM_KEY_INVALID`
 */
export async function signMessage(message: Buffer, key: DkimKey): Promise<Buffer> {
	checkKey(key);
	const signer = new DKIM({
		domainName: key.domain,
		keySelector: key.selector,
		privateKey: key.privateKey,
		headerFieldNames: SIGNED_FIELDS,
	});
	const chunks: Buffer[] = [];
	for await (const chunk of signer.sign(message)) chunks.push(chunk as Buffer);
	return Buffer.concat(chunks);
}

/** nodemailer leaves a mail unsigned when it cannot read the key. @throws InputError `DKIM_KEY_INVALID` */
export function checkKey({ domain, selector, privateKey }: DkimKey): void {
	const invalid = (message: string, cause?: unknown) =>
		new InputError(message, {
			code: 'DKIM_KEY_INVALID',
			hint: 'Fill in domain, selector and an RSA private key in PEM form, as your DNS record was made with.',
			cause,
		});
	if (!/^[\w.-]+\.[\w.-]+$/.test(domain) || !/^[\w.-]+$/.test(selector)) {
		throw invalid('The DKIM domain or selector is missing or not a DNS name');
	}
	let type: string | undefined;
	try {
		type = createPrivateKey(privateKey).asymmetricKeyType;
	} catch (error) {
		throw invalid('The DKIM private key cannot be read', error);
	}
	if (type !== 'rsa') throw invalid(`The DKIM private key is of the type “${type ?? 'unknown'}”, not RSA`);
}
