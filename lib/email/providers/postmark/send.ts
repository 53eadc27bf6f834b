/** https://postmarkapp.com/developer/api/email-api */
import { extraHeaders, getRequest, jsonOf, jsonRequest, mailboxText, partsOf, textField } from '../../api/fields';
import type { ApiAccount, ApiProvider, Refusal } from '../../api/provider';

const authorization = ({ apiKey }: ApiAccount) => ({ 'x-postmark-server-token': apiKey });

/** https://postmarkapp.com/developer/api/overview#error-codes */
const REFUSALS: Readonly<Record<string, Omit<Refusal, 'code' | 'message'>>> = {
	10: { kind: 'authentication' },
	// Sender signature not found, not confirmed; account not approved, or out of credits: all settings of the account.
	400: { kind: 'authentication' },
	401: { kind: 'authentication' },
	405: { kind: 'authentication' },
	412: { kind: 'authentication' },
	413: { kind: 'authentication' },
	406: { kind: 'permanent', verdict: { reason: 'sender-suppressed', bounceType: 'soft' } },
	411: { kind: 'permanent', verdict: { reason: 'content-rejected', bounceType: 'soft' } },
};

export const postmark: ApiProvider = {
	displayName: 'Postmark',
	together: true,
	keyLifetime: 0,
	baseUrl: () => 'https://api.postmarkapp.com',
	send(account, base, mail) {
		const { draft } = mail;
		const { text, html, replyTo } = partsOf(mail);
		const list = (people: typeof mail.to) => people.map(mailboxText).join(', ');
		return jsonRequest(`${base}/email`, authorization(account), {
			From: mailboxText(draft.from),
			To: list(mail.to),
			...(mail.cc.length > 0 ? { Cc: list(mail.cc) } : {}),
			...(mail.bcc.length > 0 ? { Bcc: list(mail.bcc) } : {}),
			...(replyTo.length > 0 ? { ReplyTo: list(replyTo) } : {}),
			Subject: draft.subject,
			...(text === null ? {} : { TextBody: text }),
			...(html === null ? {} : { HtmlBody: html }),
			// It takes one tag.
			...(mail.tags[0] === undefined ? {} : { Tag: mail.tags[0].slice(0, 1000) }),
			Headers: [
				...extraHeaders(mail).map(({ name, value }) => ({ Name: name, Value: value })),
				// Without it, Postmark puts an id of its own in the place of ours.
				{ Name: 'X-PM-KeepID', Value: 'true' },
			],
			Attachments: draft.attachments.map(({ filename, contentType, content, contentId }) => ({
				Name: filename,
				Content: content.toString('base64'),
				ContentType: contentType,
				...(contentId ? { ContentID: `cid:${contentId}` } : {}),
			})),
			MessageStream: account.messageStream ?? 'outbound',
		});
	},
	probe: (account, base) => getRequest(`${base}/server`, authorization(account)),
	acceptedId: (answer) => textField(jsonOf(answer).MessageID) ?? undefined,
	refusal(answer) {
		const { ErrorCode, Message } = jsonOf(answer);
		const code = textField(ErrorCode);
		return { code, message: textField(Message) ?? '', ...(code === null ? {} : REFUSALS[code]) };
	},
};
