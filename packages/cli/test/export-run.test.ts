import { cpSync, mkdtempSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { exitCodes } from '@bioscan/cli';
import type { SplitName } from '@bioscan/core';
import { imagePath, readBoundingBoxes, readSpecimenTable, type BoundingBoxRecord } from '@bioscan/data';
import type { IdentifierManifest } from '@bioscan/identify';
import { openIdentifier } from '@bioscan/identify/node';
import { openRuntime } from '@bioscan/runtime/node';
import { datasetFiles } from '@bioscan/sim';
import { cropSpecimen } from '@bioscan/vision';
import { decodePicture } from '@bioscan/vision/node';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { bioscan } from './bioscan.js';

const folder = mkdtempSync(join(tmpdir(), 'bioscan-export-run-'));
const path = (...names: string[]): string => join(folder, ...names);
const images = 'bioscan5m/images';

afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

/** A run over the simulated collection with the smallest networks. */
async function aligned(name: string, modalities: object, photos = true): Promise<string> {
  const config = {
    table: `data/${datasetFiles.metadata}`,
    ...(photos
      ? { photos: { folder: `data/${images}`, layout: 'original_256', boxes: `data/${datasetFiles.boxes}` } }
      : {}),
    ...{ modalities, width: 16, budget: { steps: 6, batchSize: 16, peakLearningRate: 2e-3 } },
    validation: { label: 'order' },
  };
  writeFileSync(path(`${name}.json`), JSON.stringify(config));
  const run = await bioscan('align', path(`${name}.json`), '--out', path(name), '--threads', '1');
  expect(run.code, run.err).toBe(exitCodes.ok);
  return path(name);
}

const image = { tower: 'convolutional', size: 24, widths: [8, 16] };
const kmers = { tower: 'kmers', k: 3 };

beforeAll(async () => {
  const words = ['--specimens', '320', '--species', '12', '--world', 'complete', '--threads', '0', '--seed', '2'];
  const { code, err } = await bioscan('simulate', path('data'), ...words);
  expect(code, err).toBe(exitCodes.ok);
  await aligned('run', { image, dna: kmers });
}, 120_000);

it('goes from a simulated collection to names: align, export, identify, pilot', async () => {
  const exported = await bioscan('export', path('run'), path('identifier'), '--licence', 'CC0-1.0', '--seed', '1');
  expect(exported.code, exported.err).toBe(exitCodes.ok);
  expect(exported.out).toContain('SIMULATED');
  const manifest = JSON.parse(readFileSync(path('identifier', 'identifier.json'), 'utf8')) as IdentifierManifest;
  const record = JSON.parse(readFileSync(path('run', 'rows.json'), 'utf8')) as { hashes: { training: string } };
  expect(manifest.facts.dataHash).toBe(record.hashes.training);
  expect(manifest.facts.banner).toContain('SIMULATED');
  expect(manifest.encoder.precisions).toEqual(['float32', 'int8']);
  const trained = readFileSync(path('run', 'training-rows.txt'), 'utf8').trim().split('\n');
  expect(manifest.keys.find(({ modality }) => modality === 'image')?.count).toBe(trained.length);
  const card = readFileSync(path('identifier', 'MODEL_CARD.md'), 'utf8');
  for (const words of ['chose the checkpoint of the run', 'cropped to the specimen', '6 steps', 'CC0-1.0'])
    expect(card).toContain(words);

  // Names of photos that nothing above has seen.
  const tests = readdirSync(path('data', images, 'original_256', 'test'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.jpg'))
    .map((name) => path('data', images, 'original_256', 'test', name));
  expect(tests.length).toBeGreaterThan(8);
  const named = await bioscan('identify', path('identifier'), ...tests.slice(0, 3), '--json');
  expect(named.code, named.err).toBe(exitCodes.ok);
  const results = named.out.trim().split('\n').length;
  expect(results).toBeGreaterThan(0);
  // Photos framed otherwise than those of the training are noticed; cropped ones are asked for by the card.
  const labels = ['--table', path('data', datasetFiles.metadata)];
  const whole = await bioscan('pilot', path('identifier'), path('data', images, 'original_256', 'test'), ...labels);
  expect(whole.code, whole.err).toBe(exitCodes.ok);
  expect(whole.out).toMatch(/\| family +\| \d+\.\d \[/u);
  expect(whole.out).toMatch(/Against \d+ validation photos: shifted/u);
  const crops = await bioscan('crop', path('data', images, 'original_256', 'test'), path('cropped'));
  expect(crops.code, crops.err).toBe(exitCodes.ok);
  const cropped = await bioscan('pilot', path('identifier'), path('cropped', 'crops'), ...labels);
  expect(cropped.code, cropped.err).toBe(exitCodes.ok);
  expect(cropped.out).toMatch(/Against \d+ validation photos: no shift seen/u);
}, 120_000);

it('gives training photos, cropped by the boxes that they were trained with, their own keys, of a frozen tower too', async () => {
  const text = { layers: 1, heads: 2, width: 16 };
  const run = await aligned('frozen', { image: { ...image, training: 'frozen' }, text });
  const exported = await bioscan('export', run, path('of-frozen'), '--ranks', 'order', 'family');
  expect(exported.code, exported.err).toBe(exitCodes.ok);
  const boxes = new Map<string, BoundingBoxRecord>();
  for await (const record of readBoundingBoxes(path('data', datasetFiles.boxes))) boxes.set(record.processId, record);
  const splits = new Map(
    [...(await readSpecimenTable(path('data', datasetFiles.metadata)))].map(({ processId, split }) => [
      processId,
      split,
    ]),
  );
  const runtime = openRuntime({ threads: 1 });
  const identifier = await openIdentifier(path('of-frozen'), runtime);
  const trained = readFileSync(path('frozen', 'training-rows.txt'), 'utf8').trim().split('\n').slice(0, 10);
  for (const id of trained) {
    const split = splits.get(id) as SplitName;
    const picture = await decodePicture(path('data', imagePath(id, split, { imageType: 'original_256' })));
    const { box, width } = boxes.get(id) as BoundingBoxRecord;
    const scale = picture.width / width;
    const crop = cropSpecimen(picture, {
      x0: Math.floor(box.x0 * scale),
      y0: Math.floor(box.y0 * scale),
      x1: Math.ceil(box.x1 * scale),
      y1: Math.ceil(box.y1 * scale),
    });
    const [cropped, whole] = [await identifier.identify(crop), await identifier.identify(picture)];
    expect(cropped.nearest[0]?.similarity).toBeCloseTo(1, 4);
    const own = cropped.nearest.filter(({ similarity }) => similarity > 0.9999).map(({ processId }) => processId);
    expect(own).toContain(id);
    expect(whole.nearest[0]?.similarity).toBeLessThan(0.9999);
  }
  expect(trained.length).toBe(10);
  await identifier.close();
  await runtime.close();
}, 120_000);

it('finds a collection that moved, and says so when it is not there or is another', async () => {
  cpSync(path('run'), path('elsewhere', 'deep', 'run'), { recursive: true });
  const run = path('elsewhere', 'deep', 'run');
  const lost = await bioscan('export', run, path('a'));
  expect([lost.code, lost.err]).toEqual([
    exitCodes.badInput,
    expect.stringMatching(/got no table at .*, where the run was trained, .*--table/u),
  ]);
  const moved = ['--photos', path('data', images), '--boxes', path('data', datasetFiles.boxes)];
  const found = await bioscan('export', run, path('b'), '--table', path('data', datasetFiles.metadata), ...moved);
  expect(found.code, found.err).toBe(exitCodes.ok);

  const table = readFileSync(path('data', datasetFiles.metadata), 'utf8').split('\n');
  const records = [...(await readSpecimenTable(path('data', datasetFiles.metadata)))];
  const dropped = records.findIndex(({ split }) => split === 'train');
  writeFileSync(path('other.csv'), table.filter((_, line) => line !== dropped + 1).join('\n'));
  const other = await bioscan('export', run, path('c'), '--table', path('other.csv'), ...moved);
  expect(other.err).toMatch(/are not those of the run \(records or photos changed since\)/u);
  expect(other.code).toBe(exitCodes.badInput);
}, 120_000);

it('refuses runs without photos, unfinished ones, those of other versions, and options of encoders', async () => {
  const refused = async (expected: RegExp, ...words: string[]): Promise<void> => {
    const { code, err } = await bioscan('export', ...words, path('never'));
    expect(err).toMatch(expected);
    expect(code).toBe(exitCodes.badInput);
  };
  await refused(
    /got a run of dna, text without photos, expected the modality image/u,
    await aligned('barcodes', { dna: kmers, text: { layers: 1, heads: 2, width: 16 } }, false),
  );
  cpSync(path('run'), path('stopped'), { recursive: true });
  rmSync(path('stopped', 'model.safetensors'));
  await refused(/a run that is not finished.*the same bioscan align command goes on/u, path('stopped'));
  rmSync(path('stopped', 'best.safetensors'));
  await refused(/got a run without best\.safetensors/u, path('stopped'));
  cpSync(path('run'), path('newer'), { recursive: true });
  const record = readFileSync(path('newer', 'modalities.json'), 'utf8');
  writeFileSync(path('newer', 'modalities.json'), record.replace('"version": 1', '"version": 2'));
  await refused(/newer\/modalities\.json, got format .*, version 2, expected .*, version 1/u, path('newer'));
  writeFileSync(path('newer', 'modalities.json'), record);
  renameSync(path('newer', 'rows.json'), path('newer', 'rows'));
  await refused(/newer, got no rows\.json, expected the folder of bioscan align/u, path('newer'));
  await refused(/got --size with a run, expected it with --encoder only/u, path('run'), '--size', '24');
  await refused(/got 1 folders without --encoder, expected two/u);
  await refused(/got --encoder without --photos, expected encoder, photos and table/u, '--encoder', 'model.onnx');
}, 120_000);
