import { randomUUID } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type N8nClient, type WorkflowFile, outputsOf, sharedN8n } from './driver/start.ts';

const report = `<feedback>
<report_metadata><org_name>receiver.example</org_name><report_id>r-1</report_id></report_metadata>
<policy_published><domain>shop.example</domain><p>reject</p></policy_published>
<record><row><source_ip>192.0.2.1</source_ip><count>40</count>
<policy_evaluated><disposition>none</disposition><dkim>pass</dkim><spf>fail</spf></policy_evaluated></row></record>
<record><row><source_ip>198.51.100.9</source_ip><count>2</count>
<policy_evaluated><disposition>reject</disposition><dkim>fail</dkim><spf>fail</spf></policy_evaluated></row></record>
</feedback>`;

const mail = [
	'From: noreply-dmarc@receiver.example',
	'To: dmarc@shop.example',
	'Subject: Report domain: shop.example',
	'Message-ID: <r-1@receiver.example>',
	'MIME-Version: 1.0',
	'Content-Type: application/gzip; name="receiver.example!shop.example!1700000000!1700086399.xml.gz"',
	'Content-Disposition: attachment; filename="receiver.example!shop.example!1700000000!1700086399.xml.gz"',
	'Content-Transfer-Encoding: base64',
	'',
	gzipSync(report).toString('base64'),
	'',
].join('\r\n');

let client: N8nClient;
let workflowId: string;

const ledger = (name: string, parameters: object) => ({
	id: randomUUID(),
	name,
	type: 'n8n-nodes-email-pipeline.emailLedger',
	typeVersion: 1,
	position: [0, 0] as [number, number],
	onError: 'continueErrorOutput' as const,
	parameters: { resource: 'deliverability', ...parameters },
});

const workflow: WorkflowFile = {
	name: `deliverability ${randomUUID()}`,
	nodes: [
		{
			id: randomUUID(),
			name: 'Start',
			type: 'n8n-nodes-base.manualTrigger',
			typeVersion: 1,
			position: [0, 0],
			parameters: {},
		},
		{
			id: randomUUID(),
			name: 'MIME Parse',
			type: 'n8n-nodes-email-pipeline.mimeParse',
			typeVersion: 1,
			position: [0, 0],
			parameters: { input: 'text', rawText: mail },
		},
		ledger('Report', { operation: 'readReport' }),
		ledger('Rows', { operation: 'readReport', splitRows: true }),
		ledger('No Such File', { operation: 'readReport', binaryPropertyName: 'report' }),
		ledger('No Domain', { operation: 'checkDomain', domain: 'ann@shop.example' }),
	],
	connections: {
		Start: { main: [[{ node: 'MIME Parse', type: 'main', index: 0 }]] },
		'MIME Parse': {
			main: [['Report', 'Rows', 'No Such File', 'No Domain'].map((node) => ({ node, type: 'main', index: 0 }))],
		},
	},
};

describe('Email Ledger: Deliverability', () => {
	beforeAll(async () => {
		({ client } = await sharedN8n());
		({ id: workflowId } = await client.createWorkflow(workflow));
	});
	afterAll(() => client.deleteWorkflow(workflowId));

	it('reads a DMARC report from a mail, whole or by row, and says what is wrong', async () => {
		const { executionId } = await client.run(workflowId, 'Start');
		const execution = await client.waitForExecution(executionId);
		const [[whole] = []] = outputsOf(execution, 'Report');
		expect(whole?.json).toMatchObject({
			reporter: 'receiver.example',
			domain: 'shop.example',
			totals: { messages: 42, aligned: 40, rejected: 2 },
		});
		const [rows = []] = outputsOf(execution, 'Rows');
		expect(rows.map(({ json }) => [json.domain, json.sourceIp, json.aligned])).toEqual([
			['shop.example', '192.0.2.1', true],
			['shop.example', '198.51.100.9', false],
		]);
		const [, [noFile] = []] = outputsOf(execution, 'No Such File');
		expect(noFile?.json.error).toMatchObject({ code: 'INPUT_BINARY_MISSING', hint: 'It carries: attachment_0.' });
		const [, [noDomain] = []] = outputsOf(execution, 'No Domain');
		expect(noDomain?.json.error).toMatchObject({ code: 'INPUT_DOMAIN_INVALID' });
	});
});
