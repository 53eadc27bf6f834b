/** https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_SendEmail.html, with the raw message */
import { sign } from 'aws4';
import { recipientsOf } from '../../outgoingMail';
import { jsonOf, textField } from '../../api/fields';
import type { ApiAccount, ApiProvider, ApiRequest, Refusal } from '../../api/provider';

const REFUSALS: Readonly<Record<string, Omit<Refusal, 'code' | 'message'>>> = {
	AccountSuspendedException: { kind: 'authentication' },
	MailFromDomainNotVerifiedException: { kind: 'authentication' },
	SendingPausedException: { kind: 'transient', verdict: { reason: 'security-refused', bounceType: 'soft' } },
	LimitExceededException: { kind: 'transient', verdict: { reason: 'rate-limited', bounceType: 'soft' } },
	TooManyRequestsException: { kind: 'transient', verdict: { reason: 'rate-limited', bounceType: 'soft' } },
	ThrottlingException: { kind: 'transient', verdict: { reason: 'rate-limited', bounceType: 'soft' } },
	MessageRejected: { kind: 'permanent', verdict: { reason: 'content-rejected', bounceType: 'soft' } },
};

export const ses: ApiProvider = {
	displayName: 'Amazon SES',
	together: false,
	keyLifetime: 0,
	baseUrl: ({ region }) => `https://email.${region ?? 'us-east-1'}.amazonaws.com`,
	send(account, base, mail) {
		const body = {
			Destination: { ToAddresses: recipientsOf(mail) },
			Content: { Raw: { Data: mail.raw.toString('base64') } },
			// Names and values are ASCII letters, digits, underscores and dashes.
			...(mail.tags.length === 0
				? {}
				: {
						EmailTags: mail.tags
							.slice(0, 10)
							.map((tag) => ({ Name: tag.replace(/[^\w-]+/g, '_').slice(0, 256), Value: 'true' })),
					}),
			...(account.messageStream ? { ConfigurationSetName: account.messageStream } : {}),
		};
		return signed(account, 'POST', `${base}/v2/email/outbound-emails`, JSON.stringify(body));
	},
	probe: (account, base) => signed(account, 'GET', `${base}/v2/email/account`, ''),
	acceptedId: (answer) => textField(jsonOf(answer).MessageId) ?? undefined,
	refusal(answer) {
		const { message, Message, __type } = jsonOf(answer);
		// `MessageRejected:http://internal.amazon.com/…`
		const type = textField(answer.headers['x-amzn-errortype']) ?? textField(__type);
		const code = type?.split(':')[0]?.split('#').pop() ?? null;
		const text = textField(message) ?? textField(Message) ?? '';
		const known = code === null ? undefined : REFUSALS[code];
		// The one message for a sender or domain that is not verified in this region.
		if (code === 'MessageRejected' && /not verified|sending (?:is )?(?:paused|suspended)/i.test(text))
			return { code, message: text, kind: 'authentication' };
		return { code, message: text, ...known };
	},
};

/** AWS Signature Version 4. */
function signed(account: ApiAccount, method: 'GET' | 'POST', url: string, body: string): ApiRequest {
	const { host, pathname } = new URL(url);
	const { headers } = sign(
		{
			service: 'ses',
			region: account.region ?? 'us-east-1',
			host,
			method,
			path: pathname,
			headers: { ...(body === '' ? {} : { 'Content-Type': 'application/json' }) },
			...(body === '' ? {} : { body }),
		},
		{
			accessKeyId: account.accessKeyId ?? '',
			secretAccessKey: account.apiKey,
			...(account.sessionToken ? { sessionToken: account.sessionToken } : {}),
		},
	);
	const plain = Object.entries(headers ?? {}).map(([name, value]) => [name.toLowerCase(), String(value)]);
	return { method, url, headers: Object.fromEntries(plain) as Record<string, string>, body: Buffer.from(body) };
}
