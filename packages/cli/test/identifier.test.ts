import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { exitCodes } from '@bioscan/cli';
import { collect, embed, memoryStore, rng, tensor, type EmbeddingBlock, type Picture } from '@bioscan/core';
import { exportEncoder, fuse, initialStateOf } from '@bioscan/graph';
import { openIdentifier, type Identification, type IdentifierManifest, type PhotoResult } from '@bioscan/identify';
import { openRuntime } from '@bioscan/runtime/node';
import { colourHistogram, convolutionalEncoder, presets, sized } from '@bioscan/vision';
import { encodePicture } from '@bioscan/vision/node';
import { drawn, drawnSet, type Drawn } from '../../identify/test/drawn.js';
import { exportIdentifier } from '../src/identifier/export-identifier.js';
import { exportSummary } from '../src/identifier/export-summary.js';
import { fittedGate, type GateFacts } from '../src/identifier/fitted-gate.js';
import { identificationText } from '../src/identifier/identification-text.js';
import { bioscan } from './bioscan.js';

const folder = mkdtempSync(join(tmpdir(), 'bioscan-identifier-'));
const path = (...names: string[]): string => join(folder, ...names);
const runtime = openRuntime({ threads: 1 });

async function writePhotos(target: string, photos: readonly Drawn[], nameOf: (one: Drawn) => string): Promise<void> {
  for (const one of photos) {
    const file = path(target, nameOf(one));
    mkdirSync(join(file, '..'), { recursive: true });
    writeFileSync(file, await encodePicture(one.picture, { format: 'png' }));
  }
}

beforeAll(async () => {
  const specimens = drawnSet('SPEC', 240, 1);
  await writePhotos('photos', specimens, ({ processId }) => `${processId}.png`);
  writeFileSync(path('photos', 'SPEC7.png'), 'no photo');
  const rows = specimens.map(({ processId, lineage, bin = '' }) =>
    [processId, bin, lineage.order, lineage.genus, lineage.species].join('\t'),
  );
  writeFileSync(path('table.tsv'), ['processid\tbin_uri\torder\tgenus\tspecies', ...rows].join('\n'));
  const tower = convolutionalEncoder({ size: 24, widths: [16, 32], dimension: 16 });
  writeFileSync(path('encoder.onnx'), exportEncoder(tower, initialStateOf(tower.parameters, rng(4))));
}, 60_000);

afterAll(async () => {
  await runtime.close();
  rmSync(folder, { recursive: true, force: true });
});

