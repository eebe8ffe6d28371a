import { describe, expect, it } from 'vitest';
import type { Metric, Report } from '@bioscan/core';
import { drawFigure, formatCell, reportPage, reportText, tableText } from '@bioscan/report';

const accuracy: Metric = {
  name: 'genus',
  value: 0.7123,
  count: 1105,
  interval: { low: 0.66, high: 0.7549, level: 0.95, unit: 'species' },
};

const report: Report = {
  title: 'Open world <script>alert(1)</script>',
  banner: 'SIMULATED: property of generator test',
  summary: ['K-mers win & the rest follows.'],
  tables: [
    {
      title: 'Genus of unseen species',
      columns: ['encoder', 'micro', 'n'],
      rows: [
        ['k = 6 "k-mers"', accuracy, 1105],
        ['a|b', { name: 'genus', value: Number.NaN, count: 0 }, 0],
      ],
      note: 'Intervals over species.',
    },
  ],
  figures: [
    {
      title: 'Accuracy by length',
      kind: 'line',
      x: { label: 'bases' },
      y: { label: 'accuracy' },
      series: [
        {
          name: 'k-mers',
          points: [
            { x: 100, y: 0.4, low: 0.3, high: 0.5 },
            { x: 658, y: 0.7 },
          ],
        },
        {
          name: 'pretrained',
          points: [
            { x: 100, y: 0.35 },
            { x: 658, y: 0.6 },
          ],
        },
      ],
    },
  ],
  limits: ['One gene only.'],
  warnings: ['Pretraining corpus of x is unknown.'],
  provenance: { command: 'bioscan probe', seeds: [1, 2, 3], encoders: [], versions: { bioscan: '0.1.0' } },
};

describe('drawFigure', () => {
  it('draws boxes: whiskers, quartiles and the median of each group', async () => {
    const svg = await drawFigure({
      title: 'Distances',
      kind: 'box',
      x: { label: 'order' },
      y: { label: 'distance (%)' },
      series: [
        {
          name: 'order',
          points: [
            { x: 'Diptera', y: 18, low: 10, high: 26, q1: 16, q3: 20 },
            { x: 'Coleoptera', y: 19, low: 11, high: 28, q1: 17, q3: 22 },
          ],
        },
      ],
    });
    expect(svg).toContain('Diptera');
    expect(svg.match(/aria-roledescription="rule mark"/g)).toHaveLength(2);
    expect(svg.match(/aria-roledescription="bar"/g)).toHaveLength(2);
    expect(svg.match(/aria-roledescription="tick"/g)).toHaveLength(2);
    expect(svg).toContain('distance (%): 16; x: Diptera; q3: 20');
  });
});

describe('formatCell', () => {
  it('shows shares as percent with their interval, counts with separators, and a dash for nothing', () => {
    expect(formatCell(accuracy)).toBe('71.2 [66.0, 75.5]');
    expect(formatCell({ name: 'loss', value: 3.14159, count: 1 })).toBe('3.14');
    expect(formatCell(108656)).toBe('108,656');
    expect(formatCell({ name: 'x', value: Number.NaN, count: 0 })).toBe('–');
  });
});

describe('reportText', () => {
  it('writes Markdown tables whose cells cannot break a row', () => {
    const lines = tableText(report.tables[0] as (typeof report.tables)[number]).split('\n');
    expect(lines).toHaveLength(4);
    expect(new Set(lines.map((line) => line.length)).size).toBe(1);
    expect(lines[3]).toContain('a\\|b');
    expect(reportText(report)).toContain('**SIMULATED: property of generator test**');
  });
});

describe('reportPage', () => {
  it('escapes every text and loads nothing', async () => {
    const page = await reportPage(report);
    expect(page).not.toContain('<script');
    expect(page).toContain('&lt;script&gt;alert(1)&lt;/script&gt;');
    expect(page).toContain('k = 6 &quot;k-mers&quot;');
    expect(page).not.toMatch(/(src|href)="http/);
  });

  it('shows banner, limits, warnings, intervals and how it was made', async () => {
    const page = await reportPage(report);
    for (const text of ['SIMULATED', 'One gene only.', 'is unknown', '[66.0, 75.5]', 'bioscan probe', '1, 2, 3']) {
      expect(page).toContain(text);
    }
  });
});

describe('drawFigure', () => {
  it.each(['line', 'bar', 'point', 'histogram'] as const)('draws a %s as SVG with both series', async (kind) => {
    const [figure] = report.figures;
    const svg = await drawFigure({ ...(figure as NonNullable<typeof figure>), kind });
    expect(svg).toMatch(/^<svg[^]*<\/svg>$/);
    expect(svg).toContain('pretrained');
    expect(svg).toContain('accuracy');
  });
});
