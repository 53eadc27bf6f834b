/** The operations dashboard: one page, without script or external resource, light and dark by the reader's setting. */
import { SEND_STATES, type JsonObject, type Latency, type Millis } from '../../../store/store';
import { type StateCounts, totalOf } from '../outcomes';
import type { Figures } from './figures';
import { SERIES, hourChart } from './hourChart';
import { type Html, html } from './markup';
import { STYLE } from './style';
import { type Level, THRESHOLDS, levelOf } from './thresholds';

/** @returns a whole HTML document */
export function dashboardPage(figures: Figures): string {
	const { scope, since, until } = figures;
	const problems = attention(figures);
	return html`<!doctype html>
		<html lang="en">
			<head>
				<meta charset="utf-8" />
				<meta name="viewport" content="width=device-width, initial-scale=1" />
				<meta name="color-scheme" content="light dark" />
				<title>Email operations · ${scope}</title>
				<style>
					${STYLE}
				</style>
			</head>
			<body>
				<header>
					<h1>Email operations</h1>
					<p>Scope <b>${scope}</b> · ${timeOf(since)} to ${timeOf(until)} UTC</p>
				</header>
				<section class="banner ${problems.length === 0 ? 'good' : 'critical'}" role="status">
					${
						problems.length === 0
							? html`<b>All clear.</b> Nothing waits for a person.`
							: html`<b>${problems.length === 1 ? 'One thing needs' : `${problems.length} things need`} attention</b>
									<ul>
										${problems.map((text) => html`<li>${text}</li>`)}
									</ul>`
					}
				</section>
				<section class="cards">${cards(figures)}</section>
				<section>
					<h2>Over time</h2>
					${hourChart(figures.hours)}
					<ul class="legend">
						${[
							...SERIES.map(({ name, style }) => html`<li><i class="${style}"></i>${name}</li>`),
							html`<li><i class="line"></i>Received</li>`,
						]}
					</ul>
				</section>
				<div class="columns">
					${table('Sends by state', ['State', 'Count'], stateRows(figures.sends))}
					${table(
						'How long it takes',
						['From … to', 'p50', 'p95', 'p99', 'Sends'],
						[
							latencyRow('Record to server’s answer', figures.latency.accepted),
							latencyRow('Server’s answer to delivery', figures.latency.delivered),
						],
					)}
					${table('Backlog', ['What', 'Now'], backlogRows(figures))}
					${table('Mailboxes', ['Mailbox', 'State', 'Waiting', 'Dead'], figures.mailboxes.map(mailboxRow))}
					${table('By provider', ['Provider', 'Sent', 'Bounced', 'Complained'], outcomeRows(figures.by.provider))}
					${table('By template', ['Template', 'Sent', 'Bounced', 'Complained'], outcomeRows(figures.by.template))}
					${table('By stream', ['Stream', 'Sent', 'Bounced', 'Complained'], outcomeRows(figures.by.stream))}
					${table(
						'Reasons',
						['Reason', 'Sends'],
						figures.by.reason.flatMap(({ name, sends }) => (name === null ? [] : [[name, totalOf(sends)]])),
					)}
					${table(
						'Suppressed addresses',
						['Reason', 'Count'],
						figures.suppressions.map(({ reason, count }) => [reason, count]),
					)}
				</div>
				<footer>
					Bounce rate: ${THRESHOLDS.bounce.source}. Complaint rate: ${THRESHOLDS.complaint.source}. Opens count as
					nothing here: they are no sign of delivery.
				</footer>
			</body>
		</html> `.html;
}

/** What a person has to look at, the most urgent first. */
export function attention(figures: Figures): string[] {
	const { rates, backlog, deadLetters, refusedForUs, breakers, mailboxes, until } = figures;
	const open = breakers.filter(({ openUntil }) => openUntil !== null && openUntil > until);
	const away = mailboxes.filter(({ state }) => state === 'disconnected' || state === 'failed');
	const found: Array<[boolean, string]> = [
		[away.length > 0, `Mailboxes out of reach: ${[...new Set(away.map(({ mailbox }) => textOf(mailbox)))].join(', ')}`],
		[
			refusedForUs.length > 0,
			`${refusedForUs.reduce((sum, { count }) => sum + count, 0)} sends were refused because of the sending side (${refusedForUs.map(({ reason }) => reason).join(', ')}): mend it, then use Send → Release in Email Ledger`,
		],
		[
			backlog.inDoubt + backlog.needsReview > 0,
			`${backlog.inDoubt + backlog.needsReview} sends in doubt: resolve them in Email Ledger`,
		],
		[deadLetters.waiting > 0, `${deadLetters.waiting} dead letters wait to be replayed or discarded`],
		[open.length > 0, `Sending is paused by failures: ${open.map(({ name }) => name).join(', ')}`],
		[isCritical(levelOf(rates.complaint, THRESHOLDS.complaint)), `The complaint rate is ${percent(rates.complaint)}`],
		[isCritical(levelOf(rates.bounce, THRESHOLDS.bounce)), `The bounce rate is ${percent(rates.bounce)}`],
	];
	return found.flatMap(([applies, text]) => (applies ? [text] : []));
}

