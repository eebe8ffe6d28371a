import { afterAll, describe, expect, it } from 'vitest';
import {
  collect,
  embed,
  likenessPValues,
  rng,
  type EmbeddingBlock,
  type Encoder,
  type Picture,
  type Tensor,
} from '@bioscan/core';
import { fitUnlikeGate } from '@bioscan/eval';
import { exportEncoder, fuse, initialStateOf } from '@bioscan/graph';
import { openRuntime } from '@bioscan/runtime/node';
import { photograph, photographer, simulate, standardSetup, worlds, type ImagingSetup } from '@bioscan/sim';
import { colourHistogram, convolutionalEncoder, imageEncoder, presets, sized } from '@bioscan/vision';
import { fittedGate } from '../src/identifier/fitted-gate.js';
import { outsiderPictures } from '../src/identifier/outsider-pictures.js';
import { photoClusters } from '../src/identifier/photo-clusters.js';
import { blockRows } from '../src/identifier/validation-parts.js';

const settings = { seed: 5, specimens: 360, species: 24 };
const size = { width: 96, height: 72 };

/** The first photos of a collection, taken in a set-up. */
function photos(setup: ImagingSetup, from: number, to: number): Picture[] {
  const world = { ...worlds.complete, image: { ...worlds.complete.image, setup } };
  const simulation = simulate({ ...settings, world });
  const take = photographer(simulation, rng(7));
  const order = rng(8).shuffle([...simulation.specimens]);
  return order.slice(from, to).map(({ processId }) => {
    const { morphology, individual, scene } = take.job(processId, []);
    return photograph(morphology, individual, scene, size).picture;
  });
}

const tower = convolutionalEncoder({ size: 48, widths: [16, 32], dimension: 32 });
const model = exportEncoder(tower, initialStateOf(tower.parameters, rng(4)), { passes: [fuse()] });
const runtime = openRuntime({ threads: 1 });
const untrained = await imageEncoder(runtime, model, { id: 'untrained', preprocessing: sized(presets.bioscan5m, 48) });

afterAll(() => runtime.close());

describe('the gate on simulated photos', () => {
  const usual = photos(standardSetup, 0, 360);

  it.each<{ readonly name: string; readonly encoder: Encoder<Picture> }>([
    { name: 'colours', encoder: colourHistogram() },
    { name: 'an untrained network', encoder: untrained },
  ])(
    '$name: lets photos of the same set-up pass at about the stated rate, and stops other set-ups and noise; a network also empty dishes',
    async ({ name, encoder }) => {
      const vectors = async (pictures: readonly Picture[]): Promise<Tensor<'float32'>> => {
        const inputs = pictures.map((input, i) => ({ id: String(i), input }));
        return (await collect(embed(encoder, inputs))).vectors;
      };
      const called = async (pictures: readonly Picture[]): Promise<number> =>
        likenessPValues(gate, await vectors(pictures)).filter((p) => p < gate.falseAlarmRate).length / pictures.length;
      const gate = fitUnlikeGate(await vectors(usual.slice(0, 240)), { rng: rng(1) });
      expect(await called(usual.slice(240))).toBeLessThan(0.12);
      expect(await called(photos({ ...standardSetup, light: 1.35, background: 3 }, 240, 280))).toBeGreaterThan(0.8);
      expect(await called(photos({ ...standardSetup, light: 0.6 }, 240, 280))).toBeGreaterThan(0.8);
      const random = rng(9);
      const plain = (level: () => number): Picture => ({
        ...size,
        data: Uint8Array.from({ length: 3 * 96 * 72 }, level),
      });
      expect(await called(Array.from({ length: 20 }, () => plain(() => random.integer(256))))).toBe(1);
      // Colours alone do not tell an empty dish from one with a small insect.
      if (name === 'colours') return;
      expect(await called([plain(() => 205), plain(() => 235), plain(() => 200 + random.integer(12))])).toBe(1);
    },
    60_000,
  );
});

