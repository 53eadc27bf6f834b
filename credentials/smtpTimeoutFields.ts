import type { INodeProperties } from 'n8n-workflow';

const seconds = (displayName: string, name: string, value: number, description: string): INodeProperties => ({
	displayName: `${displayName} (Seconds)`,
	name,
	type: 'number',
	typeOptions: { minValue: 1, maxValue: 3600 },
	default: value,
	description,
	displayOptions: { show: { changeTimeouts: [true] } },
});

/** How long an SMTP server may take. The defaults are the minima of RFC 5321 section 4.5.3.2. */
export const smtpTimeoutFields: INodeProperties[] = [
	{
		displayName: 'Change Time-Outs',
		name: 'changeTimeouts',
		type: 'boolean',
		default: false,
		description:
			'Whether to wait for the SMTP server for other times than the standard asks for. Some servers take minutes on purpose, to keep spam away.',
	},
	seconds('Connect', 'timeoutConnect', 20, 'For the connection itself, and for securing it'),
	seconds('Greeting', 'timeoutGreeting', 300, 'For the first line of the server'),
	seconds('Login', 'timeoutLogin', 300, 'For each reply to EHLO, STARTTLS and AUTH'),
	seconds('Sender', 'timeoutMail', 300, 'For the reply to MAIL FROM'),
	seconds('Recipient', 'timeoutRecipient', 300, 'For the reply to RCPT TO'),
	seconds('Start of Content', 'timeoutData', 120, 'For the reply to DATA'),
	seconds('Content', 'timeoutContent', 180, 'For each piece of the email until the server has taken it'),
	seconds(
		'End of Content',
		'timeoutEnd',
		600,
		'For the reply to the whole email. What is not answered by then is in doubt: too short a time makes doubts.',
	),
];
