import type { ApiProvider, ApiProviderName } from '../provider';
import { mailgun } from './mailgun';
import { postmark } from './postmark';
import { resend } from './resend';
import { sendgrid } from './sendgrid';
import { ses } from './ses';

export const providers: Readonly<Record<ApiProviderName, ApiProvider>> = { mailgun, postmark, resend, sendgrid, ses };
