import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const root = resolve(__dirname, '..');
const read = (file: string): string => readFileSync(join(root, file), 'utf8');

interface Codex {
	node: string;
	nodeVersion: string;
	codexVersion: string;
	categories: string[];
	resources: Record<string, { url: string }[]>;
	alias: string[];
}

const manifest = JSON.parse(read('package.json')) as {
	name: string;
	n8n: { nodes: string[]; credentials: string[] };
};

/** `ImapIdleTrigger` is the class and the file, `imapIdleTrigger` the type's name and its icon. */
const typeName = (className: string): string => className.charAt(0).toLowerCase() + className.slice(1);

/** Nodes and credentials by class name: those the manifest names, and those of which any file is there. */
const nodes = [
	...new Set([
		...manifest.n8n.nodes.map((file) => basename(file, '.node.js')),
		...readdirSync(join(root, 'nodes'), { recursive: true, encoding: 'utf8' })
			.filter((file) => /\.node\.(ts|json)$|\.svg$/.test(file))
			.map((file) => basename(dirname(file))),
	]),
].sort();
const credentials = [
	...new Set([
		...manifest.n8n.credentials.map((file) => basename(file, '.credentials.js')),
		...readdirSync(join(root, 'credentials'))
			.filter((file) => /\.svg$|\.credentials\.ts$/.test(file))
			.map((file) => file.replace(/(\.dark)?\.svg$|\.credentials\.ts$/, ''))
			.map((name) => name.charAt(0).toUpperCase() + name.slice(1)),
	]),
].sort();

const iconBases = [
	...nodes.map((name) => `nodes/${name}/${typeName(name)}`),
	...credentials.map((name) => `credentials/${typeName(name)}`),
];
const themes = { light: '.svg', dark: '.dark.svg' } as const;
/** What n8n's editor draws a node on, by theme. */
const background = { light: '#ffffff', dark: '#2d2d2d' } as const;

const shapes = ['g', 'path', 'rect', 'circle', 'ellipse', 'line', 'polyline', 'polygon'];
const attributes =
	/^(xmlns|viewBox|fill|stroke|stroke-width|stroke-linecap|stroke-linejoin|d|x|y|x1|x2|y1|y2|cx|cy|r|rx|ry|width|height|points|transform|opacity)$/;

interface Element {
	name: string;
	attributes: Map<string, string>;
}

/**
 * Reads the part of XML that an icon needs: elements with quoted attributes, and white space between them. Throws on all
 * else, so text, comments, entities, DOCTYPE and processing instructions fail as surely as what is not well-formed.
 */
