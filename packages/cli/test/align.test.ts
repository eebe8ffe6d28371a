import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { embedModality, type Modality } from '@bioscan/align';
import { exitCodes } from '@bioscan/cli';
import { isBioscanError, rng } from '@bioscan/core';
import { initialStateOf } from '@bioscan/graph';
import { nodeStore, openRuntime } from '@bioscan/runtime/node';
import { completeLabels, simulate, worlds } from '@bioscan/sim';
import { encodePicture } from '@bioscan/vision/node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readAlignConfig } from '../src/align/align-config.js';
import { builtModel, withFrozenEmbedded } from '../src/align/align-model.js';
import { openAlignRun } from '../src/align/open-align-run.js';
import { photoRows } from '../src/align/photo-rows.js';
import { bioscan } from './bioscan.js';

const folder = mkdtempSync(join(tmpdir(), 'bioscan-align-'));
const path = (name: string): string => join(folder, name);

afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

/** A photo of one colour with a darker half. */
async function photo(id: string, shade: number): Promise<Uint8Array> {
  const data = Uint8Array.from({ length: 24 * 20 * 3 }, (_, i) => (i % 72 < 36 ? shade : 255 - ((shade + i) % 50)));
  return encodePicture({ width: 24, height: 20, data }, { quality: 90 }).then((bytes) => {
    writeFileSync(path(`photos/${id}.jpg`), bytes);
    return bytes;
  });
}

/** The smallest network that trains in no time. */
const tiny = { tower: 'convolutional', size: 16, widths: [8, 16] };
const short = { steps: 3, batchSize: 8, peakLearningRate: 1e-3 };

function config(name: string, value: object): string {
  writeFileSync(
    path(name),
    JSON.stringify({ table: 'records.tsv', photos: 'photos', width: 8, budget: short, ...value }),
  );
  return path(name);
}

beforeAll(async () => {
  const { mkdirSync } = await import('node:fs');
  mkdirSync(path('photos'));
  const random = rng(3);
  const letters = (length: number): string => Array.from({ length }, () => 'ACGT'[random.integer(4)]).join('');
  const ancestors = Array.from({ length: 6 }, () => letters(400));
  const lines = [
    'processid\tsampleid\tphylum_name\tclass_name\torder_name\tfamily_name\tsubfamily_name\tgenus_name\tspecies_name\tbin_uri\tnucleotides\tsplit',
  ];
  for (let i = 0; i < 48; i++) {
    const species = i % 6;
    const genus = ['Apis', 'Bombus', 'Culex'][species % 3]!;
    const barcode = ancestors[species]!.slice(0, 380) + letters(20);
    const names = `Arthropoda\tInsecta\tDiptera\tFamilidae\t\t${genus}\t${genus} ${['alba', 'nigra', 'fulva', 'rufa', 'viridis', 'flava'][species]!}`;
    const split = i < 36 ? 'train' : 'val';
    lines.push(`TEST${100 + i}-26\tS${i}\t${names}\tBOLD:AAA000${species}\t${barcode}\t${split}`);
    await photo(`TEST${100 + i}-26`, 30 * species);
  }
  writeFileSync(path('records.tsv'), `${lines.join('\n')}\n`);
});

