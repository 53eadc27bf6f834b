import type {
	IDataObject,
	INodeType,
	INodeTypeDescription,
	IWebhookFunctions,
	IWebhookResponseData,
} from 'n8n-workflow';
import { NodeConnectionTypes } from 'n8n-workflow';
import { readWebhook } from '../../lib/email/webhook/read';
import { WebhookRefusal } from '../../lib/email/webhook/refusal';
import type { SubscriptionConfirmation } from '../../lib/email/webhook/signature';
import { verifyWebhook } from '../../lib/email/webhook/verify';
import { StoreError } from '../../lib/errors';
import { type Admission, admitWebhook } from '../../lib/pipeline/webhookIntake';
import type { Store } from '../../lib/store';
import { failureOf } from '../nodeFailure';
import { openNodeStore, pipelineStoreTest, scopeOf, withOwnStore } from '../pipelineStore';
import { keylessProviders, properties } from './EmailWebhookTrigger.description';
import { webhookSigningTest } from './credentialTest';
import { configOf, providerOf } from './verification';
import { webhookRequestOf } from './webhookRequest';

const HOUR = 3_600_000;

export class EmailWebhookTrigger implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Email Webhook Trigger',
		name: 'emailWebhookTrigger',
		icon: { light: 'file:emailWebhookTrigger.svg', dark: 'file:emailWebhookTrigger.dark.svg' },
		group: ['trigger'],
		version: 1,
		subtitle: '={{ $parameter["provider"] }}',
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
				displayOptions: { hide: { provider: keylessProviders } },
			},
			{ name: 'pipelineStoreApi', required: true, testedBy: 'pipelineStoreTest', ...withOwnStore },
		],
		webhooks: [
			{ name: 'default', httpMethod: 'POST', responseMode: 'onReceived', responseData: 'noData', path: 'email' },
		],
		properties,
	};

	methods = { credentialTest: { pipelineStoreTest, webhookSigningTest } };

	/** Nothing is registered at the provider: the user enters the URL there. */
	webhookMethods = {
		default: {
			checkExists: () => Promise.resolve(true),
			create: () => Promise.resolve(true),
			delete: () => Promise.resolve(true),
		},
	};

	async webhook(this: IWebhookFunctions): Promise<IWebhookResponseData> {
		const options = this.getNodeParameter('options', {}) as IDataObject;
		let store: Store | null = null;
		try {
			store = await openNodeStore(this, options);
			const admission = await receive(this, store, options);
			if (admission === null) return answer(this, 200, null);
			return respond(this, store, admission);
		} catch (error) {
			await store?.close();
			return refuse(this, error);
		}
	}
}

/** @returns null for a request that is complete without an execution */
async function receive(context: IWebhookFunctions, store: Store, options: IDataObject): Promise<Admission | null> {
	const provider = providerOf(context);
	const scope = scopeOf(options);
	const endpoint = `webhook:${context.getWorkflow().id ?? ''}/${context.getNode().id}`;
	if (typeof options.requestsPerSecond === 'number') {
		const rate = { ratePerSecond: options.requestsPerSecond, burst: Math.max(1, options.requestsPerSecond) };
		const verdict = await store.limits.take(scope, endpoint, rate);
		if (!verdict.allowed) {
			const wait = Math.max(1, Math.ceil((verdict.retryAt - Date.now()) / 1000));
			throw new TooManyRequests(wait);
		}
	}
	const request = await webhookRequestOf(context);
	const verification = await verifyWebhook(request, await configOf(context, provider, options));
	if (verification.confirmation) {
		await confirmSubscription(context, verification.confirmation, options.confirmSubscriptions === true);
		return null;
	}
	const items = readWebhook(provider.id, request, verification);
	const delivery = { store, scope, endpoint, replayKey: verification.replayKey, items };
	const isTest = context.getMode() === 'manual';
	return await admitWebhook({
		...delivery,
		// A test request in the editor may be sent again and again.
		...(isTest ? { endpoint: `${endpoint}:test:${Date.now()}` } : {}),
		receivedAt: new Date().toISOString(),
		...(typeof options.replayHours === 'number' ? { ttl: options.replayHours * HOUR } : {}),
	});
}

/** Hands the items to n8n; once the 2xx has left, the execution exists and the claims are confirmed. */
function respond(context: IWebhookFunctions, store: Store, admission: Admission): IWebhookResponseData {
	switch (admission.state) {
		case 'repeat':
			void store.close();
			return answer(context, 200, null);
		case 'in-progress':
			void store.close();
			context.getResponseObject().setHeader('Retry-After', String(admission.retryAfterSeconds));
			return answer(context, 409, { code: 'WEBHOOK_IN_PROGRESS', message: 'The same request is being worked on.' });
		case 'admitted': {
			const response = context.getResponseObject();
			const settle = (taken: boolean) => {
				const done = taken ? admission.confirm() : admission.release();
				done
					.catch((error: unknown) => {
						context.logger.warn('A webhook claim could not be settled; a repeat may start the workflow again', {
							code: failureOf(error).code,
						});
					})
					.finally(() => void store.close());
			};
			let finished = false;
			response.once('finish', () => {
				finished = true;
				settle(response.statusCode < 300);
			});
			// The sender hung up: whether n8n has the execution is unknown, so the claim is left to lapse.
			response.once('close', () => {
				if (!finished) void store.close();
			});
			return {
				workflowData: [
					admission.messages.map((json) => ({ json: json })),
					admission.events.map((json) => ({ json: json })),
				],
			};
		}
	}
}

class TooManyRequests extends Error {
	constructor(readonly retryAfterSeconds: number) {
		super('Too many requests');
	}
}

/** No execution is made for a refused request; it is logged without its content. */
function refuse(context: IWebhookFunctions, error: unknown): IWebhookResponseData {
	if (error instanceof TooManyRequests) {
		context.getResponseObject().setHeader('Retry-After', String(error.retryAfterSeconds));
		return answer(context, 429, { code: 'WEBHOOK_RATE_LIMITED', message: 'Too many requests; try again later.' });
	}
	const { code, message } = failureOf(error);
	context.logger.warn('Webhook request refused', { node: context.getNode().name, code, reason: message });
	if (error instanceof WebhookRefusal) return answer(context, error.status, { code, message });
	const retryable = error instanceof StoreError;
	if (retryable) context.getResponseObject().setHeader('Retry-After', '30');
	return answer(context, retryable ? 503 : 500, {
		code: retryable ? 'WEBHOOK_STORE_UNAVAILABLE' : 'WEBHOOK_FAILED',
		message: 'The request could not be stored; try again later.',
	});
}

function answer(context: IWebhookFunctions, status: number, body: IDataObject | null): IWebhookResponseData {
	const response = context.getResponseObject();
	response.status(status);
	if (body === null) response.end();
	else response.json(body);
	return { noWebhookResponse: true };
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
