import type { Rank, ReportTree, ReportTreeRow } from '@bioscan/core';
import { escapeHtml } from './escape-html.js';
import { matchColours, matchOrder } from './match-colours.js';

const rowHeight = 24;
const top = 40;
const indent = 16;
const nameWidth = 250;
const barWidth = 300;
const width = 900;

/**
 * Draws confusion along the tree as an SVG string: a taxon a line, indented by its place, its queries as a bar of shares by the deepest rank at which
 * the name that was found is right, and the name that it is taken for most often. Numbers stand beside the bar, so that nothing rests on colour alone.
 */
export function drawTree({ title, rows }: ReportTree): string {
  const height = top + rows.length * rowHeight + 34;
  const shown = matchOrder.filter((match) => rows.some(({ matched }) => (matched[match] ?? 0) > 0));
  const body = rows.map((row, line) => rowSvg(row, top + line * rowHeight));
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="list" ` +
    `aria-label="${escapeHtml(title)}" font-family="system-ui, sans-serif" font-size="12">` +
    `<rect width="100%" height="100%" fill="white"/>${headings()}${body.join('')}${legend(shown, height - 12)}</svg>`
  );
}

function headings(): string {
  const texts = [
    ['taxon', 8],
    ['deepest rank that is right (% of its queries)', nameWidth],
    ['queries', nameWidth + barWidth + 12],
    ['taken for', nameWidth + barWidth + 74],
  ] as const;
  return texts.map(([text, x]) => `<text x="${x}" y="24" fill="#555555">${text}</text>`).join('');
}

function rowSvg(row: ReportTreeRow, y: number): string {
  const { name, depth, queries, takenFor } = row;
  const says = spoken(row);
  const baseline = y + 15;
  const [first] = takenFor;
  const other = first === undefined ? '' : clipped(`${first.name} (${first.queries})`, 36);
  return (
    `<g role="listitem" aria-label="${escapeHtml(says)}"><title>${escapeHtml(says)}</title>` +
    `<rect x="0" y="${y}" width="${width}" height="${rowHeight}" fill="none" pointer-events="all"/>` +
    `<text x="${8 + depth * indent}" y="${baseline}" fill="#222222">${escapeHtml(clipped(name, 34 - 2 * depth))}</text>` +
    `${bars(row, y + 4)}<text x="${nameWidth + barWidth + 12}" y="${baseline}" fill="#222222">${queries.toLocaleString('en')}</text>` +
    `<text x="${nameWidth + barWidth + 74}" y="${baseline}" fill="#222222">${escapeHtml(other)}</text></g>`
  );
}

function bars({ matched, queries }: ReportTreeRow, y: number): string {
  let x = nameWidth;
  return [...matchOrder]
    .reverse()
    .map((match) => {
      const share = queries === 0 ? 0 : (matched[match] ?? 0) / queries;
      const part = share * barWidth;
      const text = part < 26 ? '' : label(match, share, x + part / 2, y + 12);
      const bar =
        part === 0
          ? ''
          : `<rect x="${fixed(x)}" y="${y}" width="${fixed(part)}" height="16" fill="${matchColours[match]}"/>`;
      x += part;
      return bar + text;
    })
    .join('');
}

/** On the bar in the ink that can be read there; `data-on` keeps it so on dark pages. */
function label(match: Rank | 'none', share: number, x: number, y: number): string {
  const ink = match === 'species' || match === 'genus' ? '#ffffff' : '#111111';
  return `<text data-on="bar" x="${fixed(x)}" y="${y}" font-size="11" text-anchor="middle" style="fill:${ink}">${Math.round(100 * share)}</text>`;
}

function spoken({ name, rank, queries, matched, takenFor }: ReportTreeRow): string {
  const parts = [...matchOrder].reverse().flatMap((match) => {
    const count = matched[match] ?? 0;
    return count === 0 ? [] : [`${match === 'none' ? 'nothing' : match} right: ${count}`];
  });
  const others = takenFor.map((one) => `${one.name} ${one.queries}`).join(', ');
  return `${rank} ${name}, ${queries} queries. ${parts.join(', ')}.${others === '' ? '' : ` Taken for: ${others}.`}`;
}

function legend(shown: readonly (Rank | 'none')[], y: number): string {
  const items = [...shown].reverse().map((match, at) => {
    const x = nameWidth + at * 88;
    return `<rect x="${x}" y="${y - 9}" width="11" height="11" fill="${matchColours[match]}"/><text x="${x + 15}" y="${y}" fill="#222222">${match === 'none' ? 'nothing' : match}</text>`;
  });
  return `<g aria-hidden="true">${items.join('')}</g>`;
}

function fixed(value: number): string {
  return Number(value.toFixed(2)).toString();
}

function clipped(text: string, length: number): string {
  return text.length > length ? `${text.slice(0, length - 1)}…` : text;
}