describe('bioscan export, identify, pilot', () => {
  const words = (target: string, ...more: string[]): string[] => [
    'export',
    path(target),
    '--encoder',
    path('encoder.onnx'),
    '--photos',
    path('photos'),
    '--table',
    path('table.tsv'),
    '--preprocessing',
    'bioscan5m',
    '--size',
    '24',
    '--licence',
    'CC0-1.0',
    ...more,
  ];

  it('goes from photos and a table to a folder, and from the folder to names', async () => {
    const { code, out, err } = await bioscan(...words('identifier', '--banner', 'SIMULATED: drawn'));
    expect(code, err).toBe(exitCodes.ok);
    expect(err).toContain('SPEC7.png');
    expect(out).toContain('macro top-1 species');
    const manifest = JSON.parse(readFileSync(path('identifier', 'identifier.json'), 'utf8')) as IdentifierManifest;
    expect(manifest.ranks).toEqual(['order', 'genus', 'species']);
    expect(manifest.encoder.precisions).toEqual(['float32', 'int8']);
    expect(manifest.facts.dataHash).toMatch(/^[0-9a-f]{64}$/u);
    const card = readFileSync(path('identifier', 'MODEL_CARD.md'), 'utf8');
    for (const words of [
      'SIMULATED: drawn',
      'micro top-1 order, seen species',
      'top-1 species, unseen species with keys: unknown, n = 0',
      'false alarms on held-out photos',
      'called unlike, as they should be: noise',
      'accuracy and calibration: measured on ',
      manifest.facts.dataHash,
      '## Limits',
    ]) {
      expect(card).toContain(words);
    }
    const macro = manifest.facts.figures.find(({ name }) => name === 'macro top-1 species, seen species');
    expect(macro?.value).toBeGreaterThan(0.5);
    expect(macro?.interval?.unit).toBe('species');
    expect((await bioscan(...words('identifier'))).code).toBe(exitCodes.badInput);

    await writePhotos('new', drawnSet('NEW', 6, 33), ({ processId }) => `${processId}.png`);
    writeFileSync(path('new', 'NEW3.png'), '');
    const text = await bioscan('identify', path('identifier'), path('new'), path('new', 'NEW0.png'), path('none.jpg'));
    expect(text.code, text.err).toBe(exitCodes.ok);
    expect(text.out).toContain('NEW0.png');
    expect(text.out).toMatch(/set aside: .*NEW3\.png \(truncated\)/u);
    expect(text.err).toContain('2 of 8 photos set aside');
    const json = await bioscan(
      'identify',
      path('identifier'),
      path('new'),
      '--precision',
      'int8',
      '--neighbours',
      '2',
      '--json',
    );
    const { results } = JSON.parse(json.out) as { readonly results: readonly PhotoResult[] };
    expect(results.map(({ id }) => id)).toEqual([0, 1, 2, 3, 4, 5].map((i) => path('new', `NEW${i}.png`)));
    const first = results[0] as { readonly identification: Identification };
    expect(first.identification.nearest).toHaveLength(2);
    expect(first.identification.ranks.map(({ rank }) => rank)).toEqual(['order', 'genus', 'species', 'bin']);
  }, 60_000);

  it('tries it on labelled photos: accuracy with intervals, no shift on photos of the same kind, a shift on others', async () => {
    const own = drawnSet('OWN', 36, 44);
    await writePhotos('own', own, ({ processId, lineage }) =>
      join(lineage.species?.replace(' ', '_') ?? '', `${processId}.png`),
    );
    writeFileSync(path('own', 'loose.png'), '');
    const same = await bioscan('pilot', path('identifier'), path('own'), '--report', path('pilot.html'), '--json');
    expect(same.code, same.err).toBe(exitCodes.ok);
    expect(same.err).toContain('Confidence was fitted on');
    const told = JSON.parse(same.out) as {
      readonly shift: { readonly verdict: string };
      readonly unlabelled: readonly string[];
      readonly report: {
        readonly tables: readonly { readonly rows: readonly (readonly unknown[])[] }[];
        readonly banner?: string;
      };
    };
    expect(told.shift.verdict).toBe('no shift seen');
    expect(told.unlabelled).toEqual([path('own', 'loose.png')]);
    expect(told.report.banner).toBe('SIMULATED: drawn');
    const [order] = told.report.tables[0]?.rows ?? [];
    expect(order).toMatchObject([
      'order',
      { count: 36, interval: { unit: 'photos' } },
      { interval: { unit: 'species' } },
      36,
      3,
      0,
    ]);
    expect(readFileSync(path('pilot.html'), 'utf8')).toContain('Pilot');

    // The same insects in the dark, on a table.
    const dark = own.map((one) => ({
      ...one,
      picture: { ...one.picture, data: one.picture.data.map((level) => level / 3) },
    }));
    await writePhotos('dark', dark, ({ processId }) => `${processId}.png`);
    const rows = own.map(({ processId, lineage }) => [processId, lineage.order, lineage.species].join('\t'));
    writeFileSync(path('own.tsv'), ['processid\torder\tspecies', ...rows].join('\n'));
    const other = await bioscan('pilot', path('identifier'), path('dark'), '--table', path('own.tsv'));
    expect(other.code, other.err).toBe(exitCodes.ok);
    expect(other.out).toContain('validation photos: shifted');
    expect(other.out).toMatch(/With 36 photos a drop of similarity/u);
  }, 60_000);

  it('has an exit code for a folder of nothing but unreadable photos, and one sentence for a damaged identifier', async () => {
    mkdirSync(path('broken'));
    for (const name of ['a.jpg', 'b.png']) writeFileSync(path('broken', name), 'no photo');
    const none = await bioscan('identify', path('identifier'), path('broken'));
    expect([none.code, none.err]).toEqual([exitCodes.badInput, expect.stringContaining('2 of 2 photos set aside')]);
    const some = await bioscan('identify', path('identifier'), path('broken', 'a.jpg'), path('new', 'NEW0.png'));
    expect(some.code, some.err).toBe(exitCodes.ok);
    expect(some.err).toContain('1 of 2 photos set aside');
    expect((await bioscan('identify', '--help')).out).toMatch(/Exit code: 0 where some photo was identified, 3/u);
    cpSync(path('identifier'), path('cut'), { recursive: true });
    truncateSync(path('cut', 'encoder.onnx'), 1000);
    const cut = await bioscan('identify', path('cut'), path('new'));
    expect([cut.code, cut.err.trim().split('\n').at(-1)]).toEqual([
      exitCodes.badInput,
      expect.stringMatching(/^identify: encoder\.onnx, got 1000 bytes, expected \d+; copy the folder again$/u),
    ]);
    const file = path('cut', 'identifier.json');
    writeFileSync(file, readFileSync(file, 'utf8').replace('"version": 2', '"version": 9'));
    expect((await bioscan('identify', path('cut'), path('new'))).err).toMatch(
      /version 9 .* newer .*; update @bioscan\/identify/u,
    );
  });

  it('prints names of others without what a terminal obeys', () => {
    const text = identificationText([
      {
        id: 'a\u001b[2J.jpg',
        identification: {
          ranks: [{ rank: 'species', taxa: [{ name: 'Aedes\nrubra \u001b[31m|', confidence: 0.5 }], another: 0.5 }],
          nearest: [],
          unlike: { verdict: false, pValue: 1 },
        },
      },
    ]);
    expect(text).not.toContain('\u001b');
    expect(text).toContain('Aedes\uFFFDrubra');
    expect(text.split('\n')).toHaveLength(3);
  });

  it('names what is wrong', async () => {
    const bad = async (...given: string[]): Promise<string> => {
      const { code, err } = await bioscan(...given);
      expect(code).toBe(exitCodes.badInput);
      return err;
    };
    expect(await bad('identify', path('nowhere'), path('new'))).toContain('identifier.json');
    expect(await bad(...words('x').map((word) => (word.endsWith('.onnx') ? path('no.onnx') : word)))).toContain(
      'no.onnx',
    );
    mkdirSync(path('unlabelled'));
    writeFileSync(path('unlabelled', 'A.png'), '');
    expect(await bad('pilot', path('identifier'), path('unlabelled'))).toContain('no label');
    expect(await bad(...words('y', '--ranks', 'order', 'kind'))).toContain("'kind'");
    writeFileSync(path('other.tsv'), 'processid\torder\nZZ1\tDiptera\n');
    expect(await bad(...words('z').map((word) => (word.endsWith('table.tsv') ? path('other.tsv') : word)))).toContain(
      '0 specimens',
    );
  });
});

