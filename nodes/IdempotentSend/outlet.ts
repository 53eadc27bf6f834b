/** Where the node sends through: the transport of its credentials, its fallback, and what they say about every mail. */
import type { ICredentialDataDecryptedObject, IExecuteFunctions } from 'n8n-workflow';
import type { DkimKey } from '../../lib/email/smtp/dkim';
import { InputError } from '../../lib/errors';
import { createApiTransport } from '../../lib/pipeline/send/apiTransport';
import { type SandboxPolicy, sandboxDecision } from '../../lib/pipeline/send/sandbox';
import type { SendTransport } from '../../lib/pipeline/send/sendRequest';
import { createSmtpTransport } from '../../lib/pipeline/send/smtpTransport';
import { apiAccountOf, dkimOf, sandboxOf } from '../emailProvider';
import { smtpServerOf } from '../mailServer';
import { rememberedCredential } from '../rememberedCredential';

export interface Outlet {
	transport: SendTransport;
	settings: { dkim: DkimKey | null; sandbox: SandboxPolicy | null };
	close(): void;
}

type Way = { transport: SendTransport & { close(): void }; credential: ICredentialDataDecryptedObject };

/** @throws InputError `API_ACCOUNT_INVALID`, `SEND_SANDBOX_INVALID` */
export async function openOutlet(context: IExecuteFunctions): Promise<Outlet> {
	const chosen = context.getNodeParameter('transport', 0, 'smtp');
	const kinds = chosen === 'smtpThenApi' ? ['smtp', 'api'] : chosen === 'apiThenSmtp' ? ['api', 'smtp'] : [chosen];
	const ways: Way[] = [];
	for (const kind of kinds) ways.push(kind === 'api' ? await apiWay(context) : await smtpWay(context));
	const [first, second] = ways;
	if (!first) throw new InputError('The node has no transport', { code: 'INPUT_INVALID', hint: 'Choose a Transport.' });
	return {
		transport: second ? { ...first.transport, fallback: second.transport } : first.transport,
		settings: {
			dkim: ways.map(({ credential }) => dkimOf(credential)).find((key) => key !== null) ?? null,
			sandbox: strictest(ways.map(({ credential }) => sandboxOf(credential))),
		},
		close: () => {
			for (const { transport } of ways) transport.close();
		},
	};
}

async function smtpWay(context: IExecuteFunctions): Promise<Way> {
	const isOAuth2 = context.getNodeParameter('authentication', 0, 'password') === 'oAuth2';
	const server = await smtpServerOf(context);
	return {
		transport: createSmtpTransport(server, { keep: true }),
		credential: await rememberedCredential(context, isOAuth2 ? 'mailOAuth2Api' : 'smtpServerApi'),
	};
}

async function apiWay(context: IExecuteFunctions): Promise<Way> {
	const credential = await rememberedCredential(context, 'emailProviderApi');
	return { transport: createApiTransport(apiAccountOf(credential)), credential };
}

/** Whoever one of the credentials keeps mail from gets none over the other either. */
function strictest(policies: Array<SandboxPolicy | null>): SandboxPolicy | null {
	const set = policies.filter((policy) => policy !== null);
	const [first] = set;
	if (!first) return null;
	const allows = (policy: SandboxPolicy, entry: string) =>
		policy.allow.includes(entry) || (/[^@]@/.test(entry) && sandboxDecision(policy, entry).kind === 'mail');
	return {
		allow: set.flatMap(({ allow }) => allow).filter((entry) => set.every((policy) => allows(policy, entry))),
		redirectTo: set.some(({ redirectTo }) => redirectTo === null) ? null : first.redirectTo,
	};
}
