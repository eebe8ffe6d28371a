import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Report, ReportFigure, ReportTree } from '@bioscan/core';
import { drawFigure, drawTree, reportPage } from '@bioscan/report';
import { chromium, type Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const line: ReportFigure = {
  title: 'Reliability',
  kind: 'line',
  x: { label: 'confidence' },
  y: { label: 'share right' },
  series: [
    { name: 'genus', points: [0.2, 0.5, 0.8].map((x) => ({ x, y: x * 0.9, low: x * 0.8, high: x })) },
    { name: 'species', points: [0.3, 0.6, 0.9].map((x) => ({ x, y: x * 0.7 })) },
    { name: 'perfect calibration', reference: true, points: [0, 1].map((x) => ({ x, y: x })) },
  ],
  note: 'Bins of equal mass.',
};
const byRank: ReportFigure = {
  ...line,
  title: 'AMI by rank',
  x: { label: 'rank' },
  y: { label: 'adjusted mutual information' },
  series: ['6-mers', 'true species (ceiling)'].map((name, at) => ({
    name,
    reference: at === 1,
    points: ['order', 'family', 'genus', 'species', 'BIN'].map((x, i) => ({ x, y: 0.2 + 0.15 * i + 0.1 * at })),
  })),
};
const glance: ReportFigure = {
  ...byRank,
  title: 'Retrieval at a glance',
  kind: 'point',
  series: ['seen', 'unseen', 'harmonic mean'].map((name, at) => ({
    name,
    points: ['dna → dna, genus', 'dna → dna, species', 'image → dna, species'].map((x, i) => {
      const y = 0.9 - 0.2 * i - 0.1 * at;
      return { x, y, low: y - 0.05, high: y + 0.04 };
    }),
  })),
};
const scatter: ReportFigure = {
  title: 'The DNA in the plane (UMAP)',
  kind: 'point',
  x: { label: 'first axis (no unit)' },
  y: { label: 'second axis (no unit)' },
  series: ['Diptera', 'Coleoptera', 'others'].map((name, at) => ({
    name,
    points: Array.from({ length: 80 }, (_, i) => ({
      x: 4 * at + Math.cos(i * 2.4) * Math.sqrt(i) * 0.3,
      y: 2 * (at % 2) + Math.sin(i * 2.4) * Math.sqrt(i) * 0.3,
      label: `Species "${name}" <${i}> (ID${i})`,
    })),
  })),
};
const tree: ReportTree = {
  title: 'Confusion along the tree',
  rows: [
    { name: 'Diptera', rank: 'order', depth: 0, queries: 100, matched: { species: 60, genus: 20, family: 15, none: 5 }, takenFor: [{ name: 'Coleoptera', queries: 5 }] },
    { name: 'Culicidae', rank: 'family', depth: 1, queries: 70, matched: { species: 50, genus: 10, family: 10 }, takenFor: [] },
    { name: 'Aedes <i>', rank: 'genus', depth: 2, queries: 40, matched: { species: 30, genus: 5, family: 5 }, takenFor: [{ name: 'Culex', queries: 5 }] },
    { name: 'Coleoptera', rank: 'order', depth: 0, queries: 9, matched: { none: 9 }, takenFor: [{ name: 'Diptera', queries: 9 }] },
  ],
  note: 'By nearest key.',
}; // prettier-ignore
const report: Report = {
  title: 'Every figure',
  banner: 'SIMULATED: property of generator test',
  summary: ['One of each.'],
  tables: [
    {
      title: 'Retrieval: macro top-1',
      columns: ['query → key', 'rank', 'seen'],
      rows: [['dna → dna', 'genus', { name: 'macro', value: 0.71, count: 40, interval: { low: 0.6, high: 0.8, level: 0.95, unit: 'species' } }]],
    },
  ],
  figures: [line, byRank, glance, scatter],
  trees: [tree],
  limits: ['Made up.'],
  warnings: [],
  provenance: { seeds: [1], encoders: [], versions: {} },
}; // prettier-ignore

describe('drawFigure', () => {
  it('says on hover what each mark is, and dashes lines of reference', async () => {
    const dots = await drawFigure(scatter);
    expect(dots.match(/<title>Species &quot;/g)).toHaveLength(240);
    expect(dots).toContain('&lt;79&gt; (ID79)</title>');
    const svg = await drawFigure(line);
    expect(svg).toContain('stroke-dasharray="5,4"');
    expect(await drawFigure({ ...line, series: line.series.slice(0, 2) })).not.toContain('stroke-dasharray="5,4"');
    expect(svg).toMatch(/<title>confidence: 0\.5/);
  });
});

describe('drawTree', () => {
  it('gives each taxon a line whose bar adds up, in words too', () => {
    const svg = drawTree(tree);
    expect(svg.match(/role="listitem"/g)).toHaveLength(4);
    expect(svg).toContain(
      'order Diptera, 100 queries. species right: 60, genus right: 20, family right: 15, nothing right: 5. Taken for: Coleoptera 5.',
    );
    expect(svg).toContain('Aedes &lt;i&gt;');
    const widths = [...svg.matchAll(/width="([\d.]+)" height="16"/g)].map(([, width]) => Number(width));
    expect(widths.slice(0, 4).reduce((sum, width) => sum + width, 0)).toBeCloseTo(300, 6);
  });
});

const browserPath = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find((path) =>
  existsSync(path),
);
if (browserPath === undefined) console.warn('the figures in a browser skipped: no chromium on this machine');

describe.skipIf(browserPath === undefined)('a report in a browser', () => {
  const folder = mkdtempSync(join(tmpdir(), 'bioscan-figures-'));
  const file = join(folder, 'report.html');
  let browser: Browser;
  beforeAll(async () => {
    writeFileSync(file, await reportPage(report));
    browser = await chromium.launch({ executablePath: browserPath ?? '', args: ['--no-sandbox'] });
  }, 60_000);
  afterAll(async () => {
    await browser.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it('shows every figure, asks the network for nothing, says no error, in light, dark and print', async () => {
    const keep = process.env['BIOSCAN_SCREENSHOTS'];
    for (const look of ['light', 'dark', 'print'] as const) {
      const page = await browser.newPage({ viewport: { width: 1200, height: 900 } });
      const trouble: string[] = [];
      page.on('console', (message) => message.type() === 'error' && trouble.push(message.text()));
      page.on('pageerror', (error) => trouble.push(String(error)));
      page.on('request', (request) => request.url().startsWith('file:') || trouble.push(request.url()));
      await page.emulateMedia(look === 'print' ? { media: 'print', colorScheme: 'dark' } : { colorScheme: look });
      await page.goto(pathToFileURL(file).href);
      for (const { title } of [...report.figures, tree]) {
        const drawing = page.getByLabel(title, { exact: true }).first();
        const box = await drawing.locator('svg').first().boundingBox();
        expect(box?.width, `${title}, ${look}`).toBeGreaterThan(300);
        expect(box?.height, `${title}, ${look}`).toBeGreaterThan(80);
      }
      const [ink, paper] = await page.evaluate(() => {
        const text = document.querySelector('figure svg text');
        return [text === null ? '' : getComputedStyle(text).fill, getComputedStyle(document.body).backgroundColor];
      });
      expect(ink).toBe(look === 'dark' ? 'rgb(231, 234, 238)' : 'rgb(27, 31, 35)');
      expect(paper).toBe(look === 'dark' ? 'rgb(20, 24, 29)' : 'rgb(255, 255, 255)');
      if (keep !== undefined) await page.screenshot({ path: join(keep, `${look}.png`), fullPage: true });
      expect(trouble).toEqual([]);
      await page.close();
    }
  }, 60_000);

  it('is walked through by keyboard, and read aloud with the numbers of its figures', async () => {
    const page = await browser.newPage();
    await page.goto(pathToFileURL(file).href);
    const stops: string[] = [];
    for (let i = 0; i < 14; i++) {
      await page.keyboard.press('Tab');
      stops.push(
        await page.evaluate(
          () => document.activeElement?.getAttribute('aria-label') ?? document.activeElement?.textContent ?? '',
        ),
      );
    }
    for (const { title } of [...report.tables, ...report.figures, tree]) expect(stops).toContain(title);
    expect(stops).toContain('The numbers of this figure');
    await page.getByText('The numbers of this figure').first().press('Enter');
    expect(await page.getByRole('cell', { name: '0.45 [0.4, 0.5]' }).isVisible()).toBe(true);
    await page.close();
  }, 60_000);
});
