import MarkdownIt from 'markdown-it';
import { marked } from 'marked';
import { describe, expect, it } from 'vitest';
import { markdownOf } from '../../../../lib/email/html/markdown';
import { sanitizeEmailHtml } from '../../../../lib/email/html/sanitize';

/** Every mail is painted within its own place. */
const boxed = (html: string): string =>
	`<div style="contain: content; overflow: auto; max-width: 100%; max-height: 100%">${html}</div>`;

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
		expect(found.html).toBe(boxed(safe));
		expect(found.removed.map((entry) => entry.what)).toContain(what);
	});

	it.each([
		'margin: -100px',
		'margin-left:- 5px',
		'margin: 0 0 0 -9999px',
		'text-indent: -9999px',
		'letter-spacing: -20px',
		'width: calc(0px - 10px)',
		'width: min(100px, 5px)',
		'height: 100vh',
		'width: 100dvw',
		'min-height: 50 vh',
		'width: 100cqw',
		'padding: 10vmin',
		'opacity: .01',
		'position: fixed',
		'z-index: 9',
		'transform: scale(9)',
		'background: url(x)',
		'color: var(--x)',
		'width: 1\\76 w',
	])('leaves out the style %s', (style) => {
		expect(sanitizeEmailHtml(`<p style="${style}">a</p>`).html).toBe(boxed('<p>a</p>'));
	});

	it.each([
		'color: rgb(1, 2, 3)',
		'background: hsla(1, 2%, 3%, .5)',
		'margin: 0 auto',
		'font: 12px/1.5 Arial, sans-serif',
		'font-family: Helvetica-Neue',
	])('keeps the style %s', (style) => {
		expect(sanitizeEmailHtml(`<p style="${style}">a</p>`).html).toBe(boxed(`<p style="${style}">a</p>`));
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

	it('reads as it was written', () => {
		expect(
			markdownOf({
				html: '<p>AT&amp;T: 3 &lt; 4! <a href="https://x.example/(a)" title="say &quot;hi&quot;">x</a></p>',
				text: '',
			}),
		).toBe('AT&T: 3 < 4! [x](https://x.example/%28a%29 "say \\"hi\\"")');
		expect(markdownOf({ html: null, text: '* a\n1. b\n> c\n    d_e' })).toBe('\\* a\n1\\. b\n\\> c\n d\\_e');
	});

	const live = /<img [^>]*(?:onerror|https:)|<script|<svg|href="(?:javascript|data)/i;
	const markdownIt = new MarkdownIt({ html: true, linkify: true });
	/** Whoever shows it lets html through, and has one of these. */
	const readers = [(text: string) => markdownIt.render(text), (text: string) => marked.parse(text, { async: false })];

	it.each([
		'<p>&lt;img src=x onerror=alert(1)&gt;</p>',
		'<p>&lt;<b>img src=x onerror=alert(1)&gt;</b></p>',
		'<p>&lt;script&gt;alert(1)&lt;/script&gt;</p>',
		'<p>&amp;lt;img src=x onerror=alert(1)&amp;gt;</p>',
		'<p>![](https://evil.example/p.gif)</p>',
		'<p>!<a href="https://evil.example/p.gif">x</a></p>',
		'<p>!<span></span><a href="https://evil.example/p.gif">x</a></p>',
		'<p>[a](javascript:alert(1))</p>',
		'<p>[a]: javascript:alert(1)</p><p>[a]</p>',
		'<p>&lt;javascript:alert(1)&gt;</p>',
		'<a href="https://a.example/)&lt;img src=x onerror=alert(1)&gt;">x</a>',
		'<a href="https://a.example/ &lt;img src=x onerror=alert(1)&gt;">x</a>',
		'<a href="https://a.example" title="&quot;)&lt;img src=x onerror=alert(1)&gt;">x</a>',
		'<a href="https://a.example" title="a\n\n&lt;img src=x onerror=alert(1)&gt;">x</a>',
		'<a href="https://a.example">](javascript:alert(1))&lt;img src=x onerror=alert(1)&gt;</a>',
		'<code>`&lt;img src=x onerror=alert(1)&gt;`</code>',
		'<code>``` &lt;img src=x onerror=alert(1)&gt;</code>',
		'<pre><code>```\n&lt;img src=x onerror=alert(1)&gt;</code></pre>',
		'<pre><code>~~~\n```\n&lt;img src=x onerror=alert(1)&gt;\n```</code></pre>',
		'<pre>&lt;img src=x onerror=alert(1)&gt;</pre>',
		'<img src="cid:a" alt="](x)&lt;img src=x onerror=alert(1)&gt;">',
		'<img src="cid:a)&lt;img src=x onerror=alert(1)&gt;" alt="x">',
		'<img src="https://x" alt="![](https://evil.example/p.gif)">',
		'<a href="https://evil.example/a">https://evil.example/a&gt;&lt;img src=x onerror=alert(1)</a>',
		'<table><tr><td>a | &lt;img src=x onerror=alert(1)&gt;</td></tr></table>',
		'<h1>x\n&lt;img src=x onerror=alert(1)&gt;</h1>',
		'<ul><li>&lt;svg onload=alert(1)&gt;</li></ul>',
	])('revives nothing of %s', (html) => {
		for (const read of readers) expect(read(markdownOf({ html, text: '' }))).not.toMatch(live);
	});

	it.each([
		'hi <img src=x onerror=alert(1)> ![](https://evil.example/p.gif)',
		'a\n\n<script>alert(1)</script>',
		'&lt;img src=x&gt;',
		'[a](javascript:alert(1))',
		'[a]: javascript:alert(1)\n\n[a]',
		'<javascript:alert(1)>',
		'| a |\n|-|\n| <img src=x onerror=alert(1)> |',
		'```\n<img src=x onerror=alert(1)>',
		'    <img src=x onerror=alert(1)>',
	])('revives nothing of the text %s', (text) => {
		for (const read of readers) expect(read(markdownOf({ html: null, text }))).not.toMatch(live);
	});
});
