import { describe, expect, it } from 'vitest';
import { markdownOf } from '../../../../lib/email/html/markdown';
import { sanitizeEmailHtml } from '../../../../lib/email/html/sanitize';

describe('sanitised html', () => {
	it.each([
		['<p onclick="x()">a</p>', '<p>a</p>', 'event-handler'],
		['<script>alert(1)</script>a', 'a', 'script'],
		['<a href="java\nscript:x()">a</a>', '<a>a</a>', 'unsafe-link'],
		['<a href="data:text/html,x">a</a>', '<a>a</a>', 'unsafe-link'],
		['<form action="https://e.example"><input name=a>a</form>', 'a', 'form'],
		['<svg><script>1</script></svg>a', 'a', 'vector-image'],
		['<iframe src="x">b</iframe>a', 'a', 'frame'],
		['<meta http-equiv="refresh" content="0;url=https://e.example">a', 'a', 'refresh'],
		['<img src="https://e.example/a.png" alt="A">', '<img alt="A" />', 'remote-content'],
		[
			'<p style="color:red; background:url(https://e.example/a); position:fixed">a</p>',
			'<p style="color: red">a</p>',
			'remote-content',
		],
		['<p style="width:expression(x)">a</p><script>', '<p>a</p>', 'script'],
	])('of %s', (html, safe, what) => {
		const found = sanitizeEmailHtml(html);
		expect(found.html).toBe(safe);
		expect(found.removed.map((entry) => entry.what)).toContain(what);
	});

	it('keeps images of the message, and lists what would be fetched', () => {
		const { html, remoteContent } = sanitizeEmailHtml(
			'<style>@import url(https://e.example/a.css);</style><img src="cid:a@b"><img src="https://t.example/p" width=1 height=1>' +
				'<table background="//e.example/b.png"><tr><td>a</td></tr></table><a href="https://ok.example/?a=1&amp;b=2">ok</a>',
		);
		expect(html).toContain('<img src="cid:a@b" />');
		expect(html).toContain('<a href="https://ok.example/?a=1&amp;b=2" rel="noopener noreferrer nofollow">ok</a>');
		expect(remoteContent).toEqual([
			{ kind: 'style', url: 'https://e.example/a.css' },
			{ kind: 'tracking-pixel', url: 'https://t.example/p' },
			{ kind: 'image', url: '//e.example/b.png' },
		]);
	});

	it.each(['<div>', '<a href="', '<noscript>', '<style'])('of endless %s ends', (piece) => {
		expect(sanitizeEmailHtml(piece.repeat(50_000)).html).not.toContain('<script');
	});
});

describe('Markdown', () => {
	it('is made of what is safe', () => {
		const html =
			'<h1>T</h1><p>a <b>b</b> <a href="https://x.example/a_b">https://x.example/a_b</a><script>1</script></p><img src="cid:q" alt="Q">';
		expect(markdownOf({ html, text: '' })).toBe('# T\n\na **b** <https://x.example/a_b>\n\n![Q](cid:q)');
		expect(markdownOf({ html: null, text: 'as it is' })).toBe('as it is');
	});
});
