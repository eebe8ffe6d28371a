import { afterAll, expect, it } from 'vitest';
import { alignment, contrast, inMemory, type AlignmentData } from '@bioscan/align';
import { alignedIdentifier, exportIdentifier } from '@bioscan/cli';
import { memoryStore, rng, type Picture } from '@bioscan/core';
import { barcodeBert } from '@bioscan/dna';
import { openIdentifier } from '@bioscan/identify';
import { openRuntime } from '@bioscan/runtime/node';
import { convolutionalEncoder, presets, sized } from '@bioscan/vision';
import { drawnSet, type Drawn } from '../../identify/test/drawn.js';

const runtime = openRuntime({ threads: 1 });
afterAll(() => runtime.close());

/** Drawn photos; every fifth specimen was never sequenced. */
function rows(photos: readonly Drawn[]): AlignmentData {
  const barcode = (one: Drawn): string => {
    const own = rng(Number(one.bin?.slice(-1)));
    return Array.from({ length: 120 }, () => 'ACGT'[own.integer(4)]).join('');
  };
  return {
    ids: photos.map(({ processId }) => processId),
    modalities: {
      image: inMemory(photos.map(({ picture }) => picture)),
      dna: inMemory(photos.map((one, i) => (i % 5 === 4 ? undefined : barcode(one)))),
    },
    labels: {},
    hash: 'drawn',
  };
}

it('turns an alignment into an identifier whose encoder gives the vectors of its keys', async () => {
  const preprocessing = sized(presets.bioscan5m, 24);
  const model = alignment({
    modalities: {
      image: { tower: convolutionalEncoder({ size: 24, widths: [16, 32], preprocessing }) },
      dna: { tower: barcodeBert({ k: 4, layers: 1, heads: 2, width: 32 }) },
    },
    objective: [contrast()],
    width: 24,
  });
  const state = model.step({ batchSize: 8, seed: 3 }).initial;
  const [references, validation] = [drawnSet('R', 120, 1), drawnSet('V', 120, 2)];
  const facts = { dataHash: 'drawn', licence: 'CC0-1.0', provenance: {} };
  const input = await alignedIdentifier(
    { model, state, dna: 'dna', preprocessing, references: rows(references), validation: rows(validation) },
    { name: 'Aligned', records: [...references, ...validation], facts },
    runtime,
  );
  expect([input.keys.image.ids.length, input.keys.dna?.ids.length]).toEqual([120, 96]);
  const store = memoryStore();
  const { manifest } = await exportIdentifier(store, input, { rng: rng(1) });
  expect(manifest.encoder.precisions).toEqual(['float32', 'int8']);
  const identifier = await openIdentifier(store, runtime);
  for (const { processId, picture } of references.slice(0, 10)) {
    const { nearest } = await identifier.identify(picture satisfies Picture);
    expect(nearest.filter(({ modality }) => modality === 'image')[0]?.processId).toBe(processId);
    expect(Math.max(...nearest.map(({ similarity }) => similarity))).toBeCloseTo(1, 4);
  }
  await identifier.close();
}, 60_000);
