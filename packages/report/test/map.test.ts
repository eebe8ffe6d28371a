import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Report, ReportMap } from '@bioscan/core';
import { drawMap, reportPage } from '@bioscan/report';
import fc from 'fast-check';
import { chromium } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { equalEarth } from '../src/map/equal-earth.js';
import { landRings } from '../src/map/map.js';

describe('Equal Earth', () => {
  it('keeps areas equal: its Jacobian is the cosine of the latitude', () => {
    const step = 1e-4;
    const place = fc.tuple(
      fc.double({ min: -89, max: 89, noNaN: true }),
      fc.double({ min: -179, max: 179, noNaN: true }),
    );
    fc.assert(
      fc.property(place, ([latitude, longitude]) => {
        const [north, south] = [equalEarth(latitude + step, longitude), equalEarth(latitude - step, longitude)];
        const [east, west] = [equalEarth(latitude, longitude + step), equalEarth(latitude, longitude - step)];
        const radians = (2 * step * Math.PI) / 180;
        const area =
          ((east[0] - west[0]) * (north[1] - south[1]) - (north[0] - south[0]) * (east[1] - west[1])) / radians ** 2;
        expect(area).toBeCloseTo(Math.cos((latitude * Math.PI) / 180), 5);
      }),
    );
  });

  it('has the published proportions, 2.05458 to 1', () => {
    expect(equalEarth(0, 180)[0] / equalEarth(90, 0)[1]).toBeCloseTo(2.05458, 5);
  });
});

describe('the land', () => {
  /** Even-odd rule. */
  function isLand(latitude: number, longitude: number): boolean {
    let odd = false;
    for (const ring of landRings()) {
      ring.forEach(([y, x], i) => {
        const [v, u] = ring[(i + ring.length - 1) % ring.length] ?? [0, 0];
        if (y > latitude !== v > latitude && longitude < ((u - x) * (latitude - y)) / (v - y) + x) odd = !odd;
      });
    }
    return odd;
  }

  it.each([
    ['Madrid', 40.4, -3.7],
    ['Nairobi', -1.3, 36.8],
    ['Alice Springs', -23.7, 133.9],
    ['San José', 9.93, -84.08],
    ['Novosibirsk', 55, 82.9],
  ])('%s is on it', (_name, latitude, longitude) => {
    expect(isLand(latitude, longitude)).toBe(true);
  });

  it('never steps across the map, but for the edge along the south pole', () => {
    for (const ring of landRings()) {
      ring.forEach(([latitude, longitude], i) => {
        const [before, from] = ring[i - 1] ?? [latitude, longitude];
        if (before > -89 || latitude > -89) expect(Math.abs(longitude - from)).toBeLessThanOrEqual(180);
        expect(Math.abs(longitude)).toBeLessThanOrEqual(180);
      });
    }
  });

  it.each([
    ['the Pacific', 0, -140],
    ['the Atlantic', 30, -45],
    ['the Caspian', 42, 50.5],
  ])('%s is not', (_name, latitude, longitude) => {
    expect(isLand(latitude, longitude)).toBe(false);
  });
});

const cells = [
  { south: 9, north: 10, west: -85, east: -84, value: 32_563 },
  { south: 10, north: 11, west: -85, east: -84, value: 7 },
  { south: -26, north: -25, west: 28, east: 29, value: 450 },
  { south: 60, north: 61, west: 10, east: 12, value: 60 },
  { south: -38, north: -37, west: 175, east: 176, value: 1400 },
];
const map: ReportMap = { title: 'Where & "why"', value: { label: 'records' }, cells };

describe('a map', () => {
  it('draws every cell once, darker by powers of ten, and says its count', () => {
    const svg = drawMap(map);
    const drawn = [...svg.matchAll(/<polygon [^>]*fill="([^"]*)"><title>([^<]*)<\/title>/g)];
    expect(drawn.map(([, , says]) => says)).toEqual([
      '9.5, -84.5: 32,563',
      '10.5, -84.5: 7',
      '-25.5, 28.5: 450',
      '60.5, 11.0: 60',
      '-37.5, 175.5: 1,400',
    ]);
    expect(new Set(drawn.map(([, fill]) => fill)).size).toBe(5);
    expect(svg).toContain('aria-label="Where &amp; &quot;why&quot;: 34,480 in 5 cells"');
    expect(svg).not.toMatch(/NaN|Infinity/);
  });

  it('shows the surroundings where all cells lie together, and the world where there are none', () => {
    const outlineOf = (svg: string): string => /<path d="([^"]*)" fill="#dedede"/.exec(svg)?.[1] ?? '';
    const near = drawMap({ ...map, cells: cells.slice(0, 2) });
    const side = (svg: string): number => {
      const [, points = ''] = /<polygon points="([^"]*)"/.exec(svg) ?? [];
      const xs = points.split(' ').map((pair) => Number(pair.split(',')[0]));
      return Math.max(...xs) - Math.min(...xs);
    };
    expect(side(near)).toBeGreaterThan(5 * side(drawMap(map)));
    expect(outlineOf(drawMap({ ...map, cells: [] }))).toBe(outlineOf(drawMap(map)));
  });
});

const browserPath = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find((path) =>
  existsSync(path),
);
if (browserPath === undefined) console.warn('map in a browser skipped: no chromium is installed');

describe.skipIf(browserPath === undefined)('a map in headless Chromium', () => {
  it('stands in the page without errors and without the network, as large as it says', async () => {
    const report: Report = {
      ...{ title: 'Maps', summary: [], tables: [], figures: [], limits: ['One.'], warnings: [] },
      maps: [map, { ...map, title: 'Costa Rica', cells: cells.slice(0, 2), note: 'Two cells.' }],
      provenance: { seeds: [], encoders: [], versions: {} },
    };
    const folder = mkdtempSync(join(tmpdir(), 'bioscan-map-'));
    const browser = await chromium.launch({ executablePath: browserPath ?? '', args: ['--no-sandbox'] });
    try {
      const file = join(folder, 'report.html');
      writeFileSync(file, await reportPage(report));
      const page = await browser.newPage({ viewport: { width: 1100, height: 1300 } });
      const errors: string[] = [];
      const requests: string[] = [];
      page.on('pageerror', (error) => errors.push(error.message));
      page.on('console', (message) => message.type() === 'error' && errors.push(message.text()));
      page.on('request', (request) => requests.push(request.url()));
      await page.goto(pathToFileURL(file).href);
      expect(errors).toEqual([]);
      expect(requests).toHaveLength(1);
      const figures = page.locator('figure > svg[role=img]');
      expect(await figures.count()).toBe(2);
      const box = await figures.first().boundingBox();
      expect(box?.width).toBeGreaterThan(600);
      expect(await page.locator('polygon').count()).toBe(7);
      const shots = process.env['BIOSCAN_SCREENSHOTS'];
      if (shots !== undefined) await page.screenshot({ path: join(shots, 'map.png'), fullPage: true });
    } finally {
      await browser.close();
      rmSync(folder, { recursive: true, force: true });
    }
  }, 60_000);
});
