import { gzipSync } from 'node:zlib';
import { strToU8, zipSync } from 'fflate';
import { describe, expect, it } from 'vitest';
import { readAggregateReport } from '../../../../lib/email/deliverability/aggregateReport';
import { InputError } from '../../../../lib/errors';

/** In the shape of RFC 7489, appendix C. */
const xml = `<?xml version="1.0" encoding="UTF-8"?>
<feedback>
  <report_metadata>
    <org_name>receiver.example</org_name>
    <email>noreply-dmarc@receiver.example</email>
    <report_id>12345678901234567890</report_id>
    <date_range><begin>1700000000</begin><end>1700086399</end></date_range>
  </report_metadata>
  <policy_published><domain>Shop.Example</domain><adkim>r</adkim><aspf>s</aspf><p>quarantine</p><sp>none</sp><pct>100</pct></policy_published>
  <record>
    <row><source_ip>192.0.2.1</source_ip><count>40</count>
      <policy_evaluated><disposition>none</disposition><dkim>pass</dkim><spf>fail</spf></policy_evaluated></row>
    <identifiers><header_from>shop.example</header_from><envelope_from>bounce.shop.example</envelope_from></identifiers>
    <auth_results>
      <dkim><domain>shop.example</domain><selector>s1</selector><result>pass</result></dkim>
      <dkim><domain>esp.example</domain><selector>k</selector><result>pass</result></dkim>
      <spf><domain>bounce.shop.example</domain><result>pass</result></spf>
    </auth_results>
  </record>
  <record>
    <row><source_ip>2001:db8::7</source_ip><count>2</count>
      <policy_evaluated><disposition>quarantine</disposition><dkim>fail</dkim><spf>fail</spf>
        <reason><type>mailing_list</type><comment/></reason></policy_evaluated></row>
    <identifiers><header_from>shop.example</header_from></identifiers>
    <auth_results><spf><domain>list.example</domain><result>pass</result></spf></auth_results>
  </record>
</feedback>`;

const readText = async (text: string) => await readAggregateReport(Buffer.from(text));

describe('readAggregateReport', () => {
	it('reads who reports on whom, and how the mail fared', async () => {
		expect(await readText(xml)).toMatchObject({
			reporter: 'receiver.example',
			reportId: '12345678901234567890',
			domain: 'shop.example',
			begin: '2023-11-14T22:13:20.000Z',
			end: '2023-11-15T22:13:19.000Z',
			policy: { p: 'quarantine', sp: 'none', adkim: 'r', aspf: 's', pct: 100 },
			totals: { messages: 42, aligned: 40, unaligned: 2, quarantined: 2, rejected: 0 },
			rows: [
				{ sourceIp: '192.0.2.1', messages: 40, aligned: true, dkimResults: [{ selector: 's1' }, { selector: 'k' }] },
				{ sourceIp: '2001:db8::7', messages: 2, aligned: false, overrides: ['mailing_list'], envelopeFrom: null },
			],
		});
	});

	it('reads the same from gzip and zip, and from a namespaced document', async () => {
		const expected = await readText(xml);
		expect(await readAggregateReport(gzipSync(xml))).toEqual(expected);
		const zip = zipSync({ 'readme.txt': strToU8('no'), 'receiver!shop.xml': strToU8(xml) });
		expect(await readAggregateReport(Buffer.from(zip))).toEqual(expected);
		const namespaced = xml
			.replace('<feedback>', '<d:feedback xmlns:d="urn:ietf:params:xml:ns:dmarc-2.0">')
			.replace('</feedback>', '</d:feedback>');
		expect(await readText(namespaced)).toEqual(expected);
	});

	it.each([
		['an ordinary document', Buffer.from('<html><body>Hello</body></html>')],
		['no XML', Buffer.from('Dear customer <')],
		['nothing', Buffer.alloc(0)],
		['a broken gzip file', gzipSync(xml).subarray(0, 40)],
		['a broken zip file', Buffer.from(zipSync({ 'a.xml': strToU8(xml) })).subarray(0, 60)],
		['a zip file without XML', Buffer.from(zipSync({ 'a.txt': strToU8(xml) }))],
		['a gzip bomb', gzipSync(Buffer.alloc(65 * 1024 * 1024))],
		['a gzip bomb of white space', gzipSync(Buffer.from(`<feedback>${' '.repeat(65_000_000)}</feedback>`))],
		['a gzip bomb of records', gzipSync(Buffer.from(`<feedback>${'<record/>'.repeat(7_000_000)}</feedback>`))],
		['a zip bomb', Buffer.from(zipSync({ 'a.xml': Buffer.alloc(65 * 1024 * 1024, 0x20) }))],
		['a zip file in a zip file', Buffer.from(zipSync({ 'a.xml': zipSync({ 'b.xml': strToU8(xml) }) }))],
		['endless elements', Buffer.from('<a>'.repeat(100_000))],
		['endless attributes', Buffer.from(`<feedback ${'a="b" '.repeat(100_000)}>`)],
		['an endless name', Buffer.from(`<${'a'.repeat(1_000_000)}`)],
		['an endless value', Buffer.from(xml.replace('receiver.example</org_name>', `${'x'.repeat(20_000)}</org_name>`))],
		['an endless comment', Buffer.from(`<feedback><!--${'x'.repeat(1_000_000)}`)],
	])('refuses %s with what to do', async (_, content) => {
		const refusal = await readAggregateReport(content).catch((error: unknown) => error);
		expect(refusal).toBeInstanceOf(InputError);
		expect(refusal).toMatchObject({ code: 'DMARC_REPORT_INVALID' });
	});

	it('lets others have their turn while it reads a large one', async () => {
		const record = /<record>[\s\S]*?<\/record>/.exec(xml)?.[0] ?? '';
		const large = Buffer.from(xml.replace('</feedback>', `${record.repeat(8000)}</feedback>`));
		let turns = 0;
		const timer = setInterval(() => turns++, 0);
		const { rows } = await readAggregateReport(large);
		clearInterval(timer);
		expect(rows).toHaveLength(8002);
		expect(turns).toBeGreaterThan(large.length / 64 / 1024 / 2);
	});

	it('expands no entity of a stranger’s document', async () => {
		const bomb = xml
			.replace('<feedback>', '<!DOCTYPE f [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><feedback>')
			.replace('receiver.example</org_name>', '&b;</org_name>');
		await expect(readText(bomb)).rejects.toMatchObject({ code: 'DMARC_REPORT_INVALID' });
	});
});
