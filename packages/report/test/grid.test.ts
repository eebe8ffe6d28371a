import type { Report, ReportGrid } from '@bioscan/core';
import { drawFigure, drawGrid, reportPage } from '@bioscan/report';
import { describe, expect, it } from 'vitest';

const dot = 'data:image/png;base64,iVBORw0KGgo=';
const grid: ReportGrid = {
  title: 'Photos & "keys"',
  rows: [
    {
      query: { id: 'Q1', caption: 'Apis <mellifera>', image: dot },
      keys: [
        { id: 'K1', caption: 'Apis mellifera', match: 'species', image: dot },
        { id: 'K2', caption: 'Apis cerana', match: 'genus', image: 'https://example.org/far.png' },
        { id: 'K3', caption: 'Mus' },
      ],
    },
  ],
};

describe('a retrieval grid', () => {
  it('says the deepest rank of each key in words and in the colour of its frame', () => {
    const svg = drawGrid(grid);
    const cells = [...svg.matchAll(/<g role="img" aria-label="([^"]*)">/g)].map(([, label]) => label);
    expect(cells).toEqual([
      'Apis &lt;mellifera&gt; (Q1)',
      'Apis mellifera (K1), same species',
      'Apis cerana (K2), same genus',
      'Mus (K3), nothing in common',
    ]);
    const frames = [...svg.matchAll(/fill="none" stroke="([^"]*)"/g)].map(([, colour]) => colour);
    expect(new Set(frames).size).toBe(4);
    expect(svg).toContain('>same genus</text>');
  });

  it('draws pictures of its own only, and escapes every text', () => {
    const svg = drawGrid(grid);
    expect(svg.match(/<image /g)).toHaveLength(2);
    expect(svg).not.toContain('example.org');
    expect(svg).not.toContain('<mellifera>');
    expect(svg).toContain('Photos &amp; &quot;keys&quot;');
  });

  it('stands in the page, and an empty one is drawn too', async () => {
    const report: Report = {
      ...{ title: 'Grid', summary: [], tables: [], figures: [], limits: ['One.'], warnings: [] },
      grids: [grid, { title: 'Nothing', rows: [], note: 'None.' }],
      provenance: { seeds: [], encoders: [], versions: {} },
    };
    const page = await reportPage(report);
    expect(page.match(/<svg /g)).toHaveLength(2);
    expect(page).toContain('<figcaption>None.</figcaption>');
  });
});

describe('a line over names', () => {
  it('runs from left to right in the order given', async () => {
    const svg = await drawFigure({
      title: 'AMI by rank',
      kind: 'line',
      x: { label: 'rank' },
      y: { label: 'AMI' },
      series: ['a', 'b'].map((name, i) => ({
        name,
        points: ['order', 'family', 'BIN'].map((x, at) => ({ x, y: 0.9 - 0.2 * at - 0.05 * i, low: 0.1, high: 0.95 })),
      })),
    });
    const at = ['order', 'family', 'BIN'].map((name) =>
      Number(new RegExp(`translate\\(([\\d.]+),[\\d.]+\\)[^>]*>${name}<`).exec(svg)?.[1]),
    );
    expect(at[0]).toBeLessThan(at[1] ?? 0);
    expect(at[1]).toBeLessThan(at[2] ?? 0);
  });
});