describe('exportIdentifier', () => {
  const preprocessing = sized(presets.bioscan5m, 24);
  const tower = convolutionalEncoder({ size: 24, widths: [16, 32], dimension: 67 });
  const float32 = exportEncoder(tower, initialStateOf(tower.parameters, rng(4)), { passes: [fuse()] });
  const histograms = (photos: readonly Drawn[]): Promise<EmbeddingBlock> =>
    collect(
      embed(
        colourHistogram(),
        photos.map(({ processId: id, picture: input }) => ({ id, input })),
      ),
    );
  const facts = { dataHash: 'x', licence: 'CC0-1.0', provenance: {} };

  /** Barcode vectors: those of the photos, moved and rescaled, with a little noise. */
  function barcodes(image: EmbeddingBlock, noise: number): EmbeddingBlock {
    const random = rng(3);
    const data = image.vectors.data.map((value) => 0.6 * value + 0.02 + noise * random.normal());
    return { ids: image.ids, vectors: tensor('float32', image.vectors.shape, data) };
  }

  it('takes vectors of an alignment: barcodes vote where they help, on the scale of photos', async () => {
    const [references, validation] = [drawnSet('R', 120, 1), drawnSet('V', 180, 2)];
    const input = {
      name: 'Aligned',
      encoder: { id: 'e', dimension: 67, preprocessing, float32 },
      records: [...references, ...validation],
      keys: { image: await histograms(references) },
      validation: await histograms(validation),
      facts,
    };
    const store = memoryStore();
    const good = await exportIdentifier(
      store,
      { ...input, keys: { ...input.keys, dna: barcodes(input.keys.image, 0.001) } },
      { rng: rng(1) },
    );
    const useless = await exportIdentifier(
      memoryStore(),
      { ...input, keys: { ...input.keys, dna: barcodes(input.keys.image, 5) } },
      { rng: rng(1) },
    );
    const plain = await exportIdentifier(memoryStore(), input, { rng: rng(1) });
    expect([plain.dnaKeys, useless.dnaKeys]).toEqual([false, false]);
    for (const { manifest } of [good, plain]) {
      expect(manifest.keys.length).toBeGreaterThanOrEqual(1);
      expect(manifest.facts.figures.find(({ name }) => name === 'micro top-1 order, seen species')?.count).toBe(60);
      expect(manifest.evidence).toEqual({ fitted: { photos: 120, species: 4 }, checked: { photos: 60, species: 2 } });
    }
    const order = plain.calibration[0];
    expect(order?.expectedCalibrationError).toBeLessThan(0.1);
    plain.abstention.slice(1).forEach(({ coverage }, i) => {
      expect(coverage).toBeLessThanOrEqual(plain.abstention[i]?.coverage ?? 0);
    });
    const identifier = await openIdentifier(store, runtime);
    expect((await identifier.identify(drawn('q', 2, 7).picture)).ranks).toHaveLength(4);
    await identifier.close();
  });

  it('makes the pictures that the gate should stop of photos that it was not fitted on, and says which are which', async () => {
    const [references, validation] = [drawnSet('R', 120, 1), drawnSet('V', 180, 2)];
    const [keys, held] = [await histograms(references), await histograms(validation)];
    const clusters = new Map(validation.map(({ processId }, i) => [processId, `plate ${i % 45}`]));
    const asked: string[] = [];
    const pictureOf = new Map(validation.map(({ processId, picture }) => [processId, picture]));
    const exported = await exportIdentifier(
      memoryStore(),
      {
        ...{ name: 'Plates', encoder: { id: 'e', dimension: 67, preprocessing, float32 }, facts, clusters },
        ...{ records: [...references, ...validation], keys: { image: keys }, validation: held },
        source: {
          runtime,
          pictures: (ids) => {
            asked.push(...ids);
            return Promise.resolve(ids.map((id) => ({ id, picture: pictureOf.get(id) as Picture })));
          },
        },
      },
      { rng: rng(1) },
    );
    const gateFacts: GateFacts = { unitOf: (id) => id, setOf: () => 'seen', clusters };
    const { checkedIds } = fittedGate(keys, held, gateFacts, rng(1).split('gate'));
    expect([checkedIds.size, asked.length]).toEqual([72, 20]);
    expect(asked.filter((id) => !checkedIds.has(id))).toEqual([]);
    const summary = exportSummary('folder', exported);
    for (const words of [
      'Accuracy, on 60 photos of 2 species that confidence was not fitted on',
      exported.gate.limits[0] ?? '',
    ])
      expect(summary).toContain(words);
    expect(exported.gate.limits[0]).toContain('some plates of the held-out photos and is checked on the others');
    expect(exported.manifest.facts.limits).toContain(exported.gate.limits[0]);
    const micro = exported.accuracy.find(
      ({ measure, rank, set }) => measure === 'micro top-1' && rank === 'order' && set === 'seen',
    );
    expect(micro).toMatchObject({ count: 60, interval: { unit: 'species' } });
  });

  it('opens again where validation photos show one species only, which cannot be cross-fitted', async () => {
    const set = (prefix: string, count: number, seed: number): readonly Drawn[] => {
      const all = drawnSet(prefix, 6 * count, seed);
      return all.filter(({ lineage }) => lineage.species === all[0]?.lineage.species).slice(0, count);
    };
    const [references, validation] = [set('R', 30, 1), set('V', 20, 2)];
    const input = {
      name: 'One species',
      encoder: { id: 'e', dimension: 67, preprocessing, float32 },
      records: [...references, ...validation],
      keys: { image: await histograms(references) },
      validation: await histograms(validation),
      facts,
    };
    const store = memoryStore();
    const exported = await exportIdentifier(store, input, { rng: rng(1) });
    const { manifest } = exported;
    const summary = exportSummary('folder', exported);
    expect(summary).not.toMatch(/not fitted on|Accuracy, on/u);
    expect(summary).toContain('The gate was fitted on training photos');
    expect(summary).toContain('how often a confident name is right was not measured');
    expect(manifest.evidence).toEqual({ fitted: { photos: 20, species: 1 }, checked: { photos: 0, species: 0 } });
    expect(manifest.facts.figures.find(({ name }) => name === 'micro top-1 order, seen species')).toEqual({
      name: 'micro top-1 order, seen species',
      ...{ measure: 'micro top-1', rank: 'order', set: 'seen' },
      count: 0,
      group: 'Accuracy of the most probable name',
    });
    await (await openIdentifier(store, runtime)).close();
  });

  it('refuses validation photos that are keys', async () => {
    const photos = await histograms(drawnSet('R', 30, 1));
    const encoder = { id: 'e', dimension: 67, preprocessing, float32 };
    const same = {
      name: 'x',
      encoder,
      records: drawnSet('R', 30, 1),
      keys: { image: photos },
      validation: photos,
      facts,
    };
    await expect(exportIdentifier(memoryStore(), same, { rng: rng(1) })).rejects.toThrow('vote for themselves');
  });
});