function elementsOf(svg: string): Element[] {
	const elements: Element[] = [];
	const open: string[] = [];
	const tag = /\s*<(?:\/([a-z]+)\s*|([a-z]+)((?:\s+[A-Za-z][\w:.-]*="[^"<&]*")*)\s*(\/?))>\s*/y;
	while (tag.lastIndex < svg.length) {
		const from = tag.lastIndex;
		const [, closed, opened, attributeText = '', selfClosed] = tag.exec(svg) ?? [];
		if (closed !== undefined) {
			if (open.pop() !== closed) throw new Error(`</${closed}> closes another element`);
		} else if (opened !== undefined) {
			if (elements.length > 0 && open.length === 0) throw new Error(`<${opened}> stands outside the root element`);
			const element: Element = { name: opened, attributes: new Map() };
			for (const [, name, value] of attributeText.matchAll(/([\w:.-]+)="([^"]*)"/g)) {
				if (element.attributes.has(name!)) throw new Error(`<${opened}> has ${name!} twice`);
				element.attributes.set(name!, value!);
			}
			elements.push(element);
			if (selfClosed !== '/') open.push(opened);
		} else {
			throw new Error(`not an icon's markup: ${svg.slice(from, from + 40)}`);
		}
	}
	if (elements.length === 0 || open.length > 0)
		throw new Error(`not closed: ${open.join(', ') || 'no element at all'}`);
	return elements;
}

/** Contrast of two colours, 1 to 21 (WCAG 2.2, "contrast ratio"). */
function contrast(one: string, other: string): number {
	const luminance = (colour: string): number => {
		const [red, green, blue] = [1, 3, 5].map((at) => {
			const channel = parseInt(colour.slice(at, at + 2), 16) / 255;
			return channel <= 0.04045 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4;
		});
		return 0.2126 * red! + 0.7152 * green! + 0.0722 * blue!;
	};
	const [darker, lighter] = [luminance(one), luminance(other)].sort((a, b) => a - b);
	return (lighter! + 0.05) / (darker! + 0.05);
}

/** The drawing without its colours. */
const geometry = (svg: string): string => svg.replaceAll(/"#[\da-f]{6}"/g, '"colour"');

describe('the markup an icon may have', () => {
	const root = '<svg xmlns="http://www.w3.org/2000/svg">';

	it('is read element by element', () => {
		const elements = elementsOf(`${root}\n\t<g fill="none"><path d="M1 2"/></g>\n</svg>\n`);
		expect(elements.map((element) => element.name)).toEqual(['svg', 'g', 'path']);
		expect(elements[2]!.attributes).toEqual(new Map([['d', 'M1 2']]));
	});

	it.each([
		['nothing', ''],
		['text', `${root}mail</svg>`],
		['a comment', `${root}<!-- drawn --></svg>`],
		['an entity', `${root}<path d="&m;"/></svg>`],
		['a DOCTYPE', `<!DOCTYPE svg>${root}</svg>`],
		['an element left open', `${root}<g></svg>`],
		['an end tag without its start', `${root}</g></svg>`],
		['a root that is not closed', root],
		['two roots', `${root}</svg>${root}</svg>`],
		['an unquoted attribute', `${root}<path d=M1/></svg>`],
		['an attribute given twice', `${root}<path d="M1" d="M2"/></svg>`],
	])('is not %s', (_what, svg) => {
		expect(() => elementsOf(svg)).toThrow();
	});
});

describe.each(iconBases)('%s', (base) => {
	describe.each(['light', 'dark'] as const)('%s', (theme) => {
		const file = `${base}${themes[theme]}`;

		it('is there, and small', () => {
			expect(existsSync(join(root, file)), `${file} is missing`).toBe(true);
			expect(Buffer.byteLength(read(file))).toBeLessThan(2048);
		});

		it('is a square drawing of plain shapes: no text, script, style or reference', () => {
			const [svg, ...drawn] = elementsOf(read(file));
			expect(svg?.name).toBe('svg');
			expect(svg?.attributes.get('xmlns')).toBe('http://www.w3.org/2000/svg');
			expect(svg?.attributes.get('viewBox')).toMatch(/^0 0 (\d+) \1$/);
			expect(drawn.length).toBeGreaterThan(0);
			for (const element of drawn) expect(shapes).toContain(element.name);
			for (const element of [svg!, ...drawn]) {
				for (const [name, value] of element.attributes) {
					expect(name).toMatch(attributes);
					if (name !== 'xmlns') expect(value).not.toMatch(/url\(|:/i);
				}
			}
		});

		it('stands out from the canvas', () => {
			// 3:1 is what WCAG 2.2 asks of graphics (1.4.11); soft fills lie within outlines and need no contrast of their own.
			const colours = new Set(elementsOf(read(file)).flatMap((element) => element.attributes.get('stroke') ?? []));
			expect(colours.size).toBeGreaterThan(0);
			for (const colour of colours) {
				expect(colour).toMatch(/^#[\da-f]{6}$/);
				expect(contrast(colour, background[theme]), `${colour} on ${background[theme]}`).toBeGreaterThanOrEqual(3);
			}
		});
	});

	it('is the same drawing in both themes, in other colours', () => {
		const [light, dark] = [read(`${base}.svg`), read(`${base}.dark.svg`)];
		expect(geometry(dark)).toBe(geometry(light));
		expect(dark).not.toBe(light);
	});
});

it('no two icons are the same drawing', () => {
	const drawings = iconBases.map((base) => geometry(read(`${base}.svg`)));
	expect(new Set(drawings).size).toBe(iconBases.length);
});

describe.each(nodes)('node %s', (name) => {
	const codexFile = `nodes/${name}/${name}.node.json`;

	it('has a codex file that n8n can search', () => {
		expect(existsSync(join(root, codexFile)), `${codexFile} is missing`).toBe(true);
		const codex = JSON.parse(read(codexFile)) as Codex;
		expect(codex.node).toBe(`${manifest.name}.${typeName(name)}`);
		expect(codex.nodeVersion).toBe('1.0');
		expect(codex.codexVersion).toBe('1.0');
		// https://docs.n8n.io/integrations/creating-nodes/build/reference/node-codex-files/
		expect([
			'Analytics',
			'Communication',
			'Data & Storage',
			'Development',
			'Finance & Accounting',
			'Marketing',
			'Miscellaneous',
			'Productivity',
			'Sales',
			'Utility',
		]).toEqual(expect.arrayContaining(codex.categories));
		expect(codex.categories).toContain('Communication');
		expect(codex.alias.length).toBeGreaterThan(5);
		expect(codex.alias).toEqual([...new Set(codex.alias.map((alias) => alias.trim()))]);
		expect(codex.alias).toContain('email');
		expect(codex.resources).toHaveProperty('primaryDocumentation');
		for (const { url } of Object.values(codex.resources).flat()) expect(new URL(url).protocol).toBe('https:');
	});
});

/** The icon files that a folder's sources name, as n8n writes them: `file:name.svg`. */
const iconsNamedIn = (source: string): string[] =>
	[...source.matchAll(/['"`]file:(?:\.\/)?([^'"`]+)['"`]/g)].map((match) => match[1]!).sort();

describe('sources refer to their icons', () => {
	it.each(nodes)('node %s', (name) => {
		const files = readdirSync(join(root, 'nodes', name)).filter((file) => file.endsWith('.ts'));
		if (!files.includes(`${name}.node.ts`)) {
			expect(manifest.n8n.nodes, `the manifest names ${name}, which has no source`).not.toContain(
				`dist/nodes/${name}/${name}.node.js`,
			);
			return;
		}
		const source = files.map((file) => read(`nodes/${name}/${file}`)).join('\n');
		expect(iconsNamedIn(source)).toEqual([`${typeName(name)}.dark.svg`, `${typeName(name)}.svg`]);
		expect(source).toMatch(new RegExp(`\\bname: '${typeName(name)}'`));
	});

	it.each(credentials)('credential %s', (name) => {
		const file = `credentials/${name}.credentials.ts`;
		if (!existsSync(join(root, file))) {
			expect(manifest.n8n.credentials, `the manifest names ${name}, which has no source`).not.toContain(
				`dist/credentials/${name}.credentials.js`,
			);
			return;
		}
		expect(iconsNamedIn(read(file))).toEqual([`${typeName(name)}.dark.svg`, `${typeName(name)}.svg`]);
	});
});

describe('the build', () => {
	let folder: string;
	const everyByte = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte));

	beforeAll(() => {
		folder = mkdtempSync(join(tmpdir(), 'assets-'));
		for (const part of ['nodes', 'credentials']) cpSync(join(root, part), join(folder, part), { recursive: true });
		writeFileSync(join(folder, 'nodes', 'photo.png'), everyByte);
		execFileSync(
			process.execPath,
			[
				join(root, 'node_modules/gulp/bin/gulp.js'),
				'--gulpfile',
				join(root, 'gulpfile.js'),
				'--cwd',
				folder,
				'--silent',
				'assets',
			],
			{ stdio: 'pipe' },
		);
	});
	afterAll(() => rmSync(folder, { recursive: true }));

	it('copies every icon and codex file beside the compiled code', () => {
		const files = [
			...iconBases.flatMap((base) => Object.values(themes).map((suffix) => base + suffix)),
			...nodes.map((name) => `nodes/${name}/${name}.node.json`),
		];
		for (const file of files) expect(readFileSync(join(folder, 'dist', file), 'utf8')).toBe(read(file));
	});

	it('copies nothing but assets, byte for byte', () => {
		expect(readFileSync(join(folder, 'dist', 'nodes', 'photo.png'))).toEqual(everyByte);
		const copied = readdirSync(join(folder, 'dist'), { recursive: true, encoding: 'utf8' });
		expect(copied.filter((file) => file.endsWith('.ts'))).toEqual([]);
	});
});
