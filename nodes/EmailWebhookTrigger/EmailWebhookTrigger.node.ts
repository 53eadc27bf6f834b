import type {
	IDataObject,
	IHookFunctions,
	INodeType,
	INodeTypeDescription,
	ITriggerFunctions,
	ITriggerResponse,
	IWebhookFunctions,
	IWebhookResponseData,
} from 'n8n-workflow';
import { NodeConnectionTypes, NodeOperationError } from 'n8n-workflow';
import { checkWebhookConfig } from '../../lib/email/webhook/config';
import { readWebhook } from '../../lib/email/webhook/read';
import type { SubscriptionConfirmation } from '../../lib/email/webhook/signature';
import { replayHorizonOf, verifyWebhook } from '../../lib/email/webhook/verify';
import { emitArrived } from '../../lib/pipeline/ingest/queue';
import { type Admission, admitWebhook } from '../../lib/pipeline/ingest/webhook/intake';
import type { Store } from '../../lib/store';
import { failureOf } from '../nodeFailure';
import { keepRawOf, openNodeStore, pipelineOf, pipelineStoreTest, scopeOf, withOwnStore } from '../pipelineStore';
import { withKeptCredentials } from '../rememberedCredential';
import { PROVIDER_NAMES, keylessProviders, properties } from './EmailWebhookTrigger.description';
import { webhookSigningTest } from './credentialTest';
import { startIntakeFeed, testFeedOf, testRun } from './intakeFeed';
import { endpointOf, noteOutcome } from './refusals';
import { TooManyRequests, answer, answerOtherMethod, checkAddressLimit, refuse } from './response';
import { configOf, maxBodyBytesOf, providerOf } from './verification';
import { webhookRequestOf } from './webhookRequest';

const HOUR = 3_600_000;
/** Nobody has just changed a setting: n8n starts, or another main takes over. */
const UNATTENDED = ['init', 'leadershipChange'];

export class EmailWebhookTrigger implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Email Webhook Trigger',
		name: 'emailWebhookTrigger',
		icon: { light: 'file:emailWebhookTrigger.svg', dark: 'file:emailWebhookTrigger.dark.svg' },
		group: ['trigger'],
		version: 1,
		subtitle: `={{ (${JSON.stringify(PROVIDER_NAMES)})[$parameter.provider] }}`,
		description: 'Starts the workflow when a provider hands over an email or reports a delivery, verified and once',
		eventTriggerDescription: 'Waiting for a signed request',
		defaults: { name: 'Email Webhook Trigger' },
		inputs: [],
		outputs: [NodeConnectionTypes.Main, NodeConnectionTypes.Main],
		outputNames: ['Message', 'Delivery Event'],
		credentials: [
			{
				name: 'webhookSigningApi',
				required: true,
				testedBy: 'webhookSigningTest',
				displayOptions: { hide: { provider: keylessProviders, '/options.scheme': ['ip'] } },
			},
			{ name: 'pipelineStoreApi', required: true, testedBy: 'pipelineStoreTest', ...withOwnStore },
		],
		webhooks: [
			{ name: 'default', httpMethod: 'POST', responseMode: 'onReceived', responseData: 'noData', path: 'email' },
			// n8n answers 404 to a method that is not registered, which reads as if the address were wrong.
			{ name: 'setup', httpMethod: 'HEAD,GET,PUT,PATCH,DELETE', path: 'email', ndvHideUrl: true },
		],
		properties,
	};

	methods = { credentialTest: { pipelineStoreTest, webhookSigningTest } };

	/** Nothing is registered at the provider: the user enters the URL there. */
	webhookMethods = {
		default: {
			checkExists: () => Promise.resolve(false),
			async create(this: IHookFunctions): Promise<boolean> {
				await checkSettings(this);
				return true;
			},
			delete: () => Promise.resolve(true),
		},
		setup: {
			checkExists: () => Promise.resolve(true),
			create: () => Promise.resolve(true),
			delete: () => Promise.resolve(true),
		},
	};

	/** Beside `webhook()`, which records: n8n runs it on the leading main. */
	trigger(this: ITriggerFunctions): Promise<ITriggerResponse> {
		return Promise.resolve(this.getMode() === 'manual' ? testRun(this) : startIntakeFeed(this));
	}

	async webhook(this: IWebhookFunctions): Promise<IWebhookResponseData> {
		const options = this.getNodeParameter('options', {}) as IDataObject;
		try {
			checkAddressLimit(this, options);
			if (this.getWebhookName() === 'setup') return answerOtherMethod(this, options);
			return await receive(this, options);
		} catch (error) {
			return refuse(this, options, error);
		}
	}
}

