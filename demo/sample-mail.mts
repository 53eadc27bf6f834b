import { randomUUID } from 'node:crypto';
import MailComposer from 'nodemailer/lib/mail-composer';
import { customerAddress, domain, supportAddress } from './settings.mts';

const TEXT = `Hello,

my order 4711 should have arrived on Monday, and the tracking page says
nothing since. The confirmation is attached. Could you have a look?

Thanks
Carla
`;

/** A customer's question, as a mail that has never been sent before. */
export async function composeSample(): Promise<Buffer> {
	return await new MailComposer({
		from: { name: 'Carla Customer', address: customerAddress },
		to: { name: 'Support', address: supportAddress },
		subject: 'Where is my order 4711?',
		messageId: `<${randomUUID()}@mail.${domain}>`,
		text: TEXT,
		html: `<p>${TEXT.trim().replaceAll('\n\n', '</p><p>').replaceAll('\n', '<br>')}</p>`,
		attachments: [{ filename: 'order-4711.txt', content: 'Order 4711: one blue lamp, to be delivered on Monday\n' }],
	})
		.compile()
		.build();
}