describe('the gate of held-out photos', () => {
  const simulation = simulate({ seed: 5, specimens: 900, species: 60, world: worlds.plateEffects });
  const take = photographer(simulation, rng(7));
  const specimens = rng(8).shuffle([...simulation.specimens]);
  const pictures = specimens.map(({ processId }) => {
    const { morphology, individual, scene } = take.job(processId, []);
    return { id: processId, input: photograph(morphology, individual, scene, size).picture };
  });
  const clusters = photoClusters(specimens);
  const nameOf = new Map(specimens.map(({ processId, lineage, bin }) => [processId, lineage.species ?? bin]));
  const unitOf = (id: string): string => nameOf.get(id) ?? id;
  const plateOf = (id: string): string => clusters.get(id) ?? '';

  it('finds the plates of the simulated table', () => {
    expect(clusters.size).toBe(900);
    expect(new Set(clusters.values()).size).toBeGreaterThan(8);
    expect([...photoClusters([{ processId: 'a', sampleId: 'BIOUG1-A13', curation: { site: 'dune' } }])]).toEqual([
      ['a', 'dune'],
    ]);
  });

  it('holds its rate on plates and species that nothing has seen, where that of training photos has several times it, and still sees outsiders', async () => {
    const rates = { before: [] as number[], now: [] as number[], outsiders: [] as number[] };
    const share = (pValues: Float64Array): number => pValues.filter((p) => p < 0.05).length / pValues.length;
    for (const encoder of [colourHistogram(), untrained] as Encoder<Picture>[]) {
      const all: EmbeddingBlock = await collect(embed(encoder, pictures));
      const part = (keep: (id: string, row: number) => boolean): EmbeddingBlock =>
        blockRows(
          all,
          [...all.ids.keys()].filter((row) => keep(all.ids[row] as string, row)),
        );
      for (let deal = 0; deal < 4; deal++) {
        const random = rng(deal);
        const plates = random.shuffle([...new Set(clusters.values())]);
        const away = new Set(plates.slice(0, Math.floor(plates.length / 3)));
        const species = random.shuffle([...new Set(all.ids.map(unitOf))]);
        const fresh = new Set(species.slice(0, Math.floor(species.length / 4)));
        const held = new Set([...fresh].slice(0, Math.floor(fresh.size / 2)));
        const home = (id: string): boolean => !away.has(plateOf(id));
        const training = part((id, row) => home(id) && !fresh.has(unitOf(id)) && row % 4 !== 0);
        const validation = part(
          (id, row) => home(id) && (held.has(unitOf(id)) || (!fresh.has(unitOf(id)) && row % 4 === 0)),
        );
        const test = part((id) => away.has(plateOf(id))).vectors;
        const groups = training.ids.map(unitOf);
        const setOf = (id: string): 'novel' | 'seen' => (fresh.has(unitOf(id)) ? 'novel' : 'seen');
        const { gate, figures, limits, checkedIds } = fittedGate(
          training,
          validation,
          { unitOf, setOf, clusters },
          rng(1),
        );
        rates.before.push(share(likenessPValues(fitUnlikeGate(training.vectors, { rng: rng(1), groups }), test)));
        rates.now.push(share(likenessPValues(gate, test)));
        const [whole, seen, unseen, novel] = figures;
        expect(whole?.count).toBeGreaterThan(20);
        expect(checkedIds.size).toBe(whole?.count);
        const others = new Set(validation.ids.filter((id) => !checkedIds.has(id)).map(unitOf));
        expect([...checkedIds].filter((id) => others.has(unitOf(id)))).toEqual([]);
        expect(limits[0]).toMatch(
          /^The gate was fitted on some species of the held-out photos and is checked on the others/u,
        );
        expect((seen?.count ?? 0) + (novel?.count ?? 0)).toBe(whole?.count);
        expect(whole?.interval?.unit).toBe('species');
        expect(unseen).toMatchObject({ name: 'false alarms, unseen species with keys', count: 0 });
        expect(unseen).not.toHaveProperty('value');
        if (deal > 1) continue;
        for (const { pictures: shown } of outsiderPictures(
          pictures.slice(0, 20).map(({ input }) => input),
          rng(3),
        )) {
          const block = await collect(
            embed(
              encoder,
              shown.map((input, i) => ({ id: String(i), input })),
            ),
          );
          rates.outsiders.push(share(likenessPValues(gate, block.vectors)));
        }
      }
    }
    const mean = (values: readonly number[]): number => values.reduce((sum, one) => sum + one, 0) / values.length;
    expect(mean(rates.before)).toBeGreaterThan(0.15);
    expect(mean(rates.now)).toBeLessThan(0.1);
    expect(mean(rates.now)).toBeLessThan(mean(rates.before) / 2);
    expect(mean(rates.outsiders)).toBeGreaterThan(0.85);
  }, 90_000);
});