/**
 * Says what is wrong when a person switches the workflow on, and not at the first mail. When n8n restarts the address
 * stays: a sender tries again after a 5xx, but may give up at the 404 of a workflow that n8n could not activate.
 */
async function checkSettings(context: IHookFunctions): Promise<void> {
	if (UNATTENDED.includes(context.getActivationMode())) return;
	const options = context.getNodeParameter('options', {}) as IDataObject;
	try {
		checkWebhookConfig(await configOf(context, providerOf(context), options));
		await (await openNodeStore(context, options)).close();
	} catch (error) {
		const { code, message, hint } = failureOf(error);
		throw new NodeOperationError(context.getNode(), hint === null ? message : `${message} ${hint}`, {
			description: `Code: ${code}`,
			type: code,
			level: 'warning',
		});
	}
}

async function receive(context: IWebhookFunctions, options: IDataObject): Promise<IWebhookResponseData> {
	const provider = providerOf(context);
	const request = await webhookRequestOf(context, maxBodyBytesOf(options));
	const credentials = withKeptCredentials(context);
	const config = await configOf(context, provider, options, credentials);
	const verification = await verifyWebhook(request, config);
	if (verification.confirmation) {
		await confirmSubscription(context, verification.confirmation, options.confirmSubscriptions === true);
		return answer(context, 200, null);
	}
	const items = readWebhook(provider.id, request, verification);
	// Only now, so that a forged request costs neither the store's time nor the sender's allowance.
	const store = await openNodeStore(credentials, options);
	try {
		const scope = scopeOf(options);
		const endpoint = endpointOf(context);
		await takeFromAllowance(store, scope, endpoint, options.requestsPerSecond);
		const isTest = context.getMode() === 'manual';
		const admission = await admitWebhook({
			store,
			scope,
			// A test request in the editor may be sent again and again.
			endpoint: isTest ? `${endpoint}:test:${Date.now()}` : endpoint,
			...(isTest ? { feed: testFeedOf(endpoint), isTest } : {}),
			...pipelineOf(options),
			keep: keepRawOf(options),
			updateLedger: options.updateLedger !== false && !isTest,
			trustsAddress: options.trustAddress === true,
			replayTtl: replayHorizonOf(config),
			replayKey: verification.replayKey,
			items,
			receivedAt: new Date().toISOString(),
			...(typeof options.replayHours === 'number' ? { ttl: options.replayHours * HOUR } : {}),
		});
		const response = await respond(context, scope, admission);
		if (admission.state !== 'in-progress') {
			noteOutcome(context, options, admission.state === 'admitted' ? 'taken' : 'repeated');
		}
		return response;
	} finally {
		await store.close();
	}
}

async function takeFromAllowance(store: Store, scope: string, endpoint: string, perSecond: unknown): Promise<void> {
	if (typeof perSecond !== 'number') return;
	const rate = { ratePerSecond: perSecond, burst: Math.max(1, perSecond) };
	const verdict = await store.limits.take(scope, endpoint, rate);
	if (!verdict.allowed) throw new TooManyRequests(Math.max(1, Math.ceil((verdict.retryAt - Date.now()) / 1000)));
}

/** Records what was admitted, for the feed to emit; a test request starts its execution itself. */
async function respond(context: IWebhookFunctions, scope: string, admission: Admission): Promise<IWebhookResponseData> {
	const isTest = context.getMode() === 'manual';
	switch (admission.state) {
		case 'repeat':
			return answer(context, 200, null);
		case 'in-progress': {
			const body = { code: 'WEBHOOK_IN_PROGRESS', message: 'The same request is being worked on.' };
			return answer(context, 503, body, { 'Retry-After': String(admission.retryAfterSeconds) });
		}
		case 'admitted': {
			for (const { record, broken } of admission.violations) {
				context.logger.warn('An email or event of a webhook breaks the published schema; it was taken all the same', {
					node: context.getNode().name,
					record,
					broken,
				});
			}
			await admission.record();
			if (isTest) {
				return {
					workflowData: [admission.messages.map((json) => ({ json })), admission.events.map((json) => ({ json }))],
				};
			}
			emitArrived(scope, endpointOf(context));
			return answer(context, 200, null);
		}
	}
}

async function confirmSubscription(
	context: IWebhookFunctions,
	{ kind, subscribeUrl, topicArn }: SubscriptionConfirmation,
	allowed: boolean,
): Promise<void> {
	if (kind === 'subscribe' && allowed) {
		await context.helpers.httpRequest({ url: subscribeUrl });
		context.logger.info('SNS subscription confirmed', { topicArn });
		return;
	}
	context.logger.warn(
		kind === 'subscribe'
			? 'SNS asks to confirm a subscription; switch on “Confirm Subscriptions” and let SNS ask again'
			: 'SNS reports that a subscription ended',
		{ topicArn },
	);
}
