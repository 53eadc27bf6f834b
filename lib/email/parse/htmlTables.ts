/** How a table of an html mail reads as text: tabular data as aligned rows, a layout as lines. */
import type { DomNode, FormatCallback, RecursiveCallback } from 'html-to-text';

type BlockTextBuilder = Parameters<FormatCallback>[2];

/** One cell, its content already as text. */
export interface CellText {
	text: string;
	/** Columns it takes. */
	span: number;
}

export interface TableText {
	rows: CellText[][];
	/** It says that its rows are records: `th`, `thead`, `caption` (HTML, 4.9). */
	tabular: boolean;
}

/** A column of data is hardly wider; what is longer is prose in a layout. */
const WIDEST_CELL = 60;
/** A wider first column is not padded for. */
const WIDEST_COLUMN = 48;
/** Cells of one line of a layout stand side by side up to this width. */
const WIDEST_LINE = 120;
/** Lines that a cell of a table with headings may have. */
const MOST_LINES = 6;
const MOST_COLUMNS = 40;
const GAP = '   ';

/** A formatter of html-to-text for `table`: takes the text of every cell, then decides what kind of table it is. */
export function formatTable(
	elem: DomNode,
	walk: RecursiveCallback,
	builder: BlockTextBuilder,
	options: { leadingLineBreaks?: number; trailingLineBreaks?: number },
): void {
	const table: TableText = { rows: [], tabular: false };
	builder.openBlock({ leadingLineBreaks: options.leadingLineBreaks ?? 1 });
	const take = (nodes: DomNode[]): string => {
		let text = '';
		builder.openBlock({ leadingLineBreaks: 1 });
		walk(nodes, builder);
		builder.closeBlock({
			trailingLineBreaks: 1,
			blockTransform: (inner) => {
				text = inner;
				return '';
			},
		});
		return text.replace(/[ \t]+$/gm, '').replace(/^\n+|\n+$/g, '');
	};
	readRows(elem.children, take, table);
	const presentation = /^(?:presentation|none)$/i.test(attribute(elem, 'role') ?? '');
	const text = renderTable(table, presentation);
	builder.closeBlock({ trailingLineBreaks: options.trailingLineBreaks ?? 1, blockTransform: () => text });
}

function attribute(node: DomNode, name: string): string | undefined {
	return (node.attribs as Record<string, string> | undefined)?.[name];
}

/** Rows in their order; what stands between them (a caption, a form, stray text) is a row of its own. */
function readRows(nodes: readonly DomNode[], take: (nodes: DomNode[]) => string, table: TableText): void {
	for (const node of nodes) {
		const { children = [] } = node as { children?: DomNode[] };
		if (/^(?:thead|tbody|tfoot|colgroup|form|center)$/.test(node.name ?? '')) {
			if (node.name === 'thead') table.tabular = true;
			readRows(children, take, table);
		} else if (node.name === 'tr') {
			table.rows.push(readCells(children, take, table));
		} else {
			if (node.name === 'caption') table.tabular = true;
			table.rows.push([{ text: take([node]), span: 1 }]);
		}
	}
}

function readCells(nodes: readonly DomNode[], take: (nodes: DomNode[]) => string, table: TableText): CellText[] {
	const cells: CellText[] = [];
	for (const node of nodes) {
		const cell = node.name === 'td' || node.name === 'th';
		if (node.name === 'th') table.tabular = true;
		const text = take(cell ? node.children : [node]);
		const span = Math.min(MOST_COLUMNS, Math.max(1, Math.trunc(Number(attribute(node, 'colspan') ?? 1)) || 1));
		if (cell || text.trim() !== '') cells.push({ text, span });
	}
	return cells;
}

/** The text of a table: aligned where it holds data, one line after another where it only places things. */
export function renderTable(table: TableText, presentation = false): string {
	const rows = table.rows.filter((row) => row.some(({ text }) => text.trim() !== ''));
	if (!presentation && isData(rows, table.tabular)) return rows.map(alignedRow(columnWidths(rows))).join('\n');
	return joinBlocks(rows.map(layoutRow));
}

/** One below the other; what has paragraphs itself keeps a blank line to what stands beside it. */
function joinBlocks(blocks: readonly string[]): string {
	const airy = blocks.map((block) => block.includes('\n\n'));
	return blocks.map((block, at) => (at === 0 ? '' : airy[at] || airy[at - 1] ? '\n\n' : '\n') + block).join('');
}

const filled = (row: readonly CellText[]): CellText[] => row.filter(({ text }) => text.trim() !== '');

/** Two rows of two short cells at least, and nothing but single lines; with headings a cell may have a few lines. */
function isData(rows: readonly CellText[][], tabular: boolean): boolean {
	if (rows.some((row) => columns(row) > MOST_COLUMNS)) return false;
	const full = rows.filter((row) => filled(row).length >= 2);
	if (full.length < 2 || full.length * 2 < rows.length) return false;
	return full.every((row) =>
		row.every(({ text }) => {
			const lines = text.split('\n');
			return lines.length <= (tabular ? MOST_LINES : 1) && lines.every((line) => line.length <= WIDEST_CELL);
		}),
	);
}

const columns = (row: readonly CellText[]): number => row.reduce((sum, { span }) => sum + span, 0);

function columnWidths(rows: readonly CellText[][]): number[] {
	const widths = new Array<number>(rows.reduce((most, row) => Math.max(most, columns(row)), 0)).fill(0);
	for (const row of rows) {
		let column = 0;
		for (const { text, span } of row) {
			const longest = Math.max(...text.split('\n').map((line) => line.length));
			if (span === 1 && row.length > 1)
				widths[column] = Math.max(widths[column] ?? 0, Math.min(WIDEST_COLUMN, longest));
			column += span;
		}
	}
	return widths;
}

function alignedRow(widths: readonly number[]): (row: readonly CellText[]) => string {
	return (row) => {
		const cells = row.map(({ text }) => text.split('\n').map((line) => line.trim()));
		const height = Math.max(...cells.map((lines) => lines.length));
		const lines: string[] = [];
		for (let at = 0; at < height; at++) {
			let column = 0;
			const line = row.map(({ span }, index) => {
				const width = widths.slice(column, column + span).reduce((sum, one) => sum + one, 0);
				column += span;
				return (cells[index]?.[at] ?? '').padEnd(width);
			});
			lines.push(line.join(GAP).trimEnd());
		}
		return lines.join('\n');
	};
}

/** Cells of one line stand side by side, single characters (a code in boxes) as close as one reads them. */
function layoutRow(row: readonly CellText[]): string {
	const cells = filled(row).map(({ text }) => text);
	if (cells.length > 2 && cells.every((text) => /^.$/u.test(text.trim())))
		return cells.map((text) => text.trim()).join(' ');
	const line = cells.map((text) => text.trim()).join('  ');
	if (!line.includes('\n') && line.length <= WIDEST_LINE) return line;
	return joinBlocks(cells);
}
