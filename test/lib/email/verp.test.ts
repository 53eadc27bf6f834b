import { describe, expect, it } from 'vitest';
import { addressedTo, readVerp } from '../../../lib/email/verp';

describe('readVerp', () => {
	it.each([
		['bounces+4711@shop.example', ['4711'], []],
		['bounces+order-7@shop.example', ['order-7', '7', 'order'], []],
		['bounces-ann=customer.example@shop.example', ['ann=customer.example'], ['ann@customer.example']],
		[
			'bounces+4711-ann=customer.example@shop.example',
			['4711-ann=customer.example', 'ann=customer.example', '4711'],
			['ann@customer.example'],
		],
		['bounces@shop.example', [], []],
		['bounces+@shop.example', [], []],
	])('%s', (path, words, addresses) => {
		const read = readVerp([path]);
		expect(new Set(read.words)).toEqual(new Set(words));
		for (const address of addresses) expect(read.addresses).toContain(address);
		if (addresses.length === 0) expect(read.addresses).toEqual([]);
	});
});

describe('addressedTo', () => {
	it('reads where a mail was delivered to, the envelope first', () => {
		const raw = Buffer.from(
			'To: Shop <shop@shop.example>\r\nDelivered-To: bounces+7@shop.example\r\nCc: x@shop.example\r\n\r\nTo: body@x.example\r\n',
		);
		expect(addressedTo(raw)).toEqual(['bounces+7@shop.example', 'shop@shop.example']);
	});
	it('finds nothing in what is no mail', () => {
		expect(addressedTo(Buffer.from([0xff, 0x00, 0x0a]))).toEqual([]);
	});
});
