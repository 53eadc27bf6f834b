import { join, resolve } from 'node:path';
import { checkout } from '../tools/checkout.mts';

/** Everything the demo keeps is in here; removing it starts the demo afresh. */
export const demoFolder = resolve(process.env.EMAIL_PIPELINE_DEMO_DIR ?? join(checkout, '.demo'));

export const host = '127.0.0.1';
export const domain = 'example.test';

/** The mailbox that the Support inbox workflow watches. */
export const supportAddress = `demo@${domain}`;

/** The mailbox of the demo's customer, who also gets all mail for other domains. */
export const customerAddress = `customer@${domain}`;

export const defaultPorts = { port: 5678, imapPort: 1143, smtpPort: 1025 } as const;
export type Ports = Readonly<Record<keyof typeof defaultPorts, number>>;
