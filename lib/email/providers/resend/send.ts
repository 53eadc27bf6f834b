/** https://resend.com/docs/api-reference/emails/send-email */
import { extraHeaders, getRequest, jsonOf, jsonRequest, mailboxText, partsOf, textField } from '../../api/fields';
import type { ApiAccount, ApiProvider, Refusal } from '../../api/provider';

const authorization = ({ apiKey }: ApiAccount) => ({ authorization: `Bearer ${apiKey}` });

/** https://resend.com/docs/api-reference/errors */
const REFUSALS: Readonly<Record<string, Omit<Refusal, 'code' | 'message'>>> = {
	missing_api_key: { kind: 'authentication' },
	restricted_api_key: { kind: 'authentication' },
	invalid_api_key: { kind: 'authentication' },
	// Another request with this key is being worked on.
	concurrent_idempotent_requests: { kind: 'transient' },
	// This key was used with another body: a mail under it has been taken.
	invalid_idempotent_request: { kind: 'unknown' },
	invalid_from_address: { verdict: { reason: 'sender-rejected', bounceType: 'soft' } },
	invalid_attachment: { verdict: { reason: 'content-rejected', bounceType: 'soft' } },
	security_error: { kind: 'permanent', verdict: { reason: 'policy-rejected', bounceType: 'soft' } },
	rate_limit_exceeded: { kind: 'transient', verdict: { reason: 'rate-limited', bounceType: 'soft' } },
	daily_quota_exceeded: { kind: 'transient', verdict: { reason: 'rate-limited', bounceType: 'soft' } },
	monthly_quota_exceeded: { kind: 'transient', verdict: { reason: 'rate-limited', bounceType: 'soft' } },
};

export const resend: ApiProvider = {
	displayName: 'Resend',
	together: true,
	// https://resend.com/docs/dashboard/emails/idempotency-keys
	keyLifetime: 24 * 3_600_000,
	baseUrl: () => 'https://api.resend.com',
	send(account, base, mail) {
		const { draft } = mail;
		const { text, html, replyTo } = partsOf(mail);
		return jsonRequest(
			`${base}/emails`,
			{ ...authorization(account), 'idempotency-key': mail.idempotencyKey },
			{
				from: mailboxText(draft.from),
				to: mail.to.map(mailboxText),
				...(mail.cc.length > 0 ? { cc: mail.cc.map(mailboxText) } : {}),
				...(mail.bcc.length > 0 ? { bcc: mail.bcc.map(mailboxText) } : {}),
				...(replyTo.length > 0 ? { reply_to: replyTo.map(mailboxText) } : {}),
				subject: draft.subject,
				...(text === null ? {} : { text }),
				...(html === null ? {} : { html }),
				headers: Object.fromEntries(extraHeaders(mail).map(({ name, value }) => [name, value])),
				attachments: draft.attachments.map(({ filename, contentType, content, contentId }) => ({
					filename,
					content: content.toString('base64'),
					content_type: contentType,
					...(contentId ? { content_id: contentId } : {}),
				})),
				// Names and values are ASCII letters, digits, underscores and dashes.
				tags: mail.tags
					.slice(0, 10)
					.map((tag) => ({ name: tag.replace(/[^\w-]+/g, '_').slice(0, 256), value: 'true' })),
			},
		);
	},
	probe: (account, base) => getRequest(`${base}/domains`, authorization(account)),
	// A key that may only send is not shown the domains.
	probeAllows: ['restricted_api_key'],
	acceptedId: (answer) => textField(jsonOf(answer).id) ?? undefined,
	refusal(answer) {
		const { name, message } = jsonOf(answer);
		const code = textField(name);
		return { code, message: textField(message) ?? '', ...(code === null ? {} : REFUSALS[code]) };
	},
};
