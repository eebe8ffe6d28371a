import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { chromium, type Browser, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { triagePage, type TriagePage, type TriagePageCase, type TriageTip } from '@bioscan/report';

const evil = `<img src=x onerror="document.title='owned'">'</script><script>document.title='owned'</script>`;

function tip(processId: string, role: TriageTip['role'], sequence: string, distance: number): TriageTip {
  return {
    processId,
    name: `Aus ${role === 'other' ? 'cus' : 'bus'}`,
    bin: 'BOLD:AAA0001',
    records: 2,
    distance,
    role,
    sequence,
  };
}

function oneCase(processId: string, kind: TriagePageCase['kind'], precision: number, check: string): TriagePageCase {
  return {
    processId,
    kind,
    precision,
    action: 're-sequence',
    category: 'contest label',
    findings: [
      { check, severity: 'error', records: [processId], message: `Something about ${processId} ${evil}`, evidence: { score: 0.5, names: ['a', 'b'] } },
    ],
    ...(processId === 'A1-20' ? { changes: [{ field: 'species', to: 'Aus cus' }] } : {}),
    facts: [
      ['name', 'Aus bus'],
      ['note', evil],
    ],
    photo: processId === 'A1-20' ? 'data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==' : 'https://example.org/photo.jpg',
    view: {
      tips: [tip(processId, 'case', 'ACGT-ACGT', 0), tip('S1', 'same species', 'ACGTTACGA', 0.11), tip('O1', 'other', 'TCGTTACGT', 0.12)],
      tree: { length: 0, children: [{ length: 0.05, children: [{ length: 0.01, tip: 0, children: [] }, { length: 0.02, tip: 1, children: [] }] }, { length: 0.06, tip: 2, children: [] }] },
      sameSpecies: [1, 0, 4, ...new Array<number>(18).fill(0)],
      others: [0, 0, 1, ...new Array<number>(17).fill(0), 900],
    },
  }; // prettier-ignore
}

const page: TriagePage = {
  title: `Triage ${evil}`,
  banner: 'SIMULATED: test',
  table: 'records.tsv',
  summary: ['Four records.'],
  cases: [
    oneCase('A1-20', 'error', 0.9, 'nearer-other-species'),
    oneCase('A2-20', 'error', 0.4, 'in-frame-stop'),
    oneCase('A3-20', 'novelty', 0.1, 'detached-lineage'),
    oneCase('A4-20', 'note', 0.05, 'bin-missing'),
  ],
  skipped: ['photos: none'],
  limits: ['estimates'],
};

describe('triagePage', () => {
  const html = triagePage(page);

  it('is one file that loads nothing and takes text for text', () => {
    expect(html).toContain("default-src 'none'");
    expect(html).not.toContain('https://example.org');
    expect(html).not.toMatch(/<img src=x/);
    expect(html).not.toMatch(/<(?:link|iframe|script src|object|embed)/);
    expect(html.match(/<script/g)).toHaveLength(2);
    expect(html.match(/<article/g)).toHaveLength(4);
  });

  it('draws every tip, the scale, the differing sites and both sides of the distances', () => {
    for (const name of ['A1-20', 'S1', 'O1'])
      expect(html).toContain(`Aus ${name === 'O1' ? 'cus' : 'bus'} × 2 · BOLD:AAA0001 · ${name}`);
    // Sites 1 and 9 differ; site 5 is unknown in the case.
    expect(html).toContain('2 differing sites of 9.');
    expect(html).toContain('<th scope="col">1</th><th scope="col">9</th></tr>');
    expect(html).toContain('(5) and of others (901)');
    expect(triagePage({ ...page, cases: [] })).toContain('Nothing was found.');
  });
});

const browserPath = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find((path) =>
  existsSync(path),
);
if (browserPath === undefined) console.warn('the triage page in a browser skipped: no chromium on this machine');

describe.skipIf(browserPath === undefined)('the triage page in Chromium', () => {
  const folder = mkdtempSync(join(tmpdir(), 'bioscan-triage-'));
  const file = join(folder, 'triage.html');
  const requests: string[] = [];
  const problems: string[] = [];
  let browser: Browser;
  let tab: Page;

  beforeAll(async () => {
    writeFileSync(file, triagePage(page));
    browser = await chromium.launch({ executablePath: browserPath ?? '', args: ['--no-sandbox'] });
    tab = await browser.newPage({ acceptDownloads: true });
    tab.on('request', (request) => requests.push(request.url()));
    tab.on('pageerror', (error) => problems.push(error.message));
    tab.on('console', (message) => problems.push(message.text()));
    await tab.goto(pathToFileURL(file).href);
  });
  afterAll(async () => {
    await browser.close();
    rmSync(folder, { recursive: true, force: true });
  });
  const shown = (): Promise<string[]> => tab.locator('article.case:visible h2').allTextContents();

  it('shows one case, moves and decides by keyboard, and saves what was decided', async () => {
    expect(await shown()).toEqual(['A1-20']);
    await tab.keyboard.press('a');
    expect(await shown()).toEqual(['A2-20']);
    await tab.keyboard.press('r');
    await tab.keyboard.press('x');
    await tab.keyboard.press('k');
    expect(await shown()).toEqual(['A3-20']);
    await tab.keyboard.press('j');
    await tab.keyboard.press('a');
    await tab.keyboard.press('u');
    expect(await tab.locator('#count').textContent()).toContain('3 decided');
    const [download] = await Promise.all([tab.waitForEvent('download'), tab.keyboard.press('s')]);
    const path = join(folder, 'decisions.json');
    await download.saveAs(path);
    expect(download.suggestedFilename()).toBe('decisions.json');
    expect(JSON.parse(readFileSync(path, 'utf8'))).toEqual({
      format: 'bioscan-decisions-1',
      table: 'records.tsv',
      decisions: [
        { processId: 'A1-20', verdict: 'accept', reason: 'nearer-other-species', changes: { species: 'Aus cus' } },
        { processId: 'A2-20', verdict: 'reject', reason: 'in-frame-stop' },
        { processId: 'A3-20', verdict: 'exclude', reason: 'detached-lineage', exclude: true },
      ],
    });
  });

  it('filters by kind, check, chance, text and what is open', async () => {
    const listed = (): Promise<string[]> => tab.locator('nav li:visible b').allTextContents();
    await tab.selectOption('select[name=kind]', 'error');
    expect(await listed()).toEqual(['A1-20', 'A2-20']);
    await tab.locator('input[name=precision]').fill('50');
    expect(await listed()).toEqual(['A1-20']);
    await tab.locator('input[name=precision]').fill('0');
    await tab.selectOption('select[name=kind]', '');
    await tab.selectOption('select[name=check]', 'bin-missing');
    expect(await listed()).toEqual(['A4-20']);
    await tab.selectOption('select[name=check]', '');
    await tab.locator('input[name=open]').check();
    expect(await listed()).toEqual(['A4-20']);
    await tab.locator('input[name=open]').uncheck();
    await tab.keyboard.press('Escape');
    await tab.locator('h1').click();
    await tab.keyboard.press('/');
    // Typed letters are text, not commands.
    await tab.keyboard.type('a3-20');
    expect(await listed()).toEqual(['A3-20']);
    await tab.locator('input[name=text]').fill('');
    expect(await listed()).toHaveLength(4);
  });

  it('keeps decisions over a reload, fetches nothing, runs nothing that a record brought', async () => {
    await tab.reload();
    expect(await tab.locator('#count').textContent()).toContain('3 decided');
    expect(
      requests.filter((url) => !url.startsWith('file:') && !url.startsWith('data:') && !url.startsWith('blob:')),
    ).toEqual([]);
    expect(problems).toEqual([]);
    expect(await tab.title()).toContain('Triage');
    expect(await tab.title()).not.toBe('owned');
  });

  it('names every control and keeps contrast in light and dark', async () => {
    for (const colorScheme of ['light', 'dark'] as const) {
      await tab.emulateMedia({ colorScheme });
      const unnamed = await tab.evaluate(
        () =>
          Array.from(document.querySelectorAll('button, input, select, svg[role=img], [role=region]')).filter(
            (element) => {
              const label =
                element.getAttribute('aria-label') ?? element.closest('label')?.textContent ?? element.textContent;
              return label.trim() === '';
            },
          ).length,
      );
      expect(unnamed).toBe(0);
      const least = await tab.evaluate(() => {
        const channels = (color: string): number[] =>
          (/\d+(?:\.\d+)?/g[Symbol.match](color) ?? []).slice(0, 3).map(Number);
        const light = (color: string): number => {
          const [r = 0, g = 0, b = 0] = channels(color).map((value) => {
            const part = value / 255;
            return part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
          });
          return 0.2126 * r + 0.7152 * g + 0.0722 * b;
        };
        const paper = light(getComputedStyle(document.body).backgroundColor);
        return Math.min(
          ...Array.from(
            document.querySelectorAll(
              'article:not([hidden]) p, article:not([hidden]) dd, article:not([hidden]) .soft, svg text',
            ),
          ).map((element) => {
            const style = getComputedStyle(element);
            const ink = light(element instanceof SVGElement ? style.fill : style.color);
            return (Math.max(ink, paper) + 0.05) / (Math.min(ink, paper) + 0.05);
          }),
        );
      });
      expect(least).toBeGreaterThan(4.5);
    }
  });

  it('fits a narrow screen: wide figures scroll in their own frame', async () => {
    for (const width of [360, 768, 1280]) {
      await tab.setViewportSize({ width, height: 800 });
      const reach = await tab.evaluate(
        () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
      );
      expect(reach, `${width}`).toBeLessThanOrEqual(0);
    }
    await tab.setViewportSize({ width: 1280, height: 800 });
    const photo = await tab.locator('article:not([hidden]) img').first().boundingBox();
    const facts = await tab.locator('article:not([hidden]) dl').first().boundingBox();
    expect(facts?.y).toBeLessThan((photo?.y ?? 0) + (photo?.height ?? 0));
  });

  it('lists all cases where scripts do not run', async () => {
    const context = await browser.newContext({ javaScriptEnabled: false });
    const plain = await context.newPage();
    await plain.goto(pathToFileURL(file).href);
    expect(await plain.locator('article.case:visible').count()).toBe(4);
    await context.close();
  });
});
