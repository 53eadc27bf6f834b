/** Some servers replace the Message-ID of what is submitted, and tell the new one in the reply to the final dot. */

/** Microsoft 365: `250 2.0.0 OK <id@host.prod.outlook.com> [Hostname=…]`. */
const OUTLOOK = /^250 2\.0\.0 OK <([^<>\s]+\.prod\.outlook\.com)>/i;
/** Amazon SES: `250 Ok 0100018b5c3c0a4f-…-000000`, the local part of the id. */
const SES = /^250 Ok ([0-9a-f]+(?:-[0-9a-f]+)+)$/i;
const AWS_REGION = /^[a-z]{2}(?:-[a-z]+)+-\d+$/;

/** @returns the id without angle brackets, null where the reply tells none */
export function serverMessageIdOf(reply: string, host: string): string | null {
	const outlook = OUTLOOK.exec(reply)?.[1];
	if (outlook !== undefined) return outlook;
	const ses = SES.exec(reply)?.[1];
	const region = sesRegionOf(host);
	if (ses === undefined || region === null) return null;
	// https://docs.aws.amazon.com/ses/latest/dg/send-email-smtp.html
	return `${ses.toLowerCase()}@${region === 'us-east-1' ? 'email' : region}.amazonses.com`;
}

/** `email-smtp.eu-west-1.amazonaws.com`, or a VPC endpoint below it. */
function sesRegionOf(host: string): string | null {
	const labels = host.toLowerCase().replace(/\.$/, '').split('.');
	if (!/^(?:amazonaws|awsapps)\.com$/.test(labels.slice(-2).join('.'))) return null;
	return labels.slice(0, -2).find((label) => AWS_REGION.test(label)) ?? null;
}
