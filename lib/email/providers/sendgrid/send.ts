/** https://www.twilio.com/docs/sendgrid/api-reference/mail-send/mail-send */
import type { EmailAddress } from '../../message';
import { extraHeaders, getRequest, jsonOf, jsonRequest, partsOf, textField } from '../../api/fields';
import type { ApiAccount, ApiProvider } from '../../api/provider';

const authorization = ({ apiKey }: ApiAccount) => ({ authorization: `Bearer ${apiKey}` });

const person = ({ name, address }: EmailAddress) => ({
	email: address,
	...(name.trim() === '' ? {} : { name: name.replace(/[\r\n\0]+/g, ' ').trim() }),
});

export const sendgrid: ApiProvider = {
	displayName: 'SendGrid',
	together: true,
	keyLifetime: 0,
	// https://www.twilio.com/docs/sendgrid/api-reference/how-to-use-the-sendgrid-v3-api/authentication
	baseUrl: ({ region }) => (region === 'eu' ? 'https://api.eu.sendgrid.com' : 'https://api.sendgrid.com'),
	send(account, base, mail) {
		const { draft } = mail;
		const { text, html, replyTo } = partsOf(mail);
		const content = [
			...(text === null ? [] : [{ type: 'text/plain', value: text === '' ? ' ' : text }]),
			...(html === null ? [] : [{ type: 'text/html', value: html === '' ? ' ' : html }]),
		];
		return jsonRequest(`${base}/v3/mail/send`, authorization(account), {
			personalizations: [personalization(mail)],
			from: person(draft.from),
			...(replyTo.length > 0 ? { reply_to_list: replyTo.map(person) } : {}),
			subject: draft.subject,
			content,
			headers: Object.fromEntries(extraHeaders(mail).map(({ name, value }) => [name, value])),
			...(draft.attachments.length === 0
				? {}
				: {
						attachments: draft.attachments.map(({ filename, contentType, content: bytes, contentId }) => ({
							content: bytes.toString('base64'),
							type: contentType,
							filename,
							disposition: contentId ? 'inline' : 'attachment',
							...(contentId ? { content_id: contentId } : {}),
						})),
					}),
			...(mail.tags.length === 0 ? {} : { categories: mail.tags.slice(0, 10).map((tag) => tag.slice(0, 255)) }),
		});
	},
	probe: (account, base) => getRequest(`${base}/v3/scopes`, authorization(account)),
	// It answers 202 with an empty body; what stands before the first dot of `sg_message_id` is this id.
	acceptedId: ({ headers }) => textField(headers['x-message-id']),
	refusal(answer) {
		const { errors } = jsonOf(answer);
		const list = Array.isArray(errors) ? (errors as Array<{ message?: unknown; field?: unknown } | null>) : [];
		const message = list.map((error) => textField(error?.message)).filter((text) => text !== null);
		return { code: textField(list[0]?.field), message: message.join('; ') };
	},
};

/** It refuses an address that stands in more than one of the lists. */
function personalization({ to, cc, bcc }: { to: EmailAddress[]; cc: EmailAddress[]; bcc: EmailAddress[] }) {
	const seen = new Set<string>();
	const fresh = (people: EmailAddress[]) =>
		people.filter(({ address }) => !seen.has(address.toLowerCase()) && seen.add(address.toLowerCase())).map(person);
	const lists = { to: fresh(to), cc: fresh(cc), bcc: fresh(bcc) };
	return Object.fromEntries(Object.entries(lists).filter(([, people]) => people.length > 0));
}
