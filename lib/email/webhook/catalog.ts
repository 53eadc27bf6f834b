import type { ProviderId } from '../providers/webhookRegistry';
import type { SchemeId } from './schemes';

export { WEBHOOK_SCHEMES, type WebhookScheme } from './schemeCatalog';

/** A sender of webhooks, for whoever offers the choice to a user. */
export interface WebhookProvider {
	id: ProviderId;
	displayName: string;
	/** What to verify with unless the user chooses another. */
	scheme: SchemeId;
	/** Also usual with this provider, e.g. where inbound mail is verified in another way than events. */
	otherSchemes: readonly SchemeId[];
	/** Of `scheme`. */
	authenticatesBody: boolean;
	/** Preset for schemes that take a header. */
	header?: string;
	/** Preset for the scheme `token`: the parameter of the URL that carries it. */
	queryParameter?: string;
	/** How inbound mail comes: `raw` as MIME, `assembled` from fields, `notice` with the content left at the provider; null: none comes. */
	inbound: 'raw' | 'assembled' | 'notice' | null;
	events: boolean;
	/** What to do at the provider, to be shown with the URL. `{url}` stands for it. */
	setup: string;
	documentation: string;
}

export const WEBHOOK_PROVIDERS: readonly WebhookProvider[] = [
	{
		id: 'generic',
		displayName: 'Generic',
		scheme: 'generic',
		otherSchemes: ['standard-webhooks', 'svix', 'stripe', 'basic', 'token', 'ip'],
		authenticatesBody: true,
		inbound: 'raw',
		events: true,
		setup: 'Let the sender POST JSON to {url} and sign it with the secret of the credential.',
		documentation: 'https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md',
	},
	{
		id: 'agentmail',
		displayName: 'AgentMail',
		scheme: 'svix',
		otherSchemes: [],
		authenticatesBody: true,
		inbound: 'assembled',
		events: true,
		setup: 'In AgentMail, create a webhook with {url} and copy its secret (whsec_…) into the credential.',
		documentation: 'https://docs.agentmail.to/webhooks-overview',
	},
	{
		id: 'ses',
		displayName: 'Amazon SES (SNS)',
		scheme: 'sns',
		otherSchemes: [],
		authenticatesBody: true,
		inbound: 'raw',
		events: true,
		setup:
			'Create an SNS topic, subscribe {url} to it by HTTPS without raw message delivery, and enter its ARN here. Let the SES configuration set, or the receipt rule with encoding Base64, publish to the topic. Then confirm the subscription.',
		documentation: 'https://docs.aws.amazon.com/ses/latest/dg/monitor-sending-activity-using-notifications-sns.html',
	},
	{
		id: 'brevo',
		displayName: 'Brevo',
		scheme: 'token',
		otherSchemes: ['basic', 'ip'],
		authenticatesBody: false,
		inbound: 'assembled',
		events: true,
		setup:
			'In Brevo, add a webhook with {url} and the authentication method Token, and enter the same token in the credential. Add the IP ranges of Brevo to the allow-list.',
		documentation: 'https://developers.brevo.com/docs/username-and-password-authentication',
	},
	{
		id: 'cloudmailin',
		displayName: 'CloudMailin',
		scheme: 'basic',
		otherSchemes: ['token', 'ip'],
		authenticatesBody: false,
		inbound: 'assembled',
		events: false,
		setup:
			'In CloudMailin, set the target to {url} with user:password@ before the host, and the format to JSON (normalized) or raw.',
		documentation: 'https://docs.cloudmailin.com/receiving_email/securing/',
	},
	{
		id: 'forward-email',
		displayName: 'Forward Email',
		scheme: 'forward-email',
		otherSchemes: [],
		authenticatesBody: true,
		inbound: 'raw',
		events: true,
		setup:
			'In Forward Email, let an alias forward to {url}, and copy the verification key of the domain into the credential.',
		documentation: 'https://forwardemail.net/faq#do-you-support-webhooks',
	},
	{
		id: 'improvmx',
		displayName: 'ImprovMX',
		scheme: 'token',
		otherSchemes: ['basic', 'ip'],
		authenticatesBody: false,
		queryParameter: 'token',
		inbound: 'assembled',
		events: false,
		setup:
			'In ImprovMX, let an alias forward to {url} with ?token= and a long random text behind it, and enter that text as token in the credential. Add the address ranges of ImprovMX to the allow-list.',
		documentation: 'https://improvmx.com/guides/webhooks/',
	},
	{
		id: 'mailersend',
		displayName: 'MailerSend',
		scheme: 'mailersend',
		otherSchemes: [],
		authenticatesBody: true,
		inbound: 'raw',
		events: true,
		setup:
			'In MailerSend, add a webhook (or an inbound route) with {url} and copy its own signing secret into the credential. Use one trigger for each.',
		documentation: 'https://developers.mailersend.com/api/v1/webhooks.html#security',
	},
	{
		id: 'mailgun',
		displayName: 'Mailgun',
		scheme: 'mailgun',
		otherSchemes: [],
		authenticatesBody: false,
		inbound: 'raw',
		events: true,
		setup:
			'In Mailgun, add webhooks with {url}; for inbound mail a route that forwards to the URL. A URL that ends in "mime" makes Mailgun send the raw message.',
		documentation: 'https://documentation.mailgun.com/docs/mailgun/user-manual/webhooks/securing-webhooks',
	},
	{
		id: 'mailjet',
		displayName: 'Mailjet',
		scheme: 'basic',
		otherSchemes: ['token', 'ip'],
		authenticatesBody: false,
		inbound: 'assembled',
		events: true,
		setup: 'In Mailjet, set the event URL (or the URL of a parse route) to {url} with user:password@ before the host.',
		documentation: 'https://dev.mailjet.com/email/guides/webhooks/',
	},
	{
		id: 'mailtrap',
		displayName: 'Mailtrap',
		scheme: 'mailtrap',
		otherSchemes: [],
		authenticatesBody: true,
		inbound: 'notice',
		events: true,
		setup:
			'In Mailtrap, create a webhook with {url} and payload format JSON, and copy its signature key into the credential.',
		documentation: 'https://docs.mailtrap.io/email-api-smtp/advanced/webhooks',
	},
	{
		id: 'mandrill',
		displayName: 'Mandrill (Mailchimp Transactional)',
		scheme: 'mandrill',
		otherSchemes: [],
		authenticatesBody: true,
		inbound: 'raw',
		events: true,
		setup:
			'In Mandrill, add a webhook (or an inbound route) with exactly {url}, which is part of what is signed, and copy its key into the credential.',
		documentation: 'https://mailchimp.com/developer/transactional/guides/track-respond-activity-webhooks/',
	},
	{
		id: 'postal',
		displayName: 'Postal',
		scheme: 'postal',
		otherSchemes: [],
		authenticatesBody: true,
		inbound: 'raw',
		events: true,
		setup:
			'In Postal, add a webhook (or an HTTP endpoint, format raw message) with {url}, and the public key of the installation to the credential.',
		documentation: 'https://docs.postalserver.io/developer/webhooks',
	},
	{
		id: 'postmark',
		displayName: 'Postmark',
		scheme: 'basic',
		otherSchemes: ['token', 'ip'],
		authenticatesBody: false,
		inbound: 'raw',
		events: true,
		setup:
			'In Postmark, set the webhook of the message stream to {url} with user:password@ before the host. For inbound streams tick "Include raw email content in JSON payload".',
		documentation: 'https://postmarkapp.com/developer/webhooks/webhooks-overview#protecting-your-webhook',
	},
	{
		id: 'resend',
		displayName: 'Resend',
		scheme: 'svix',
		otherSchemes: [],
		authenticatesBody: true,
		inbound: 'notice',
		events: true,
		setup: 'In Resend, add a webhook with {url} and copy its signing secret (whsec_…) into the credential.',
		documentation: 'https://resend.com/docs/dashboard/webhooks/verify-webhooks-requests',
	},
	{
		id: 'sendgrid',
		displayName: 'SendGrid',
		scheme: 'sendgrid',
		otherSchemes: ['basic', 'token', 'ip'],
		authenticatesBody: true,
		inbound: 'raw',
		events: true,
		setup:
			'In SendGrid, add an Event Webhook with {url}, switch on the signature and copy the verification key into the credential. For Inbound Parse tick "POST the raw, full MIME message", and attach a security policy with a signature, or choose Basic Auth and write user:password@ before the host.',
		documentation:
			'https://www.twilio.com/docs/sendgrid/for-developers/tracking-events/getting-started-event-webhook-security-features',
	},
	{
		id: 'sparkpost',
		displayName: 'SparkPost',
		scheme: 'basic',
		otherSchemes: ['token', 'ip'],
		authenticatesBody: false,
		header: 'x-messagesystems-webhook-token',
		inbound: 'raw',
		events: true,
		setup:
			'In SparkPost, add an event webhook with {url} and Basic Auth. For a relay webhook set its auth_token, and choose Token with the header X-MessageSystems-Webhook-Token.',
		documentation: 'https://developers.sparkpost.com/api/relay-webhooks/',
	},
];
