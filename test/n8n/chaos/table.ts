import type { ChaosReport } from './chaos';

/** The report as one Markdown table. */
export function tableOf(report: ChaosReport): string {
	const faults = Object.values(report.faults).reduce((sum, count) => sum + count, 0);
	const rows: Array<[string, string | number]> = [
		['Seed', report.seed],
		['Chaos', `${report.seconds} s, ${faults} faults`],
		['Received by IMAP', report.byImap],
		['Received by webhook', `${report.byWebhook} (${report.webhookRepeats} requests came again)`],
		['Processed', report.processed],
		['Dead letters', report.deadLettered],
		['**Neither**, by IMAP', report.openByImap.length],
		['**Neither**, by webhook', report.openByWebhook.length],
		['Replies accepted by the server', report.byState.accepted ?? 0],
		['… in the customer’s mailbox', report.delivered],
		['… missing there', report.undelivered],
		['Replies in doubt, listed', `${report.inDoubt} (${report.inDoubtArrived} of them arrived)`],
		['Replies refused, their recipients being unknown', report.refused],
		['**Refused wrongly**', report.refusedWrongly.length],
		['**Sent twice**', new Set([...report.duplicates, ...report.answeredTwice]).size],
		['Executions run again by hand', report.retried],
		['Failed executions that n8n had emptied; their mail began anew by itself', report.emptied],
		['All accounted for after', `${report.settledAfterSeconds} s`],
		...Object.entries(report.faults)
			.sort(([a], [b]) => a.localeCompare(b))
			.map(([name, count]): [string, number] => [`Fault: ${name}`, count]),
		...report.skipped.map((reason): [string, string] => ['SKIPPED FAULT', reason]),
	];
	return ['|  |  |', '| --- | --- |', ...rows.map(([name, value]) => `| ${name} | ${value} |`)].join('\n');
}
