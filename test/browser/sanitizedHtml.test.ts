import { chromium, type Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sanitizeEmailHtml } from '../../lib/email/html/sanitize.ts';
import { args, executablePath } from './editor.ts';

/** A page that shows an email between its own buttons, as a help desk does; 600 by 400 pixels. */
const page = (mail: string): string => `<!doctype html><style>body{margin:0}</style>
	<header style="height:50px"><button id="before" style="width:600px;height:50px">Delete</button></header>
	<main style="display:flex"><section id="mail" style="width:400px;height:300px">${mail}</section>
	<aside><button id="beside" style="width:200px;height:300px">Approve</button></aside></main>
	<footer><button id="after" style="width:600px;height:50px">Send</button></footer>`;

const block = 'background:red;display:block';

describe('an email in a page', () => {
	let browser: Browser;
	beforeAll(async () => {
		browser = await chromium.launch({ executablePath, args });
	});
	afterAll(() => browser.close());

	it.each([
		['a fixed box', `<div style="position:fixed;top:0;left:0;width:600px;height:400px;${block}">x</div>`],
		['an absolute box', `<div style="position:absolute;top:-50px;width:600px;height:50px;${block}">x</div>`],
		['a negative margin', `<div style="margin-top:-50px;height:50px;width:600px;${block}">x</div>`],
		['a negative margin by calc', `<div style="margin:calc(0px - 50px);height:50px;${block}">x</div>`],
		['a box as wide as the window', `<a href="https://e.example" style="width:100vw;height:100vh;${block}">x</a>`],
		['a box in pixels', `<a href="https://e.example" style="width:5000px;height:5000px;${block}">x</a>`],
		['a table in pixels', `<table width="5000" height="5000" bgcolor="red"><tr><td>x</table>`],
		['an image in pixels', '<img src="data:image/gif;base64,R0lGODlhAQABAAAAACw=" width=5000 height=5000>'],
		['a padding', `<a href="https://e.example" style="padding:3000px;${block}">x</a>`],
		['a letter far away', '<p style="letter-spacing:500px;font-size:900px;line-height:0">xxxx</p>'],
		['a negative indent', `<p style="text-indent:-500px;${block}">xxxxxxxx</p>`],
		['a float', `<div style="float:right;width:3000px;height:3000px;${block}">x</div>`],
		['a transform', `<div style="transform:scale(99);${block}">x</div>`],
		['an unseen box', `<a href="https://e.example" style="opacity:0;width:600px;height:400px;display:block">x</a>`],
		[
			'a style sheet',
			`<style>#mail,a{position:fixed;top:0;left:0;width:600px;height:400px}</style><a href="//x">x</a>`,
		],
		['tags that close the page', `</section></main><div style="width:600px;height:400px;${block}">x</div>`],
		['a long word', `<nobr style="white-space:nowrap;${block}">${'x'.repeat(5000)}</nobr>`],
		['an outline and a shadow', `<div style="outline:500px solid red;box-shadow:0 0 0 500px red">x</div>`],
	])('leaves the buttons around it alone: %s', async (_, html) => {
		const view = await browser.newPage({ viewport: { width: 600, height: 400 } });
		await view.setContent(page(sanitizeEmailHtml(html).html));
		const hit = (x: number, y: number) => view.evaluate(`document.elementFromPoint(${x}, ${y})?.id`);
		const points: Array<[string, number, number]> = [
			['before', 5, 5],
			['before', 595, 45],
			['beside', 405, 60],
			['beside', 595, 340],
			['after', 5, 355],
			['after', 595, 395],
		];
		for (const [id, x, y] of points) expect(await hit(x, y), `at ${x}, ${y}`).toBe(id);
		await view.close();
	});
});
