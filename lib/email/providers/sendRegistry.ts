import type { ApiProvider, ApiProviderName } from '../api/provider';
import { mailgun } from './mailgun/send';
import { postmark } from './postmark/send';
import { resend } from './resend/send';
import { sendgrid } from './sendgrid/send';
import { ses } from './ses/send';

export const providers: Readonly<Record<ApiProviderName, ApiProvider>> = { mailgun, postmark, resend, sendgrid, ses };
