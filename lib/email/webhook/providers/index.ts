import type { ReadProvider } from '../items';
import { readAgentMail } from './agentmail';
import { readBrevo } from './brevo';
import { readCloudMailin } from './cloudmailin';
import { readForwardEmail } from './forwardEmail';
import { readGeneric } from './generic';
import { readImprovMx } from './improvmx';
import { readMailerSend } from './mailersend';
import { readMailgun } from './mailgun';
import { readMailjet } from './mailjet';
import { readMailtrap } from './mailtrap';
import { readMandrill } from './mandrill';
import { readPostal } from './postal';
import { readPostmark } from './postmark';
import { readResend } from './resend';
import { readSendGrid } from './sendgrid';
import { readSes } from './ses';
import { readSparkPost } from './sparkpost';

/** The adapter of each provider: what its payloads mean. How its requests are verified is chosen apart from it. */
export const PROVIDERS = {
	generic: readGeneric,
	agentmail: readAgentMail,
	brevo: readBrevo,
	cloudmailin: readCloudMailin,
	'forward-email': readForwardEmail,
	improvmx: readImprovMx,
	mailersend: readMailerSend,
	mailgun: readMailgun,
	mailjet: readMailjet,
	mailtrap: readMailtrap,
	mandrill: readMandrill,
	postal: readPostal,
	postmark: readPostmark,
	resend: readResend,
	sendgrid: readSendGrid,
	ses: readSes,
	sparkpost: readSparkPost,
} satisfies Record<string, ReadProvider>;

export type ProviderId = keyof typeof PROVIDERS;
