import type { Html } from './markup';

/** Colours keep a contrast of 4.5:1 for text in both schemes (WCAG 2.2, 1.4.3). */
export const STYLE: Html = {
	html: `
:root{color-scheme:light dark;--back:#f6f7f9;--card:#fff;--text:#1b2430;--soft:#5a6675;--line:#d9dee5;--good:#1a7f4b;--wait:#3b6fd4;--doubt:#8a4fc7;--bad:#c62f3b;--off:#8893a1;--warn:#8f5c00;--recv:#0f766e}
@media (prefers-color-scheme:dark){:root{--back:#12161c;--card:#1b2129;--text:#e6eaf0;--soft:#9aa7b6;--line:#313a46;--good:#4cc38a;--wait:#7aa5f5;--doubt:#bd93f0;--bad:#ff7b84;--off:#8b97a6;--warn:#f0b849;--recv:#5fd3c6}}
*{box-sizing:border-box}body{margin:0 auto;max-width:1100px;padding:24px;background:var(--back);color:var(--text);font:15px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,sans-serif}
h1{font-size:22px;margin:0}h2{font-size:16px;margin:28px 0 8px}h3{font-size:13px;font-weight:500;margin:0;color:var(--soft)}
header p,footer{color:var(--soft);margin:4px 0 16px}footer{font-size:13px;margin-top:28px}
.banner{border:1px solid var(--line);border-left:4px solid var(--good);background:var(--card);border-radius:8px;padding:10px 14px}.banner.critical{border-left-color:var(--bad)}.banner ul{margin:4px 0 0;padding-left:20px}
.cards{display:grid;grid-template-columns:repeat(auto-fill,minmax(190px,1fr));gap:12px;margin-top:16px}
.card{background:var(--card);border:1px solid var(--line);border-radius:8px;padding:12px 14px}.card p{margin:0;font-size:13px;color:var(--soft)}.card .value{font-size:26px;font-weight:600;color:var(--text);line-height:1.3}
.card.good .value{color:var(--good)}.card.warning .value{color:var(--warn)}.card.critical .value{color:var(--bad)}
.chart{width:100%;height:auto;background:var(--card);border:1px solid var(--line);border-radius:8px;padding:8px}
.chart text{fill:var(--soft);font-size:11px}.chart .hit{fill:transparent}.chart g:hover .hit{fill:var(--line)}
.good{fill:var(--good)}.wait{fill:var(--wait)}.doubt{fill:var(--doubt)}.bad{fill:var(--bad)}.off{fill:var(--off)}.received{fill:none;stroke:var(--recv);stroke-width:2}
.legend{display:flex;flex-wrap:wrap;gap:6px 18px;list-style:none;margin:8px 0 0;padding:0;font-size:13px;color:var(--soft)}.legend i{display:inline-block;width:11px;height:11px;border-radius:3px;margin-right:6px}
i.good{background:var(--good)}i.wait{background:var(--wait)}i.doubt{background:var(--doubt)}i.bad{background:var(--bad)}i.off{background:var(--off)}i.line{background:var(--recv);height:3px!important;vertical-align:middle}
.columns{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(100%,460px),1fr));gap:16px;margin-top:24px;align-items:start}
table{width:100%;border-collapse:collapse;background:var(--card);border:1px solid var(--line);border-radius:8px;overflow:hidden}
caption{text-align:left;font-weight:600;padding:0 0 6px}th,td{text-align:right;padding:6px 12px;border-top:1px solid var(--line);white-space:nowrap}
th{color:var(--soft);font-weight:500;font-size:13px;border-top:0}th:first-child,td:first-child{text-align:left;white-space:normal;overflow-wrap:anywhere}.empty{color:var(--soft);text-align:left}
`,
};
