import type { ReadProvider } from '../webhook/items';
import { readAgentMail } from './agentmail/webhook';
import { readBrevo } from './brevo/webhook';
import { readCloudMailin } from './cloudmailin/webhook';
import { readForwardEmail } from './forwardEmail/webhook';
import { readGeneric } from './generic/webhook';
import { readImprovMx } from './improvmx/webhook';
import { readMailerSend } from './mailersend/webhook';
import { readMailgun } from './mailgun/webhook';
import { readMailjet } from './mailjet/webhook';
import { readMailtrap } from './mailtrap/webhook';
import { readMandrill } from './mandrill/webhook';
import { readPostal } from './postal/webhook';
import { readPostmark } from './postmark/webhook';
import { readResend } from './resend/webhook';
import { readSendGrid } from './sendgrid/webhook';
import { readSes } from './ses/webhook';
import { readSparkPost } from './sparkpost/webhook';

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
