/** The dashboard's figures in Prometheus' text format 0.0.4 (https://prometheus.io/docs/instrumenting/exposition_formats/). */
import type { Latency } from '../../../store/store';
import type { Figures } from './figures';

export const METRICS_CONTENT_TYPE = 'text/plain; version=0.0.4; charset=utf-8';

type Labels = Record<string, string>;
type Sample = [labels: Labels, value: number | null];

/**
 * Gauges over the range of the figures, since records are purged and a counter must never fall. Names of mailboxes and
 * templates become labels; addresses of recipients never do.
 */
export function prometheusMetrics(figures: Figures): string {
	const { backlog, deadLetters, rates } = figures;
	const bySend = (key: 'template' | 'provider' | 'stream'): Sample[] =>
		figures.by[key].flatMap(({ name, sends }) =>
			Object.entries(sends).flatMap(([state, count]): Sample[] =>
				count === 0 ? [] : [[{ [key]: name ?? '', state }, count]],
			),
		);
	const metrics: Array<[name: string, help: string, samples: Sample[]]> = [
		['range_seconds', 'Length of the range that is counted', [[{}, (figures.until - figures.since) / 1000]]],
		['sends', 'Sends made in the range, by state', Object.entries(figures.sends).map(([state, n]) => [{ state }, n])],
		['sends_by_provider', 'Sends made in the range, by provider and state', bySend('provider')],
		['sends_by_template', 'Sends made in the range, by template and state', bySend('template')],
		['sends_by_stream', 'Sends made in the range, by stream and state', bySend('stream')],
		[
			'sends_by_reason',
			'Sends made in the range that have a reason',
			figures.by.reason.flatMap(({ name, sends }): Sample[] =>
				name === null ? [] : [[{ reason: name }, Object.values(sends).reduce((sum, count) => sum + count, 0)]],
			),
		],
		[
			'received',
			'Mails taken in within the range, by stage',
			Object.entries(figures.intake).map(([stage, n]) => [{ stage }, n]),
		],
		['delivery_ratio', 'Share of sends that a server took and nobody returned', [[{}, rates.delivery]]],
		['bounce_ratio', 'Share of sends that were refused or came back', [[{}, rates.bounce]]],
		['complaint_ratio', 'Share of sends that somebody complained about', [[{}, rates.complaint]]],
		['accept_latency_seconds', 'From the record to the server’s answer', latencySamples(figures.latency.accepted)],
		['delivery_latency_seconds', 'From the server’s answer to the delivery', latencySamples(figures.latency.delivered)],
		['sends_due', 'Sends that may go out now', [[{}, backlog.due]]],
		['sends_scheduled', 'Sends deferred to a time to come', [[{}, backlog.scheduled]]],
		['sends_in_doubt', 'Sends whose fate nobody knows', [[{}, backlog.inDoubt + backlog.needsReview]]],
		['dead_letters', 'Dead letters, by state', Object.entries(deadLetters).map(([state, n]) => [{ state }, n])],
		[
			'suppressions',
			'Live suppressions, by reason',
			figures.suppressions.map(({ reason, count }) => [{ reason }, count]),
		],
		[
			'breaker_open',
			'1 while sending through a credential is paused by failures',
			figures.breakers.map(({ name, openUntil }) => [
				{ breaker: name },
				openUntil !== null && openUntil > figures.until ? 1 : 0,
			]),
		],
		[
			'mailbox_up',
			'1 while a watched mailbox is connected',
			mailboxSamples(figures, ({ state }) => (state === 'disconnected' || state === 'failed' ? 0 : 1)),
		],
		[
			'mailbox_waiting',
			'Mails recorded and not yet started',
			mailboxSamples(figures, ({ waiting }) => (typeof waiting === 'number' ? waiting : null)),
		],
	];
	return metrics.flatMap(([name, help, samples]) => family(name, help, samples, figures.scope)).join('\n') + '\n';
}

function family(name: string, help: string, samples: Sample[], scope: string): string[] {
	const known = samples.filter(([, value]) => value !== null);
	if (known.length === 0) return [];
	const metric = `email_pipeline_${name}`;
	return [
		`# HELP ${metric} ${help}`,
		`# TYPE ${metric} gauge`,
		...known.map(([labels, value]) => `${metric}{${labelText({ scope, ...labels })}} ${value}`),
	];
}

function latencySamples({ p50, p95, p99 }: Latency): Sample[] {
	const seconds = (time: number | null): number | null => (time === null ? null : time / 1000);
	return [
		[{ quantile: '0.5' }, seconds(p50)],
		[{ quantile: '0.95' }, seconds(p95)],
		[{ quantile: '0.99' }, seconds(p99)],
	];
}

function mailboxSamples(
	{ mailboxes }: Figures,
	value: (mailbox: Figures['mailboxes'][number]) => number | null,
): Sample[] {
	return mailboxes.map((entry) => [
		{ account: textOf(entry.account), mailbox: textOf(entry.mailbox), feed: textOf(entry.feed) },
		value(entry),
	]);
}

function textOf(value: unknown): string {
	return typeof value === 'string' ? value : '';
}

/** Backslash, quote and line feed are escaped, nothing else. */
function labelText(labels: Labels): string {
	return Object.entries(labels)
		.map(([name, value]) => `${name}="${value.replace(/\\/g, '\\\\').replace(/"/g, '\\"').replace(/\n/g, '\\n')}"`)
		.join(',');
}
