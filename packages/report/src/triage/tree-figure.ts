import { escapeHtml } from '../escape-html.js';
import type { TriageTip, TriageTree } from './triage-data.js';

const width = 760;
const rowHeight = 22;
const treeWidth = 330;

/** A case's tree as SVG: branches to scale, tips named, the case marked by a dot and bold. Ink follows the page. */
export function treeFigure(tree: TriageTree, tips: readonly TriageTip[]): string {
  const depth = Math.max(1e-6, deepest(tree));
  const scale = (treeWidth - 16) / depth;
  const lines: string[] = [];
  const labels: string[] = [];
  let row = 0;
  draw(tree, 8);
  const height = row * rowHeight + 34;
  return `<svg class="tree" role="img" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" aria-label="Neighbour-joining tree of ${tips.length} barcodes around the record">
<path d="${lines.join('')}" fill="none" stroke="currentColor" stroke-width="1.4"/>
${labels.join('\n')}
${scaleBar(scale, height)}
</svg>`;

  /** Draws a node's part; returns its height on the page. */
  function draw(node: TriageTree, x: number): number {
    const end = x + node.length * scale;
    let y: number;
    if (node.children.length === 0) {
      y = row++ * rowHeight + 16;
      labels.push(label(tips[node.tip ?? -1], end, y));
    } else {
      const ys = node.children.map((child) => draw(child, end));
      const [top, bottom] = [Math.min(...ys), Math.max(...ys)];
      lines.push(`M${end.toFixed(1)} ${top}V${bottom}`);
      y = (top + bottom) / 2;
    }
    lines.push(`M${x.toFixed(1)} ${y}H${end.toFixed(1)}`);
    return y;
  }
}

function deepest(node: TriageTree): number {
  return node.length + node.children.reduce((most, child) => Math.max(most, deepest(child)), 0);
}

function label(tip: TriageTip | undefined, x: number, y: number): string {
  if (tip === undefined) return '';
  const records = tip.records === 1 ? '' : ` × ${tip.records}`;
  const text = `${tip.name}${records}${tip.bin === undefined ? '' : ` · ${tip.bin}`} · ${tip.processId}`;
  const className = tip.role === 'case' ? 'tip-case' : tip.role === 'same species' ? 'tip-same' : 'tip-other';
  const mark = tip.role === 'case' ? `<circle class="tip-case" cx="${(x + 6).toFixed(1)}" cy="${y}" r="4.5"/>` : '';
  return `${mark}<text class="${className}" x="${(x + (tip.role === 'case' ? 15 : 6)).toFixed(1)}" y="${y + 4.5}">${escapeHtml(text)}</text>`;
}

function scaleBar(scale: number, height: number): string {
  const step = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05].find((one) => one * scale > 50) ?? 0.1;
  const y = height - 8;
  return `<path d="M8 ${y}h${(step * scale).toFixed(1)}" stroke="currentColor" stroke-width="2"/><text class="soft" x="8" y="${y - 5}">${+(100 * step).toFixed(1)} %</text>`;
}
