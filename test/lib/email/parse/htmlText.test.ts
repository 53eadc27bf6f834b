import { describe, expect, it } from 'vitest';
import { textOfHtml } from '../../../../lib/email/parse/htmlText';

const row = (...cells: string[]): string => `<tr>${cells.map((cell) => `<td>${cell}</td>`).join('')}</tr>`;

describe('a table of data', () => {
	it('becomes aligned rows', () => {
		const html = `<table>${row('Name:', 'Nora Field')}${row('Phone:', '0301234567')}${row('Order', '4711')}</table>`;
		expect(textOfHtml(html)).toBe('Name:    Nora Field\nPhone:   0301234567\nOrder    4711');
	});

	it('with a caption, headings, a line break in a cell and a cell over two columns', () => {
		const html =
			'<table><caption>Prices</caption><thead><tr><th>Item</th><th>Qty</th></tr></thead><tbody>' +
			`${row('Lamp<br>black', '2')}<tr><td colspan="2">Total 89.00 EUR</td></tr></tbody></table>`;
		expect(textOfHtml(html)).toBe('Prices\nItem    Qty\nLamp    2\nblack\nTotal 89.00 EUR');
	});

	it('written over indented lines, within a list and within a quote', () => {
		const table = `\n<table>\n  <tr>\n <td>\n Qty </td>\n <td>2</td>\n</tr>\n ${row('Total', '89')}\n</table>`;
		expect(textOfHtml(table)).toBe('Qty     2\nTotal   89');
		expect(textOfHtml(`<blockquote>${table}</blockquote>`)).toBe('> Qty     2\n> Total   89');
		expect(textOfHtml(`<ul><li>${table}</li></ul>`)).toContain('Total   89');
	});

	it('keeps an empty cell in its column', () => {
		expect(textOfHtml(`<table>${row('a', '', 'c')}${row('d', 'e', 'f')}</table>`)).toBe('a       c\nd   e   f');
	});
});

describe('a table for the layout', () => {
	it('becomes lines, paragraphs with a blank line between', () => {
		const html = `<table role="presentation">${row('<p>Hello Nora,</p><p>your code is</p>')}${row('482913')}${row('It is valid for 10 minutes')}</table>`;
		expect(textOfHtml(html)).toBe('Hello Nora,\n\nyour code is\n\n482913\nIt is valid for 10 minutes');
	});

	it('puts long columns below each other, short ones side by side', () => {
		const prose = 'A column of prose that goes on and on, '.repeat(4).trim();
		expect(textOfHtml(`<table>${row(prose, 'Aside')}</table>`)).toBe(`${prose}\nAside`);
		expect(textOfHtml(`<table>${row('Home', 'Shop', 'Help')}</table>`)).toBe('Home  Shop  Help');
	});

	it('reads single characters in boxes as one reads them', () => {
		expect(textOfHtml(`<table>${row('4', '8', '2', '9', '1', '3')}</table>`)).toBe('4 8 2 9 1 3');
	});

	it('nested, keeps every cell apart', () => {
		const inner = (label: string, value: string): string => `<table>${row(label, value)}</table>`;
		expect(textOfHtml(`<table>${row(inner('Invoice', 'R-77'), inner('Due', '12.11.2026'))}</table>`)).toBe(
			'Invoice  R-77  Due  12.11.2026',
		);
	});
});

describe('whatever begins a line in a client', () => {
	it.each([
		['dl', '<dl><dt>Name<dd>Nora<dt>Order<dd>4711</dl>', 'Name\nNora\nOrder\n4711'],
		['center', 'Shop<center>Order 1</center>now', 'Shop\nOrder 1\nnow'],
		['details', '<details><summary>More</summary>Hidden</details>', 'More\nHidden'],
		['address', '<b>Shop</b><address>Main St 1<br>Town</address>', 'Shop\nMain St 1\nTown'],
		['figure', 'a<figure>b<figcaption>c</figcaption></figure>', 'a\nb\nc'],
		['fieldset', '<fieldset><legend>You</legend>Nora</fieldset>', 'You\nNora'],
		['cells without a table', '<tr><td>1</td><td>2</td></tr>', '1\n2'],
		['a span shown as block', '<span style="color:red; display: block">a</span><span>b</span>', 'a\nb'],
	])('%s', (_, html, text) => {
		expect(textOfHtml(html)).toBe(text);
	});

	it('a link shown as block keeps its target; buttons have room between them', () => {
		const link = '<a style="display:block" href="https://x.example/a">A</a>';
		expect(textOfHtml(`${link}${link}`)).toBe('A [https://x.example/a]\nA [https://x.example/a]');
		expect(textOfHtml('<button>Yes</button><button>No</button>')).toBe('Yes No');
	});

	it('in markup that is too deep for a tree as well', () => {
		const html = `${'<div>'.repeat(200)}<table>${row('Qty', '2')}${row('Total', '89')}</table><dl><dt>a<dd>b</dl>`;
		expect(textOfHtml(html).split(/\s+/)).toEqual(['Qty', '2', 'Total', '89', 'a', 'b']);
	});
});