function cards({ rates, sends, intake, backlog, deadLetters, suppressions }: Figures): Html[] {
	const received = Object.values(intake).reduce((sum, count) => sum + count, 0);
	const suppressed = suppressions.reduce((sum, { count }) => sum + count, 0);
	const inDoubt = backlog.inDoubt + backlog.needsReview;
	return [
		card('Received', String(received), `${intake.dead} became dead letters`),
		card('Sends', String(totalOf(sends)), `${sends.accepted + sends.delivered} accepted or delivered`),
		card('Delivery rate', percent(rates.delivery), 'of what was handed to a server'),
		card('Bounce rate', percent(rates.bounce), limitText(THRESHOLDS.bounce), levelOf(rates.bounce, THRESHOLDS.bounce)),
		card(
			'Complaint rate',
			percent(rates.complaint),
			limitText(THRESHOLDS.complaint),
			levelOf(rates.complaint, THRESHOLDS.complaint),
		),
		card('Deferred', String(backlog.due + backlog.scheduled), `${backlog.due} due now`),
		card('In doubt', String(inDoubt), 'never sent again by themselves', inDoubt > 0 ? 'critical' : 'good'),
		card('Dead letters', String(deadLetters.waiting), 'waiting', deadLetters.waiting > 0 ? 'warning' : 'good'),
		card('Suppressed', String(suppressed), 'addresses not written to'),
	];
}

function card(name: string, value: string, note: string, level: Level = 'none'): Html {
	return html`<article class="card ${level}">
		<h3>${name}</h3>
		<p class="value">${value}</p>
		<p>${note}</p>
	</article>`;
}

function table(title: string, head: string[], rows: Array<Array<string | number>>): Html {
	const body =
		rows.length === 0
			? html`<tr>
					<td colspan="${head.length}" class="empty">Nothing yet</td>
				</tr>`
			: {
					html: rows
						.map(
							(row) =>
								html`<tr>
									${row.map((cell) => html`<td>${cell}</td>`)}
								</tr>`.html,
						)
						.join(''),
				};
	return html`<table>
		<caption>
			${title}
		</caption>
		<thead>
			<tr>
				${head.map((name) => html`<th scope="col">${name}</th>`)}
			</tr>
		</thead>
		<tbody>
			${body}
		</tbody>
	</table>`;
}

function stateRows(sends: StateCounts): Array<Array<string | number>> {
	return SEND_STATES.filter((state) => sends[state] > 0).map((state) => [state.replace(/_/g, ' '), sends[state]]);
}

function outcomeRows(groups: Array<{ name: string | null; sends: StateCounts }>): Array<Array<string | number>> {
	return groups.map(({ name, sends }) => [
		name ?? '(none)',
		totalOf(sends),
		sends.bounced + sends.failed,
		sends.complained,
	]);
}

function latencyRow(name: string, { count, p50, p95, p99 }: Latency): Array<string | number> {
	return [name, duration(p50), duration(p95), duration(p99), count];
}

function backlogRows({ backlog, breakers, until }: Figures): Array<Array<string | number>> {
	return [
		['Due now', backlog.due],
		['Deferred to later', backlog.scheduled],
		['Under way', backlog.underWay],
		['Oldest due', backlog.oldestDue === null ? '–' : `${duration(Math.max(0, until - backlog.oldestDue))} ago`],
		...breakers.map(({ name, openUntil }): Array<string | number> => [
			`Breaker ${name}`,
			openUntil !== null && openUntil > until ? `open until ${timeOf(openUntil)}` : 'counting failures',
		]),
	];
}

function mailboxRow({ account, mailbox, state, waiting, dead }: JsonObject): Array<string | number> {
	return [`${textOf(mailbox)} · ${textOf(account)}`, textOf(state), textOf(waiting), textOf(dead)];
}

function textOf(value: unknown): string {
	return typeof value === 'string' || typeof value === 'number' ? String(value) : '–';
}

function isCritical(level: Level): boolean {
	return level === 'critical';
}

function percent(rate: number | null): string {
	return rate === null ? '–' : `${(rate * 100).toFixed(rate < 0.01 && rate > 0 ? 2 : 1)} %`;
}

function limitText({ warning, critical }: { warning: number; critical: number }): string {
	return `watch from ${percent(warning)}, act from ${percent(critical)}`;
}

function duration(time: Millis | null): string {
	if (time === null) return '–';
	if (time < 1000) return `${Math.round(time)} ms`;
	if (time < 120_000) return `${(time / 1000).toFixed(1)} s`;
	return time < 7_200_000 ? `${Math.round(time / 60_000)} min` : `${Math.round(time / 3_600_000)} h`;
}

function timeOf(time: Millis): string {
	return new Date(time).toISOString().slice(0, 16).replace('T', ' ');
}
