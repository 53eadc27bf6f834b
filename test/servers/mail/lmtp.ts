import SMTPConnection from 'nodemailer/lib/smtp-connection';

/** Hands one message to an LMTP server (RFC 2033) on loopback for one recipient; rejects with its reply otherwise. */
export function deliverByLmtp(port: number, from: string, to: string, raw: string | Uint8Array): Promise<void> {
	return new Promise((resolve, reject) => {
		const connection = new SMTPConnection({ host: '127.0.0.1', port, lmtp: true, ignoreTLS: true, name: 'localhost' });
		connection.once('error', reject);
		connection.connect(() => {
			connection.send({ from, to: [to] }, Buffer.from(raw), (error, info) => {
				connection.quit();
				const refused = error ?? info.rejectedErrors?.[0];
				if (refused) reject(refused);
				else resolve();
			});
		});
	});
}