describe('bioscan align', () => {
  it('trains from a config, sets unreadable photos aside, resumes, and leaves a folder that opens as a model', async () => {
    const file = config('first.json', {
      modalities: { image: tiny, dna: { tower: 'kmers', k: 3 } },
      sampler: { kind: 'shuffled' },
      validation: { label: 'genus', every: 2, patience: 5 },
    });
    writeFileSync(path('photos/TEST103-26.jpg'), readFileSync(path('photos/TEST103-26.jpg')).subarray(0, 200));
    writeFileSync(path('photos/TEST104-26.jpg'), 'not a photo');
    rmSync(path('photos/TEST105-26.jpg'));
    const run = await bioscan('align', file, '--out', path('first'), '--threads', '1', '--json');
    expect(run.code, run.err).toBe(exitCodes.ok);
    expect(run.err).toMatch(/1 records have no photo/);
    expect(run.err).toMatch(/set aside: 2 photos that cannot be used, listed in .*photo-rejects\.tsv/);
    expect(run.err).toMatch(/3 of 36 rows lack what the objective needs/);
    expect(run.err).toMatch(/33 rows, 3 steps; memory: about .*MB/);
    expect(readFileSync(path('first/photo-rejects.tsv'), 'utf8')).toMatch(
      /TEST103-26\ttruncated\t.*\nTEST104-26\tbad-file\t/,
    );
    const result = JSON.parse(run.out) as { steps: number; evaluations: { step: number }[] };
    expect(result.steps).toBe(3);
    expect(result.evaluations.map(({ step }) => step)).toEqual([2, 3]);
    const files = [
      'best.safetensors',
      'checkpoint.safetensors',
      'config.json',
      'image.onnx',
      'log.jsonl',
      'modalities.json',
    ];
    expect(readdirSync(path('first')).sort()).toEqual([
      ...files,
      'model.safetensors',
      'photo-rejects.tsv',
      'rows.json',
      'training-rows.txt',
      'validation-rows.txt',
    ]);
    const before = readFileSync(path('first/model.safetensors'));
    const again = await bioscan('align', file, '--out', path('first'), '--threads', '1');
    expect(again.code, again.err).toBe(exitCodes.ok);
    expect(readFileSync(path('first/model.safetensors')).equals(before)).toBe(true);

    const other = await bioscan('align', file, '--out', path('first'), '--threads', '1', '--steps', '4');
    expect([other.code, other.err]).toEqual([
      exitCodes.badInput,
      expect.stringMatching(/its budget\.steps is 3, got 4/),
    ]);

    const opened = await openAlignRun(path('first'), nodeStore(path('first')));
    expect(opened.trainingIds.length).toBe(33);
    expect(opened.validationIds?.length).toBeGreaterThan(1);
    expect(opened.trainingIds.filter((id) => opened.validationIds?.includes(id))).toEqual([]);
    expect(opened.record.photos).toMatchObject({ preprocessing: { resize: 16 }, cropped: false });
    expect(Object.keys(opened.model.modalities)).toEqual(['image', 'dna']);
  });

  it('trains what frozen towers saw once, with text, and opens with the frozen tower back in its place', async () => {
    const file = config('frozen.json', {
      modalities: {
        image: { ...tiny, training: 'frozen' },
        dna: {
          tower: 'barcodebert',
          k: 4,
          layers: 1,
          heads: 2,
          width: 16,
          training: { kind: 'lora', pattern: 'query\\.weight$', rank: 2 },
        },
        text: { tower: 'taxonomy', layers: 1, heads: 2, width: 16 },
      },
      objective: { loss: 'info-nce', positives: 'species', star: 'dna' },
      sampler: { kind: 'within', label: 'genus' },
      optimizer: { kind: 'lion', clipNorm: 0.5 },
      average: 0.5,
    });
    const run = await bioscan('align', file, '--out', path('frozen'), '--threads', '1');
    expect(run.code, run.err).toBe(exitCodes.ok);
    const { model, state, record } = await openAlignRun(path('frozen'), nodeStore(path('frozen')));
    expect(record.vocabulary).toContain('diptera');
    const runtime = openRuntime({ threads: 1 });
    const picture = { width: 20, height: 20, data: new Uint8Array(1200).fill(90) };
    const rows = { has: () => true, read: () => Promise.resolve([picture]) };
    const data = { ids: ['A'], modalities: { image: rows }, labels: {}, hash: '' };
    const { vectors } = await embedModality(model, state, 'image', data, runtime);
    expect(Math.hypot(...vectors.data)).toBeCloseTo(1, 5);
    // Other weights below the same head are other data: a resume sees it.
    const hashOf = async (seed: number): Promise<string> => {
      const options = { seed: 1, augmented: false, signal: new AbortController().signal, onProgress: () => undefined };
      const { modalities } = await builtModel(record, path('frozen'));
      const image = modalities['image'] as Modality;
      const weights = initialStateOf(image.tower.parameters, rng(seed));
      return (await withFrozenEmbedded(data, { modalities: { image: { ...image, weights } } }, runtime, options)).hash;
    };
    expect(await hashOf(1)).toBe(await hashOf(1));
    expect(await hashOf(2)).not.toBe(await hashOf(1));
    await runtime.close();
    for (const damaged of ['{}', '[1]', 'null', '{"format": "bioscan-alignment-modalities", "version": 2}', '{']) {
      writeFileSync(path('frozen/modalities.json'), damaged);
      const opening = openAlignRun(path('frozen'), nodeStore(path('frozen')));
      await expect(opening, damaged).rejects.toMatchObject({ code: 'bad-file' });
    }
  });

  it('holds rows out where the table has no validation, and makes a split where asked', async () => {
    const table = readFileSync(path('records.tsv'), 'utf8').replaceAll('\tval\n', '\ttrain\n');
    writeFileSync(path('no-val.tsv'), table);
    const modalities = { image: tiny, dna: { tower: 'cnn' } };
    const held = await bioscan(
      'align',
      config('held.json', { table: 'no-val.tsv', modalities }),
      '--out',
      path('held'),
      '--threads',
      '1',
    );
    expect(held.code, held.err).toBe(exitCodes.ok);
    expect(held.err).toMatch(/no validation split: 5 rows are held out, by whole barcodes/);
    expect(readFileSync(path('held/training-rows.txt'), 'utf8').trim().split('\n').length).toBeLessThanOrEqual(43);
  });

  it('trains several terms with weights and a fixed scale, on a ViT of timm and the built-in split', async () => {
    // Barcodes of simulated species: a split needs some that align.
    const { specimens } = simulate({
      seed: 4,
      specimens: 160,
      species: 10,
      world: { ...worlds.standard, labels: completeLabels },
    });
    const [header = ''] = readFileSync(path('records.tsv'), 'utf8').split('\n');
    const lines = specimens.map(({ processId, lineage, bin, barcode }, i) => {
      writeFileSync(path(`photos/${processId}.jpg`), readFileSync(path(`photos/TEST${112 + (i % 12)}-26.jpg`)));
      const names = (['phylum', 'class', 'order', 'family', 'subfamily', 'genus', 'species'] as const).map(
        (rank) => lineage[rank] ?? '',
      );
      return [processId, processId, ...names, bin ?? '', barcode ?? '', ''].join('\t');
    });
    writeFileSync(path('simulated.tsv'), `${[header, ...lines].join('\n')}\n`);
    const file = config('terms.json', {
      table: 'simulated.tsv',
      split: 'open-world',
      train: ['pretrain', 'train'],
      modalities: {
        image: {
          ...{ tower: 'timm', file: join(process.cwd(), 'fixtures/checkpoints/vit.safetensors') },
          ...{
            architecture: 'vit_tiny_patch16_224',
            training: { kind: 'lora', pattern: 'qkv\\.weight$', rank: 2 },
            views: 2,
          },
        },
        dna: { tower: 'kmers', k: 3 },
      },
      objective: [
        { pairs: [{ between: ['image', 'dna'], weight: 2 }, { between: ['image', 'image'] }], weight: 0.5 },
        { positives: 'bin', normalised: false },
        { kind: 'classify', modality: 'image', label: 'genus', head: 'cosine', weight: 0.25 },
      ],
      logitScale: { initial: 12, largest: 40, fixed: true },
      sampler: { kind: 'stratified', modality: 'dna', least: 0.5 },
      validation: { splits: ['val', 'val_unseen', 'test'], label: 'genus' },
    });
    const run = await bioscan('align', file, '--out', path('terms'), '--threads', '1');
    expect(run.code, run.err).toBe(exitCodes.ok);
    const [first] = readFileSync(path('terms/log.jsonl'), 'utf8').split('\n');
    expect(JSON.parse(first ?? '')).toMatchObject({ step: 1, logitScale: expect.closeTo(12, 3) as number });
    const log = readFileSync(path('terms/log.jsonl'), 'utf8');
    for (const measure of ['image-dna info-nce', 'image genus cross-entropy']) expect(log).toContain(measure);
    const { model, state, record } = await openAlignRun(path('terms'), nodeStore(path('terms')));
    const genera = record.classes?.['genus'] ?? [];
    expect(genera.length).toBeGreaterThan(1);
    expect(state.tensors['classifier.image.genus.weight']?.shape).toEqual([genera.length, 8]);
    expect(state.tensors['logit_scale']?.data[0]).toBeCloseTo(Math.log(12), 5);
    expect(model.objective).toHaveLength(3);
    const rows = readFileSync(path('terms/training-rows.txt'), 'utf8').trim().split('\n');
    expect(rows.length).toBeLessThan(specimens.length);
    expect(rows.length).toBeGreaterThan(10);
  });

  it('keeps photos within a bound of memory and reads the others when they are asked for', async () => {
    const reads: string[] = [];
    const source = {
      read: (id: string) => {
        reads.push(id);
        return Promise.resolve(new Uint8Array(readFileSync(path(`photos/${id}.jpg`))));
      },
    };
    const ids = ['TEST110-26', 'TEST111-26', 'TEST112-26'];
    const all = await photoRows(source, ids, { side: 10 });
    const some = await photoRows(source, ids, { side: 10, maxBytes: 800, parallel: 1 });
    expect(some.hash).toBe(all.hash);
    expect(reads.length).toBe(6);
    expect(await some.rows.read([2, 0])).toEqual(await all.rows.read([2, 0]));
    expect(reads.slice(6)).toEqual(['TEST112-26']);
    expect((await all.rows.read([1]))[0]).toMatchObject({ width: 12, height: 10 });
  });
});

