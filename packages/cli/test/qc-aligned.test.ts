import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { alignedNeighbours, exitCodes } from '@bioscan/cli';
import { tensor, type EmbeddingBlock, type Specimen } from '@bioscan/core';
import { readSpecimenTable } from '@bioscan/data';
import { checkCrossModal, library } from '@bioscan/qc';
import { openRuntime } from '@bioscan/runtime/node';
import { bioscan } from './bioscan.js';

const folder = mkdtempSync(join(tmpdir(), 'bioscan-qc-aligned-'));
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

const data = join(folder, 'data');
beforeAll(async () => {
  const words = ['--specimens', '200', '--photos', '256', '--world', 'complete', '--errors', '2'];
  const made = await bioscan('simulate', data, ...words);
  expect(made.code, made.err).toBe(exitCodes.ok);
}, 120_000);

describe('photo against barcode', () => {
  it('finds the photo that looks like a fly and the barcode that is a wasp, in the space that did not learn from them', async () => {
    // Two orders on two axes; record 0 bears the photo of a fly and the name and barcode of a wasp, record 1 the barcode of a wasp alone.
    const orders = Array.from({ length: 40 }, (_, i) => (i % 2 === 0 ? 'Hymenoptera' : 'Diptera'));
    const rows: Specimen[] = orders.map((order, i) => ({
      processId: `R${i}`,
      sampleId: `P${i}-A01`,
      lineage: { class: 'Insecta', order },
      barcode: `ACGT${'ACGT'.charAt(i % 4)}${'ACGT'.charAt(Math.floor(i / 4) % 4)}${'ACGT'.charAt(Math.floor(i / 16))}ACGT`,
    }));
    const made = library(rows);
    const block = (wasp: (i: number) => boolean): EmbeddingBlock => ({
      ids: rows.map(({ processId }) => processId),
      vectors: tensor('float32', [rows.length, 2], Float32Array.from(rows.flatMap((_, i) => (wasp(i) ? [1, i / 1e3] : [i / 1e3, 1])))),
    }); // prettier-ignore
    const photos = block((i) => i % 2 === 0 && i !== 0);
    const barcodes = block((i) => i % 2 === 0 || i === 1);
    const half = (rest: number): ReadonlySet<string> =>
      new Set(rows.flatMap(({ processId }, i) => (Math.floor(i / 2) % 2 === rest ? [processId] : [])));
    const runtime = openRuntime();
    const spaces = [0, 1].map((rest) => ({ photos, barcodes, seen: half(rest) }));
    const found = await alignedNeighbours(made, spaces, runtime).finally(() => runtime.close());
    expect([found.scored, found.total]).toEqual([40, 40]);
    expect(new Set(found.crossFitted?.photo.queryIds).size).toBe(40);
    expect(new Set(found.inSample?.photo.queryIds).size).toBe(40);
    const findings = checkCrossModal(made, found.crossFitted as NonNullable<typeof found.crossFitted>, { k: 15 });
    expect(findings.map(({ records }) => records[0]).sort()).toEqual(['R0', 'R1']);
    const of = (id: string): (typeof findings)[number] | undefined => findings.find(({ records }) => records[0] === id);
    expect(of('R0')?.evidence).toMatchObject({ photo: 'Diptera', barcode: 'Hymenoptera', suspect: 'photo' });
    expect(of('R0')?.message).toContain('The photo looks like Diptera');
    expect(of('R1')?.evidence).toMatchObject({ photo: 'Diptera', barcode: 'Hymenoptera', suspect: 'barcode' });

    // A model that saw everything judges nobody.
    const all = { photos, barcodes, seen: new Set(rows.map(({ processId }) => processId)) };
    const again = openRuntime();
    const none = await alignedNeighbours(made, [all], again).finally(() => again.close());
    expect([none.scored, none.total, none.crossFitted]).toEqual([0, 40, undefined]);
  });

  it('runs from the command line: simulate, align a fold at a time, qc', async () => {
    const runs = [1, 2].map((index) => join(folder, `fold-${index}`));
    const config = join(data, 'align.json');
    writeFileSync(config, JSON.stringify({
      table: 'bioscan5m/metadata/csv/BIOSCAN_5M_Insect_Dataset_metadata.csv',
      photos: { folder: 'bioscan5m/images', layout: 'original_256' },
      train: ['pretrain', 'train', 'val', 'test', 'key_unseen', 'val_unseen', 'test_unseen', 'other_heldout'],
      modalities: { image: { tower: 'convolutional', size: 16, widths: [8] }, dna: { tower: 'kmers', k: 3 } },
      width: 8, budget: { steps: 2, batchSize: 16 },
    })); // prettier-ignore
    for (const [i, out] of runs.entries()) {
      const aligned = await bioscan('align', config, '--out', out, '--fold', `${i + 1}/2`, '--threads', '1');
      expect(aligned.code, aligned.err).toBe(exitCodes.ok);
    }
    const table = join(data, 'bioscan5m/metadata/csv/BIOSCAN_5M_Insect_Dataset_metadata.csv');
    const records = await readSpecimenTable(table);
    const seen = runs.map((out) => readFileSync(join(out, 'training-rows.txt'), 'utf8').trimEnd().split('\n'));
    const plates = seen.map(
      (ids) => new Set(ids.map((id) => records.specimen(records.indexOf(id)).sampleId?.slice(0, -4))),
    );
    expect([...(plates[0] ?? [])].filter((plate) => plates[1]?.has(plate))).toEqual([]);
    expect(seen.every((ids) => ids.length > 20)).toBe(true);

    const checked = await bioscan('qc', table, '--aligned', ...runs, '--out', join(folder, 'triage'));
    expect(checked.code, checked.err).toBe(exitCodes.ok);
    expect(checked.err).toMatch(
      /photo against barcode: \d+ findings on 200 records that took no part in their model; in-sample \d+ on \d+/,
    );
    expect(checked.err).not.toContain('not checked: photo against barcode');
  }, 120_000);

  it('does not judge the records that chose the parameters of a run, nor their barcodes', async () => {
    const images = { folder: 'bioscan5m/images', layout: 'original_256' };
    const table = 'bioscan5m/metadata/csv/BIOSCAN_5M_Insect_Dataset_metadata.csv';
    writeFileSync(join(data, 'chosen.json'), JSON.stringify({
      table, photos: images, train: ['train'], validation: { splits: ['val', 'val_unseen'] },
      modalities: { image: { tower: 'convolutional', size: 16, widths: [8] }, dna: { tower: 'kmers', k: 3 } },
      width: 8, budget: { steps: 2, batchSize: 16 },
    })); // prettier-ignore
    const out = join(folder, 'chosen-run');
    const aligned = await bioscan('align', join(data, 'chosen.json'), '--out', out, '--threads', '1');
    expect(aligned.code, aligned.err).toBe(exitCodes.ok);
    // Without plates, so that barcodes alone tie records to the run.
    const csv = readFileSync(join(data, table), 'utf8').split('\n');
    const at = csv[0]?.split(',').indexOf('sampleid') ?? -1;
    expect(at).toBeGreaterThan(-1);
    const unplated = csv.map((line, i) => (i === 0 || line === '' ? line : line.split(',').with(at, '').join(',')));
    const file = join(folder, 'unplated.csv');
    writeFileSync(file, unplated.join('\n'));
    const records = [...(await readSpecimenTable(file))];
    const idsIn = (name: string): string[] => readFileSync(join(out, name), 'utf8').trimEnd().split('\n');
    const [trained, chose] = [idsIn('training-rows.txt'), idsIn('validation-rows.txt')];
    const free = (ids: readonly string[]): number => {
      const known = new Set(ids);
      const barcodes = new Set(records.flatMap(({ processId, barcode }) => (known.has(processId) ? [barcode] : [])));
      return records.filter(({ processId, barcode }) => !known.has(processId) && !barcodes.has(barcode)).length;
    };
    expect(chose.length).toBeGreaterThan(2);
    expect(free([...trained, ...chose])).toBeLessThan(free(trained));
    const checked = await bioscan('qc', file, '--aligned', out, '--out', join(folder, 'chosen-triage'));
    expect(checked.code, checked.err).toBe(exitCodes.ok);
    expect(checked.err).toContain(
      `findings on ${free([...trained, ...chose])} records that took no part in their model`,
    );

    rmSync(join(out, 'validation-rows.txt'));
    const old = await bioscan('qc', file, '--aligned', out, '--out', join(folder, 'chosen-triage'));
    expect([old.code, old.err]).toEqual([
      exitCodes.badInput,
      expect.stringContaining('a run without validation-rows.txt'),
    ]);
  }, 120_000);

  it('takes what bioscan crop saw on the photos', async () => {
    const crops = join(folder, 'crops');
    const table = join(folder, 'two.csv');
    writeFileSync(table, 'processid,order\nA-1,Diptera\nB-2,Diptera\nC-3,Diptera\n');
    const missing = await bioscan('qc', table, '--crops', crops);
    expect(missing.code).toBe(exitCodes.badInput);
    expect(missing.err).toContain('expected the output folder of bioscan crop');
    mkdirSync(crops);
    writeFileSync(
      join(crops, 'measurements.tsv'),
      'processid\tphoto\tconfidence\tflags\timage_measurement_value\tarea_fraction\nA-1\tA-1.jpg\t0.900\tseveral-specimens border-contact\t100\t0.1000\nC-3\tC-3.jpg\t0.900\t\t100\t0.1000\n',
    );
    writeFileSync(join(crops, 'rejects.tsv'), 'photo\treason\tmessage\nsub/B-2.jpg\tempty\tnothing stands out\n');
    const out = join(folder, 'cropped');
    const checked = await bioscan('qc', table, '--crops', crops, '--out', out);
    expect(checked.code, checked.err).toBe(exitCodes.ok);
    const list = readFileSync(join(out, 'findings.csv'), 'utf8');
    expect(list).toContain('A-1,error');
    expect(list).toContain('photo-several-specimens');
    expect(list).toContain('photo-cut-off');
    expect(list).toMatch(/B-2,error,[\d.]+,photo-empty/);
    expect(list).not.toContain('C-3');
  });
});
