import type { Metric, Report, ReportFigure, ReportGrid, ReportMap, ReportTable, ReportTree } from '@bioscan/core';
import { drawTree } from './confusion-tree.js';
import { escapeHtml } from './escape-html.js';
import { drawFigure } from './figure.js';
import { formatCell } from './format.js';
import { drawGrid } from './grid.js';
import { drawMap } from './map/map.js';
import { pageStyle } from './page-style.js';

/**
 * A report as one HTML file: no scripts, nothing fetched, every text escaped.
 * The banner, the warnings and the limits are always in sight.
 */
export async function reportPage(report: Report): Promise<string> {
  const figures = await Promise.all(report.figures.map(figureSection));
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(report.title)}</title>
<style>${pageStyle}</style>
</head>
<body>
<main>
${report.banner === undefined ? '' : `<p class="banner">${escapeHtml(report.banner)}</p>`}
<h1>${escapeHtml(report.title)}</h1>
${report.summary.map((line) => `<p class="summary">${escapeHtml(line)}</p>`).join('\n')}
${list('Warnings', report.warnings, 'warnings')}
${report.tables.map(tableSection).join('\n')}
${figures.join('\n')}
${(report.maps ?? []).map((map) => drawingSection(map, drawMap(map))).join('\n')}
${(report.trees ?? []).map((tree) => drawingSection(tree, drawTree(tree))).join('\n')}
${(report.grids ?? []).map((grid) => drawingSection(grid, drawGrid(grid))).join('\n')}
${list('What this report cannot show', report.limits, 'limits')}
${provenanceSection(report)}
</main>
</body>
</html>
`;
}

function tableSection(table: ReportTable): string {
  const head = table.columns.map((column) => `<th scope="col">${escapeHtml(column)}</th>`).join('');
  const rows = table.rows.map((row) => `<tr>${row.map(cellHtml).join('')}</tr>`).join('\n');
  const note = table.note === undefined ? '' : `<p class="note">${escapeHtml(table.note)}</p>`;
  return `<section>
<h2>${escapeHtml(table.title)}</h2>
<div class="scroll" tabindex="0" role="region" aria-label="${escapeHtml(table.title)}"><table>
<thead><tr>${head}</tr></thead>
<tbody>
${rows}
</tbody>
</table></div>
${note}
</section>`;
}

function cellHtml(cell: string | number | Metric): string {
  // In a wide table long text would else be squeezed to a word a line.
  if (typeof cell === 'string') return `<td${cell.length > 24 ? ' class="text"' : ''}>${escapeHtml(cell)}</td>`;
  if (typeof cell === 'number') return `<td class="number">${escapeHtml(formatCell(cell))}</td>`;
  const [value = '', ...interval] = formatCell(cell).split(' [');
  const range = interval.length === 0 ? '' : ` <span class="interval">[${escapeHtml(interval.join(' ['))}</span>`;
  return `<td class="number" title="n = ${cell.count}${intervalTitle(cell)}">${escapeHtml(value)}${range}</td>`;
}

function intervalTitle(metric: Metric): string {
  const { interval } = metric;
  return interval === undefined ? '' : `, ${100 * interval.level} % interval over ${escapeHtml(interval.unit)}`;
}

async function figureSection(figure: ReportFigure): Promise<string> {
  const note = figure.note === undefined ? '' : `<figcaption>${escapeHtml(figure.note)}</figcaption>`;
  const svg = await drawFigure(figure);
  return `<section><h2>${escapeHtml(figure.title)}</h2>
<figure class="scroll" tabindex="0" aria-label="${escapeHtml(figure.title)}">${svg}${note}</figure>
${numbersOf(figure)}</section>`;
}

/** What a figure shows, as a table: for screen readers, and for whoever wants the numbers. Points with names of their own (scatters) have no table. */
function numbersOf({ x, y, series }: ReportFigure): string {
  const points = series.flatMap(({ name, points: own }) => own.map((point) => ({ name, ...point })));
  if (points.some(({ label }) => label !== undefined)) return '';
  const rows = points.map(({ name, x: at, y: value, low, high }) => [
    name,
    typeof at === 'number' ? rounded(at) : at,
    low === undefined || high === undefined ? rounded(value) : `${rounded(value)} [${rounded(low)}, ${rounded(high)}]`,
  ]);
  const head = ['series', x.label, y.label].map((column) => `<th scope="col">${escapeHtml(column)}</th>`).join('');
  const body = rows.map((row) => `<tr>${row.map((cell) => `<td>${escapeHtml(cell)}</td>`).join('')}</tr>`).join('\n');
  return `<details class="numbers"><summary>The numbers of this figure</summary>
<table><thead><tr>${head}</tr></thead><tbody>
${body}
</tbody></table></details>`;
}

function rounded(value: number): string {
  return Number(value.toPrecision(4)).toString();
}

function drawingSection({ title, note }: ReportGrid | ReportMap | ReportTree, svg: string): string {
  const caption = note === undefined ? '' : `<figcaption>${escapeHtml(note)}</figcaption>`;
  const name = escapeHtml(title);
  return `<section><h2>${name}</h2><figure class="scroll" tabindex="0" aria-label="${name}">${svg}${caption}</figure></section>`;
}

function list(title: string, lines: readonly string[], className: string): string {
  if (lines.length === 0) return '';
  const items = lines.map((line) => `<li>${escapeHtml(line)}</li>`).join('\n');
  return `<section class="${className}"><h2>${title}</h2><ul>\n${items}\n</ul></section>`;
}

function provenanceSection(report: Report): string {
  const { command, seeds, encoders, splitHash, dataHash, versions } = report.provenance;
  const rows: [string, string][] = [
    ...(command === undefined ? [] : [['command', command] as [string, string]]),
    ['seeds', seeds.join(', ')],
    ...(dataHash === undefined ? [] : [['data (SHA-256)', dataHash] as [string, string]]),
    ...(splitHash === undefined ? [] : [['split', splitHash] as [string, string]]),
    ...Object.entries(versions),
    ...encoders.map(({ id, settings }) => [`encoder ${id}`, settingsText(settings)] as [string, string]),
  ];
  const body = rows.map(([name, value]) => `<dt>${escapeHtml(name)}</dt><dd>${escapeHtml(value)}</dd>`).join('\n');
  return `<details><summary>How this was made</summary><dl>\n${body}\n</dl></details>`;
}

function settingsText(settings: Readonly<Record<string, string | number | boolean>>): string {
  return Object.entries(settings)
    .map(([name, value]) => `${name} ${String(value)}`)
    .join(', ');
}