describe('a config of bioscan align', () => {
  const wrong: readonly (readonly [object | string, RegExp])[] = [
    ['{"table": ', /^bad-file: .*a\.json, got text that is not JSON/],
    [{}, /field 'table', got nothing, expected the path of a table/],
    [{ table: 'a', tabel: 1 }, /field 'tabel' is unknown.*did you mean 'table'\?/],
    [{ table: 'a', budget: { epochs: 'ten' } }, /field 'budget\.epochs', got "ten", expected a number from 0/],
    [{ table: 'a', budget: { epochs: 2, steps: 2 } }, /field 'budget\.epochs'.*not both/],
    [{ table: 'a', budget: { batchSize: 1 } }, /field 'budget\.batchSize', got 1, expected a whole number from 2/],
    [{ table: 'a', modalities: { image: {} } }, /field 'photos', got nothing, expected a folder of photos/],
    [
      { table: 'a', modalities: { dna: { tower: 'barcodbert' } } },
      /field 'modalities\.dna\.tower', got "barcodbert".*did you mean 'barcodebert'\?/,
    ],
    [{ table: 'a', modalities: { dna: { tower: 'checkpoint' } } }, /field 'modalities\.dna\.file', got nothing/],
    [{ table: 'a', modalities: { dna: { training: 'half' } } }, /field 'modalities\.dna\.training', got "half"/],
    [{ table: 'a', modalities: { dna: { training: { kind: 'lora' } } } }, /field 'modalities\.dna\.training\.pattern'/],
    [
      { table: 'a', modalities: { dna: { training: { kind: 'lora', pattern: '(' } } } },
      /^bad-input: .*field 'modalities\.dna\.training\.pattern', got "\(", expected a regular expression/,
    ],
    [{ table: 'a', modalities: { sound: {} } }, /field 'modalities\.sound' is unknown/],
    [
      { table: 'a', objective: { positives: 'genes' } },
      /field 'objective\.positives', got "genes".*did you mean 'genus'/,
    ],
    [{ table: 'a', sampler: 'shuffled' }, /field 'sampler', got "shuffled", expected an object/],
    [{ table: 'a', validation: { query: 'image' } }, /field 'validation\.query', got "image", expected one of dna/],
    [{ table: 'a', optimizer: { kind: 'adam' } }, /did you mean 'adamw'/],
    [[1], /field '\(all\)', got \[1\], expected an object/],
    [{ table: 'a', objective: [] }, /field 'objective', got \[\], expected an object .* or a list of one or more/],
    [{ table: 'a', objective: [{}, 3] }, /field 'objective\.1', got 3, expected an object/],
    [{ table: 'a', objective: [{}, { kind: 'clasify' }] }, /field 'objective\.1\.kind'.*did you mean 'classify'/],
    [{ table: 'a', objective: [{ kind: 'classify', modality: 'dna' }] }, /field 'objective\.0\.label', got nothing/],
    [
      { table: 'a', objective: { kind: 'classify', label: 'bin' } },
      /field 'objective\.modality', got nothing.*one of dna/,
    ],
    [{ table: 'a', objective: [{ weight: 0 }] }, /field 'objective\.0\.weight', got 0, expected a number from/],
    [
      { table: 'a', objective: { normalised: false } },
      /field 'objective\.normalised', got false, expected nothing without/,
    ],
    [{ table: 'a', objective: { star: 'dna', pairs: [{}] } }, /field 'objective\.star', got "dna".*not both/],
    [
      { table: 'a', objective: [{ pairs: [{ between: ['dna', 'text'] }] }] },
      /field 'objective\.0\.pairs\.0\.between', got \["dna","text"\], expected two of dna/,
    ],
    [
      { table: 'a', objective: { pairs: [{ between: ['dna', 'dna'] }] } },
      /between'.*add "views": 2 to "modalities"\."dna"/,
    ],
    [{ table: 'a', objective: [{ lable: 'bin' }] }, /field 'objective\.0\.lable' is unknown/],
    [{ table: 'a', logitScale: { initial: 200 } }, /field 'logitScale\.initial', got 200, expected at most.*100/],
    [{ table: 'a', logitScale: { largest: 5 } }, /field 'logitScale\.largest', got 5, expected 14\.3 or more/],
    [{ table: 'a', logitScale: { fixed: 'yes' } }, /field 'logitScale\.fixed', got "yes", expected true or false/],
    [
      { table: 'a', sampler: { kind: 'stratified', least: 2 } },
      /field 'sampler\.least', got 2, expected a number from/,
    ],
    [{ table: 'a', modalities: { text: { cut: 'start' } } }, /field 'modalities\.text\.cut', got "start"/],
  ];

  it.each(wrong)('names the field, what it is and what it should be: %j', (value, message) => {
    let said = 'nothing';
    try {
      readAlignConfig(typeof value === 'string' ? value : JSON.stringify(value), 'a.json');
    } catch (error) {
      said = isBioscanError(error) ? `${error.code}: ${error.message}` : String(error);
    }
    expect(said).toMatch(message);
  });

  it('reads the example of the README, every part of it', () => {
    const readme = readFileSync('packages/cli/README.md', 'utf8');
    const example = /^`align` takes[\s\S]*?```json\n([\s\S]*?)```/m.exec(readme)?.[1] ?? '';
    const read = readAlignConfig(example, 'README.md');
    expect(read.objective).toEqual([
      {
        kind: 'contrast',
        pairs: [{ between: ['image', 'dna'], weight: 2 }, { between: ['image', 'text'] }],
        loss: { kind: 'info-nce' },
        targets: { kind: 'label', label: 'bin', normalised: false },
      },
      { kind: 'classify', modality: 'image', label: 'genus', head: 'cosine', weight: 0.25 },
    ]);
    expect(read.logitScale).toEqual({ initial: Math.log(14.3), largest: Math.log(100), learnable: true });
    expect(read.modalities.text?.tower).toMatchObject({ missing: 'omit', tokens: 24, cut: 'shallow' });
    expect(read.sampler).toEqual({ kind: 'one-per', label: 'barcode' });
  });

  it('fills in defaults', () => {
    const read = readAlignConfig('{"table": "records.tsv", "photos": "photos"}', 'a.json');
    expect(read).toMatchObject({
      photos: { folder: 'photos', layout: 'flat' },
      sampler: { kind: 'one-per', label: 'barcode' },
      budget: { epochs: 10 },
      validation: { query: 'image', key: 'image', statistic: 'macro' },
    });
  });
});
