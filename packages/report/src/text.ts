import type { Report, ReportTable } from '@bioscan/core';
import { formatCell } from './format.js';

/** A table in Markdown, its columns padded so that it also reads well in a terminal. */
export function tableText(table: ReportTable): string {
  const rows = [
    [...table.columns],
    ...table.rows.map((row) => row.map((cell) => formatCell(cell).replaceAll('|', '\\|'))),
  ];
  const widths = table.columns.map((_, j) => Math.max(3, ...rows.map((row) => row[j]?.length ?? 0)));
  const lines = rows.map((row) => `| ${widths.map((width, j) => (row[j] ?? '').padEnd(width)).join(' | ')} |`);
  const rule = `|${widths.map((width) => '-'.repeat(width + 2)).join('|')}|`;
  return [lines[0], rule, ...lines.slice(1)].join('\n');
}

/** A whole report as Markdown: what a terminal prints and a README quotes. */
export function reportText(report: Report): string {
  const parts = [`# ${report.title}`];
  if (report.banner !== undefined) parts.push(`**${report.banner}**`);
  parts.push(...report.summary);
  for (const table of report.tables) {
    parts.push(`## ${table.title}`, tableText(table));
    if (table.note !== undefined) parts.push(table.note);
  }
  if (report.warnings.length > 0) parts.push('## Warnings', bullets(report.warnings));
  parts.push('## Limits', bullets(report.limits));
  return `${parts.join('\n\n')}\n`;
}

function bullets(lines: readonly string[]): string {
  return lines.map((line) => `- ${line}`).join('\n');
}
