/** https://documentation.mailgun.com/docs/mailgun/api-reference/send/mailgun/messages (the MIME form) */
import { recipientsOf } from '../../outgoingMail';
import { getRequest, jsonOf, textField } from '../../api/fields';
import type { ApiAccount, ApiProvider } from '../../api/provider';

const authorization = ({ apiKey }: ApiAccount) => ({
	authorization: `Basic ${Buffer.from(`api:${apiKey}`).toString('base64')}`,
});

export const mailgun: ApiProvider = {
	displayName: 'Mailgun',
	together: false,
	keyLifetime: 0,
	baseUrl: ({ region }) => (region === 'eu' ? 'https://api.eu.mailgun.net' : 'https://api.mailgun.net'),
	send(account, base, mail) {
		// The same boundary at every attempt; it is not part of the mail.
		const boundary = `form-${mail.idempotencyKey.slice(0, 32)}`;
		const field = (name: string, value: string) =>
			`--${boundary}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value.replace(/[\r\n]+/g, ' ')}\r\n`;
		const head = [
			...recipientsOf(mail).map((address) => field('to', address)),
			...mail.tags.slice(0, 10).map((tag) => field('o:tag', tag.slice(0, 128))),
			`--${boundary}\r\nContent-Disposition: form-data; name="message"; filename="message.eml"\r\n`,
			'Content-Type: message/rfc822\r\n\r\n',
		].join('');
		return {
			method: 'POST',
			url: `${base}/v3/${encodeURIComponent(account.domain ?? '')}/messages.mime`,
			headers: {
				accept: 'application/json',
				'content-type': `multipart/form-data; boundary=${boundary}`,
				...authorization(account),
			},
			body: Buffer.concat([Buffer.from(head), mail.raw, Buffer.from(`\r\n--${boundary}--\r\n`)]),
		};
	},
	probe: (account, base) =>
		getRequest(`${base}/v3/domains/${encodeURIComponent(account.domain ?? '')}`, authorization(account)),
	acceptedId: (answer) => textField(jsonOf(answer).id)?.replace(/^<|>$/g, '') ?? undefined,
	refusal: (answer) => ({ code: null, message: textField(jsonOf(answer).message) ?? answer.text }),
};
