import type { Rank, ReportGrid, ReportGridCell } from '@bioscan/core';
import { escapeHtml } from './escape-html.js';
import { matchColours } from './match-colours.js';

const side = 96;
const gap = 14;
const left = 8;
const top = 34;
const lineHeight = side + 34;

/**
 * Draws a grid as an SVG string: a query a line, then its nearest keys in frames coloured by the deepest rank at which they match.
 * The rank stands under each key too, so that nothing rests on colour alone; cells without a picture show their caption.
 * Only `data:` pictures are drawn: a report fetches nothing.
 */
export function drawGrid({ title, rows }: ReportGrid): string {
  const columns = Math.max(0, ...rows.map(({ keys }) => keys.length));
  const width = Math.max(left + (columns + 1) * (side + gap) + gap, 7 * 92 + left);
  const height = top + rows.length * lineHeight + 26;
  const body = rows.map(({ query, keys }, line) => {
    const y = top + line * lineHeight;
    const found = keys.map((key, at) => cell(key, left + (at + 1) * (side + gap) + gap, y, key.match ?? 'none'));
    return `<g role="listitem">${cell(query, left, y, undefined)}${found.join('')}</g>`;
  });
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="list" ` +
    `aria-label="${escapeHtml(title)}" font-family="system-ui, sans-serif" font-size="11">` +
    `<rect width="100%" height="100%" fill="white"/>${heading('query', left)}${heading('nearest keys', left + side + 2 * gap)}` +
    `${body.join('')}${legend(height - 14)}</svg>`
  );
}

function cell({ id, caption, image }: ReportGridCell, x: number, y: number, match: Rank | 'none' | undefined): string {
  const colour = match === undefined ? '#222222' : matchColours[match];
  const says = `${caption} (${id})${match === undefined ? '' : `, ${matchWord(match)}`}`;
  const picture =
    image?.startsWith('data:image/') === true
      ? `<image href="${escapeHtml(image)}" x="${x}" y="${y}" width="${side}" height="${side}" preserveAspectRatio="xMidYMid slice"/>`
      : `<rect x="${x}" y="${y}" width="${side}" height="${side}" fill="#f3f3f3"/>${wrapped(caption, x + 6, y + 18)}`;
  const frame = `<rect x="${x}" y="${y}" width="${side}" height="${side}" fill="none" stroke="${colour}" stroke-width="${match === undefined ? 1 : 5}"/>`;
  const word = match === undefined ? clipped(caption, 17) : matchWord(match);
  return (
    `<g role="img" aria-label="${escapeHtml(says)}"><title>${escapeHtml(says)}</title>${picture}${frame}` +
    `<text x="${x}" y="${y + side + 15}" fill="#222222">${escapeHtml(word)}</text></g>`
  );
}

function matchWord(match: Rank | 'none'): string {
  return match === 'none' ? 'nothing in common' : `same ${match}`;
}

function heading(text: string, x: number): string {
  return `<text x="${x}" y="20" fill="#555555" font-size="12">${text}</text>`;
}

function legend(y: number): string {
  const shown = (['none', 'class', 'order', 'family', 'subfamily', 'genus', 'species'] as const).map((match, at) => {
    const x = left + at * 92;
    return `<rect x="${x}" y="${y - 9}" width="11" height="11" fill="${matchColours[match]}"/><text x="${x + 15}" y="${y}" fill="#222222">${match}</text>`;
  });
  return `<g aria-hidden="true">${shown.join('')}</g>`;
}

function wrapped(text: string, x: number, y: number): string {
  const lines = text.split(' ').map((word) => clipped(word, 15));
  return lines
    .slice(0, 5)
    .map((line, at) => `<text x="${x}" y="${y + at * 14}" fill="#444444">${escapeHtml(line)}</text>`)
    .join('');
}

function clipped(text: string, length: number): string {
  return text.length > length ? `${text.slice(0, length - 1)}…` : text;
}
